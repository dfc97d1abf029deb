-- +goose Up
-- How large segments were before their first day in table day, worked out from
-- the facts.
CREATE TABLE past_size (
    segment     TEXT    NOT NULL,
    date        TEXT    NOT NULL,  -- YYYY-MM-DD
    size        INTEGER NOT NULL,  -- at the end of the day
    definition  TEXT    NOT NULL,  -- segment.Mark of the one it was worked out by
    import      INTEGER NOT NULL,  -- the last import of files that the facts held
    PRIMARY KEY (segment, date)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE past_size;
