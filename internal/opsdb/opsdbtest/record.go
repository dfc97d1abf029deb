package opsdbtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/segment"
)

// recordTests say what a segment.Record must do.
var recordTests = map[string]func(*testing.T, func(*testing.T, string) Store){
	"memberships: nothing is there at first":            testNothing,
	"memberships: everything is kept":                   testKept,
	"memberships: a refused batch changes nothing":      testRefused,
	"memberships: an empty batch moves only progress":   testProgress,
	"memberships: numbers and instants of any size":     testHuge,
	"memberships: what is written again replaces":       testReplace,
	"memberships: days are summed":                      testDays,
	"memberships: an error of the reader ends reading":  testYield,
	"memberships: a reader may use the store":           testWithin,
	"memberships: reading while others write":           testConcurrent,
	"transitions: in order, with every filter":          testFilters,
	"transitions: long ones":                            testLong,
	"transitions: not those of later":                   testLater,
	"transitions: of persons who were renamed, merged":  testNames,
	"transitions: of a segment that is not there still": testDeleted,
	"transitions: of a segment that was refused before": testRefusedNames,
}

func commit(t *testing.T, s Store, batches ...segment.Batch) {
	t.Helper()
	for _, b := range batches {
		if err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
}

// state is all that a Record tells.
type state struct {
	Progress    segment.Progress
	Last        int64
	Segments    []segment.LiveSegment
	Persons     []segment.Person
	Standings   []segment.Standing
	Transitions []segment.Transition
	Days        []segment.Day
}

func read(t *testing.T, s Store) state {
	t.Helper()
	var all state
	var err error
	ctx := t.Context()
	if all.Progress, err = s.Progress(ctx); err != nil {
		t.Fatal(err)
	}
	if all.Last, err = s.LastTransition(ctx); err != nil {
		t.Fatal(err)
	}
	if all.Segments, err = s.LiveSegments(ctx); err != nil {
		t.Fatal(err)
	}
	if err = s.Persons(ctx, into(&all.Persons)); err != nil {
		t.Fatal(err)
	}
	if err = s.Standings(ctx, into(&all.Standings)); err != nil {
		t.Fatal(err)
	}
	all.Transitions = transitions(t, s, segment.TransitionFilter{})
	for _, id := range []string{"vip", "all", "중요"} {
		days, err := s.Days(ctx, id, "", "9999-12-31")
		if err != nil {
			t.Fatal(err)
		}
		all.Days = append(all.Days, days...)
	}
	return all
}

func into[T any](list *[]T) func(T) error {
	return func(x T) error {
		*list = append(*list, x)
		return nil
	}
}

func transitions(t *testing.T, s Store, f segment.TransitionFilter) []segment.Transition {
	t.Helper()
	var list []segment.Transition
	if err := s.Transitions(t.Context(), f, into(&list)); err != nil {
		t.Fatal(err)
	}
	return list
}

func wantState(t *testing.T, s Store, want state) {
	t.Helper()
	if diff := cmp.Diff(want, read(t, s)); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}

func wantTransitions(t *testing.T, s Store, f segment.TransitionFilter, want []segment.Transition) {
	t.Helper()
	got := transitions(t, s, f)
	if slices.Equal(want, got) { // seen at once; to compare long ones takes seconds
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("transitions of %+v (-want +got):\n%s", f, diff)
	}
}

func testNothing(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	wantState(t, s, state{})
	if p, err := s.Progress(t.Context()); err != nil || !p.Clock.IsZero() {
		t.Errorf("Clock = %s, %v; want zero", p.Clock, err)
	}
	wantTransitions(t, s, segment.TransitionFilter{Segment: "vip", Person: 1, Latest: true, Limit: 1}, nil)
}

// first is a batch with something of everything, and what is told of it.
func first() (segment.Batch, state) {
	b := segment.Batch{
		Progress: segment.Progress{Applied: 7, Clock: day.Add(time.Hour), LastPerson: 3},
		Persons: []segment.Person{
			{Number: 1, Kind: segment.CustomerKey, ID: "ana"},
			{Number: 3, Kind: segment.PhoneKey, ID: "+40700000000"},
			{Number: 2, Kind: segment.AnonymousKey, ID: "중", MergedInto: 1},
		},
		Standings: []segment.Standing{
			{Person: 3, In: []byte{0, 0x80}, Next: day.UnixMicro() + 1, Asked: day.UnixMicro()},
			{Person: 1, Next: math.MaxInt64, Asked: 5},
		},
		Transitions: []segment.Transition{
			{
				Segment: "vip", Person: 3, Entered: true, At: day, NoticedAt: day.Add(time.Second),
				Cause: segment.CauseEvent, Seq: 6, Pos: 4, Fact: "order o1",
			},
			{Segment: "중요", Person: 1, At: day.Add(time.Minute), NoticedAt: day.Add(time.Hour), Cause: segment.CauseTime, Seq: 6},
		},
		Sweeps: []segment.Sweep{
			{
				Segment: "all", Entered: true, At: day, NoticedAt: day.Add(time.Hour),
				Cause: segment.CauseDefinition, Seq: 7, Persons: []int64{1, 2, 3},
			},
			{Segment: "vip", At: day, NoticedAt: day, Cause: segment.CauseScore, Seq: 7, Persons: []int64{3}},
		},
		Days: []segment.Day{
			{Segment: "vip", Date: "2026-03-01", Entered: 1, Left: 1, Size: 0},
			{Segment: "all", Date: "2026-03-01", Entered: 3, Size: 3},
		},
		Segments: []segment.LiveSegment{
			{Number: 9, ID: "vip", Definition: "has order", Since: 3, Size: 100},
			{Number: 0, ID: "all", Definition: "everyone", Since: 7, Size: 100},
			{Number: 4, ID: "중요", Definition: "count(order) >= 2", Since: 1, Size: 12},
		},
	}
	var l ledger
	l.add(b)
	all := l.segments
	return b, state{
		Progress:    b.Progress,
		Last:        4,
		Segments:    []segment.LiveSegment{all[1], all[2], all[0]},
		Persons:     []segment.Person{b.Persons[0], b.Persons[2], b.Persons[1]},
		Standings:   []segment.Standing{b.Standings[1], b.Standings[0]},
		Transitions: l.filter(segment.TransitionFilter{}),
		Days:        []segment.Day{b.Days[0], b.Days[1]},
	}
}

func testKept(t *testing.T, open func(*testing.T, string) Store) {
	place := t.TempDir()
	s := open(t, place)
	b, want := first()
	commit(t, s, b)
	wantState(t, s, want)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, place)
	wantState(t, s, want)
	if applied, err := s.Applied(t.Context()); err != nil || applied != 0 {
		t.Errorf("Applied = %d, %v: memberships are not saved segments", applied, err)
	}
}

func testRefused(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	b, want := first()
	commit(t, s, b)
	later := func(change func(*segment.Batch)) segment.Batch {
		next, _ := first()
		next.Applied++
		next.Clock = next.Clock.Add(time.Hour)
		next.LastPerson++
		next.Persons[0].ID = "another"
		next.Standings[0].Asked++
		change(&next)
		return next
	}
	for name, refused := range map[string]segment.Batch{
		"of an earlier entry":        later(func(b *segment.Batch) { b.Applied = 6 }),
		"of an earlier clock":        later(func(b *segment.Batch) { b.Clock = day.Add(time.Hour - time.Microsecond) }),
		"without a clock":            later(func(b *segment.Batch) { b.Clock = time.Time{} }),
		"of an unsorted sweep":       later(func(b *segment.Batch) { b.Sweeps[1].Persons = []int64{2, 1} }),
		"of a sweep of one twice":    later(func(b *segment.Batch) { b.Sweeps[1].Persons = []int64{2, 2} }),
		"of two segments of one id":  later(func(b *segment.Batch) { b.Segments[0].ID = "all" }),
		"of two of the same number":  later(func(b *segment.Batch) { b.Segments[0].Number = 0 }),
		"empty, of an earlier entry": {Progress: segment.Progress{Applied: 6, Clock: b.Clock, LastPerson: 3}},
	} {
		if err := s.Commit(t.Context(), refused); err == nil {
			t.Errorf("a batch %s was committed", name)
		}
		wantState(t, s, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Commit(ctx, later(func(*segment.Batch) {})); !errors.Is(err, context.Canceled) {
		t.Errorf("Commit of nobody who waits = %v", err)
	}
	wantState(t, s, want)
}

func testProgress(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	commit(t, s, segment.Batch{Progress: segment.Progress{Applied: 3}})
	wantState(t, s, state{Progress: segment.Progress{Applied: 3}})
	b, want := first()
	commit(t, s, b)
	want.Progress = segment.Progress{Applied: 8, Clock: day.AddDate(1, 0, 0), LastPerson: 12}
	for range 2 { // where it already is, it may be again
		commit(t, s, segment.Batch{Progress: want.Progress})
		wantState(t, s, want)
	}
}

func testHuge(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	ancient, distant := time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)
	b := segment.Batch{
		Progress:  segment.Progress{Applied: math.MaxUint64, Clock: distant, LastPerson: math.MaxInt64},
		Persons:   []segment.Person{{Number: math.MaxInt64, ID: "last", MergedInto: math.MaxInt64 - 1}},
		Standings: []segment.Standing{{Person: math.MaxInt64, In: []byte{0, 255}, Next: math.MaxInt64, Asked: math.MinInt64}},
		Transitions: []segment.Transition{{
			Segment: "vip", Person: math.MaxInt64, At: ancient, NoticedAt: distant,
			Cause: segment.CauseLate, Seq: math.MaxUint64, Pos: math.MaxInt64, Fact: "order 'o'\x00",
		}},
		Sweeps: []segment.Sweep{{
			Segment: "all", At: distant, NoticedAt: ancient, Cause: segment.CauseErase,
			Seq: math.MaxUint64, Persons: []int64{1, 2, 1 << 40, math.MaxInt64},
		}},
		Days:     []segment.Day{{Segment: "vip", Date: "2026-03-01", Entered: 1 << 62, Left: 1 << 61, Size: math.MaxInt64}},
		Segments: []segment.LiveSegment{{Number: 1 << 30, ID: "vip", Since: math.MaxUint64, Size: 1}},
	}
	var l ledger
	l.add(b)
	commit(t, s, b)
	wantState(t, s, state{
		Progress: b.Progress, Last: 2, Segments: l.segments, Persons: b.Persons, Standings: b.Standings,
		Transitions: l.filter(segment.TransitionFilter{}), Days: b.Days,
	})
	l.check(t, s, segment.TransitionFilter{Person: math.MaxInt64})
	l.check(t, s, segment.TransitionFilter{After: math.MaxInt64})
	l.check(t, s, segment.TransitionFilter{After: math.MinInt64})
	if err := s.Commit(t.Context(), segment.Batch{Progress: segment.Progress{Applied: math.MaxInt64, Clock: distant}}); err == nil {
		t.Error("a batch of an earlier entry was committed")
	}
}

func testReplace(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	b, want := first()
	commit(t, s, b)
	next := segment.Batch{
		Progress: segment.Progress{Applied: 8, Clock: b.Clock, LastPerson: 4},
		Persons:  []segment.Person{{Number: 3, Kind: segment.CustomerKey, ID: "bo", MergedInto: 1}, {Number: 4, ID: "cy"}},
		Standings: []segment.Standing{
			{Person: 3, In: []byte{1}, Next: 1, Asked: 2},
			{Person: 3, Next: math.MaxInt64, Asked: 3}, // the last one holds
		},
		Segments: []segment.LiveSegment{{Number: 4, ID: "vip", Definition: "everyone", Since: 8, Size: 2}},
	}
	commit(t, s, next)
	want.Progress, want.Segments = next.Progress, next.Segments
	want.Persons = []segment.Person{want.Persons[0], want.Persons[1], next.Persons[0], next.Persons[1]}
	want.Standings[1] = next.Standings[1]
	for i, p := range want.Transitions {
		if p.Person == 3 {
			want.Transitions[i].Customer = "bo"
		}
	}
	wantState(t, s, want)
	commit(t, s, segment.Batch{Progress: next.Progress, Segments: []segment.LiveSegment{}})
	want.Segments = nil
	wantState(t, s, want)
}

func testDays(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	commit(t, s,
		segment.Batch{
			Segments: []segment.LiveSegment{{Number: 1, ID: "vip", Size: 40}, {Number: 2, ID: "all", Size: 50}},
			Days: []segment.Day{
				{Segment: "vip", Date: "2026-03-02", Entered: 5, Left: 1, Size: 44},
				{Segment: "vip", Date: "2026-02-28", Entered: 9, Left: 2, Size: 51},
				{Segment: "vip", Date: "2026-03-02", Entered: 10, Size: 54},
				{Segment: "gone", Date: "2026-03-02", Entered: 1, Size: 1},
			},
		},
		segment.Batch{Days: []segment.Day{
			{Segment: "vip", Date: "2026-03-02", Left: 3, Size: 51},
			{Segment: "vip", Date: "2026-03-04", Left: 1, Size: 50},
		}})
	for _, c := range []struct {
		id, from, to string
		want         []segment.Day
	}{
		{"vip", "2026-02-28", "2026-03-04", []segment.Day{
			{Segment: "vip", Date: "2026-02-28", Entered: 9, Left: 2, Size: 51},
			{Segment: "vip", Date: "2026-03-02", Entered: 15, Left: 4, Size: 51},
			{Segment: "vip", Date: "2026-03-04", Left: 1, Size: 50},
		}},
		{"vip", "2026-03-01", "2026-03-03", []segment.Day{{Segment: "vip", Date: "2026-03-02", Entered: 15, Left: 4, Size: 51}}},
		{"vip", "2026-03-03", "2026-03-03", nil},
		{"gone", "2026-03-02", "2026-03-02", []segment.Day{{Segment: "gone", Date: "2026-03-02", Entered: 1, Size: 1}}},
		{"all", "2026-01-01", "2026-12-31", nil},
		{"unknown", "2026-01-01", "2026-12-31", nil},
	} {
		got, err := s.Days(t.Context(), c.id, c.from, c.to)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("days of %s from %s to %s (-want +got):\n%s", c.id, c.from, c.to, diff)
		}
	}
	for _, c := range []struct{ from, to, want string }{
		{"2026-03-01", "2026-03-04", "vip 2026-02-28 51, vip 2026-03-02 51, vip 2026-03-04 50, gone 2026-03-02 1, "},
		{"2026-03-03", "2026-03-03", "vip 2026-03-02 51, gone 2026-03-02 1, "},
		{"2026-02-01", "2026-03-01", "vip 2026-02-28 51, "},
		{"2026-01-01", "2026-01-02", ""},
	} {
		trends := map[string]string{}
		err := s.Trends(t.Context(), c.from, c.to, func(d segment.Day) error {
			trends[d.Segment] += fmt.Sprintf("%s %s %d, ", d.Segment, d.Date, d.Size)
			return nil
		})
		if got := trends["vip"] + trends["gone"]; err != nil || got != c.want || len(trends) > 2 {
			t.Errorf("trends from %s to %s: %v, %v, want %s", c.from, c.to, trends, err, c.want)
		}
	}
	got, err := s.LiveSegments(t.Context())
	want := []segment.LiveSegment{{Number: 1, ID: "vip", Size: 50}, {Number: 2, ID: "all", Size: 50}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("sizes: %v (-want +got):\n%s", err, diff)
	}
}
