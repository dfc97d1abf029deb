package eval

import (
	"sort"

	"kith/internal/segql"
)

// shrinking is a quantity that only gets smaller as time passes, compared with
// a number: facts leave its window and none come in. The answer turns at most
// once, when enough of them left; the instants before that need no look. A
// customer with very many facts would otherwise be asked at each of them.
type shrinking struct {
	op     segql.CompareOp
	limit  Value
	m      *matcher
	window inLast
	fold   func(a *asking, r *rows, low, high int) Value
	// Of a sum, the field: one that may be below zero makes the sum grow.
	sum bool
	of  read
}

// shrinking finds what is compared so; nil for another comparison.
func (c *compiler) shrinking(n *segql.Compare) (*shrinking, error) {
	t, ok := n.L.(*segql.Aggregate)
	limit, isNumber := n.R.(*segql.NumberLit)
	op := n.Op
	if !ok {
		t, ok = n.R.(*segql.Aggregate)
		limit, isNumber = n.L.(*segql.NumberLit)
		op = mirrored(op)
	}
	if !ok || !isNumber || op == segql.Equal || op == segql.NotEqual {
		return nil, nil
	}
	window, ok := t.Window.(*segql.InLast)
	if !ok {
		return nil, nil
	}
	switch t.Func {
	case segql.Count, segql.CountDays, segql.Distinct, segql.Sum:
	default:
		return nil, nil
	}
	m, err := c.matcher(t.Facts)
	if err != nil || m.moving {
		return nil, err
	}
	as := c.checked.AggregateFields[t].Type
	return &shrinking{
		op: op, limit: Number(limit.Micros), m: m, window: inLast{window.D}, fold: folding(t, as),
		sum: t.Func == segql.Sum, of: read{t.Field, as},
	}, nil
}

// mirrored is the comparison with its sides the other way round.
func mirrored(op segql.CompareOp) segql.CompareOp {
	switch op {
	case segql.Less:
		return segql.Greater
	case segql.LessEqual:
		return segql.GreaterEqual
	case segql.Greater:
		return segql.Less
	case segql.GreaterEqual:
		return segql.LessEqual
	default:
		return op
	}
}

// holds answers, and notes when the answer turns.
func (s *shrinking) holds(a *asking) bool {
	r := a.rowsOf(s.m)
	low, high := s.window.span(a, r)
	a.saw(r, low, high)
	is := func(from int) bool { return a.zone.relation(s.op, s.fold(a, r, from, high), s.limit) }
	ok := is(low)
	if s.sum && !r.addsUp(high, s.of) {
		s.window.changes(a, r, low, high)
		return ok
	}
	left := 1 + sort.Search(high-low, func(i int) bool { return is(low+1+i) != ok }) // how many must leave
	if low+left <= high {
		a.until(a.zone.reach(r.at[low+left-1], s.window.d))
	}
	return ok
}

// addsUp says that no value of a field is below zero, among the first n rows.
func (r *rows) addsUp(n int, of read) bool {
	s := r.summed(n, of)
	return s != nil && !s.fell
}
