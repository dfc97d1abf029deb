package opsdbtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kith/internal/segment"
)

// ledger says, in the plainest way, which transitions and standings a Record
// must tell.
type ledger struct {
	last      int64
	all       []segment.Transition
	names     map[int64]string
	standings map[int64]segment.Standing
	segments  []segment.LiveSegment
}

func (l *ledger) add(batches ...segment.Batch) {
	if l.names == nil {
		l.names = map[int64]string{}
	}
	for _, b := range batches {
		for _, p := range b.Persons {
			l.names[p.Number] = p.ID
		}
		l.addStandings(b)
		for _, t := range b.Transitions {
			l.last++
			t.Number = l.last
			l.all = append(l.all, t)
		}
		for _, s := range b.Sweeps {
			l.last++
			for _, p := range s.Persons {
				l.all = append(l.all, segment.Transition{
					Number: l.last, Segment: s.Segment, Person: p, Entered: s.Entered,
					At: s.At, NoticedAt: s.NoticedAt, Cause: s.Cause, Seq: s.Seq,
				})
			}
		}
		if b.Segments != nil {
			l.segments = slices.Clone(b.Segments)
		}
		for _, d := range b.Days {
			for i := range l.segments {
				if l.segments[i].ID == d.Segment {
					l.segments[i].Size = d.Size
				}
			}
		}
	}
}

func (l *ledger) filter(f segment.TransitionFilter) []segment.Transition {
	var list []segment.Transition
	for _, t := range l.all {
		if f.UpTo != 0 && (t.Number > f.UpTo || t.Number == f.UpTo && t.Person <= f.Past) {
			continue
		}
		if t.Number > f.After && (f.Segment == "" || t.Segment == f.Segment) && (f.Person == 0 || t.Person == f.Person) {
			t.Customer = l.names[t.Person]
			list = append(list, t)
		}
	}
	if f.Latest { // the persons of a sweep stay in their order
		slices.SortStableFunc(list, func(a, b segment.Transition) int { return int(b.Number - a.Number) })
	}
	if f.Limit > 0 && len(list) > f.Limit {
		list = list[:f.Limit]
	}
	return list
}

func (l *ledger) check(t *testing.T, s Store, f segment.TransitionFilter) {
	t.Helper()
	wantTransitions(t, s, f, l.filter(f))
}

// shop makes batches of a small shop.
type shop struct {
	*rand.Rand
	segments, persons int
	applied           uint64
}

// batch has up to some transitions, and up to some sweeps; both may be none.
func (s *shop) batch(transitions, sweeps int) segment.Batch {
	s.applied++
	at := day.Add(time.Duration(s.applied) * time.Minute)
	b := segment.Batch{Progress: segment.Progress{Applied: s.applied, Clock: at, LastPerson: int64(s.persons)}}
	for range s.IntN(transitions + 1) {
		b.Transitions = append(b.Transitions, segment.Transition{
			Segment: s.segment(), Person: 1 + s.Int64N(int64(s.persons)), Entered: s.IntN(2) == 0, At: at, NoticedAt: at,
			Cause: segment.Causes[s.IntN(len(segment.Causes))], Seq: s.applied, Pos: int64(len(b.Transitions)), Fact: "cart",
		})
	}
	for range s.IntN(sweeps + 1) {
		sweep := segment.Sweep{
			Segment: s.segment(), Entered: s.IntN(2) == 0, At: at, NoticedAt: at, Cause: segment.CauseScore, Seq: s.applied,
		}
		for p := range s.persons {
			if s.IntN(3) == 0 {
				sweep.Persons = append(sweep.Persons, int64(p)+1)
			}
		}
		b.Sweeps = append(b.Sweeps, sweep)
	}
	return b
}

func (s *shop) segment() string { return fmt.Sprintf("segment-%d", s.IntN(s.segments)) }
