// Package opsdbtest is the definition of an operations store: whatever engine
// stands behind it must pass Run.
package opsdbtest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/user"
	"kith/internal/webhook"
)

// Store is what the suite asks of an engine.
type Store interface {
	segment.Store
	segment.Record
	segment.PastStore
	webhook.Store
	user.Store
	Applied(ctx context.Context) (uint64, error)
	Apply(ctx context.Context, e commerce.Entry) error
	FindSetting(ctx context.Context, name string) (string, bool, error)
	PutSetting(ctx context.Context, name, value string) error
	Close() error
}

// Run tries a store. open is called with the same place again after Close,
// to see what was kept.
func Run(t *testing.T, open func(t *testing.T, place string) Store) {
	t.Run("segments", func(t *testing.T) { testSegments(t, open) })
	t.Run("changes of one entry", func(t *testing.T) { testTogether(t, open) })
	t.Run("an entry takes effect once", func(t *testing.T) { testOnce(t, open) })
	t.Run("settings", func(t *testing.T) { testSettings(t, open) })
	tests := maps.Clone(recordTests)
	maps.Copy(tests, standingTests)
	maps.Copy(tests, pastTests)
	maps.Copy(tests, webhookTests)
	maps.Copy(tests, userTests)
	maps.Copy(tests, auditTests)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open)
		})
	}
}

var day = time.Date(2026, 3, 1, 10, 0, 0, 123000, time.UTC)

func entry(t *testing.T, seq uint64, changes ...segment.Change) commerce.Entry {
	t.Helper()
	body, err := json.Marshal(segment.Changes(changes))
	if err != nil {
		t.Fatal(err)
	}
	return commerce.Entry{Seq: seq, Type: commerce.SegmentEntry, At: day.Add(time.Duration(seq) * time.Hour), Body: body}
}

func apply(t *testing.T, s Store, entries ...commerce.Entry) {
	t.Helper()
	for _, e := range entries {
		if err := s.Apply(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func want(t *testing.T, s Store, seq uint64, segments ...segment.Saved) {
	t.Helper()
	got, err := s.ListSegments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(segments, got); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
	if applied, err := s.Applied(t.Context()); err != nil || applied != seq {
		t.Errorf("Applied = %d, %v; want %d", applied, err, seq)
	}
}

// wantAt compares the segments as an entry left them, as "id text".
func wantAt(t *testing.T, s Store, seq uint64, segments ...string) {
	t.Helper()
	list, err := s.SegmentsAt(t.Context(), seq)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range list {
		got = append(got, fmt.Sprintf("%s %s %t", g.ID, g.Text, g.Hidden))
	}
	if !slices.Equal(got, segments) {
		t.Errorf("after entry %d: %q, want %q", seq, got, segments)
	}
}

func testSegments(t *testing.T, open func(*testing.T, string) Store) {
	place := t.TempDir()
	s := open(t, place)
	want(t, s, 0)
	apply(t, s,
		entry(t, 2, segment.Change{ID: "vip", Name: "Very important", Text: "has order"}),
		entry(t, 3, segment.Change{ID: "all", Text: "everyone"}),
		commerce.Entry{Seq: 4, Type: commerce.ImportEntry, Body: []byte(`{}`)},
		entry(t, 5, segment.Change{ID: "vip", Name: "중요 고객", Text: "count(order) >= 2", Hidden: true}))
	all := segment.Saved{ID: "all", Text: "everyone", CreatedAt: day.Add(3 * time.Hour), UpdatedAt: day.Add(3 * time.Hour)}
	vip := segment.Saved{
		ID: "vip", Name: "중요 고객", Text: "count(order) >= 2", Hidden: true,
		CreatedAt: day.Add(2 * time.Hour), UpdatedAt: day.Add(5 * time.Hour),
	}
	want(t, s, 5, all, vip)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, place)
	want(t, s, 5, all, vip)
	apply(t, s, entry(t, 6, segment.Change{ID: "vip", Delete: true}), entry(t, 7, segment.Change{ID: "unknown", Delete: true}))
	want(t, s, 7, all)
	wantAt(t, s, 0)
	wantAt(t, s, 2, "vip has order false")
	wantAt(t, s, 4, "all everyone false", "vip has order false")
	wantAt(t, s, 5, "all everyone false", "vip count(order) >= 2 true")
	for _, seq := range []uint64{6, 7, 1000, math.MaxUint64} {
		wantAt(t, s, seq, "all everyone false")
	}
}

func testTogether(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	apply(t, s, entry(t, 1, segment.Change{ID: "old", Text: "everyone"}))
	apply(t, s, entry(t, 2, segment.Change{ID: "old", Delete: true}, segment.Change{ID: "a", Text: "has order"}, segment.Change{ID: "b", Text: "everyone"}))
	at := day.Add(2 * time.Hour)
	want(t, s, 2,
		segment.Saved{ID: "a", Text: "has order", CreatedAt: at, UpdatedAt: at},
		segment.Saved{ID: "b", Text: "everyone", CreatedAt: at, UpdatedAt: at})
	wantAt(t, s, 1, "old everyone false")
	wantAt(t, s, 2, "a has order false", "b everyone false")
	// As every entry with one change is written, and always was.
	bare := commerce.Entry{Seq: 3, Type: commerce.SegmentEntry, At: at, Body: []byte(`{"id":"a","delete":true}`)}
	apply(t, s, bare)
	want(t, s, 3, segment.Saved{ID: "b", Text: "everyone", CreatedAt: at, UpdatedAt: at})
	if err := s.Apply(t.Context(), commerce.Entry{Seq: 4, Type: commerce.SegmentEntry, Body: []byte(`[{"id":"b","delete":true},7]`)}); err == nil {
		t.Error("a list with something that is no change was applied")
	}
	want(t, s, 3, segment.Saved{ID: "b", Text: "everyone", CreatedAt: at, UpdatedAt: at})
}

func testOnce(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	first := entry(t, 1, segment.Change{ID: "a", Text: "everyone"})
	second := entry(t, 2, segment.Change{ID: "a", Delete: true})
	apply(t, s, first, second, first, second)
	want(t, s, 2)
	if err := s.Apply(t.Context(), commerce.Entry{Seq: 3, Type: commerce.SegmentEntry, Body: []byte(`"x"`)}); err == nil {
		t.Error("an entry that is no change was applied")
	}
	want(t, s, 2)
}

func testSettings(t *testing.T, open func(*testing.T, string) Store) {
	place := t.TempDir()
	s := open(t, place)
	if _, found, err := s.FindSetting(t.Context(), "demo"); found || err != nil {
		t.Errorf("a setting that was never kept: %v, %v", found, err)
	}
	for _, value := range []string{"first", "second"} {
		if err := s.PutSetting(t.Context(), "demo", value); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, place)
	if value, found, err := s.FindSetting(t.Context(), "demo"); value != "second" || !found || err != nil {
		t.Errorf("FindSetting = %q, %v, %v; want second", value, found, err)
	}
}
