package opsdbtest

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/segment"
)

// standingTests say how standings of everyone and of some go together.
var standingTests = map[string]func(*testing.T, func(*testing.T, string) Store){
	"standings: of everyone, then of some":           testEveryone,
	"standings: any batches after each other":        testAnyStandings,
	"standings: a refused everyone changes nothing":  testRefusedEveryone,
	"standings: an error of the reader ends reading": testStandingsYield,
	"standings: not those of later":                  testLaterStandings,
}

func (l *ledger) addStandings(b segment.Batch) {
	if l.standings == nil || b.Everyone {
		l.standings = map[int64]segment.Standing{}
	}
	for _, s := range b.Standings {
		if len(s.In) == 0 {
			s.In = nil
		}
		l.standings[s.Person] = s
	}
}

func (l *ledger) wantStandings(t *testing.T, s Store) {
	t.Helper()
	want := slices.SortedFunc(maps.Values(l.standings), byPerson)
	var got []segment.Standing
	err := s.Standings(t.Context(), func(st segment.Standing) error {
		got = append(got, st)
		_ = append(st.In, 0xff) // what comes next is not behind it
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if diff := firstDifference(want, got); diff != "" {
		t.Error(diff)
	}
}

func byPerson(a, b segment.Standing) int {
	switch {
	case a.Person < b.Person:
		return -1
	case a.Person > b.Person:
		return 1
	}
	return 0
}

// firstDifference is quickly found, and short, also of long lists.
func firstDifference(want, got []segment.Standing) string {
	for i := range min(len(want), len(got)) {
		if !reflect.DeepEqual(want[i], got[i]) {
			return fmt.Sprintf("standing %d (-want +got):\n%s", i, cmp.Diff(want[i], got[i]))
		}
	}
	if len(want) != len(got) {
		return fmt.Sprintf("%d standings, want %d", len(got), len(want))
	}
	return ""
}

// standingsOf says of persons something that tells them, and batches, apart.
func standingsOf(batch int64, persons ...int64) []segment.Standing {
	var list []segment.Standing
	for _, p := range persons {
		s := segment.Standing{Person: p, In: []byte{byte(p), byte(batch)}, Next: math.MaxInt64, Asked: day.UnixMicro() + batch}
		switch p % 4 {
		case 1:
			s.Next = s.Asked + p
		case 2:
			s.In, s.Asked = nil, 0
		}
		list = append(list, s)
	}
	return list
}

// every is the numbers from one to another, in steps.
func every(step, from, to int64) []int64 {
	var list []int64
	for p := from; p <= to; p += step {
		list = append(list, p)
	}
	return list
}

func backward(list []int64) []int64 {
	slices.Reverse(list)
	return list
}

func testEveryone(t *testing.T, open func(*testing.T, string) Store) {
	place := t.TempDir()
	s := open(t, place)
	var l ledger
	applied := uint64(0)
	// More than an engine keeps together.
	everyone := every(3, 100, 12_000)
	for _, step := range []struct {
		name     string
		everyone bool
		persons  []int64
	}{
		{"some at first", false, []int64{5, 1, 103}},
		{"everyone replaces them", true, everyone},
		{"one of everyone", false, []int64{7000}},
		{"the first and the last of everyone", false, []int64{everyone[0], everyone[len(everyone)-1]}},
		{"others before, between and after", false, []int64{99, 20_000, 12_001, 101, 7001, 1}},
		{"the same again", false, []int64{7000, 99, 101}},
		{"one twice", false, []int64{4000, 4000}},
		{"many, the last first", false, backward(every(2, 2001, 6001))},
		{"nobody more", false, nil},
		{"everyone after all that", true, everyone},
		{"everyone again", true, everyone[:2000]},
		{"everyone else", true, every(3, 101, 5000)},
		{"some who were in the one before", false, []int64{100, 103}},
		{"one is everyone", true, []int64{1}},
		{"that one", false, []int64{1}},
		{"nobody is everyone", true, nil},
		{"nobody again", true, nil},
		{"some, after nobody", false, []int64{9, 8}},
		{"everyone after some", true, everyone},
	} {
		applied++
		b := segment.Batch{
			Progress:  segment.Progress{Applied: applied},
			Everyone:  step.everyone,
			Standings: standingsOf(int64(applied), step.persons...),
		}
		l.add(b)
		commit(t, s, b)
		l.wantStandings(t, s)
		if applied%4 == 0 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open(t, place)
			l.wantStandings(t, s)
		}
		if t.Failed() {
			t.Fatal("after", step.name)
		}
	}
}

// anyStandings has numbers of any size among many that are alike.
func (s *shop) anyStandings(persons int) []segment.Standing {
	numbers := []int64{math.MinInt64, -1, 0, 1, day.UnixMicro(), day.UnixMicro() + 1, math.MaxInt64 - 1, math.MaxInt64, math.MaxInt64}
	number := func() int64 { return numbers[s.IntN(len(numbers))] }
	list := make([]segment.Standing, s.IntN(persons+1))
	for i := range list {
		list[i] = segment.Standing{Person: 1 + s.Int64N(int64(s.persons)), Next: number(), Asked: number()}
		if s.IntN(20) == 0 {
			list[i].Person = math.MaxInt64 - s.Int64N(3)
		}
		if n := s.IntN(4); n > 0 {
			list[i].In = make([]byte, n*s.IntN(100)*s.IntN(2)+n)
			list[i].In[n-1] = byte(1 + s.IntN(255))
		}
	}
	return list
}

func testAnyStandings(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	shop := &shop{Rand: rand.New(rand.NewPCG(7, 8)), segments: 3, persons: 5000}
	var l ledger
	for range 60 {
		b := shop.batch(2, 0)
		if b.Everyone = shop.IntN(4) == 0; b.Everyone {
			b.Standings = shop.anyStandings(4000)
			slices.SortFunc(b.Standings, byPerson)
			b.Standings = slices.CompactFunc(b.Standings, func(a, b segment.Standing) bool { return a.Person == b.Person })
		} else {
			b.Standings = shop.anyStandings(300)
		}
		l.add(b)
		commit(t, s, b)
		l.wantStandings(t, s)
	}
	l.check(t, s, segment.TransitionFilter{})
}

func testRefusedEveryone(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	b, want := first()
	b.Everyone, b.Standings = true, standingsOf(1, every(1, 1, 3000)...)
	some := segment.Batch{Progress: b.Progress, Standings: standingsOf(2, 0, 3, 5000)}
	commit(t, s, b, some)
	var l ledger
	l.add(b, some)
	want.Standings = slices.SortedFunc(maps.Values(l.standings), byPerson)
	later := func(change func(*segment.Batch)) segment.Batch {
		next := segment.Batch{Progress: b.Progress, Everyone: true, Standings: standingsOf(3, every(1, 1, 2500)...)}
		change(&next)
		return next
	}
	for name, refused := range map[string]segment.Batch{
		"of an earlier entry": later(func(b *segment.Batch) { b.Applied-- }),
		"of an earlier clock": later(func(b *segment.Batch) { b.Clock = day }),
		"not sorted":          later(func(b *segment.Batch) { slices.Reverse(b.Standings) }),
		"not sorted far on":   later(func(b *segment.Batch) { b.Standings[1999].Person = 2002 }),
		"with one twice":      later(func(b *segment.Batch) { b.Standings[1000].Person = 1000 }),
		"with what is refused later": later(func(b *segment.Batch) {
			b.Segments = []segment.LiveSegment{{Number: 1, ID: "all"}, {Number: 2, ID: "all"}}
		}),
	} {
		if err := s.Commit(t.Context(), refused); err == nil {
			t.Errorf("a batch %s was committed", name)
		}
		wantState(t, s, want)
	}
}

func testStandingsYield(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	commit(t, s,
		segment.Batch{Everyone: true, Standings: standingsOf(1, every(2, 2, 3000)...)},
		segment.Batch{Standings: standingsOf(2, 1, 2, 3, 2001, 4000)})
	enough := errors.New("enough")
	for _, n := range []int{1, 2, 3, 4, 1000, 1001, 1502, 1503} {
		calls := 0
		err := s.Standings(t.Context(), func(segment.Standing) error {
			if calls++; calls == n {
				return enough
			}
			return nil
		})
		if err != enough || calls != n { //nolint:errorlint // it comes back as it is
			t.Errorf("%v after %d calls; want %v after %d", err, calls, enough, n)
		}
	}
}

// testLaterStandings writes everyone anew, and some, while they are read.
func testLaterStandings(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	var l ledger
	for _, b := range []segment.Batch{
		{Everyone: true, Standings: standingsOf(1, every(2, 2, 6000)...)},
		{Standings: standingsOf(2, 3, 4, 5999)},
	} {
		l.add(b)
		commit(t, s, b)
	}
	want := slices.SortedFunc(maps.Values(l.standings), byPerson)
	later := []segment.Batch{
		{Standings: standingsOf(3, 1, 3, 4, 4000, 4001)},
		{Everyone: true, Standings: standingsOf(4, every(1, 1, 5000)...)},
		{Standings: standingsOf(5, 4999)},
		{Everyone: true},
	}
	var got []segment.Standing
	err := s.Standings(t.Context(), func(st segment.Standing) error {
		got = append(got, st)
		if len(got)%500 != 1 || len(later) == 0 {
			return nil
		}
		b := later[0]
		later = later[1:]
		b.Clock = day.Add(-time.Duration(len(later)) * time.Hour)
		l.add(b)
		return s.Commit(t.Context(), b)
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := firstDifference(want, got); diff != "" {
		t.Error("of when it began:", diff)
	}
	l.wantStandings(t, s)
}
