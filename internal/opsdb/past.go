package opsdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"kith/internal/segment"
)

var _ segment.PastStore = (*DB)(nil)

// PastSizes implements segment.PastStore.
func (d *DB) PastSizes(ctx context.Context, id, from, to string, yield func(segment.PastSize) error) error {
	var refused error
	err := d.stream(ctx, `
		SELECT segment, date, size, definition, import FROM past_size
		WHERE (segment = ?1 OR ?1 = '') AND date BETWEEN ?2 AND ?3
		ORDER BY segment, date`, []any{id, from, to},
		func(rows *sql.Rows) error {
			var p segment.PastSize
			var imported int64
			if err := rows.Scan(&p.Segment, &p.Date, &p.Size, &p.Definition, &imported); err != nil {
				return err
			}
			p.Import = uint64(imported)
			refused = yield(p)
			return refused
		})
	if refused != nil {
		return refused
	}
	if err != nil {
		return fmt.Errorf("reading past sizes: %w", explain(d.file, err))
	}
	return nil
}

var putPastSizes = insertion{`INSERT INTO past_size (segment, date, size, definition, import) VALUES `, 5, `
	ON CONFLICT (segment, date) DO UPDATE SET size = excluded.size, definition = excluded.definition, import = excluded.import`}

// PutPastSizes implements segment.PastStore.
func (d *DB) PutPastSizes(ctx context.Context, list []segment.PastSize) error {
	err := d.transact(ctx, func(tx *sql.Tx) error {
		return insert(ctx, tx, putPastSizes, list, func(args []any, p *segment.PastSize) []any {
			return append(args, p.Segment, p.Date, p.Size, p.Definition, int64(p.Import))
		})
	})
	if err != nil {
		return fmt.Errorf("keeping past sizes: %w", err)
	}
	return nil
}

// KeepPastSizes implements segment.PastStore.
func (d *DB) KeepPastSizes(ctx context.Context, lastImport uint64, definitions map[string]string) error {
	if definitions == nil {
		definitions = map[string]string{} // nil would be null
	}
	text, err := json.Marshal(definitions)
	if err == nil {
		err = d.transact(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `
				DELETE FROM past_size
				WHERE import <> ?1 OR definition IS NOT (SELECT value FROM json_each(?2) WHERE key = segment)`, int64(lastImport), string(text))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("removing past sizes that do not hold: %w", err)
	}
	return nil
}
