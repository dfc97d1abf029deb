package opsdb

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"kith/internal/audit"
	"kith/internal/user"
)

// PutSession implements user.Store.
func (d *DB) PutSession(ctx context.Context, s user.SessionRecord, now time.Time, notes ...audit.Note) error {
	err := d.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE expires_at <= ?`, now.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO session (hash, user, data, expires_at) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (hash) DO UPDATE SET data = ?3, expires_at = ?4`,
			s.Hash, s.User, s.Data, s.ExpiresAt.UnixMicro())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM session WHERE user = ?1 AND hash NOT IN (
				SELECT hash FROM session WHERE user = ?1 ORDER BY hash = ?2 DESC, expires_at DESC LIMIT ?3)`, s.User, s.Hash, user.MaxSessions)
		if err != nil {
			return err
		}
		return appendAudit(ctx, tx, notes...)
	})
	if err != nil {
		return fmt.Errorf("keeping a session: %w", err)
	}
	return nil
}

// FindSession implements user.Store.
func (d *DB) FindSession(ctx context.Context, hash string) (s user.SessionRecord, found bool, err error) {
	err = d.stream(ctx, `SELECT hash, user, data, expires_at FROM session WHERE hash = ?`, []any{hash}, func(rows *sql.Rows) error {
		var expires int64
		found = true
		err := rows.Scan(&s.Hash, &s.User, &s.Data, &expires)
		s.ExpiresAt = instant(expires)
		return err
	})
	if err != nil {
		return s, false, fmt.Errorf("looking for a session: %w", explain(d.file, err))
	}
	return s, found, nil
}

// DeleteSession implements user.Store.
func (d *DB) DeleteSession(ctx context.Context, hash string, notes ...audit.Note) error {
	_, err := d.deleteNoted(ctx, `DELETE FROM session WHERE hash = ?`, hash, notes)
	if err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// deleteNoted deletes a row and records it, and says whether it was there.
func (d *DB) deleteNoted(ctx context.Context, statement, key string, notes []audit.Note) (found bool, err error) {
	err = d.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, statement, key)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if found = n > 0; err != nil || !found {
			return err
		}
		return appendAudit(ctx, tx, notes...)
	})
	return found && err == nil, err
}
