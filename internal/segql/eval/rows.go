package eval

import "sort"

// matcher is facts of a kind that fit a filter.
type matcher struct {
	index  int
	text   string // its kind and filter; see compiler.matcher
	kind   Kind
	filter *cond // nil: all
	// moving says that the filter speaks of T ("3 days ago"): facts may come
	// to fit as time passes.
	moving bool
	needs  *Needs // what the filter depends on
}

// rows are the facts that fit a matcher, in order.
type rows struct {
	at    []int64
	facts Facts
	which []int32 // the places of the rows among the facts, if not all fit
	running
}

// rowsOf finds the facts that fit a matcher at the instant.
func (a *asking) rowsOf(m *matcher) *rows {
	if m.moving {
		return a.match(m)
	}
	memo := a.customer.Memo()
	memo.use(a.program)
	if r := memo.matched[m.index]; r != nil {
		return r
	}
	if memo.Once {
		memo.matched[m.index] = a.match(m)
	} else {
		a.matchAll(m.kind)
	}
	return memo.matched[m.index]
}

// matchAll finds the rows of all matchers of a kind, with a filter that does not
// move, that have none.
func (a *asking) matchAll(kind Kind) {
	matched := a.customer.Memo().matched
	facts := a.customer.Facts(kind)
	times := facts.Times()
	var missing []*matcher
	for _, i := range a.program.byKind[kind] {
		if matched[i] != nil {
			continue
		}
		matched[i] = &rows{facts: facts}
		if m := a.program.matchers[i]; m.filter == nil {
			matched[i].at = times
		} else {
			missing = append(missing, m)
		}
	}
	for i, at := range times {
		for _, m := range missing {
			if a.fits(m, facts, i) {
				matched[m.index].add(i, at)
			}
		}
	}
}

func (a *asking) match(m *matcher) *rows {
	r := &rows{facts: a.customer.Facts(m.kind)}
	times := r.facts.Times()
	if m.filter == nil {
		r.at = times
		return r
	}
	for i := range times {
		if a.fits(m, r.facts, i) {
			r.add(i, times[i])
		}
	}
	return r
}

func (a *asking) fits(m *matcher, facts Facts, i int) bool {
	if m.filter == nil {
		return true
	}
	outer := a.fact
	a.fact = Fact{facts, i}
	ok := m.filter.holds(a)
	a.fact = outer
	return ok
}

func (r *rows) add(i int, at int64) {
	r.at, r.which = append(r.at, at), append(r.which, int32(i))
}

// append brings rows up to facts of which the last is new, or became another.
func (a *asking) append(r *rows, m *matcher, facts Facts, replaced bool) {
	times := facts.Times()
	last := len(times) - 1
	if replaced {
		r.forget(last)
	}
	r.facts = facts
	switch {
	case m.filter == nil:
		r.at = times
	case a.fits(m, facts, last):
		r.add(last, times[last])
	}
}

// forget takes a fact away that was the last.
func (r *rows) forget(fact int) {
	n := len(r.at) - 1
	if n < 0 || r.fact(n).I != fact {
		return
	}
	r.at = r.at[:n]
	if r.which != nil {
		r.which = r.which[:n]
	}
	r.cut(n)
}

// fact is the fact of a row.
func (r *rows) fact(i int) Fact {
	if r.which != nil {
		i = int(r.which[i])
	}
	return Fact{r.facts, i}
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
