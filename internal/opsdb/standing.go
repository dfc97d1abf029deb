package opsdb

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"

	"kith/internal/segment"
)

// Standings are rows, which are cheap to change one by one, or lie in blocks,
// which are cheap to write for everyone. A row comes before what a block says
// of the same person: a block stays as it is until everyone is written again.

var (
	putStandings = insertion{`INSERT INTO standing (person, members, next, asked) VALUES `, 4, `
		ON CONFLICT (person) DO UPDATE SET members = excluded.members, next = excluded.next, asked = excluded.asked`}
	putBlocks = insertion{`INSERT INTO standing_block (first, standings) VALUES `, 2, ``}
)

// standings writes rows, sorted, so that many that share a page of the table
// are written while it is at hand. Of those of one person the last one holds.
func (w *writer) standings(ctx context.Context, list []segment.Standing) error {
	if !slices.IsSortedFunc(list, byPerson) {
		list = slices.Clone(list)
		slices.SortStableFunc(list, byPerson)
	}
	return insert(ctx, w.tx, putStandings, list, func(args []any, s *segment.Standing) []any {
		in := s.In
		if in == nil {
			in = []byte{} // nil would be NULL
		}
		return append(args, s.Person, in, s.Next, s.Asked)
	})
}

func byPerson(a, b segment.Standing) int { return cmp.Compare(a.Person, b.Person) }

// blockSize is how many standings are kept together: some kilobytes.
const blockSize = 1000

// everyone writes the standings of everyone, as blocks.
func (w *writer) everyone(ctx context.Context, list []segment.Standing) error {
	for i := 1; i < len(list); i++ {
		if list[i-1].Person >= list[i].Person {
			return fmt.Errorf("the standings of everyone are not sorted by person, each once: %d comes before %d",
				list[i-1].Person, list[i].Person)
		}
	}
	// Without WHERE, SQLite empties a table page by page, not row by row.
	for _, empty := range []string{`DELETE FROM standing`, `DELETE FROM standing_block`} {
		if _, err := w.tx.ExecContext(ctx, empty); err != nil {
			return err
		}
	}
	blocks := slices.Collect(slices.Chunk(list, blockSize))
	return insert(ctx, w.tx, putBlocks, blocks, func(args []any, block *[]segment.Standing) []any {
		return append(args, (*block)[0].Person, packBlock(*block))
	})
}

// A block is its standings one after the other, and the CRC-32C of that. A
// standing is, in varints:
//
//	the length of In, times 4, and the marks below
//	the person's distance from the one before, at first from 0
//	In, as it is
//	Asked's distance from that of the one before, at first from 0; not if sameAsked
//	Next's distance from Asked; not if never
//
// Distances wrap around, so that every int64 has one.
const (
	never     = 1 << iota // Next is the greatest int64
	sameAsked             // Asked is that of the one before
	marks     = iota      // their number
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func packBlock(list []segment.Standing) []byte {
	b := make([]byte, 0, 12*len(list))
	var person, asked int64
	for i := range list {
		s := &list[i]
		head := uint64(len(s.In)) << marks
		if s.Next == math.MaxInt64 {
			head |= never
		}
		if s.Asked == asked {
			head |= sameAsked
		}
		b = binary.AppendUvarint(b, head)
		b = binary.AppendUvarint(b, uint64(s.Person-person))
		b = append(b, s.In...)
		if head&sameAsked == 0 {
			b = binary.AppendVarint(b, s.Asked-asked)
		}
		if head&never == 0 {
			b = binary.AppendVarint(b, s.Next-s.Asked)
		}
		person, asked = s.Person, s.Asked
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

var errBadBlock = errors.New("not what was written")

// block is what is left of one that is being read. A Standing's In is a part
// of its bytes.
type block struct {
	rest          []byte
	person, asked int64 // of the one before
	bad           bool
}

// openBlock says whether a block is what was written.
func openBlock(packed []byte) (block, error) {
	end := len(packed) - crc32.Size
	if end <= 0 || binary.LittleEndian.Uint32(packed[end:]) != crc32.Checksum(packed[:end], castagnoli) {
		return block{}, errBadBlock
	}
	return block{rest: packed[:end]}, nil
}

// next takes the next standing out of a block that has one.
func (b *block) next() (segment.Standing, error) {
	head := b.uvarint()
	s := segment.Standing{Person: b.person + int64(b.uvarint()), Next: math.MaxInt64, Asked: b.asked}
	if length := head >> marks; length > uint64(len(b.rest)) {
		b.bad = true
	} else if length > 0 {
		s.In, b.rest = b.rest[:length:length], b.rest[length:]
	}
	if head&sameAsked == 0 {
		s.Asked += b.varint()
	}
	if head&never == 0 {
		s.Next = s.Asked + b.varint()
	}
	if b.bad {
		return s, errBadBlock
	}
	b.person, b.asked = s.Person, s.Asked
	return s, nil
}

func (b *block) uvarint() uint64 {
	n, length := binary.Uvarint(b.rest)
	b.rest = b.rest[max(length, 0):]
	b.bad = b.bad || length <= 0
	return n
}

func (b *block) varint() int64 {
	n, length := binary.Varint(b.rest)
	b.rest = b.rest[max(length, 0):]
	b.bad = b.bad || length <= 0
	return n
}

// selectStandings merges blocks and rows: one query sees one instant. A block
// comes before the row of its first person.
const selectStandings = `
	SELECT first, false, standings, 0, 0 FROM standing_block
	UNION ALL SELECT person, true, nullif(members, x''), next, asked FROM standing
	ORDER BY 1, 2`

// Standings implements segment.Record, by person and as of one instant.
func (d *DB) Standings(ctx context.Context, yield func(segment.Standing) error) error {
	m := &merge{yield: yield}
	err := d.stream(ctx, selectStandings, nil, func(rows *sql.Rows) error {
		var s segment.Standing
		var alone bool
		if err := rows.Scan(&s.Person, &alone, &s.In, &s.Next, &s.Asked); err != nil {
			return err
		}
		if alone {
			return m.row(s)
		}
		return m.begin(s.Person, s.In)
	})
	if err == nil {
		err = m.drain(nil)
	}
	if m.refused != nil {
		return m.refused
	}
	if err != nil {
		return fmt.Errorf("reading standings: %w", explain(d.file, err))
	}
	return nil
}

// merge is one call of Standings.
type merge struct {
	yield   func(segment.Standing) error
	refused error // what yield ended the reading with
	begun   bool  // somebody was yielded
	last    int64 // the last one who was
	first   int64 // the first person of the block
	block   block
	head    segment.Standing // the next one of the block
	there   bool             // head is one
}

// begin goes on with another block.
func (m *merge) begin(first int64, packed []byte) error {
	if err := m.drain(nil); err != nil {
		return err
	}
	var err error
	m.first = first
	if m.block, err = openBlock(packed); err != nil {
		return m.damaged(err)
	}
	if err := m.advance(); err != nil {
		return err
	}
	if m.head.Person != first {
		return m.damaged(errBadBlock)
	}
	return nil
}

// row yields a row in its place, in place of what the block says.
func (m *merge) row(s segment.Standing) error {
	if err := m.drain(&s); err != nil {
		return err
	}
	if m.there && m.head.Person == s.Person {
		if err := m.advance(); err != nil {
			return err
		}
	}
	return m.emit(s)
}

// drain yields what is left of the block, before a row if there is one.
func (m *merge) drain(before *segment.Standing) error {
	for m.there && (before == nil || m.head.Person < before.Person) {
		if err := m.emit(m.head); err != nil {
			return err
		}
		if err := m.advance(); err != nil {
			return err
		}
	}
	return nil
}

func (m *merge) advance() error {
	m.there = len(m.block.rest) > 0
	if !m.there {
		return nil
	}
	var err error
	m.head, err = m.block.next()
	return m.damaged(err)
}

func (m *merge) emit(s segment.Standing) error {
	if m.begun && s.Person <= m.last { // rows are in order
		return m.damaged(errBadBlock)
	}
	m.begun, m.last = true, s.Person
	m.refused = m.yield(s)
	return m.refused
}

func (m *merge) damaged(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the block of standings from person %d on: %w", m.first, err)
}
