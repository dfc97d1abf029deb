package opsdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kith/internal/audit"
	"kith/internal/user"
)

// AddKey implements user.Store.
func (d *DB) AddKey(ctx context.Context, k user.Key, n audit.Note) error {
	err := d.transact(ctx, func(tx *sql.Tx) error {
		if err := insertKey(ctx, tx, k); err != nil {
			return err
		}
		return appendAudit(ctx, tx, n)
	})
	if err != nil {
		return fmt.Errorf("adding key %s: %w", k.ID, err)
	}
	return nil
}

func insertKey(ctx context.Context, tx *sql.Tx, k user.Key) error {
	origins, err := json.Marshal(append([]string{}, k.Origins...))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO api_key (id, hash, secret, name, role, created_at, used_at, origins, events_per_minute, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`,
		k.ID, k.Hash, k.Secret, k.Name, string(k.Role), k.CreatedAt.UnixMicro(), string(origins), k.EventsPerMinute, microsOf(k.ExpiresAt))
	return err
}

func putKey(ctx context.Context, tx *sql.Tx, k user.Key) error {
	origins, err := json.Marshal(append([]string{}, k.Origins...))
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, `UPDATE api_key SET origins = ?, events_per_minute = ?, expires_at = ? WHERE id = ?`,
		string(origins), k.EventsPerMinute, microsOf(k.ExpiresAt), k.ID)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return errors.New("it is not there")
}

// PutKey implements user.Store.
func (d *DB) PutKey(ctx context.Context, k user.Key, n audit.Note) error {
	err := d.transact(ctx, func(tx *sql.Tx) error {
		if err := putKey(ctx, tx, k); err != nil {
			return err
		}
		return appendAudit(ctx, tx, n)
	})
	if err != nil {
		return fmt.Errorf("changing key %s: %w", k.ID, err)
	}
	return nil
}

// RotateKey implements user.Store.
func (d *DB) RotateKey(ctx context.Context, old, successor user.Key, notes ...audit.Note) error {
	err := d.transact(ctx, func(tx *sql.Tx) error {
		if err := putKey(ctx, tx, old); err != nil {
			return err
		}
		if err := insertKey(ctx, tx, successor); err != nil {
			return err
		}
		return appendAudit(ctx, tx, notes...)
	})
	if err != nil {
		return fmt.Errorf("rotating key %s: %w", old.ID, err)
	}
	return nil
}

// ListKeys implements user.Store.
func (d *DB) ListKeys(ctx context.Context) ([]user.Key, error) {
	var list []user.Key
	err := d.stream(ctx, `
		SELECT id, hash, secret, name, role, created_at, used_at, origins, events_per_minute, expires_at
		FROM api_key ORDER BY created_at, id`, nil, func(rows *sql.Rows) error {
		var k user.Key
		var created, used, expires int64
		var origins string
		err := rows.Scan(&k.ID, &k.Hash, &k.Secret, &k.Name, &k.Role, &created, &used, &origins, &k.EventsPerMinute, &expires)
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(origins), &k.Origins); err != nil {
			return fmt.Errorf("the origins of key %s: %w", k.ID, err)
		}
		if len(k.Origins) == 0 {
			k.Origins = nil
		}
		k.CreatedAt, k.UsedAt, k.ExpiresAt = instant(created), instantOf(used), instantOf(expires)
		list = append(list, k)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing keys: %w", explain(d.file, err))
	}
	return list, nil
}

// UseKey implements user.Store.
func (d *DB) UseKey(ctx context.Context, id string, at, since time.Time, n audit.Note) error {
	err := d.transact(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE api_key SET used_at = ? WHERE id = ? AND used_at < ?`, at.UnixMicro(), id, since.UnixMicro())
		if err != nil {
			return err
		}
		if changed, err := done.RowsAffected(); err != nil || changed == 0 {
			return err
		}
		return appendAudit(ctx, tx, n)
	})
	if err != nil {
		return fmt.Errorf("noting that key %s is used: %w", id, err)
	}
	return nil
}

// DeleteKey implements user.Store.
func (d *DB) DeleteKey(ctx context.Context, id string, n audit.Note) (bool, error) {
	found, err := d.deleteNoted(ctx, `DELETE FROM api_key WHERE id = ?`, id, []audit.Note{n})
	if err != nil {
		return false, fmt.Errorf("revoking key %s: %w", id, err)
	}
	return found, nil
}
