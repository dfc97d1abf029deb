package plain

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"kith/internal/segql"
)

// Members lists the ids of the known customers who exist at T and for whom
// the segment holds then, sorted. Scores are computed as of T.
func Members(s *Shop, c *segql.Checked, at time.Time) []string {
	w := s.at(at)
	var ids []string
	for _, p := range w.known() {
		if w.holds(c, c.Root, p, nil) {
			ids = append(ids, p.id)
		}
	}
	slices.Sort(ids)
	return ids
}

// holds answers a node for a person, or within a filter for one of their facts.
func (w *world) holds(c *segql.Checked, n segql.Node, p *person, f *fact) bool {
	switch n := n.(type) {
	case *segql.And:
		return w.count(c, n.Parts, p, f) == len(n.Parts)
	case *segql.Or:
		return w.count(c, n.Parts, p, f) > 0
	case *segql.AtLeast:
		return w.count(c, n.Parts, p, f) >= n.N
	case *segql.Not:
		return !w.holds(c, n.X, p, f)
	case *segql.Everyone:
		return true
	case *segql.InSegment:
		ref := c.Refs[n.ID]
		return w.holds(ref, ref.Root, p, nil)
	case *segql.Moved:
		return w.moved(c, n, p)
	case *segql.Has:
		return (len(w.selected(c, n.Facts, n.Window, p)) > 0) != n.No
	case *segql.Sequence:
		return w.sequence(c, n, p)
	case *segql.Percent:
		sum := sha256.Sum256([]byte(n.Seed + ":" + p.id))
		return binary.BigEndian.Uint64(sum[:8])%100 < uint64(n.N)
	default:
		return w.compares(c, n, p, f)
	}
}

func (w *world) count(c *segql.Checked, parts []segql.Node, p *person, f *fact) int {
	n := 0
	for _, part := range parts {
		if w.holds(c, part, p, f) {
			n++
		}
	}
	return n
}

// compares answers the nodes that a filter may hold too. A comparison with a
// missing side is false.
func (w *world) compares(c *segql.Checked, n segql.Node, p *person, f *fact) bool {
	switch n := n.(type) {
	case *segql.Compare:
		l, r := w.term(c, n.L, p, f), w.term(c, n.R, p, f)
		return l != nil && r != nil && w.comparison(n.Op, l, r)
	case *segql.Between:
		x, lo, hi := w.term(c, n.X, p, f), w.term(c, n.Lo, p, f), w.term(c, n.Hi, p, f)
		return x != nil && lo != nil && hi != nil && w.compare(lo, x) <= 0 && w.compare(x, hi) <= 0
	case *segql.In:
		return w.in(c, n, p, f)
	case *segql.Match:
		x := w.term(c, n.X, p, f)
		return x != nil && n.Pattern != "" && match(n, x)
	case *segql.Missing:
		return (w.term(c, n.X, p, f) == nil) != n.Not
	case *segql.Anniversary:
		return w.anniversary(c, n, p, f)
	}
	panic(fmt.Sprintf("plain: unknown node %T", n))
}

func (w *world) comparison(op segql.CompareOp, l, r *value) bool {
	switch op {
	case segql.Equal:
		return w.equal(l, r)
	case segql.NotEqual:
		return !w.equal(l, r)
	case segql.Less:
		return w.compare(l, r) < 0
	case segql.LessEqual:
		return w.compare(l, r) <= 0
	case segql.Greater:
		return w.compare(l, r) > 0
	case segql.GreaterEqual:
		return w.compare(l, r) >= 0
	}
	panic("plain: unknown comparison")
}

// in compares with each element: "in" holds when one is equal, "not in" when
// all differ. An element that is missing makes neither.
func (w *world) in(c *segql.Checked, n *segql.In, p *person, f *fact) bool {
	x := w.term(c, n.X, p, f)
	if x == nil {
		return false
	}
	found, missing := false, false
	for _, t := range n.List {
		element := w.term(c, t, p, f)
		if element == nil {
			missing = true
		} else if w.equal(x, element) {
			found = true
		}
	}
	if n.Not {
		return !found && !missing
	}
	return found
}

func match(n *segql.Match, x *value) bool {
	switch n.Op {
	case segql.Contains:
		if x.typ == segql.List {
			return slices.Contains(x.list, n.Pattern)
		}
		return strings.Contains(x.text, n.Pattern)
	case segql.StartsWith:
		return strings.HasPrefix(x.text, n.Pattern)
	case segql.EndsWith:
		return strings.HasSuffix(x.text, n.Pattern)
	case segql.Matches:
		return regexp.MustCompile(n.Pattern).MatchString(x.text)
	}
	panic("plain: unknown match")
}

// anniversary looks for an anniversary day by day. An instant's date, and
// today, are the customer's.
func (w *world) anniversary(c *segql.Checked, n *segql.Anniversary, p *person, f *fact) bool {
	x := w.term(c, n.X, p, f)
	if x == nil {
		return false
	}
	date := x.date
	if x.typ == segql.Instant {
		date = w.shop.dayIn(w.zone(p), x.at)
	}
	steps, direction := n.Days, 1
	switch n.When {
	case segql.AnniversaryToday:
		steps = 1
	case segql.AnniversaryInLast:
		direction = -1
	case segql.AnniversaryInNext:
	}
	today := w.today(p)
	for i := range steps {
		if isAnniversary(date, today+direction*i) {
			return true
		}
	}
	return false
}

// moved looks for a recorded transition.
func (w *world) moved(c *segql.Checked, n *segql.Moved, p *person) bool {
	for _, t := range w.shop.Transitions {
		if t.Segment == n.ID && t.Customer == p.id && t.Left == n.Left && !t.At.After(w.t) &&
			w.inside(c, n.Window, p, t.At) {
			return true
		}
	}
	return false
}

// sequence tries every fact for every step.
func (w *world) sequence(c *segql.Checked, n *segql.Sequence, p *person) bool {
	for _, first := range w.selected(c, n.First, n.Window, p) {
		if w.follows(c, n.Steps, p, first.at) {
			return true
		}
	}
	return false
}

// follows says whether the steps can be played from the last positive step on.
func (w *world) follows(c *segql.Checked, steps []segql.Step, p *person, last time.Time) bool {
	if len(steps) == 0 {
		return true
	}
	step, rest := steps[0], steps[1:]
	end := later(last, ahead(last, step.Within))
	var within []fact
	for _, f := range w.selected(c, step.Facts, nil, p) {
		if f.at.After(last) && !f.at.After(end) {
			within = append(within, f)
		}
	}
	if step.No {
		return len(within) == 0 && !w.t.Before(end) && w.follows(c, rest, p, last)
	}
	return slices.ContainsFunc(within, func(f fact) bool { return w.follows(c, rest, p, f.at) })
}

// ahead is an instant plus a span, which is an exact length.
func ahead(t time.Time, d segql.Duration) time.Time {
	seconds := map[segql.DurationUnit]int64{
		segql.Minutes: 60, segql.Hours: 60 * 60, segql.Days: 24 * 60 * 60, segql.Weeks: 7 * 24 * 60 * 60,
	}[d.Unit]
	return time.Unix(t.Unix()+d.N*seconds, int64(t.Nanosecond())).UTC()
}
