-- +goose Up
-- Every import that was asked for, and the demo shop. Instants are microseconds
-- since 1970; one that did not happen, or is not known, is Go's zero time.
CREATE TABLE import_job (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT    NOT NULL UNIQUE,
    kind         TEXT    NOT NULL,
    files        TEXT    NOT NULL,  -- a JSON list of names
    actor        TEXT    NOT NULL,  -- '' where nobody is known
    state        TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    started_at   INTEGER NOT NULL,
    ended_at     INTEGER NOT NULL,
    seq          INTEGER NOT NULL,  -- of its entry in the log; 0 without one
    counts       TEXT    NOT NULL,  -- a JSON object; '' as long as nothing is known
    seconds      REAL    NOT NULL,  -- 0 where nobody knows
    rejects      INTEGER NOT NULL,  -- bytes that are kept of the refused rows
    rejects_cut  INTEGER NOT NULL,
    code         TEXT    NOT NULL,
    problem      TEXT    NOT NULL
) STRICT;

CREATE INDEX import_job_created ON import_job (created_at, number);
-- An import that brings what was imported before has the first one's entry.
CREATE INDEX import_job_seq ON import_job (seq);
CREATE INDEX import_job_open ON import_job (number) WHERE state IN ('waiting', 'running');

-- +goose Down
DROP TABLE import_job;
