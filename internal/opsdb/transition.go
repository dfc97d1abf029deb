package opsdb

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"

	"kith/internal/segment"
)

// Transitions implements segment.Record. It yields what was recorded when it
// was called. It reads page by page and holds nothing open while yield runs: a
// slow reader keeps no commit waiting and lets the WAL be emptied. Pages fit
// together because what was recorded is never rewritten.
func (d *DB) Transitions(ctx context.Context, f segment.TransitionFilter, yield func(segment.Transition) error) error {
	last, err := d.LastTransition(ctx)
	if err != nil {
		return err
	}
	if f.UpTo != 0 {
		last = min(last, f.UpTo)
	}
	w := &walk{d: d, filter: f, yield: yield, left: f.Limit}
	if f.Limit <= 0 {
		w.left = math.MaxInt
	}
	w.rows = source{walk: w, query: query(selectTransitions, f), after: f.After, last: last, size: min(rowsPerPage, w.left)}
	w.sweeps = source{walk: w, query: query(selectSweeps, f), after: f.After, last: last, size: sweepsPerPage}
	if f.Person != 0 {
		w.sweeps.query = query(selectSweepsOfPerson, f)
		w.sweeps.parts = true
	}
	err = w.run(ctx)
	if w.refused != nil {
		return w.refused
	}
	if err != nil {
		return fmt.Errorf("reading transitions: %w", explain(d.file, err))
	}
	return nil
}

// walk is one call of Transitions.
type walk struct {
	d            *DB
	filter       segment.TransitionFilter
	yield        func(segment.Transition) error
	left         int   // how many may still be yielded
	refused      error // what yield ended the walk with
	rows, sweeps source
}

// run merges the two sources in order of their numbers.
func (w *walk) run(ctx context.Context) error {
	for w.left > 0 {
		row, err := w.rows.peek(ctx)
		if err != nil {
			return err
		}
		sweep, err := w.sweeps.peek(ctx)
		if err != nil {
			return err
		}
		switch {
		case row == nil && sweep == nil:
			return nil
		case sweep == nil || row != nil && row.Number < sweep.Number != w.filter.Latest:
			w.rows.pop()
			err = w.emit(*row)
		case w.filter.Person != 0:
			w.sweeps.pop()
			err = w.emit(*sweep)
		default:
			w.sweeps.pop()
			err = w.expand(ctx, *sweep)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// expand yields a sweep person by person.
func (w *walk) expand(ctx context.Context, t segment.Transition) error {
	after, past := int64(math.MinInt64), int64(math.MinInt64)
	if t.Number == w.filter.UpTo {
		past = w.filter.Past
		var err error
		if after, err = w.d.before(ctx, t.Number, past); err != nil {
			return err
		}
	}
	for w.left > 0 {
		persons, err := w.d.part(ctx, t.Number, after)
		if err != nil || len(persons) == 0 {
			return err
		}
		after = persons[len(persons)-1]
		persons = slices.DeleteFunc(persons, func(p int64) bool { return p <= past })
		persons = persons[:min(len(persons), w.left)]
		names, err := w.d.names(ctx, persons)
		if err != nil {
			return err
		}
		for i, p := range persons {
			t.Person, t.Customer = p, names[i]
			if err := w.emit(t); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *walk) emit(t segment.Transition) error {
	if w.filter.UpTo == t.Number && t.Person <= w.filter.Past {
		return nil
	}
	w.left--
	w.refused = w.yield(t)
	return w.refused
}

// How much is read at a time: some hundred kilobytes.
const (
	rowsPerPage   = 1000
	sweepsPerPage = 100
)

// source reads transitions, or sweeps as transitions of nobody yet.
type source struct {
	*walk
	query       string
	after, last int64 // the numbers not read yet: beyond after, up to last
	size        int   // of a page
	parts       bool  // each row ends with the part that the person asked for may be in
	page        []segment.Transition
	ended       bool
}

// peek is the next one, or nil at the end.
func (s *source) peek(ctx context.Context) (*segment.Transition, error) {
	for len(s.page) == 0 && !s.ended {
		if err := s.turn(ctx); err != nil {
			return nil, err
		}
	}
	if len(s.page) == 0 {
		return nil, nil
	}
	return &s.page[0], nil
}

func (s *source) pop() { s.page = s.page[1:] }

// turn reads the next page.
func (s *source) turn(ctx context.Context) error {
	read := 0
	s.page = make([]segment.Transition, 0, s.size)
	err := s.d.stream(ctx, s.query, []any{s.after, s.last, s.filter.Person, s.filter.Segment, s.size}, func(rows *sql.Rows) error {
		t, there, err := s.scan(rows)
		if err != nil {
			return err
		}
		read++
		if s.filter.Latest {
			s.last = t.Number - 1
		} else {
			s.after = t.Number
		}
		if there {
			s.page = append(s.page, t)
		}
		return nil
	})
	s.ended = read < s.size
	return err
}

// scan reads a row, and says whether the person asked for is in its part.
func (s *source) scan(rows *sql.Rows) (t segment.Transition, there bool, err error) {
	var at, noticed, seq, first int64
	var rest sql.RawBytes
	to := []any{&t.Number, &t.Segment, &t.Person, &t.Customer, &t.Entered, &at, &noticed, &t.Cause, &seq, &t.Pos, &t.Fact}
	if s.parts {
		to = append(to, &first, &rest)
	}
	if err := rows.Scan(to...); err != nil {
		return t, false, err
	}
	t.At, t.NoticedAt, t.Seq = instant(at), instant(noticed), uint64(seq)
	if !s.parts {
		return t, true, nil
	}
	there, err = holds(first, rest, s.filter.Person)
	return t, there, err
}

// CROSS JOIN keeps SQLite from beginning with the names and sorting afterwards.
const (
	selectTransitions = `
		SELECT t.number, n.id, t.person, coalesce(p.id, ''), t.entered, t.at, t.noticed_at, t.cause, t.seq, t.pos, t.fact
		FROM transition t CROSS JOIN segment_name n ON n.number = t.segment LEFT JOIN person p ON p.number = t.person`
	selectSweeps = `
		SELECT t.number, n.id, 0, '', t.entered, t.at, t.noticed_at, t.cause, t.seq, 0, ''
		FROM sweep t CROSS JOIN segment_name n ON n.number = t.segment`
	selectSweepsOfPerson = `
		SELECT t.number, n.id, ?3, coalesce(p.id, ''), t.entered, t.at, t.noticed_at, t.cause, t.seq, 0, '', part.first, part.rest
		FROM sweep t CROSS JOIN segment_name n ON n.number = t.segment
		CROSS JOIN sweep_part part ON part.sweep = t.number
			AND part.first = (SELECT max(first) FROM sweep_part WHERE sweep = t.number AND first <= ?3)
		LEFT JOIN person p ON p.number = ?3`
)

// query completes a select. Its parameters are after, last, the person, the
// segment and the size of a page.
func query(from string, f segment.TransitionFilter) string {
	q := from + ` WHERE t.number > ?1 AND t.number <= ?2`
	if f.Person != 0 && from == selectTransitions {
		q += ` AND t.person = ?3`
	}
	if f.Segment != "" {
		q += ` AND t.segment = (SELECT number FROM segment_name WHERE id = ?4)`
	}
	q += ` ORDER BY t.number`
	if f.Latest {
		q += ` DESC`
	}
	return q + ` LIMIT ?5`
}
