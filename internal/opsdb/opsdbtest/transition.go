package opsdbtest

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"kith/internal/segment"
)

func testFilters(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	shop := &shop{Rand: rand.New(rand.NewPCG(1, 2)), segments: 3, persons: 7}
	var l ledger
	for range 30 {
		b := shop.batch(4, 2)
		l.add(b)
		commit(t, s, b)
	}
	if last, err := s.LastTransition(t.Context()); err != nil || last != l.last {
		t.Errorf("LastTransition = %d, %v; want %d", last, err, l.last)
	}
	for _, id := range []string{"", "segment-0", "segment-2", "unknown"} {
		for _, person := range []int64{0, 1, 7, 8} {
			for _, after := range []int64{0, 1, l.last / 2, l.last - 1, l.last, l.last + 1} {
				for _, limit := range []int{0, 1, 2, 5, 50} {
					for _, latest := range []bool{false, true} {
						f := segment.TransitionFilter{Segment: id, Person: person, After: after, Limit: limit, Latest: latest}
						l.check(t, s, f)
						f.UpTo, f.Past = after+4, int64(limit)
						l.check(t, s, f)
					}
				}
			}
		}
	}
}

// What an engine keeps together or reads at a time, here it is more.
func testLong(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	shop := &shop{Rand: rand.New(rand.NewPCG(3, 4)), segments: 2, persons: 9000}
	var l ledger
	add := func(b segment.Batch) {
		l.add(b)
		commit(t, s, b)
	}
	for len(l.all) < 10_000 {
		add(shop.batch(2500, 2))
	}
	shop.persons = 4
	for range 10 {
		add(shop.batch(3, 70))
	}
	for _, f := range []segment.TransitionFilter{
		{},
		{Latest: true},
		{Segment: "segment-1"},
		{Segment: "segment-1", Latest: true, Limit: 2500},
		{Person: 2},
		{Person: 9000, Latest: true},
		{Person: 3, Segment: "segment-0", After: 3000},
		{After: 2600, Limit: 5000},
		{Latest: true, After: 2600, Limit: 5000},
		{Latest: true, UpTo: l.all[len(l.all)/2].Number, Past: l.all[len(l.all)/2].Person, Limit: 5000},
	} {
		l.check(t, s, f)
	}
	// Everyone of a large sweep is found in it, and nobody else.
	sweep := l.all[len(l.all)-1].Number + 1
	b := segment.Batch{Progress: segment.Progress{Applied: shop.applied, Clock: day.AddDate(1, 0, 0)}}
	b.Sweeps = []segment.Sweep{{Segment: "vip", At: day, NoticedAt: day, Cause: segment.CauseImport}}
	for p := int64(10); p < 5000; p += 2 {
		b.Sweeps[0].Persons = append(b.Sweeps[0].Persons, p)
	}
	add(b)
	for p := int64(8); p < 5002; p += 83 {
		l.check(t, s, segment.TransitionFilter{Person: p, After: sweep - 1})
		l.check(t, s, segment.TransitionFilter{Person: p, Segment: "vip"})
	}
}

func testNames(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	var l ledger
	add := func(b segment.Batch) {
		t.Helper()
		l.add(b)
		commit(t, s, b)
		for person := range int64(4) { // 0 is everyone
			l.check(t, s, segment.TransitionFilter{Person: person})
		}
	}
	add(segment.Batch{ // of persons whose names come later, or never
		Transitions: []segment.Transition{
			{Segment: "vip", Person: 1, Entered: true, At: day, NoticedAt: day, Cause: segment.CauseEvent},
			{Segment: "vip", Person: 2, Entered: true, At: day, NoticedAt: day, Cause: segment.CauseEvent},
		},
		Sweeps: []segment.Sweep{{Segment: "all", Entered: true, At: day, NoticedAt: day, Cause: segment.CauseImport, Persons: []int64{1, 2, 3}}},
	})
	add(segment.Batch{Persons: []segment.Person{{Number: 1, Kind: segment.EmailKey, ID: "ana@example.com"}, {Number: 2, ID: "bo"}}})
	add(segment.Batch{Persons: []segment.Person{{Number: 1, ID: "ana"}}})
	// Transitions stay those of the person whom they were of.
	add(segment.Batch{
		Persons:     []segment.Person{{Number: 2, ID: "bo", MergedInto: 1}},
		Transitions: []segment.Transition{{Segment: "vip", Person: 2, At: day, NoticedAt: day, Cause: segment.CauseMerge}},
	})
}

// What a refused batch named has no number afterwards: another segment may
// get the one that it would have had.
func testRefusedNames(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	sweep := func(id string, persons ...int64) segment.Batch {
		return segment.Batch{Sweeps: []segment.Sweep{{Segment: id, Entered: true, At: day, NoticedAt: day, Cause: segment.CauseTime, Persons: persons}}}
	}
	bad := sweep("refused", 2, 1)
	bad.Transitions = []segment.Transition{{Segment: "refused", Person: 1, At: day, NoticedAt: day, Cause: segment.CauseTime}}
	if err := s.Commit(t.Context(), bad); err == nil {
		t.Fatal("a batch of an unsorted sweep was committed")
	}
	var l ledger
	for _, b := range []segment.Batch{sweep("other", 1), sweep("refused", 2), sweep("other", 3), sweep("refused", 4)} {
		l.add(b)
		commit(t, s, b)
	}
	for _, id := range []string{"other", "refused", ""} {
		l.check(t, s, segment.TransitionFilter{Segment: id})
	}
}

func testDeleted(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	b, want := first()
	commit(t, s, b)
	rest := want.Segments[:2]
	with := func(live segment.LiveSegment) []segment.LiveSegment { return append(slices.Clone(rest), live) }
	commit(t, s, segment.Batch{Progress: b.Progress, Segments: rest})
	want.Segments = rest // without vip; its transitions and days are there
	wantState(t, s, want)
	// Another segment takes its number, then its id.
	commit(t, s, segment.Batch{Progress: b.Progress, Segments: with(segment.LiveSegment{Number: 9, ID: "new"})})
	want.Segments = with(segment.LiveSegment{Number: 10, ID: "vip"})
	commit(t, s, segment.Batch{Progress: b.Progress, Segments: want.Segments})
	wantState(t, s, want)
}

func testYield(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	b, _ := first()
	commit(t, s, b)
	enough := errors.New("enough")
	calls := 0
	stopAt := func(n int) error {
		if calls++; calls == n {
			return enough
		}
		return nil
	}
	check := func(name string, want int, err error) {
		t.Helper()
		if err != enough || calls != want { //nolint:errorlint // it comes back as it is
			t.Errorf("%s: %v after %d calls; want %v after %d", name, err, calls, enough, want)
		}
		calls = 0
	}
	check("persons", 2, s.Persons(t.Context(), func(segment.Person) error { return stopAt(2) }))
	check("standings", 1, s.Standings(t.Context(), func(segment.Standing) error { return stopAt(1) }))
	for n := 1; n <= 6; n++ { // two alone, three and one of a sweep
		for _, latest := range []bool{false, true} {
			f := segment.TransitionFilter{Latest: latest}
			check("transitions", n, s.Transitions(t.Context(), f, func(segment.Transition) error { return stopAt(n) }))
		}
	}
	check("transitions of a person", 2,
		s.Transitions(t.Context(), segment.TransitionFilter{Person: 3}, func(segment.Transition) error { return stopAt(2) }))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Transitions(ctx, segment.TransitionFilter{}, func(segment.Transition) error { return stopAt(1) })
	if !errors.Is(err, context.Canceled) || calls > 0 {
		t.Errorf("transitions for nobody who waits: %v, %d calls", err, calls)
	}
}

// testWithin would stand still, not fail, if reading kept the store to itself.
func testWithin(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	b, want := first()
	commit(t, s, b)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	applied := b.Applied
	use := func() error {
		applied++
		next := segment.Batch{Progress: segment.Progress{Applied: applied, Clock: b.Clock, LastPerson: 3}}
		next.Transitions = b.Transitions[:1]
		if err := s.Commit(ctx, next); err != nil {
			return err
		}
		if err := s.PutSetting(ctx, "demo", "on"); err != nil {
			return err
		}
		if p, err := s.Progress(ctx); err != nil || p.Applied != applied {
			t.Errorf("Progress = %d, %v; want %d", p.Applied, err, applied)
		}
		return s.Standings(ctx, func(segment.Standing) error {
			return s.Persons(ctx, func(segment.Person) error {
				return s.Transitions(ctx, segment.TransitionFilter{Limit: 1}, func(segment.Transition) error { return nil })
			})
		})
	}
	for _, latest := range []bool{false, true} {
		calls := 0
		err := s.Transitions(ctx, segment.TransitionFilter{Latest: latest}, func(segment.Transition) error {
			calls++
			return use()
		})
		if err != nil || calls != len(want.Transitions) {
			t.Errorf("%v after %d calls; want only the %d of when it began", err, calls, len(want.Transitions))
		}
		want.Transitions = transitions(t, s, segment.TransitionFilter{})
	}
	if err := s.Persons(ctx, func(segment.Person) error { return use() }); err != nil {
		t.Error(err)
	}
	if err := s.Standings(ctx, func(segment.Standing) error { return use() }); err != nil {
		t.Error(err)
	}
}

func testLater(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	shop := &shop{Rand: rand.New(rand.NewPCG(5, 6)), segments: 2, persons: 5}
	var l ledger
	for len(l.all) < 2500 {
		b := shop.batch(1500, 3)
		l.add(b)
		commit(t, s, b)
	}
	for _, latest := range []bool{false, true} {
		f := segment.TransitionFilter{Latest: latest}
		want := l.filter(f)
		var got []segment.Transition
		err := s.Transitions(t.Context(), f, func(tr segment.Transition) error {
			if got = append(got, tr); len(got) > 1 {
				return nil
			}
			b := shop.batch(20, 20)
			l.add(b)
			return s.Commit(t.Context(), b)
		})
		if err != nil || !slices.Equal(want, got) {
			t.Errorf("%d transitions, %v; want the %d of when it began", len(got), err, len(want))
		}
	}
}

// testConcurrent sees that no reader meets a part of a batch.
func testConcurrent(t *testing.T, open func(*testing.T, string) Store) {
	const batches, persons = 60, 20
	s := open(t, t.TempDir())
	var everyone []int64
	for p := range int64(persons) {
		everyone = append(everyone, p+1)
	}
	batch := func(applied uint64) segment.Batch {
		b := segment.Batch{Progress: segment.Progress{Applied: applied, LastPerson: int64(applied)}, Everyone: applied%3 == 0}
		for _, p := range everyone {
			b.Standings = append(b.Standings, segment.Standing{Person: p, Next: math.MaxInt64, Asked: int64(applied)})
			b.Transitions = append(b.Transitions, segment.Transition{Segment: "vip", Person: p, At: day, NoticedAt: day, Cause: segment.CauseEvent})
		}
		b.Sweeps = []segment.Sweep{{Segment: "all", At: day, NoticedAt: day, Cause: segment.CauseScore, Persons: everyone}}
		b.Segments = []segment.LiveSegment{{Number: int(applied), ID: "all"}}
		b.Days = []segment.Day{{Segment: "all", Date: "2026-03-01", Entered: persons, Size: int64(applied)}}
		return b
	}
	commit(t, s, batch(1))
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					readWhole(t, s, persons)
				}
			}
		})
	}
	for applied := uint64(2); applied <= batches; applied++ {
		if err := s.Commit(t.Context(), batch(applied)); err != nil {
			t.Error(err)
			break
		}
	}
	close(done)
	readers.Wait()
}

func readWhole(t *testing.T, s Store, persons int) {
	ctx := t.Context()
	before, err := s.Progress(ctx)
	if err != nil {
		t.Error(err)
	}
	count := 0
	err = s.Transitions(ctx, segment.TransitionFilter{}, func(segment.Transition) error {
		count++
		return nil
	})
	if whole := 2 * persons; err != nil || count%whole != 0 || count/whole < int(before.Applied) {
		t.Errorf("%d transitions, %v; want %d for each of %d batches and later ones", count, err, whole, before.Applied)
	}
	var asked []int64
	err = s.Standings(ctx, func(st segment.Standing) error {
		asked = append(asked, st.Asked)
		return nil
	})
	if err != nil || len(asked) != persons || asked[0] != asked[persons-1] || asked[0] < int64(before.Applied) {
		t.Errorf("asked at %d, %v; want all at one instant from %d on", asked, err, before.Applied)
	}
	list, err := s.LiveSegments(ctx)
	if err != nil || len(list) != 1 || int64(list[0].Number) != list[0].Size || list[0].Size < int64(before.Applied) {
		t.Errorf("live segments %v, %v", list, err)
	}
}
