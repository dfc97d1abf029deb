package opsdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
)

// Applied returns the number of the last log entry that took effect here.
func (d *DB) Applied(ctx context.Context) (uint64, error) {
	var seq uint64
	if err := d.sql.QueryRowContext(ctx, `SELECT seq FROM applied`).Scan(&seq); err != nil {
		return 0, fmt.Errorf("reading the operations store: %w", explain(d.file, err))
	}
	return seq, nil
}

// Apply gives a log entry its effect, once: an entry that is not beyond
// Applied changes nothing, and neither does one that is none of this store's.
func (d *DB) Apply(ctx context.Context, e commerce.Entry) error {
	if e.Type != commerce.SegmentEntry {
		return nil
	}
	var changes segment.Changes
	if err := json.Unmarshal(e.Body, &changes); err != nil {
		return fmt.Errorf("applying log entry %d: %w", e.Seq, err)
	}
	err := d.transact(ctx, func(tx *sql.Tx) error {
		moved, err := tx.ExecContext(ctx, `UPDATE applied SET seq = ?1 WHERE seq < ?1`, e.Seq)
		if err != nil {
			return err
		}
		if n, err := moved.RowsAffected(); err != nil || n == 0 {
			return err
		}
		for place, change := range changes {
			if err := applySegment(ctx, tx, e.At, change); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `
				INSERT INTO segment_change (id, seq, place, name, text, hidden, deleted, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
				change.ID, e.Seq, place, change.Name, change.Text, change.Hidden, change.Delete, e.At.UnixMicro())
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("applying log entry %d: %w", e.Seq, err)
	}
	return nil
}

func applySegment(ctx context.Context, tx *sql.Tx, at time.Time, change segment.Change) error {
	if change.Delete {
		_, err := tx.ExecContext(ctx, `DELETE FROM segment WHERE id = ?`, change.ID)
		return err
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO segment (id, name, text, created_at, updated_at, hidden)
		VALUES (?1, ?2, ?3, ?4, ?4, ?5)
		ON CONFLICT (id) DO UPDATE SET name = ?2, text = ?3, updated_at = ?4, hidden = ?5`,
		change.ID, change.Name, change.Text, at.UnixMicro(), change.Hidden)
	return err
}

// ListSegments implements segment.Store.
func (d *DB) ListSegments(ctx context.Context) ([]segment.Saved, error) {
	return d.segments(ctx, `SELECT id, name, text, created_at, updated_at, hidden FROM segment ORDER BY id`)
}

// SegmentsAt implements segment.Store.
func (d *DB) SegmentsAt(ctx context.Context, seq uint64) ([]segment.Saved, error) {
	return d.segments(ctx, `
		SELECT id, name, text, at, at, hidden FROM segment_change AS c
		WHERE seq <= ?1 AND NOT deleted AND NOT EXISTS (
			SELECT 1 FROM segment_change AS later
			WHERE later.id = c.id AND later.seq <= ?1 AND (later.seq, later.place) > (c.seq, c.place))
		ORDER BY id`, int64(min(seq, math.MaxInt64)))
}

func (d *DB) segments(ctx context.Context, query string, args ...any) ([]segment.Saved, error) {
	rows, err := d.sql.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing saved segments: %w", explain(d.file, err))
	}
	defer rows.Close()
	var list []segment.Saved
	for rows.Next() {
		var s segment.Saved
		var created, updated int64
		if err := rows.Scan(&s.ID, &s.Name, &s.Text, &created, &updated, &s.Hidden); err != nil {
			return nil, fmt.Errorf("listing saved segments: %w", explain(d.file, err))
		}
		s.CreatedAt, s.UpdatedAt = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("listing saved segments: %w", explain(d.file, err))
	}
	return list, nil
}
