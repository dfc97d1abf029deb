package live

import (
	"fmt"
	"slices"

	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// Cause is why a membership changed.
type Cause string

// Causes.
const (
	CauseEvent   Cause = "event"
	CauseTime    Cause = "time"
	CauseLate    Cause = "late"
	CauseImport  Cause = "import"
	CauseProduct Cause = "product"
	CauseMerge   Cause = "merge"
)

// Transition is a membership that changed.
type Transition struct {
	Segment  string
	Customer string // the id, as it was then
	Person   int    // the number of the record; see Engine.NameOf
	Left     bool
	At       int64 // microseconds since 1970
	Cause    Cause
}

// Engine keeps memberships.
type Engine struct {
	program *eval.Program
	shop    *customer.Shop
	// clock is the greatest instant seen; customer.Always before the first.
	clock   int64
	people  int       // made so far
	keys    int       // seen so far
	persons []*person // by number
	byKey   map[Key]*person
	orders  map[string]*order
	// cancels holds the instants of cancellations, by order.
	cancels  map[string][]int64
	messages map[string]bool // ids seen
	timers   timers
	record   func(Transition)

	// due are the segments that are asked next.
	due []bool
	// These are the segments that depend on a kind of facts, on a customer
	// field, and on another segment's transitions.
	byKind  map[eval.Kind][]int
	byField map[string][]int
	readers [][]int
}

// order is an order and whose it is.
type order struct {
	order *customer.Order
	owner *person // nil for nobody's
}

// New returns an engine for segments, which calls record with each transition
// in the order in which they are noticed.
func New(settings eval.Settings, segments []eval.Segment, record func(Transition)) (*Engine, error) {
	sorted, err := inOrder(segments)
	if err != nil {
		return nil, err
	}
	program, err := eval.Compile(settings, sorted)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		program: program, shop: customer.NewShop(settings.Zone), clock: customer.Always, byKey: map[Key]*person{},
		orders: map[string]*order{}, cancels: map[string][]int64{}, messages: map[string]bool{}, record: record,
		due: make([]bool, program.Len()), byKind: map[eval.Kind][]int{}, byField: map[string][]int{},
		readers: make([][]int, program.Len()),
	}
	e.index()
	return e, nil
}

// index notes which segments depend on what.
func (e *Engine) index() {
	for i := range e.program.Len() {
		needs := e.program.Needs(i)
		for k := range needs.Kinds {
			e.byKind[k] = append(e.byKind[k], i)
		}
		for name := range needs.Fields {
			e.byField[name] = append(e.byField[name], i)
		}
		for id := range needs.Moved {
			if other, ok := e.program.Index(id); ok {
				e.readers[other] = append(e.readers[other], i)
			}
		}
	}
}

// inOrder sorts segments so that one that reads transitions of another comes
// after it.
func inOrder(segments []eval.Segment) ([]eval.Segment, error) {
	byID := map[string]eval.Segment{}
	for _, s := range segments {
		byID[s.ID] = s
	}
	var sorted []eval.Segment
	state := map[string]int{} // 1 on the way, 2 done
	var visit func(s eval.Segment) error
	visit = func(s eval.Segment) error {
		switch state[s.ID] {
		case 1:
			return fmt.Errorf("segment %s refers to itself", s.ID)
		case 2:
			return nil
		}
		state[s.ID] = 1
		for _, id := range s.Checked.Moved() {
			if other, ok := byID[id]; ok {
				if err := visit(other); err != nil {
					return err
				}
			}
		}
		state[s.ID] = 2
		sorted = append(sorted, s)
		return nil
	}
	for _, s := range segments {
		if err := visit(s); err != nil {
			return nil, err
		}
	}
	return sorted, nil
}

// Advance moves the clock to an instant, and records what time alone changed
// before it.
func (e *Engine) Advance(to int64) {
	if to <= e.clock {
		return
	}
	e.runTimers(to)
	e.clock = to
}

// runTimers records what time changes before an instant.
func (e *Engine) runTimers(before int64) {
	for len(e.timers) > 0 && e.timers[0].timer < before {
		p := e.timers[0]
		e.tick(p, p.timer)
	}
}

// catchUp records what time changed for a person, up to and with an instant.
func (e *Engine) catchUp(p *person, to int64) {
	for p.slot >= 0 && p.timer <= to {
		e.tick(p, p.timer)
	}
}

// tick asks what may have changed for a person by time alone.
func (e *Engine) tick(p *person, at int64) {
	everything := p.wait <= at
	p.customer.Stand(at)
	for i, next := range p.next {
		e.due[i] = everything || next <= at
	}
	e.ask(p, at, CauseTime)
}

// ask answers the segments that are due for a recorded person, and records
// what differs. None is due afterwards.
func (e *Engine) ask(p *person, at int64, cause Cause) {
	exists := p.exists(at)
	timer := int64(eval.Never)
	for i, due := range e.due {
		if due {
			e.due[i] = false
			in := false
			in, p.next[i] = e.program.Ask(p.customer, i, at)
			if in = in && exists; in != p.in[i] {
				e.move(p, i, in, at, cause)
			}
		}
		timer = min(timer, p.next[i])
	}
	p.wait = p.customer.Pending()
	e.timers.set(p, min(timer, p.wait))
}

// move records a transition. Segments that read it come later, and are due.
func (e *Engine) move(p *person, segment int, in bool, at int64, cause Cause) {
	p.in[segment] = in
	id := e.program.ID(segment)
	p.customer.Move(id, !in, at)
	e.record(Transition{id, p.customer.Name, p.record, !in, at, cause})
	for _, reader := range e.readers[segment] {
		e.due[reader] = true
	}
}

// Members lists the ids of the known customers for whom a segment of the
// engine holds at an instant that is not before the clock, sorted.
func (e *Engine) Members(id string, at int64) ([]string, error) {
	i, ok := e.program.Index(id)
	if !ok {
		return nil, fmt.Errorf("there is no segment %s", id)
	}
	var ids []string
	for _, p := range e.persons {
		e.peek(p, at, func(Transition) {}, func() {
			if e.holds(p, i, at) {
				ids = append(ids, p.customer.Name)
			}
		})
	}
	slices.Sort(ids)
	return ids, nil
}

// holds answers for one person whose timers have run.
func (e *Engine) holds(p *person, segment int, at int64) bool {
	if p.recorded {
		return p.in[segment]
	}
	p.customer.Stand(at)
	in, _ := e.program.Ask(p.customer, segment, at)
	return in && p.exists(at)
}

// NameOf is the id, as it is now, of the person whose transitions have a
// number; empty if they became part of another, whose own are told.
func (e *Engine) NameOf(record int) string {
	for _, p := range e.persons {
		if p.record == record {
			return p.customer.Name
		}
	}
	return ""
}

// Due calls record with what time alone changed up to and with an instant,
// but is not recorded: a fact of that instant may still come first.
func (e *Engine) Due(at int64, record func(Transition)) {
	for _, p := range e.persons {
		e.peek(p, at, record, func() {})
	}
}

// peek lets time pass for a person up to and with an instant, looks, and
// takes it back.
func (e *Engine) peek(p *person, at int64, record func(Transition), look func()) {
	if p.slot < 0 || p.timer > at {
		look()
		return
	}
	in, next, wait, timer, recorder := slices.Clone(p.in), slices.Clone(p.next), p.wait, p.timer, e.record
	e.record = record
	moves := p.customer.Moves()
	e.catchUp(p, at)
	look()
	e.record = recorder
	p.customer.SetMoves(moves)
	p.in, p.next, p.wait = in, next, wait
	e.timers.set(p, timer)
}
