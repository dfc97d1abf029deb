-- +goose Up
-- Every change of a saved segment: memberships are kept by the definitions as
-- they were at the entry of the log that is taken next.
CREATE TABLE segment_change (
    id       TEXT    NOT NULL,
    seq      INTEGER NOT NULL,  -- of the log entry; 0 for what was saved before this table was
    place    INTEGER NOT NULL,  -- in the entry
    name     TEXT    NOT NULL,
    text     TEXT    NOT NULL,
    hidden   INTEGER NOT NULL,
    deleted  INTEGER NOT NULL,
    at       INTEGER NOT NULL,  -- microseconds since 1970
    PRIMARY KEY (id, seq, place)
) STRICT, WITHOUT ROWID;
INSERT INTO segment_change SELECT id, 0, 0, name, text, hidden, 0, updated_at FROM segment;

-- +goose Down
DROP TABLE segment_change;
