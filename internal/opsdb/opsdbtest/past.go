package opsdbtest

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/internal/segment"
)

// pastTests say what a segment.PastStore must do.
var pastTests = map[string]func(*testing.T, func(*testing.T, string) Store){
	"past sizes: kept, replaced, removed":    testPast,
	"past sizes: the reader's error ends it": testPastYield,
}

func past(id, date string, size int64, definition string, lastImport uint64) segment.PastSize {
	return segment.PastSize{Segment: id, Date: date, Size: size, Basis: segment.Basis{Definition: definition, Import: lastImport}}
}

func putPast(t *testing.T, s Store, list ...segment.PastSize) {
	t.Helper()
	if err := s.PutPastSizes(t.Context(), list); err != nil {
		t.Fatal(err)
	}
}

func wantPast(t *testing.T, s Store, id, from, to string, want ...segment.PastSize) {
	t.Helper()
	var got []segment.PastSize
	if err := s.PastSizes(t.Context(), id, from, to, into(&got)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("past sizes of %q from %s to %s (-want +got):\n%s", id, from, to, diff)
	}
}

func testPast(t *testing.T, open func(*testing.T, string) Store) {
	place := t.TempDir()
	s := open(t, place)
	wantPast(t, s, "", "", lastDate)
	putPast(t, s)
	putPast(t, s, past("vip", "2026-03-02", 7, "a", 5), past("all", "2026-03-02", math.MaxInt64, "b", math.MaxUint64), past("vip", "2026-02-28", 6, "a", 5))
	putPast(t, s, past("vip", "2026-03-02", 0, "c", 9), past("중요", "2026-03-01", 3, "d", 9))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, place)
	all, late, early, other := past("all", "2026-03-02", math.MaxInt64, "b", math.MaxUint64), past("vip", "2026-03-02", 0, "c", 9), past("vip", "2026-02-28", 6, "a", 5), past("중요", "2026-03-01", 3, "d", 9)
	wantPast(t, s, "", "", lastDate, all, early, late, other)
	wantPast(t, s, "vip", "2026-02-28", "2026-03-02", early, late)
	wantPast(t, s, "vip", "2026-03-01", "2026-03-02", late)
	wantPast(t, s, "", "2026-02-28", "2026-03-01", early, other)
	wantPast(t, s, "gone", "", lastDate)

	keep := func(lastImport uint64, definitions map[string]string) {
		t.Helper()
		if err := s.KeepPastSizes(t.Context(), lastImport, definitions); err != nil {
			t.Fatal(err)
		}
	}
	putPast(t, s, past("all", "2026-03-02", 8, "b", 9))
	keep(9, map[string]string{"vip": "c", "all": "b", "중요": "d", "more": "a"}) // early was of an older import
	wantPast(t, s, "", "", lastDate, past("all", "2026-03-02", 8, "b", 9), late, other)
	keep(9, map[string]string{"vip": "a", "all": "b"}) // one is defined anew, one is gone
	wantPast(t, s, "", "", lastDate, past("all", "2026-03-02", 8, "b", 9))
	keep(9, nil)
	wantPast(t, s, "", "", lastDate)
}

func testPastYield(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	putPast(t, s, past("all", "2026-03-01", 1, "a", 1), past("all", "2026-03-02", 2, "a", 1))
	enough, times := errors.New("enough"), 0
	err := s.PastSizes(t.Context(), "", "", lastDate, func(segment.PastSize) error { times++; return enough })
	if !errors.Is(err, enough) || times != 1 {
		t.Errorf("called %d times, %v", times, err)
	}
}

// lastDate comes after all others, as a text.
const lastDate = "9999-12-31"
