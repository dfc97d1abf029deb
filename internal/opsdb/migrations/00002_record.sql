-- +goose Up
-- Instants are microseconds since 1970.
CREATE TABLE person (
    number       INTEGER PRIMARY KEY,
    kind         INTEGER NOT NULL,
    id           TEXT    NOT NULL,
    merged_into  INTEGER NOT NULL  -- 0 for nobody
) STRICT;

CREATE TABLE standing (
    person   INTEGER PRIMARY KEY,
    members  BLOB    NOT NULL,  -- a bit for each live_segment, by its number
    next     INTEGER NOT NULL,
    asked    INTEGER NOT NULL
) STRICT;

CREATE TABLE live_segment (
    number      INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    definition  TEXT    NOT NULL,
    since       INTEGER NOT NULL,
    size        INTEGER NOT NULL
) STRICT;

-- Every segment that ever had a transition or a day. Nothing is removed, so
-- that what was recorded of a deleted segment stays readable.
CREATE TABLE segment_name (
    number  INTEGER PRIMARY KEY,
    id      TEXT    NOT NULL UNIQUE
) STRICT;

-- A number is that of a transition or of a sweep, never of both.
CREATE TABLE transition (
    number      INTEGER PRIMARY KEY,
    segment     INTEGER NOT NULL,  -- segment_name
    person      INTEGER NOT NULL,
    entered     INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    noticed_at  INTEGER NOT NULL,
    cause       TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    pos         INTEGER NOT NULL,
    fact        TEXT    NOT NULL
) STRICT;
CREATE INDEX transition_by_segment ON transition (segment, number);
CREATE INDEX transition_by_person ON transition (person, number);

CREATE TABLE sweep (
    number      INTEGER PRIMARY KEY,
    segment     INTEGER NOT NULL,  -- segment_name
    entered     INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    noticed_at  INTEGER NOT NULL,
    cause       TEXT    NOT NULL,
    seq         INTEGER NOT NULL
) STRICT;
CREATE INDEX sweep_by_segment ON sweep (segment, number);

-- The persons of a sweep in parts, so that it is read piece by piece and a
-- person is found without reading all of it.
CREATE TABLE sweep_part (
    sweep  INTEGER NOT NULL,
    first  INTEGER NOT NULL,  -- the part's first person
    rest   BLOB    NOT NULL,  -- the others: each the distance from the one before, as a varint
    PRIMARY KEY (sweep, first)
) STRICT;

CREATE TABLE day (
    segment  INTEGER NOT NULL,  -- segment_name
    date     TEXT    NOT NULL,  -- YYYY-MM-DD
    entered  INTEGER NOT NULL,
    "left"   INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    PRIMARY KEY (segment, date)
) STRICT, WITHOUT ROWID;

-- One row: how far memberships are kept. The table applied is of saved segments.
CREATE TABLE progress (
    applied          INTEGER NOT NULL,
    clock            INTEGER NOT NULL,
    last_person      INTEGER NOT NULL,
    last_transition  INTEGER NOT NULL
) STRICT;
-- The clock is Go's zero time.
INSERT INTO progress VALUES (0, -62135596800000000, 0, 0);

-- +goose Down
DROP TABLE progress;
DROP TABLE day;
DROP TABLE sweep_part;
DROP TABLE sweep;
DROP TABLE transition;
DROP TABLE segment_name;
DROP TABLE live_segment;
DROP TABLE standing;
DROP TABLE person;
