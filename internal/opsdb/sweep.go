package opsdb

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"kith/internal/segment"
)

// partSize is how many persons of a sweep are kept together: one or two
// kilobytes, and the work between two looks at the store.
const partSize = 1000

var appendParts = insertion{`INSERT INTO sweep_part (sweep, first, rest) VALUES `, 3, ``}

// sweep writes a sweep, in parts.
func (w *writer) sweep(ctx context.Context, s segment.Sweep) error {
	for i := 1; i < len(s.Persons); i++ {
		if s.Persons[i-1] >= s.Persons[i] {
			return fmt.Errorf("the persons of a sweep of segment %s are not sorted, each once", s.Segment)
		}
	}
	if err := w.name(ctx, s.Segment); err != nil {
		return err
	}
	w.last++
	_, err := w.tx.ExecContext(ctx, `
		INSERT INTO sweep (number, segment, entered, at, noticed_at, cause, seq) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		w.last, w.segments[s.Segment], s.Entered, s.At.UnixMicro(), s.NoticedAt.UnixMicro(), string(s.Cause), int64(s.Seq))
	if err != nil {
		return err
	}
	var parts [][]int64
	for rest := s.Persons; len(rest) > 0; rest = rest[len(parts[len(parts)-1]):] {
		parts = append(parts, rest[:min(partSize, len(rest))])
	}
	return insert(ctx, w.tx, appendParts, parts, func(args []any, part *[]int64) []any {
		return append(args, w.last, (*part)[0], packed(*part))
	})
}

// packed is a part without its first person.
func packed(part []int64) []byte {
	rest := make([]byte, 0, 2*len(part))
	for i := 1; i < len(part); i++ {
		rest = binary.AppendUvarint(rest, uint64(part[i]-part[i-1]))
	}
	return rest
}

// unpack calls yield with each person of a part, until it says false.
func unpack(first int64, rest []byte, yield func(person int64) bool) error {
	for person := first; yield(person) && len(rest) > 0; {
		distance, length := binary.Uvarint(rest)
		if length <= 0 {
			return errBadPart
		}
		person += int64(distance)
		rest = rest[length:]
	}
	return nil
}

var errBadPart = errors.New("no sweep has such persons")

// holds says whether a person is in a part.
func holds(first int64, rest []byte, person int64) (bool, error) {
	found := false
	err := unpack(first, rest, func(p int64) bool {
		found = p == person
		return p < person
	})
	return found, err
}

// part reads the first part of a sweep that begins after a person, or nothing.
func (d *DB) part(ctx context.Context, sweep, after int64) ([]int64, error) {
	var first int64
	var rest []byte
	err := d.read.QueryRowContext(ctx, `
		SELECT first, rest FROM sweep_part WHERE sweep = ? AND first > ? ORDER BY first LIMIT 1`, sweep, after).
		Scan(&first, &rest)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	persons := make([]int64, 0, partSize)
	err = unpack(first, rest, func(p int64) bool {
		persons = append(persons, p)
		return true
	})
	return persons, err
}

// before is a number before the part of a sweep that a person is in, or would
// be, and behind all parts before it.
func (d *DB) before(ctx context.Context, sweep, person int64) (int64, error) {
	var first int64
	err := d.read.QueryRowContext(ctx, `SELECT coalesce(max(first), ?2 + 1) - 1 FROM sweep_part WHERE sweep = ?1 AND first <= ?2`, sweep, person).Scan(&first)
	return first, err
}

// names looks up what persons are named by; "" for one who is not there.
func (d *DB) names(ctx context.Context, persons []int64) ([]string, error) {
	numbers := []byte{'['}
	for i, p := range persons {
		if i > 0 {
			numbers = append(numbers, ',')
		}
		numbers = strconv.AppendInt(numbers, p, 10)
	}
	ids := make([]string, len(persons))
	err := d.stream(ctx, `SELECT n.key, p.id FROM json_each(?) n JOIN person p ON p.number = n.value`,
		[]any{string(append(numbers, ']'))},
		func(rows *sql.Rows) error {
			var i int
			var id string
			if err := rows.Scan(&i, &id); err != nil {
				return err
			}
			ids[i] = id
			return nil
		})
	return ids, err
}
