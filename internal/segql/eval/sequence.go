package eval

import (
	"sort"

	"kith/internal/segql"
)

type step struct {
	no     bool
	facts  *matcher
	within int64 // microseconds
}

// sequence follows the steps as a set of instants, as the language's SQL does:
// first those of A, then those of each next positive step that come in time
// after one of the set; a "no" step keeps those after which nothing came until
// its span was over.
func (c *compiler) sequence(n *segql.Sequence) (func(*asking) bool, error) {
	first, err := c.matcher(n.First)
	if err != nil {
		return nil, err
	}
	var steps []step
	for _, s := range n.Steps {
		m, err := c.matcher(s.Facts)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step{s.No, m, lengthOf(s.Within)})
	}
	w, err := c.window(n.Window)
	return func(a *asking) bool {
		r := a.rowsOf(first)
		low, high := w.span(a, r)
		reached := r.at[low:high]
		for _, s := range steps {
			if s.no {
				reached = a.quiet(reached, s)
			} else {
				reached = followed(reached, a.rowsOf(s.facts).at, s.within)
			}
		}
		a.saw(r, low, high)
		if len(reached) > 0 || w.grows() {
			w.changes(a, r, low, high)
		}
		return len(reached) > 0
	}, err
}

// followed are the instants that come at most within after one that was
// reached, and not with it.
func followed(reached, at []int64, within int64) []int64 {
	var all []int64
	for _, t := range at {
		// The latest one before t is the nearest.
		i := sort.Search(len(reached), func(i int) bool { return reached[i] >= t }) - 1
		if i >= 0 && t-reached[i] <= within {
			all = append(all, t)
		}
	}
	return all
}

// quiet are the instants after which no fact came until the span was over.
func (a *asking) quiet(reached []int64, s step) []int64 {
	at := a.rowsOf(s.facts).at
	var all []int64
	for _, t := range reached {
		i := sort.Search(len(at), func(i int) bool { return at[i] > t })
		if i < len(at) && at[i]-t <= s.within {
			continue
		}
		if end := t + s.within; end > a.at {
			a.until(end)
			continue
		}
		all = append(all, t)
	}
	return all
}

// lengthOf is an exact length in microseconds; what is longer than all of
// time is as long as that.
func lengthOf(d segql.Duration) int64 {
	unit := [...]int64{segql.Minutes: 60, segql.Hours: 3600, segql.Days: 86_400, segql.Weeks: 7 * 86_400}[d.Unit]
	if d.N > mostInstant/million/unit {
		return mostInstant
	}
	return d.N * unit * million
}
