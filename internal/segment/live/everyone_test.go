package live_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"kith/internal/customer"
	"kith/internal/segment/live"
	"kith/internal/segment/script"
	"kith/internal/segql/eval"
)

// TestEveryone plays random shops on two engines, on one of which everyone is
// packed and on the other open, and lets other segments, runs and timers of
// many take effect in between: both record the same, and everyone stands the
// same.
func TestEveryone(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, seed uint64) { newEveryone(t, seed).play() })
}

// everyone is a shop on its way through both.
type everyone struct {
	*difference
	r            *rand.Rand
	segments     []eval.Segment
	packed, open *live.Script
}

func newEveryone(t *testing.T, seed uint64) *everyone {
	d := newDifference(t, seed)
	d.shop.Segments = append(d.shop.Segments, script.Segment{ID: "scored", Text: `rfm.group = "champions"`})
	e := &everyone{difference: d, r: rand.New(rand.NewPCG(seed, 9)), segments: live.Segments(d.shop)}
	var err error
	if e.packed, err = live.NewLooseScript(d.shop, nil); err != nil {
		t.Fatal(err)
	}
	if e.open, err = live.NewLooseScript(d.shop, nil); err != nil {
		t.Fatal(err)
	}
	return e
}

func (e *everyone) both(what string, do func(s *live.Script) error) {
	e.packed.Pack()
	e.open.OpenAll()
	for _, s := range []*live.Script{e.packed, e.open} {
		if err := do(s); err != nil {
			e.t.Fatalf("%s: %v", what, err)
		}
	}
	got, want := e.shown(e.packed.Recorded()), e.shown(e.open.Recorded())
	if !slices.Equal(got, want) {
		e.t.Fatalf("seed %d, line %d, %s: %s", e.seed, e.lines, what, firstDifference(got, want))
	}
	if got, want := e.packed.Sizes(), e.open.Sizes(); !reflect.DeepEqual(got, want) {
		e.t.Fatalf("seed %d, line %d, %s: sizes %v, want %v", e.seed, e.lines, what, got, want)
	}
	if got, want := e.packed.Stood(), e.open.Stood(); !reflect.DeepEqual(got, want) {
		e.t.Fatalf("seed %d, line %d, %s: standings %v, want %v", e.seed, e.lines, what, got, want)
	}
}

func (e *everyone) play() {
	var pos int64
	for _, l := range e.shop.Lines {
		records := script.Arrivals(e.shop.Settings, l, pos)
		pos += int64(len(records))
		e.lines++
		if at, ok := instantOf(l); ok && at.After(e.clock) {
			e.clock = at
		}
		if e.clock.IsZero() {
			e.both("a line", func(s *live.Script) error { return s.Load(records...) })
			continue
		}
		e.both("a line", func(s *live.Script) error { return s.PlayAt(e.clock, records...) })
		switch e.r.IntN(12) {
		case 0:
			e.redefine()
		case 1:
			group := []string{"champions", "lost"}[e.r.IntN(2)]
			e.both("a run", func(s *live.Script) error {
				s.Score(func(string) customer.Scores {
					scores := customer.NewRun().Scores()
					scores.SetField("rfm.group", eval.Text(group))
					return scores
				})
				return nil
			})
		case 2:
			e.both("asking again", func(s *live.Script) error {
				s.Reask()
				return nil
			})
		case 3:
			e.clock = e.clock.Add(time.Duration(e.r.IntN(90*24)) * time.Hour)
			e.both("time", func(s *live.Script) error { return s.PlayAt(e.clock) })
		}
	}
}

// redefine keeps some of the segments, in another order, of which some are
// said to be others now.
func (e *everyone) redefine() {
	segments := slices.Clone(e.segments)
	e.r.Shuffle(len(segments), func(i, j int) { segments[i], segments[j] = segments[j], segments[i] })
	segments = segments[:1+e.r.IntN(len(segments))]
	changed := map[string]bool{}
	for i := range segments {
		if e.r.IntN(3) == 0 {
			other := e.segments[e.r.IntN(4)] // one that reads no transitions
			segments[i].Checked = other.Checked
			changed[segments[i].ID] = true
		}
	}
	e.both(fmt.Sprint("other segments, ", len(changed), " changed"), func(s *live.Script) error {
		return s.Redefine(segments, func(id string) bool { return !changed[id] })
	})
	for i := range segments { // the next time, what changed is itself again
		if changed[segments[i].ID] {
			e.both("one changed back", func(s *live.Script) error {
				back := slices.Clone(segments)
				at := slices.IndexFunc(e.segments, func(g eval.Segment) bool { return g.ID == back[i].ID })
				back[i] = e.segments[at]
				segments[i] = back[i]
				return s.Redefine(back, func(id string) bool { return id != back[i].ID })
			})
		}
	}
}
