package live

import (
	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// change is what an arrival may have changed of a person.
type change struct {
	everything bool
	kinds      []eval.Kind
	fields     []string
}

// mark makes the segments due that a change may touch.
func (e *Engine) mark(c *change) {
	if c.everything {
		for i := range e.due {
			e.due[i] = true
		}
		return
	}
	for _, k := range c.kinds {
		for _, i := range e.byKind[k] {
			e.due[i] = true
		}
	}
	for _, name := range c.fields {
		for _, i := range e.byField[name] {
			e.due[i] = true
		}
	}
}

// arrival is one fact on its way to the people that it touches.
type arrival struct {
	engine *Engine
	cause  Cause
	late   bool
	// before holds what was so before: by person, by segment.
	before  map[*person]*state
	changed map[*person]*change
}

// state is how a person stood before an arrival.
type state struct {
	in    []bool
	known bool
	name  string
}

// arrive starts an arrival with the instant of its fact, and moves the clock.
func (e *Engine) arrive(at int64, cause Cause) *arrival {
	a := &arrival{engine: e, cause: cause, before: map[*person]*state{}, changed: map[*person]*change{}}
	if at > e.clock {
		e.Advance(at)
	} else if at < e.clock {
		a.late = true
		if cause == CauseEvent {
			a.cause = CauseLate
		}
	}
	return a
}

// touch notes how a person stands before the arrival changes them.
func (a *arrival) touch(p *person) {
	if a.before[p] != nil {
		return
	}
	e := a.engine
	if a.late {
		e.catchUp(p, e.clock)
	}
	s := &state{known: p.known(), name: p.customer.Name}
	switch {
	case p.recorded:
		s.in = append([]bool(nil), p.in...)
	case s.known && e.clock != customer.Always:
		s.in = make([]bool, len(p.in))
		p.customer.Stand(e.clock)
		for i := range s.in {
			s.in[i], _ = e.program.Ask(p.customer, i, e.clock)
		}
	default:
		s.in = make([]bool, len(p.in))
	}
	a.before[p] = s
	a.changed[p] = &change{everything: !p.recorded}
}

// person finds or makes the person of some keys; nil without any. Persons
// whose keys come together become one.
func (a *arrival) person(keys []Key) *person {
	if len(keys) == 0 {
		return nil
	}
	e := a.engine
	found := e.find(keys)
	for _, p := range found {
		a.touch(p)
	}
	p := e.join(keys, found)
	if len(found) == 0 {
		a.before[p] = &state{in: make([]bool, len(p.in))}
		a.changed[p] = &change{everything: true}
	}
	p.customer.Stand(e.clock)
	s := a.before[p]
	if len(found) > 1 || p.customer.Name != s.name {
		a.changed[p].everything = true
	}
	for _, other := range found[min(1, len(found)):] {
		a.merge(s, p, other)
	}
	return p
}

// merge lets the one who is known stand for both; of two known customers, the
// other leaves.
func (a *arrival) merge(s *state, p, other *person) {
	e, theirs := a.engine, a.before[other]
	delete(a.before, other)
	delete(a.changed, other)
	switch {
	case !s.known && theirs.known:
		s.in, s.known, s.name = theirs.in, true, theirs.name
		p.record = other.record
		p.customer.SetMoves(other.customer.Moves())
	case other.recorded && theirs.known:
		for i, in := range other.in {
			if in {
				e.record(Transition{e.program.ID(i), theirs.name, other.record, true, e.clock, CauseMerge})
			}
		}
	}
}

// of is what the arrival changes of a person.
func (a *arrival) of(p *person) *change {
	a.touch(p)
	p.customer.Stand(a.engine.clock)
	return a.changed[p]
}

// done asks everyone whom the arrival touched.
func (a *arrival) done() {
	e := a.engine
	if e.clock == customer.Always {
		return
	}
	for _, p := range byNumber(a.changed) {
		e.settle(p, a.before[p], a.changed[p], a.cause)
	}
}

// settle asks a person after an arrival.
func (e *Engine) settle(p *person, before *state, c *change, cause Cause) {
	p.customer.Stand(e.clock)
	if !p.known() || !p.customer.Timed() {
		return // nothing is recorded of them
	}
	p.recorded = true
	copy(p.in, before.in)
	e.mark(c)
	e.ask(p, e.clock, cause)
}
