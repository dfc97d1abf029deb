package live

import (
	"slices"

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
	at     int64 // of the fact
	cause  Cause
	// before holds how people stood before.
	before  map[*person]*state
	changed map[*person]*change
}

// state is how a person stood before an arrival, and when they are asked
// after it.
type state struct {
	in     []bool // nil for nowhere
	known  bool
	exists bool // at the moment
	name   Key
	moment int64
	cause  Cause
}

// arrive starts an arrival with the instant of its fact. Unless the clock is
// given, it moves.
func (e *Engine) arrive(at int64, cause Cause, behind Behind) *arrival {
	a := &arrival{engine: e, at: at, cause: cause, before: map[*person]*state{}, changed: map[*person]*change{}}
	if !e.loose {
		e.Advance(at)
	}
	e.behind = behind
	return a
}

// momentOf is the instant at which a person is asked after the arrival, and
// the cause: the fact's own instant if it is on time, else the clock.
func (a *arrival) momentOf(p *person) (int64, Cause) {
	e := a.engine
	switch {
	case a.at == e.clock, a.at > e.clock: // what lies ahead is no fact yet
		return e.clock, a.cause
	case a.cause != CauseEvent:
		return e.clock, a.cause
	case e.loose && a.at >= p.asked && a.at >= e.clock-e.grace:
		return a.at, CauseEvent
	}
	return e.clock, CauseLate
}

// touch notes how a person stands before the arrival changes them.
func (a *arrival) touch(p *person) {
	if a.before[p] != nil {
		return
	}
	e := a.engine
	e.open(p)
	p.dirty = true
	s := &state{known: p.known(), name: p.name()}
	s.moment, s.cause = a.momentOf(p)
	switch {
	case s.moment != a.at || s.cause != CauseEvent:
		e.catchUp(p, s.moment)
	case e.loose:
		e.catchUp(p, s.moment-1)
	}
	switch {
	case p.kept():
		s.in = slices.Clone(p.in)
	case s.known && e.clock != customer.Always:
		s.in = make([]bool, e.program.Len())
		p.customer.Stand(s.moment)
		for i := range s.in {
			in, _ := e.program.Ask(p.customer, i, s.moment)
			s.in[i] = in && p.exists(s.moment)
		}
	}
	s.exists = p.exists(s.moment)
	a.before[p] = s
	a.changed[p] = &change{everything: p.record == 0}
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
		s := &state{}
		s.moment, s.cause = a.momentOf(p)
		a.before[p], a.changed[p] = s, &change{everything: true}
	}
	s := a.before[p]
	if len(found) > 1 && e.loose && s.moment != e.clock {
		// Two are asked as one, which nobody did at the fact's instant.
		s.moment, s.cause = e.clock, CauseMerge
	}
	p.customer.Stand(s.moment)
	if len(found) > 1 || p.name() != s.name {
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
		p.record, p.written = other.record, other.written
		p.customer.SetMoves(other.customer.Moves())
	case other.record != 0 && theirs.known:
		leaves, record := theirs, other.record
		if p.record != 0 && p.name() == theirs.name && theirs.name != s.name {
			// Both go by the other's name from now on: the other stays.
			stays := *theirs
			leaves, record = &state{in: s.in, name: s.name}, p.record
			s.in, s.name = stays.in, stays.name
			p.record, p.written = other.record, other.written
			p.customer.SetMoves(other.customer.Moves())
		}
		for i, in := range leaves.in {
			if in {
				e.record(Transition{e.program.ID(i), leaves.name.Value, record, true, e.clock, CauseMerge, e.behind})
			}
		}
		e.changes.merged(record, leaves.name, p)
	}
}

// of is what the arrival changes of a person.
func (a *arrival) of(p *person) *change {
	a.touch(p)
	p.customer.Stand(a.before[p].moment)
	return a.changed[p]
}

// done asks everyone whom the arrival touched.
func (a *arrival) done() {
	e := a.engine
	if e.clock == customer.Always {
		return
	}
	for _, p := range byNumber(a.changed) {
		e.settle(p, a.before[p], a.changed[p])
	}
}

// settle asks a person after an arrival. Who is not known is in no segment.
func (e *Engine) settle(p *person, s *state, c *change) {
	if !p.known() {
		return
	}
	p.customer.Stand(s.moment)
	e.keep(p)
	e.restate(p, s.in)
	e.number(p)
	if p.exists(s.moment) != s.exists {
		c.everything = true // who was there from later on is there now
	}
	e.mark(c)
	e.ask(p, s.moment, s.cause)
}

// restate sets what a person is in.
func (e *Engine) restate(p *person, in []bool) {
	for i := range p.in {
		now := in != nil && in[i]
		if now != p.in[i] {
			p.in[i] = now
			e.count(i, now)
		}
	}
}
