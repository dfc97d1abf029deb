-- +goose Up
-- Instants are microseconds since 1970; one that never was is 0.
CREATE TABLE user (
    id            TEXT    PRIMARY KEY,
    email         TEXT    NOT NULL UNIQUE,  -- in lower case
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    disabled_at   INTEGER NOT NULL,
    password      TEXT    NOT NULL,  -- an argon2id hash; '' before there is one
    totp          BLOB    NOT NULL,  -- the shared secret as it is: codes are made of it; empty for none
    totp_pending  BLOB    NOT NULL,  -- one that was shown and not confirmed
    totp_step     INTEGER NOT NULL,  -- of the last code that was used
    recovery      TEXT    NOT NULL   -- a JSON list of the hashes of codes that were not used
) STRICT, WITHOUT ROWID;

-- Links that work once: to make the owner, to accept an invitation, to choose
-- another password.
CREATE TABLE user_link (
    hash        TEXT    PRIMARY KEY,
    kind        TEXT    NOT NULL,
    user        TEXT    REFERENCES user (id) ON DELETE CASCADE,  -- NULL: who it is for is not there yet
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX user_link_by_user ON user_link (user);

CREATE TABLE session (
    hash        TEXT    PRIMARY KEY,
    user        TEXT    NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    data        BLOB    NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_user ON session (user, expires_at);

CREATE TABLE api_key (
    id          TEXT    PRIMARY KEY,
    hash        TEXT    NOT NULL UNIQUE,
    secret      INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    role        TEXT    NOT NULL,  -- '' for a public key
    created_at  INTEGER NOT NULL,
    used_at     INTEGER NOT NULL   -- the first use on the last day, in UTC, with one
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    number  INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    object  TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    hash    TEXT    NOT NULL
) STRICT;

-- One row: the last entry, so that its removal is noticed.
CREATE TABLE audit_head (
    number  INTEGER NOT NULL,
    hash    TEXT    NOT NULL
) STRICT;
INSERT INTO audit_head VALUES (0, '');

-- +goose StatementBegin
CREATE TRIGGER audit_is_not_altered BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_head_is_not_deleted BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE audit_head;
DROP TABLE audit;
DROP TABLE api_key;
DROP TABLE session;
DROP TABLE user_link;
DROP TABLE user;
