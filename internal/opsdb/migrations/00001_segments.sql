-- +goose Up
CREATE TABLE segment (
    id          TEXT    PRIMARY KEY,
    name        TEXT    NOT NULL,
    text        TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,  -- microseconds since 1970
    updated_at  INTEGER NOT NULL,
    hidden      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    name   TEXT PRIMARY KEY,
    value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: the last log entry that took effect here.
CREATE TABLE applied (
    seq  INTEGER NOT NULL
) STRICT;
INSERT INTO applied VALUES (0);

-- +goose Down
DROP TABLE applied;
DROP TABLE setting;
DROP TABLE segment;
