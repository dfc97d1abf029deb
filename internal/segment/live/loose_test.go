package live_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"kith/internal/segment/live"
	"kith/internal/segment/script"
)

// TestLooseIsTheSame plays random shops on two engines: one whose clock is that
// of the facts, as in scripts, and one whose clock is given, as a server's is,
// that packs everyone after each line. They record the same.
func TestLooseIsTheSame(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, seed uint64) {
		d := newDifference(t, seed)
		d.clocks = map[int64]bool{}
		loose, err := live.NewLooseScript(d.shop, nil)
		if err != nil {
			t.Fatal(err)
		}
		d.playBoth(loose)
	})
}

func (d *difference) playBoth(loose *live.Script) {
	var pos int64
	for _, l := range d.shop.Lines {
		records := script.Arrivals(d.shop.Settings, l, pos)
		pos += int64(len(records))
		d.lines++
		if at, ok := instantOf(l); ok && at.After(d.clock) {
			d.clock = at
			d.clocks[at.UnixMicro()] = true
			if err := d.engine.Advance(at); err != nil { // also for a line that is refused
				d.t.Fatal(err)
			}
		}
		if err := d.engine.Load(records...); err != nil {
			d.t.Fatal(err)
		}
		if d.clock.IsZero() {
			if err := loose.Load(records...); err != nil {
				d.t.Fatal(err)
			}
			continue
		}
		if err := loose.LoadAt(d.clock, records...); err != nil {
			d.t.Fatal(err)
		}
		if !d.sameMoves(loose) || !d.sameWithin(loose) {
			return
		}
	}
}

// sameWithin compares those who are found in segments, packed or not, with whom
// the segments hold for.
func (d *difference) sameWithin(loose *live.Script) bool {
	if d.lines%4 != 0 {
		return true
	}
	for id, size := range loose.Sizes() {
		packed := loose.Within(id)
		want, err := loose.Held(id, d.clock) // which opens everyone
		if err != nil {
			d.t.Fatal(err)
		}
		if opened := loose.Within(id); len(packed) != size || !slices.Equal(packed, want) || !slices.Equal(opened, want) {
			d.t.Errorf("seed %d, line %d: of %d in %s %q were found packed and %q opened, want %q", d.seed, d.lines, size, id, packed, opened, want)
			return false
		}
	}
	return true
}

// sameMoves compares what both recorded. What time changes at the clock itself
// is recorded by one and not yet by the other.
func (d *difference) sameMoves(loose *live.Script) bool {
	got, want := d.shown(loose.UpTo(d.clock)), d.shown(d.engine.UpTo(d.clock))
	if slices.Equal(got, want) {
		return true
	}
	d.t.Errorf("seed %d, line %d:\n%s\n%s", d.seed, d.lines, firstDifference(got, want), d.script())
	return false
}

// shown are transitions in an order of their own: whose timer runs first at
// one instant is not promised.
func (d *difference) shown(all []live.Transition) []string {
	slices.SortStableFunc(all, func(a, b live.Transition) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Segment, b.Segment), cmp.Compare(a.At, b.At))
	})
	lines := make([]string, len(all))
	for i, t := range all {
		cause := string(t.Cause)
		if d.clocks[t.At] && (t.Cause == live.CauseTime || t.Cause == live.CauseEvent) {
			cause = "time or event" // somebody else's fact of this instant may come first
		}
		lines[i] = fmt.Sprint(t.Customer, " ", t.Segment, " ", time.UnixMicro(t.At).UTC().Format(time.RFC3339Nano), " left ", t.Left, " ", cause)
	}
	return lines
}

func firstDifference(got, want []string) string {
	for i := range max(len(got), len(want)) {
		var g, w string
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			return "got  " + g + "\nwant " + w
		}
	}
	return ""
}
