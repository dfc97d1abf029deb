-- +goose Up
-- What a key is bound to, and when it ends.
ALTER TABLE api_key ADD COLUMN origins TEXT NOT NULL DEFAULT '[]';  -- a JSON list of the sites that a public key is for; empty for any
ALTER TABLE api_key ADD COLUMN events_per_minute INTEGER NOT NULL DEFAULT 0;  -- 0 for the limit that all keys have
ALTER TABLE api_key ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;  -- in microseconds since 1970; 0 for never

-- +goose Down
ALTER TABLE api_key DROP COLUMN expires_at;
ALTER TABLE api_key DROP COLUMN events_per_minute;
ALTER TABLE api_key DROP COLUMN origins;
