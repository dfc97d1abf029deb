-- +goose Up
-- Standings that were written for everyone at once, many to a row: to write a
-- million rows takes ten times as long. A person's row in standing comes before
-- what a block says of them.
CREATE TABLE standing_block (
    first      INTEGER PRIMARY KEY,  -- the person of the first standing
    standings  BLOB    NOT NULL      -- as opsdb/standing.go packs them
) STRICT;

-- +goose Down
DROP TABLE standing_block;
