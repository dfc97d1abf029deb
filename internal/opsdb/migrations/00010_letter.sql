-- +goose Up
-- Events that have no effect as they are: commerce.Letter. Instants are
-- microseconds since 1970.
CREATE TABLE letter (
    seq         INTEGER NOT NULL,  -- its entry of the log
    pos         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    source      TEXT    NOT NULL,  -- the id of a key; '' without one
    kind        TEXT    NOT NULL,
    col         TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    event       TEXT    NOT NULL,
    message_id  TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    state_at    INTEGER NOT NULL,  -- 0 as long as it is open
    actor       TEXT    NOT NULL,  -- who replayed or dismissed it
    replay      INTEGER NOT NULL,  -- the entry in which it was sent again; 0 without one
    PRIMARY KEY (seq, pos)
) STRICT, WITHOUT ROWID;

CREATE INDEX letter_state ON letter (state, seq, pos);

-- One row. Letters of entries up to written were put: they are not put again,
-- whatever became of them.
CREATE TABLE letter_total (
    written   INTEGER NOT NULL,
    kept      INTEGER NOT NULL,  -- letters
    bytes     INTEGER NOT NULL,  -- of their bodies and reasons
    left_out  INTEGER NOT NULL   -- that had no room
) STRICT;
INSERT INTO letter_total VALUES (0, 0, 0, 0);

-- +goose Down
DROP TABLE letter_total;
DROP TABLE letter;
