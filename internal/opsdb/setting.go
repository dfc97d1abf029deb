package opsdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// FindSetting returns a setting, and whether there is one.
func (d *DB) FindSetting(ctx context.Context, name string) (string, bool, error) {
	var value string
	err := d.sql.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = ?`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("reading setting %s: %w", name, explain(d.file, err))
	}
	return value, true, nil
}

// PutSetting keeps a setting.
func (d *DB) PutSetting(ctx context.Context, name, value string) error {
	_, err := d.sql.ExecContext(ctx, `
		INSERT INTO setting (name, value) VALUES (?1, ?2)
		ON CONFLICT (name) DO UPDATE SET value = ?2`, name, value)
	if err != nil {
		return fmt.Errorf("keeping setting %s: %w", name, explain(d.file, err))
	}
	return nil
}
