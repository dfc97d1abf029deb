package eval

import (
	"sort"

	"kith/internal/segql"
)

// matcher is facts of a kind that fit a filter.
type matcher struct {
	index  int
	kind   Kind
	filter *cond // nil: all
	// moving says that the filter speaks of T ("3 days ago"): facts may come
	// to fit as time passes.
	moving bool
}

// rows are the facts that fit a matcher, in order.
type rows struct {
	at    []int64
	facts []Fact
}

// rowsOf finds the facts that fit a matcher at the instant.
func (a *asking) rowsOf(m *matcher) *rows {
	if m.moving {
		return a.match(m)
	}
	memo := a.customer.Memo()
	if memo.program != a.program {
		*memo = Memo{program: a.program, matched: make([]*rows, len(a.program.matchers))}
	}
	if r := memo.matched[m.index]; r != nil {
		return r
	}
	r := a.match(m)
	memo.matched[m.index] = r
	return r
}

func (a *asking) match(m *matcher) *rows {
	r := &rows{}
	for _, f := range a.customer.Facts(m.kind) {
		if a.fits(m, f) {
			r.at = append(r.at, f.At())
			r.facts = append(r.facts, f)
		}
	}
	return r
}

func (a *asking) fits(m *matcher, f Fact) bool {
	if m.filter == nil {
		return true
	}
	outer := a.fact
	a.fact = f
	ok := m.filter.holds(a)
	a.fact = outer
	return ok
}

// after is how many rows lie at or before an instant: the index of the first
// one after it.
func (r *rows) after(at int64) int {
	return sort.Search(len(r.at), func(i int) bool { return r.at[i] > at })
}

// from is the index of the first row at or after an instant.
func (r *rows) from(at int64) int {
	return sort.Search(len(r.at), func(i int) bool { return r.at[i] >= at })
}

// sum is the sum of a field over rows [low, high), and how many have it.
func (r *rows) sum(low, high int, field string, as segql.Type) (sum Value, n int) {
	sum = zeroOf(as)
	for _, f := range r.facts[low:high] {
		v := fieldOf(f, field, as)
		if v.Missing() {
			continue
		}
		n++
		if n == 1 {
			sum = v
		} else {
			sum = add(sum, v)
		}
	}
	return sum, n
}

func zeroOf(as segql.Type) Value {
	v := Number(0)
	v.typ = as
	return v
}

func fieldOf(f Fact, name string, as segql.Type) Value {
	if name == "at" {
		return Instant(f.At())
	}
	return f.Field(name, as)
}
