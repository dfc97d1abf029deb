package opsdb

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"kith/internal/audit"
	"kith/internal/user"
)

// AddKey implements user.Store.
func (d *DB) AddKey(ctx context.Context, k user.Key, n audit.Note) error {
	err := d.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO api_key (id, hash, secret, name, role, created_at, used_at) VALUES (?, ?, ?, ?, ?, ?, 0)`,
			k.ID, k.Hash, k.Secret, k.Name, string(k.Role), k.CreatedAt.UnixMicro())
		if err != nil {
			return err
		}
		return appendAudit(ctx, tx, n)
	})
	if err != nil {
		return fmt.Errorf("adding key %s: %w", k.ID, err)
	}
	return nil
}

// ListKeys implements user.Store.
func (d *DB) ListKeys(ctx context.Context) ([]user.Key, error) {
	list, err := d.keys(ctx, `SELECT id, secret, name, role, created_at, used_at FROM api_key ORDER BY created_at, id`)
	if err != nil {
		return nil, fmt.Errorf("listing keys: %w", err)
	}
	return list, nil
}

// FindKey implements user.Store.
func (d *DB) FindKey(ctx context.Context, hash string) (user.Key, bool, error) {
	list, err := d.keys(ctx, `SELECT id, secret, name, role, created_at, used_at FROM api_key WHERE hash = ?`, hash)
	if err != nil {
		return user.Key{}, false, fmt.Errorf("looking for a key: %w", err)
	}
	if len(list) == 0 {
		return user.Key{}, false, nil
	}
	return list[0], true, nil
}

func (d *DB) keys(ctx context.Context, query string, args ...any) ([]user.Key, error) {
	var list []user.Key
	err := d.stream(ctx, query, args, func(rows *sql.Rows) error {
		var k user.Key
		var created, used int64
		err := rows.Scan(&k.ID, &k.Secret, &k.Name, &k.Role, &created, &used)
		k.CreatedAt, k.UsedAt = instant(created), instantOf(used)
		list = append(list, k)
		return err
	})
	return list, explain(d.file, err)
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
