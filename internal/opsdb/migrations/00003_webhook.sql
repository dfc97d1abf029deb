-- +goose Up
-- Instants are microseconds since 1970; one that never was is Go's zero time.
CREATE TABLE webhook (
    id              TEXT    PRIMARY KEY,
    url             TEXT    NOT NULL,
    segments        TEXT    NOT NULL,  -- a JSON list of ids; an empty one for all
    causes          TEXT    NOT NULL,  -- a JSON list
    secret          BLOB    NOT NULL,  -- as it is: Kith signs with it
    created_at      INTEGER NOT NULL,
    number          INTEGER NOT NULL,  -- of the last transition that was told
    person          INTEGER NOT NULL,  -- the last one told of those that share the number
    disabled        TEXT    NOT NULL,  -- why; '' while it is told
    failures        INTEGER NOT NULL,
    success_at      INTEGER NOT NULL,
    success_status  INTEGER NOT NULL,
    failure_at      INTEGER NOT NULL,
    failure_status  INTEGER NOT NULL,
    failure_reason  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE webhook;
