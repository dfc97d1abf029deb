package eval

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"kith/internal/segql"
)

// node makes a question ready.
func (c *compiler) node(n segql.Node) (*cond, error) {
	switch n := n.(type) {
	case *segql.And:
		return c.joined(n, n.Parts, len(n.Parts))
	case *segql.Or:
		return c.joined(n, n.Parts, 1)
	case *segql.AtLeast:
		return c.joined(n, n.Parts, n.N)
	case *segql.Not:
		part, err := c.node(n.X)
		return &cond{node: n, parts: []*cond{part}, flips: true}, err
	case *segql.InSegment:
		part, err := c.segment(c.checked.Refs[n.ID], true)
		return &cond{node: n, parts: []*cond{part}, joins: true, at: 1}, err
	}
	outer := c.terms
	c.terms = nil
	eval, err := c.leaf(n)
	made := &cond{node: n, eval: eval, terms: c.terms}
	c.terms = outer
	return made, err
}

func (c *compiler) joined(n segql.Node, parts []segql.Node, at int) (*cond, error) {
	joined := &cond{node: n, joins: true, at: at}
	for _, part := range parts {
		p, err := c.node(part)
		if err != nil {
			return nil, err
		}
		joined.parts = append(joined.parts, p)
	}
	return joined, nil
}

func (c *compiler) leaf(n segql.Node) (func(*asking) bool, error) {
	switch n := n.(type) {
	case *segql.Everyone:
		return func(*asking) bool { return true }, nil
	case *segql.Moved:
		return c.moved(n)
	case *segql.Has:
		return c.has(n)
	case *segql.Sequence:
		return c.sequence(n)
	case *segql.Percent:
		return percent(n), nil
	case *segql.Compare:
		return c.compare(n)
	case *segql.Between:
		return c.between(n)
	case *segql.In:
		return c.in(n)
	case *segql.Match:
		return c.match(n)
	case *segql.Missing:
		x, err := c.side(n.X)
		return func(a *asking) bool { return x.value(a).Missing() != n.Not }, err
	case *segql.Anniversary:
		return c.anniversary(n)
	}
	return nil, fmt.Errorf("unknown node %T", n)
}

func (c *compiler) has(n *segql.Has) (func(*asking) bool, error) {
	m, err := c.matcher(n.Facts)
	if err != nil {
		return nil, err
	}
	w, err := c.window(n.Window)
	if err != nil {
		return nil, err
	}
	return func(a *asking) bool {
		r := a.rowsOf(m)
		low, high := w.span(a, r)
		w.emptiness(a, r, low, high)
		a.saw(r, low, high)
		return (low < high) != n.No
	}, nil
}

// percent is a stable random share of the customers.
func percent(n *segql.Percent) func(*asking) bool {
	return func(a *asking) bool {
		sum := sha256.Sum256([]byte(n.Seed + ":" + a.customer.ID()))
		return binary.BigEndian.Uint64(sum[:8])%100 < uint64(n.N)
	}
}

// moved looks at recorded transitions.
func (c *compiler) moved(n *segql.Moved) (func(*asking) bool, error) {
	c.needs.Moved[n.ID] = true
	w, err := c.window(n.Window)
	return func(a *asking) bool {
		r := &rows{at: a.customer.Transitions(n.ID, n.Left)}
		low, high := w.span(a, r)
		w.emptiness(a, r, low, high)
		return low < high
	}, err
}

// compare is missing-safe: with a missing side it is false.
func (c *compiler) compare(n *segql.Compare) (func(*asking) bool, error) {
	l, err := c.side(n.L)
	if err != nil {
		return nil, err
	}
	r, err := c.side(n.R)
	if err != nil {
		return nil, err
	}
	if s, err := c.shrinking(n); s != nil || err != nil {
		return s.holds, err
	}
	return func(a *asking) bool {
		x, y := l.value(a), r.value(a)
		if x.Missing() || y.Missing() {
			return false
		}
		a.meet(l, r, x, y)
		return a.zone.relation(n.Op, x, y)
	}, nil
}

// side makes a term ready whose value an explanation shows.
func (c *compiler) side(t segql.Term) (*term, error) {
	made, err := c.term(t)
	switch t.(type) {
	case *segql.NumberLit, *segql.StringLit, *segql.BoolLit, *segql.DateLit:
	default:
		c.terms = append(c.terms, made)
	}
	return made, err
}

func (c *compiler) pair(x, y segql.Term) (l, r *term, err error) {
	if l, err = c.term(x); err != nil {
		return nil, nil, err
	}
	r, err = c.term(y)
	return l, r, err
}

func (z *Zone) relation(op segql.CompareOp, l, r Value) bool {
	switch op {
	case segql.Equal:
		return z.equal(l, r)
	case segql.NotEqual:
		return !z.equal(l, r)
	case segql.Less:
		return z.compare(l, r) < 0
	case segql.LessEqual:
		return z.compare(l, r) <= 0
	case segql.Greater:
		return z.compare(l, r) > 0
	default:
		return z.compare(l, r) >= 0
	}
}

// meet notes when what grows passes what it is compared with.
func (a *asking) meet(l, r *term, x, y Value) {
	switch {
	case l.passes != nil && r.passes != nil:
		a.flowing = true
	case l.passes != nil:
		l.passes(a, y)
	case r.passes != nil:
		r.passes(a, x)
	}
}

// agoPasses notes when the instant that lies d ago reaches v, and when it
// leaves it behind; of a date, its first instant and the next day's.
func (a *asking) agoPasses(d segql.Duration, v Value) {
	from, to := v.num, v.num+1
	if v.typ == segql.DateType {
		from, to = a.zone.startOfDay(v.num), a.zone.startOfDay(v.num+1)
	}
	a.until(a.zone.reach(from, d))
	a.until(a.zone.reach(to, d))
}

func (c *compiler) between(n *segql.Between) (func(*asking) bool, error) {
	x, err := c.side(n.X)
	if err != nil {
		return nil, err
	}
	lo, err := c.side(n.Lo)
	if err != nil {
		return nil, err
	}
	hi, err := c.side(n.Hi)
	return func(a *asking) bool {
		v, l, h := x.value(a), lo.value(a), hi.value(a)
		if v.Missing() || l.Missing() || h.Missing() {
			return false
		}
		a.meet(x, lo, v, l)
		a.meet(x, hi, v, h)
		return a.zone.compare(l, v) <= 0 && a.zone.compare(v, h) <= 0
	}, err
}

// in compares with each element; one that is missing makes neither "in" nor
// "not in".
func (c *compiler) in(n *segql.In) (func(*asking) bool, error) {
	x, err := c.side(n.X)
	if err != nil {
		return nil, err
	}
	var list []*term
	for _, t := range n.List {
		element, err := c.side(t)
		if err != nil {
			return nil, err
		}
		list = append(list, element)
	}
	return func(a *asking) bool {
		v := x.value(a)
		if v.Missing() {
			return false
		}
		found, missing := false, false
		for _, t := range list {
			element := t.value(a)
			if element.Missing() {
				missing = true
				continue
			}
			a.meet(x, t, v, element)
			found = found || a.zone.equal(v, element)
		}
		if n.Not {
			return !found && !missing
		}
		return found
	}, nil
}

func (c *compiler) match(n *segql.Match) (func(*asking) bool, error) {
	x, err := c.side(n.X)
	if err != nil {
		return nil, err
	}
	fits, err := pattern(n)
	return func(a *asking) bool {
		v := x.value(a)
		return !v.Missing() && n.Pattern != "" && fits(v)
	}, err
}

func pattern(n *segql.Match) (func(Value) bool, error) {
	switch n.Op {
	case segql.Contains:
		return func(v Value) bool {
			if v.typ == segql.List {
				return slices.Contains(v.AsList(), n.Pattern)
			}
			return strings.Contains(v.text, n.Pattern)
		}, nil
	case segql.StartsWith:
		return func(v Value) bool { return strings.HasPrefix(v.text, n.Pattern) }, nil
	case segql.EndsWith:
		return func(v Value) bool { return strings.HasSuffix(v.text, n.Pattern) }, nil
	default:
		re, err := regexp.Compile(n.Pattern)
		if err != nil {
			return nil, err
		}
		return func(v Value) bool { return re.MatchString(v.text) }, nil
	}
}
