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
	// sums holds, for a field, the sum over the facts before each, for sums of
	// any range in no time.
	sums map[summed]*running
	// cadence is that of the first cadenceOf rows.
	cadence   Value
	cadenceOf int
}

// summed is a field as a sum reads it.
type summed struct {
	field string
	as    segql.Type
}

// running is a sum as it grows: of sums[i], the rows before i, and how many
// of them have the field. It stops where int64 does not hold it.
type running struct {
	sums   []int64
	counts []int
	den    int64
	fell   bool // a value was below zero
}

// rowsOf finds the facts that fit a matcher at the instant.
func (a *asking) rowsOf(m *matcher) *rows {
	if m.moving {
		return a.match(m)
	}
	memo := a.customer.Memo()
	if memo.program != a.program {
		memo.program, memo.matched = a.program, make([]*rows, len(a.program.matchers))
	}
	if r := memo.matched[m.index]; r != nil {
		return r
	}
	r := a.match(m)
	memo.matched[m.index] = r
	return r
}

func (a *asking) match(m *matcher) *rows {
	facts := a.customer.Facts(m.kind)
	r := &rows{}
	if m.filter == nil {
		r.at, r.facts = make([]int64, 0, len(facts)), make([]Fact, 0, len(facts))
	}
	for _, f := range facts {
		if a.fits(m, f) {
			r.add(f)
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

// add appends a fact that comes after all others.
func (r *rows) add(f Fact) {
	r.at = append(r.at, f.At())
	r.facts = append(r.facts, f)
}

// removeLast takes the last fact away.
func (r *rows) removeLast() {
	n := len(r.at) - 1
	r.cadenceOf = 0
	r.at, r.facts = r.at[:n], r.facts[:n]
	for _, s := range r.sums {
		s.sums, s.counts = s.sums[:min(len(s.sums), n+1)], s.counts[:min(len(s.counts), n+1)]
	}
}

// sum is the sum of a field over rows [low, high), and how many have it.
func (r *rows) sum(low, high int, field string, as segql.Type) (sum Value, n int) {
	if s := r.running(high, field, as); s != nil {
		sum = zeroOf(as)
		sum.num, sum.den = s.sums[high]-s.sums[low], s.den
		return sum, s.counts[high] - s.counts[low]
	}
	return r.sumExactly(low, high, field, as)
}

// running brings a field's sums up to the first n rows; nil if they do not fit.
func (r *rows) running(n int, field string, as segql.Type) *running {
	key := summed{field, as}
	s := r.sums[key]
	if s == nil {
		s = &running{sums: make([]int64, 1, n+1), counts: make([]int, 1, n+1), den: 1}
		if r.sums == nil {
			r.sums = map[summed]*running{}
		}
		r.sums[key] = s
	}
	for i := len(s.sums) - 1; i < n; i++ {
		sum, count := s.sums[i], s.counts[i]
		if v := fieldOf(r.facts[i], field, as); !v.Missing() {
			if !v.small() || abs(v.num) > mostSummed || abs(sum) > mostSummed {
				return nil
			}
			sum, count, s.den = sum+v.num, count+1, v.den
			s.fell = s.fell || v.num < 0
		}
		s.sums, s.counts = append(s.sums, sum), append(s.counts, count)
	}
	return s
}

// mostSummed is small enough that two of it, and their difference, fit.
const mostSummed = 1 << 61

func (r *rows) sumExactly(low, high int, field string, as segql.Type) (sum Value, n int) {
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
