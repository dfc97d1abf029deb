package opsdb

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"kith/internal/segment"
)

var _ segment.Record = (*DB)(nil)

// SQLite's integers have a sign: a number of a log entry is kept as the int64
// of the same bits, and compared in Go only.

// Progress implements segment.Record.
func (d *DB) Progress(ctx context.Context) (segment.Progress, error) {
	p, _, err := progress(ctx, d.read)
	if err != nil {
		return segment.Progress{}, fmt.Errorf("reading how far memberships are kept: %w", explain(d.file, err))
	}
	return p, nil
}

// LastTransition implements segment.Record.
func (d *DB) LastTransition(ctx context.Context) (int64, error) {
	_, last, err := progress(ctx, d.read)
	if err != nil {
		return 0, fmt.Errorf("reading the last transition: %w", explain(d.file, err))
	}
	return last, nil
}

// reader is the pool of readers, or a transaction.
type reader interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func progress(ctx context.Context, from reader) (p segment.Progress, lastTransition int64, err error) {
	var applied, clock int64
	err = from.QueryRowContext(ctx, `SELECT applied, clock, last_person, last_transition FROM progress`).
		Scan(&applied, &clock, &p.LastPerson, &lastTransition)
	p.Applied, p.Clock = uint64(applied), instant(clock)
	return p, lastTransition, err
}

func instant(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// LiveSegments implements segment.Record.
func (d *DB) LiveSegments(ctx context.Context) ([]segment.LiveSegment, error) {
	var list []segment.LiveSegment
	err := d.stream(ctx, `SELECT number, id, definition, since, size FROM live_segment ORDER BY number`, nil,
		func(rows *sql.Rows) error {
			var s segment.LiveSegment
			var since int64
			if err := rows.Scan(&s.Number, &s.ID, &s.Definition, &since, &s.Size); err != nil {
				return err
			}
			s.Since = uint64(since)
			list = append(list, s)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("listing live segments: %w", explain(d.file, err))
	}
	return list, nil
}

// Days implements segment.Record.
func (d *DB) Days(ctx context.Context, id, from, to string) ([]segment.Day, error) {
	var list []segment.Day
	err := d.stream(ctx, `
		SELECT date, entered, "left", size FROM day
		WHERE segment = (SELECT number FROM segment_name WHERE id = ?) AND date BETWEEN ? AND ?
		ORDER BY date`, []any{id, from, to},
		func(rows *sql.Rows) error {
			day := segment.Day{Segment: id}
			if err := rows.Scan(&day.Date, &day.Entered, &day.Left, &day.Size); err != nil {
				return err
			}
			list = append(list, day)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("listing the days of segment %s: %w", id, explain(d.file, err))
	}
	return list, nil
}

// Persons implements segment.Record, by number and as of one instant.
func (d *DB) Persons(ctx context.Context, yield func(segment.Person) error) error {
	var refused error
	err := d.stream(ctx, `SELECT number, kind, id, merged_into FROM person ORDER BY number`, nil,
		func(rows *sql.Rows) error {
			var p segment.Person
			if err := rows.Scan(&p.Number, &p.Kind, &p.ID, &p.MergedInto); err != nil {
				return err
			}
			refused = yield(p)
			return refused
		})
	if refused != nil {
		return refused
	}
	if err != nil {
		return fmt.Errorf("reading persons: %w", explain(d.file, err))
	}
	return nil
}

// stream reads all rows of one query, which sees one instant of the store.
func (d *DB) stream(ctx context.Context, query string, args []any, row func(*sql.Rows) error) error {
	rows, err := d.read.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
