package opsdb

import (
	"context"
	"database/sql"
	"errors"
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

// Trends implements segment.Record. Each segment's days are found by the key
// of the table; without the CROSS JOIN SQLite may read all days of all.
func (d *DB) Trends(ctx context.Context, from, to string, yield func(segment.Day) error) error {
	var refused error
	err := d.stream(ctx, `
		SELECT n.id, d.date, d.entered, d."left", d.size
		FROM segment_name n CROSS JOIN day d ON d.segment = n.number
			AND d.date >= coalesce((SELECT max(date) FROM day WHERE segment = n.number AND date < ?1), ?1) AND d.date <= ?2
		ORDER BY n.number, d.date`, []any{from, to},
		func(rows *sql.Rows) error {
			var day segment.Day
			if err := rows.Scan(&day.Segment, &day.Date, &day.Entered, &day.Left, &day.Size); err != nil {
				return err
			}
			refused = yield(day)
			return refused
		})
	if refused != nil {
		return refused
	}
	if err != nil {
		return fmt.Errorf("listing the days of all segments: %w", explain(d.file, err))
	}
	return nil
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

// FindPerson implements segment.Record.
func (d *DB) FindPerson(ctx context.Context, id string) (int64, error) {
	var number int64
	err := d.read.QueryRowContext(ctx, `
		WITH RECURSIVE named AS (
			SELECT number, merged_into FROM person WHERE id = ? ORDER BY merged_into <> 0, kind, number LIMIT 1
		), head AS (
			SELECT number, merged_into FROM named
			UNION SELECT p.number, p.merged_into FROM head h JOIN person p ON p.number = h.merged_into
		)
		SELECT number FROM head WHERE merged_into = 0`, id).Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("looking for person %s: %w", id, explain(d.file, err))
	}
	return number, nil
}
