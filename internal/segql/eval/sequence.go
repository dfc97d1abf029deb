package eval

import (
	"slices"
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
		ok := len(steps) == 1 && a.passes(r, low, high, steps[0], a.rowsOf(steps[0].facts)) ||
			len(steps) != 1 && a.reaches(r.at[low:high], steps)
		a.saw(r, low, high)
		if ok || w.grows() {
			w.changes(a, r, low, high)
		}
		return ok
	}, err
}

// passes says whether one step alone leaves any of rows [low, high). A customer
// with very many facts is not gone through for each question.
func (a *asking) passes(r *rows, low, high int, s step, of *rows) bool {
	x := r.followedBy(s, of)
	i, _ := slices.BinarySearch(x.rows, int32(low))
	first := max(low, x.seen) // after which nothing came yet
	if i < len(x.rows) {
		first = int(x.rows[i])
	} else if !s.no {
		return false
	}
	if first >= high {
		return false
	}
	end := r.at[first] + s.within
	if s.no && end > a.at {
		a.until(end)
		return false
	}
	return true
}

// reaches says whether anything is left after all steps.
func (a *asking) reaches(reached []int64, steps []step) bool {
	for _, s := range steps {
		if s.no {
			reached = a.quiet(reached, a.rowsOf(s.facts).at, s.within)
		} else {
			reached = followed(reached, a.rowsOf(s.facts).at, s.within)
		}
	}
	return len(reached) > 0
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
func (a *asking) quiet(reached, at []int64, within int64) []int64 {
	var all []int64
	for _, t := range reached {
		i := sort.Search(len(at), func(i int) bool { return at[i] > t })
		if i < len(at) && at[i]-t <= within {
			continue
		}
		end := t + within
		if end > a.at {
			a.until(end)
			break // those after it end later
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
