package opsdb

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"

	"kith/internal/audit"
)

var _ audit.Store = (*DB)(nil)

// AppendAudit implements audit.Store.
func (d *DB) AppendAudit(ctx context.Context, n audit.Note) error {
	err := d.transact(ctx, func(tx *sql.Tx) error { return appendAudit(ctx, tx, n) })
	if err != nil {
		return fmt.Errorf("adding to the audit log: %w", err)
	}
	return nil
}

// appendAudit adds entries in the transaction of what they speak of.
func appendAudit(ctx context.Context, tx *sql.Tx, notes ...audit.Note) error {
	if len(notes) == 0 {
		return nil
	}
	var head audit.Head
	if err := tx.QueryRowContext(ctx, `SELECT number, hash FROM audit_head`).Scan(&head.Number, &head.Hash); err != nil {
		return err
	}
	for _, n := range notes {
		e := audit.Next(head, n)
		_, err := tx.ExecContext(ctx, `INSERT INTO audit (number, at, actor, action, object, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			e.Number, e.At.UnixMicro(), e.Actor, e.Action, e.Object, e.Detail, e.Hash)
		if err != nil {
			return err
		}
		head = e.Head()
	}
	_, err := tx.ExecContext(ctx, `UPDATE audit_head SET number = ?, hash = ?`, head.Number, head.Hash)
	return err
}

func scanEntry(rows *sql.Rows) (e audit.Entry, err error) {
	var at int64
	err = rows.Scan(&e.Number, &at, &e.Actor, &e.Action, &e.Object, &e.Detail, &e.Hash)
	e.At = instant(at)
	return e, err
}

// ListAudit implements audit.Store.
func (d *DB) ListAudit(ctx context.Context, f audit.Filter) ([]audit.Entry, error) {
	before := f.Before
	if before == 0 {
		before = math.MaxInt64
	}
	under := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Action) + ".%"
	list := []audit.Entry{}
	err := d.stream(ctx, `
		SELECT number, at, actor, action, object, detail, hash FROM audit
		WHERE number < ?1 AND (?2 = '' OR actor = ?2) AND (?3 = '' OR action = ?3 OR action LIKE ?4 ESCAPE '\')
		ORDER BY number DESC LIMIT ?5`, []any{before, f.Actor, f.Action, under, f.Limit},
		func(rows *sql.Rows) error {
			e, err := scanEntry(rows)
			list = append(list, e)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", explain(d.file, err))
	}
	return list, nil
}

// WalkAudit implements audit.Store. Entries and head are of one instant.
func (d *DB) WalkAudit(ctx context.Context, yield func(audit.Entry) error) (head audit.Head, err error) {
	tx, err := d.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return head, fmt.Errorf("reading the audit log: %w", explain(d.file, err))
	}
	defer tx.Rollback()
	rows, err := tx.QueryContext(ctx, `SELECT number, at, actor, action, object, detail, hash FROM audit ORDER BY number`)
	if err != nil {
		return head, fmt.Errorf("reading the audit log: %w", explain(d.file, err))
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return head, fmt.Errorf("reading the audit log: %w", explain(d.file, err))
		}
		if err := yield(e); err != nil {
			return head, err
		}
	}
	if err = rows.Err(); err == nil {
		err = tx.QueryRowContext(ctx, `SELECT number, hash FROM audit_head`).Scan(&head.Number, &head.Hash)
	}
	if err != nil {
		return head, fmt.Errorf("reading the audit log: %w", explain(d.file, err))
	}
	return head, nil
}
