package membership_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/opsdb"
	"kith/internal/segment"
	"kith/internal/segment/live"
	"kith/internal/segment/membership"
	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// A segment that reads transitions of another knows those that the clock
// brought about just before it was saved.
func TestANewReaderKnowsWhatJustHappened(t *testing.T) {
	t.Parallel()
	for _, ran := range []bool{true, false} {
		t.Run(fmt.Sprintf("the timer ran before the segment was saved: %t", ran), func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			s.serve(func() {
				s.define("buyers", `has order in last 30 days`)
				s.order("ana")
				s.wantSize("buyers", 1)
				s.advance(30*24*time.Hour + time.Second)
				if ran {
					s.wantSize("buyers", 0)
				}
				s.define("left", `left segment "buyers" in last 7 days`)
				s.wantSize("left", 1)
			})
		})
	}
}

// What is saved takes effect at its entry of the log: what comes before that
// is judged without it, also when the log is far ahead.
func TestASegmentTakesEffectWhereItWasSaved(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.serve(func() {
		s.define("wide", `has order`)
		s.wantSize("wide", 0)
	})
	for _, step := range []func(){
		func() { s.define("recent", `has order in last 30 days`) },
		func() { s.order("ana") },
		func() { s.define("wide", `count(order) >= 2`) },
		func() { s.define("later", `has order`) },
	} {
		s.advance(time.Second)
		step()
	}
	s.serve(func() { s.wantSize("later", 1) })
	var got []string
	err := s.record.Transitions(t.Context(), segment.TransitionFilter{}, func(x segment.Transition) error {
		got = append(got, fmt.Sprintf("%s %s %t by %s", x.At.Sub(shopBegin), x.Segment, x.Entered, x.Cause))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	want := []string{"2s recent true by event", "2s wide true by event", "3s wide false by definition", "4s later true by definition"}
	if !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
}

// A Keeper looks into the log when it begins, which says before how far it
// reaches only if somebody opened it.
func TestAKeeperOpensTheLog(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.define("wide", `has order`)
	s.order("ana")
	s.serve(func() { s.wantSize("wide", 1) })
}

// Members are told with the key that names them, and all that was appended
// before is in them.
func TestMembersAreTold(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.define("wide", `has order`)
	s.serve(func() {
		s.wantSize("wide", 0)
		var want []string
		for i := range 40 {
			s.order(fmt.Sprintf("c%02d", i))
			want = append(want, fmt.Sprintf("0 c%02d", i))
			var got []string
			kept, err := s.keeper.EachMember(t.Context(), "wide", func(kind segment.KeyKind, id string) { got = append(got, fmt.Sprint(kind, " ", id)) })
			slices.Sort(got)
			if err != nil || !kept || !slices.Equal(got, want) {
				t.Fatalf("told %q, %t, %v; want %q", got, kept, err, want)
			}
		}
		if kept, err := s.keeper.EachMember(t.Context(), "gone", func(segment.KeyKind, string) { t.Error("somebody is in nothing") }); kept || err != nil {
			t.Errorf("a segment that is not kept: %t, %v", kept, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.keeper.EachMember(ctx, "wide", func(segment.KeyKind, string) {}); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// shop is a log and facts in memory, an operations store, and a Keeper while it
// is served.
type shop struct {
	t      *testing.T
	record *opsdb.DB
	keeper *membership.Keeper // nil while nobody serves

	mu       sync.Mutex
	at       time.Time
	log      []commerce.Entry
	opened   bool // the log says how far it reaches
	segments []defined
}

// defined is a segment as an entry of the log left it.
type defined struct {
	script.Segment
	seq uint64
}

var shopBegin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func newShop(t *testing.T) *shop {
	db, err := opsdb.Open(t.Context(), filepath.Join(t.TempDir(), "operations.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &shop{t: t, record: db, at: shopBegin}
}

// serve keeps memberships while something is done.
func (s *shop) serve(do func()) {
	s.t.Helper()
	var err error
	s.opened = false
	s.keeper, err = membership.Open(s.t.Context(), membership.Config{
		Record: s.record, Log: s, Facts: noFacts{}, Logger: slog.New(slog.DiscardHandler),
		Settings: func() commerce.Settings { return commerce.Settings{}.Filled() }, Now: s.now, Definitions: s.definitions,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.keeper.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Error(err)
		}
		s.keeper = nil
	}()
	do()
}

func (s *shop) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func (s *shop) advance(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.at.Add(by)
}

// define saves a segment.
func (s *shop) define(id, text string) {
	s.mu.Lock()
	s.segments = append(s.segments, defined{script.Segment{ID: id, Text: text}, uint64(len(s.log) + 1)})
	s.mu.Unlock()
	s.append(commerce.SegmentEntry, struct{}{})
}

func (s *shop) order(customerID string) {
	s.append(commerce.EventsEntry, commerce.EventBatch{Events: []commerce.Event{{
		Type: "track", Name: "Order Completed", CustomerID: customerID, At: s.now(), MessageID: fmt.Sprint("m", len(s.log)),
		Properties: fmt.Appendf(nil, `{"order_id":"o%d","total":5}`, len(s.log)),
	}}})
}

func (s *shop) append(kind commerce.EntryType, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	seq := uint64(len(s.log) + 1)
	s.log = append(s.log, commerce.Entry{Seq: seq, Type: kind, At: s.at, Body: text})
	s.mu.Unlock()
	if s.keeper != nil {
		s.keeper.Appended(seq)
	}
}

func (s *shop) wantSize(id string, want int64) {
	s.t.Helper()
	if err := s.keeper.CatchUp(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	if got, there := s.keeper.Sizes()[id]; !there || got != want {
		s.t.Errorf("%s has %d, want %d", id, got, want)
	}
}

// LastSeq is the log's.
func (s *shop) LastSeq() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.opened {
		return 0
	}
	return uint64(len(s.log))
}

// Read is the log's, and opens it.
func (s *shop) Read(_ context.Context, from uint64) iter.Seq2[commerce.Entry, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened = true
	entries := s.log[from-1:]
	return func(yield func(commerce.Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (s *shop) definitions(_ context.Context, seq uint64) (all []segment.Definition, known uint64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	then := map[string]script.Segment{}
	for _, g := range s.segments {
		if known = g.seq; g.seq <= seq {
			then[g.ID] = g.Segment
		}
	}
	catalogue := script.Catalogue(script.Shop{Segments: slices.Collect(maps.Values(then))}, nil)
	for _, id := range slices.Sorted(maps.Keys(then)) {
		checked, problems := segql.Compile(then[id].Text, catalogue)
		if len(problems) > 0 {
			return nil, 0, problems
		}
		all = append(all, segment.Definition{ID: id, Checked: checked, Text: then[id].Text})
	}
	return all, known, nil
}

// noFacts is an empty warehouse.
type noFacts struct{}

func (noFacts) Applied(context.Context) (uint64, error) { return 0, nil }

func (noFacts) Everyone(context.Context, *customer.Shop, func(live.Known)) error { return nil }

func (noFacts) Some(context.Context, *customer.Shop, []int64, func(live.Known)) error { return nil }

func (noFacts) Products(context.Context, uint64, func(string, customer.ProductVersion)) error {
	return nil
}

func (noFacts) Messages(context.Context, uint64, func(string, int64)) (int64, error) { return 0, nil }

func (noFacts) Remains(context.Context, func(string, int64), func(int64, string, eval.Value)) error {
	return nil
}

func (noFacts) Scores(context.Context) (func(live.Key) customer.Scores, error) { return nil, nil }
