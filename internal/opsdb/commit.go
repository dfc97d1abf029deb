package opsdb

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"kith/internal/segment"
)

// Commit implements segment.Record.
func (d *DB) Commit(ctx context.Context, b segment.Batch) error {
	w := writer{names: &d.numbers, segments: map[string]int64{}}
	err := d.transact(ctx, func(tx *sql.Tx) error {
		before, last, err := progress(ctx, tx)
		if err != nil {
			return err
		}
		if b.Applied < before.Applied {
			return fmt.Errorf("log entry %d is already committed", before.Applied)
		}
		if b.Clock.UnixMicro() < before.Clock.UnixMicro() {
			return fmt.Errorf("the clock already stands at %s, not at %s", before.Clock, b.Clock)
		}
		w.tx, w.last = tx, last
		return w.write(ctx, b)
	})
	if err != nil {
		return fmt.Errorf("committing memberships up to log entry %d: %w", b.Applied, err)
	}
	d.numbers.add(w.segments)
	return nil
}

// segmentNames holds numbers of segment_name. They stay what they are: a batch
// of events touches most segments, and would look all of them up.
type segmentNames struct {
	mu      sync.Mutex
	numbers map[string]int64
}

func (n *segmentNames) of(id string) (int64, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	number, known := n.numbers[id]
	return number, known
}

// add takes what is committed.
func (n *segmentNames) add(numbers map[string]int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.numbers == nil {
		n.numbers = map[string]int64{}
	}
	maps.Copy(n.numbers, numbers)
}

// writer writes one batch.
type writer struct {
	tx       *sql.Tx
	last     int64 // the last number that was given to a transition
	names    *segmentNames
	segments map[string]int64 // the numbers in segment_name of those that were named
}

func (w *writer) write(ctx context.Context, b segment.Batch) error {
	if err := w.persons(ctx, b.Persons); err != nil {
		return err
	}
	standings := w.standings
	if b.Everyone {
		standings = w.everyone
	}
	if err := standings(ctx, b.Standings); err != nil {
		return err
	}
	if err := w.transitions(ctx, b.Transitions); err != nil {
		return err
	}
	for _, s := range b.Sweeps {
		if err := w.sweep(ctx, s); err != nil {
			return err
		}
	}
	if b.Segments != nil {
		if err := w.liveSegments(ctx, b.Segments); err != nil {
			return err
		}
	}
	if err := w.days(ctx, b.Days); err != nil {
		return err
	}
	_, err := w.tx.ExecContext(ctx, `UPDATE progress SET applied = ?, clock = ?, last_person = ?, last_transition = ?`,
		int64(b.Applied), b.Clock.UnixMicro(), b.LastPerson, w.last)
	return err
}

var (
	putPersons = insertion{`INSERT INTO person (number, kind, id, merged_into) VALUES `, 4, `
		ON CONFLICT (number) DO UPDATE SET kind = excluded.kind, id = excluded.id, merged_into = excluded.merged_into`}
	appendTransitions = insertion{`
		INSERT INTO transition (number, segment, person, entered, at, noticed_at, cause, seq, pos, fact) VALUES `, 10, ``}
	putLiveSegments = insertion{`INSERT INTO live_segment (number, id, definition, since, size) VALUES `, 5, ``}
	addDays         = insertion{`INSERT INTO day (segment, date, entered, "left", size) VALUES `, 5, `
		ON CONFLICT (segment, date) DO UPDATE
		SET entered = entered + excluded.entered, "left" = "left" + excluded."left", size = excluded.size`}
	setSizes = insertion{`UPDATE live_segment SET size = new.column1 FROM (VALUES `, 2, `) AS new WHERE id = new.column2`}
)

func (w *writer) persons(ctx context.Context, list []segment.Person) error {
	return insert(ctx, w.tx, putPersons, list, func(args []any, p *segment.Person) []any {
		return append(args, p.Number, int64(p.Kind), p.ID, p.MergedInto)
	})
}

func (w *writer) transitions(ctx context.Context, list []segment.Transition) error {
	for i := range list {
		if err := w.name(ctx, list[i].Segment); err != nil {
			return err
		}
	}
	return insert(ctx, w.tx, appendTransitions, list, func(args []any, t *segment.Transition) []any {
		w.last++
		return append(args, w.last, w.segments[t.Segment], t.Person, t.Entered,
			t.At.UnixMicro(), t.NoticedAt.UnixMicro(), string(t.Cause), int64(t.Seq), t.Pos, t.Fact)
	})
}

func (w *writer) liveSegments(ctx context.Context, list []segment.LiveSegment) error {
	if _, err := w.tx.ExecContext(ctx, `DELETE FROM live_segment`); err != nil {
		return err
	}
	return insert(ctx, w.tx, putLiveSegments, list, func(args []any, s *segment.LiveSegment) []any {
		return append(args, int64(s.Number), s.ID, s.Definition, int64(s.Since), s.Size)
	})
}

func (w *writer) days(ctx context.Context, list []segment.Day) error {
	sizes := map[string]int64{}
	for _, day := range list {
		if err := w.name(ctx, day.Segment); err != nil {
			return err
		}
		sizes[day.Segment] = day.Size
	}
	err := insert(ctx, w.tx, addDays, list, func(args []any, day *segment.Day) []any {
		return append(args, w.segments[day.Segment], day.Date, day.Entered, day.Left, day.Size)
	})
	if err != nil {
		return err
	}
	return insert(ctx, w.tx, setSizes, slices.Sorted(maps.Keys(sizes)), func(args []any, id *string) []any {
		return append(args, sizes[*id], *id)
	})
}

// name looks up the number of a segment, which is given with its first use.
func (w *writer) name(ctx context.Context, id string) error {
	if _, found := w.segments[id]; found {
		return nil
	}
	if number, found := w.names.of(id); found {
		w.segments[id] = number
		return nil
	}
	if _, err := w.tx.ExecContext(ctx, `INSERT INTO segment_name (id) VALUES (?) ON CONFLICT DO NOTHING`, id); err != nil {
		return err
	}
	var number int64
	err := w.tx.QueryRowContext(ctx, `SELECT number FROM segment_name WHERE id = ?`, id).Scan(&number)
	w.segments[id] = number
	return err
}

// insertion is a statement that writes several rows, or changes them.
type insertion struct {
	before  string // the values
	columns int
	after   string
}

// insert writes a list many rows at a time, because a statement costs more
// than a row. Numbers of rows are powers of two, so that the connection keeps
// the few statements that there are.
func insert[T any](ctx context.Context, tx *sql.Tx, into insertion, list []T, values func([]any, *T) []any) error {
	row := "(?" + strings.Repeat(", ?", into.columns-1) + ")"
	var args []any
	for size := 64; size > 0; size /= 2 {
		if len(list) < size {
			continue
		}
		query := into.before + row + strings.Repeat(", "+row, size-1) + into.after
		for ; len(list) >= size; list = list[size:] {
			args = args[:0]
			for i := range size {
				args = values(args, &list[i])
			}
			if _, err := tx.ExecContext(ctx, query, args...); err != nil {
				return err
			}
		}
	}
	return nil
}
