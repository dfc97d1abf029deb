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
	CauseEvent      Cause = "event"
	CauseTime       Cause = "time"
	CauseLate       Cause = "late"
	CauseImport     Cause = "import"
	CauseDefinition Cause = "definition"
	CauseScore      Cause = "score"
	CauseProduct    Cause = "product"
	CauseMerge      Cause = "merge"
)

// Transition is a membership that changed.
type Transition struct {
	Segment  string
	Customer string // the id, as it was then
	Person   int64  // the number of the record; see Engine.NameOf
	Left     bool
	At       int64 // microseconds since 1970
	Cause    Cause
	Behind   Behind // empty with CauseTime
}

// Behind is what brought a transition about.
type Behind struct {
	Place customer.Place
	// Kind and ID name the fact: "order" and its id, or the key of an event.
	Kind, ID string
}

// Engine keeps memberships.
type Engine struct {
	program *eval.Program
	shop    *customer.Shop
	// clock is the instant up to which time has passed; customer.Always before
	// the first. With loose, it is given; else it is the greatest instant seen.
	clock    int64
	loose    bool
	grace    int64     // see NewLoose
	persons  []*person // by number; nil for one who became part of another
	known    int       // whose memberships are kept
	warm     []*person // not packed
	warmth   int       // bytes that they take; see Cool
	recorded int64     // the greatest number of a record
	arrived  int       // keys, so far
	keys     *keyIndex
	room     room
	// These keep what is packed.
	facts, standings *shelf
	orders           *orderIndex
	// cancels holds the instants of the earliest cancellations, by order.
	cancels map[string]int64
	holders holders
	timers  timers
	record  func(Transition)
	behind  Behind // what is on its way
	scratch []byte
	heavy   int   // see mostPacked
	from    []int // between Prepare and Redefine: the places of the segments before
	changes changes
	scores  func(name Key) customer.Scores // of the latest run; nil without one
	sizes   []int                          // by segment: how many are in it

	// due are the segments that are asked next; frozen ones are not.
	due, frozen []bool
	index
}

// order finds an order, and whose it is: nil for nobody's. Both are nil if it
// is not known.
func (e *Engine) order(id string) (*customer.Order, *person) {
	number, ok := e.orders.owners[e.orders.of(id)]
	if !ok {
		return e.orders.alone[id], nil
	}
	owner := e.persons[number]
	e.open(owner)
	return owner.customer.Order(id), owner
}

// New returns an engine for segments, which calls record with each transition
// in the order in which they are noticed.
func New(settings eval.Settings, segments []eval.Segment, record func(Transition)) (*Engine, error) {
	program, err := compile(settings, segments)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		shop: customer.NewShop(settings.Zone), clock: customer.Always, keys: newKeyIndex(),
		orders: newOrderIndex(), heavy: mostPacked, cancels: map[string]int64{}, holders: holders{}, record: record,
	}
	e.facts = e.shelf(func(p *person) *spot { return &p.facts })
	e.standings = e.shelf(func(p *person) *spot { return &p.standing })
	e.use(program)
	return e, nil
}

// compile makes segments ready, those that read transitions of others last.
func compile(settings eval.Settings, segments []eval.Segment) (*eval.Program, error) {
	sorted, err := inOrder(segments)
	if err != nil {
		return nil, err
	}
	return eval.Compile(settings, sorted)
}

// use answers with a program from now on.
func (e *Engine) use(program *eval.Program) {
	e.program = program
	e.due, e.frozen = make([]bool, program.Len()), make([]bool, program.Len())
	e.sizes = make([]int, program.Len())
	e.index = indexOf(program)
}

// index says which segments depend on what.
type index struct {
	byKind  map[eval.Kind][]int
	byField map[string][]int // of the customer
	readers [][]int          // by the segment whose transitions they read
	// readsScores says, by segment, whether it reads scores.
	readsScores []bool
}

func indexOf(program *eval.Program) index {
	x := index{byKind: map[eval.Kind][]int{}, byField: map[string][]int{}, readers: make([][]int, program.Len()), readsScores: make([]bool, program.Len())}
	for i := range program.Len() {
		needs := program.Needs(i)
		for k := range needs.Kinds {
			x.byKind[k] = append(x.byKind[k], i)
		}
		for name := range needs.Fields {
			x.byField[name] = append(x.byField[name], i)
		}
		for id := range needs.Moved {
			if other, ok := program.Index(id); ok {
				x.readers[other] = append(x.readers[other], i)
			}
		}
		x.readsScores[i] = needs.Scores
	}
	return x
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
	e.behind = Behind{}
	for {
		next, ok := e.timers.first()
		if !ok || next.at >= before {
			return
		}
		e.tick(e.persons[next.number], next.at)
	}
}

// catchUp records what time changed for a person, up to and with an instant.
func (e *Engine) catchUp(p *person, to int64) {
	behind := e.behind
	e.behind = Behind{}
	for e.timers.has(p) && p.timer <= to {
		e.tick(p, p.timer)
	}
	e.behind = behind
}

// tick asks what may have changed for a person by time alone.
func (e *Engine) tick(p *person, at int64) {
	e.open(p)
	everything := p.wait <= at
	p.customer.Stand(at)
	for i, next := range p.next {
		e.due[i] = everything || next <= at
	}
	e.ask(p, at, CauseTime)
}

// ask answers the segments that are due for a kept person, and notes what
// differs. None is due afterwards.
func (e *Engine) ask(p *person, at int64, cause Cause) {
	exists := p.exists(at)
	timer, moved := int64(eval.Never), false
	for i, due := range e.due {
		if e.frozen[i] {
			e.due[i], p.next[i] = false, eval.Never
			continue
		}
		if due {
			e.due[i] = false
			in := false
			in, p.next[i] = e.program.Ask(p.customer, i, at)
			if in = in && exists; in != p.in[i] {
				e.move(p, i, in, at, cause)
				moved = true
			}
		}
		timer = min(timer, p.next[i])
	}
	p.asked = max(p.asked, at)
	p.wait = p.waits(p.customer, at)
	timer = min(timer, p.wait)
	if moved || timer != p.timer || p.written != p.nameAt() {
		e.changes.note(p)
	}
	e.timers.set(p, timer)
}

// waits is when something that is known already becomes a fact, for a person
// who was asked at an instant. A customer who was packed does not know what the
// catalogue will change of facts that nobody asked for since.
func (p *person) waits(c *customer.Customer, at int64) int64 {
	if p.wait > at {
		return min(p.wait, c.Pending())
	}
	return c.Pending()
}

// move notes a membership, and records it if the person is. Segments that
// read the transition come later, and are due.
func (e *Engine) move(p *person, segment int, in bool, at int64, cause Cause) {
	p.in[segment] = in
	e.count(segment, in)
	if p.record == 0 {
		return
	}
	id := e.program.ID(segment)
	if len(e.readers[segment]) > 0 {
		p.customer.Move(id, !in, at)
		p.dirty = true
	}
	e.record(Transition{id, p.customer.Name, p.record, !in, at, cause, e.behind})
	for _, reader := range e.readers[segment] {
		e.due[reader] = true
	}
}

// count notes that somebody is in a segment now, or not any more.
func (e *Engine) count(segment int, in bool) {
	if in {
		e.sizes[segment]++
	} else {
		e.sizes[segment]--
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
	for p := range e.everybody() {
		e.open(p)
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
	if p.kept() {
		return p.in[segment]
	}
	p.customer.Stand(at)
	in, _ := e.program.Ask(p.customer, segment, at)
	return in && p.exists(at)
}

// NameOf is the id, as it is now, of the person whose transitions have a
// number; empty if they became part of another, whose own are told.
func (e *Engine) NameOf(record int64) string {
	for p := range e.everybody() {
		if p.record == record {
			return p.name().Value
		}
	}
	return ""
}

// Due calls record with what time alone changed up to and with an instant,
// but is not recorded: a fact of that instant may still come first.
func (e *Engine) Due(at int64, record func(Transition)) {
	for p := range e.everybody() {
		e.peek(p, at, record, func() {})
	}
}

// peek lets time pass for a person up to and with an instant, looks, and
// takes it back.
func (e *Engine) peek(p *person, at int64, record func(Transition), look func()) {
	if !e.timers.has(p) || p.timer > at {
		look()
		return
	}
	e.open(p)
	was, sizes, recorder := *p, slices.Clone(e.sizes), e.record
	in, next := p.in, p.next
	p.in, p.next = slices.Clone(p.in), slices.Clone(p.next)
	e.record = record
	moves := p.customer.Moves()
	e.catchUp(p, at)
	look()
	e.record, e.sizes = recorder, sizes
	p.customer.SetMoves(moves)
	p.in, p.next, p.wait, p.asked = in, next, was.wait, was.asked
	e.timers.set(p, was.timer)
}
