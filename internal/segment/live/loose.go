package live

import (
	"cmp"
	"slices"

	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// NewLoose returns an engine whose clock is set by Clock, as a server's is,
// and not by the facts. A fact up to grace (microseconds) older than the clock
// still counts at its own instant: clients send what happened a little later,
// several things at once. What lies ahead of the clock waits for it.
func NewLoose(settings eval.Settings, segments []eval.Segment, grace int64, record func(Transition)) (*Engine, error) {
	e, err := New(settings, segments, record)
	if err == nil {
		e.loose, e.grace = true, grace
	}
	return e, err
}

// Shop is what all of the engine's customers share.
func (e *Engine) Shop() *customer.Shop { return e.shop }

// Clock sets the clock, unless it is there already. What time changes until
// then is recorded by Tick, or before the next fact of the person.
func (e *Engine) Clock(now int64) { e.clock = max(e.clock, now) }

// Tick records what time changed up to and with the clock, for at most a
// number of people, and says whether that was all.
func (e *Engine) Tick(most int) (all bool) {
	e.behind = Behind{}
	for e.timerDue() && most > 0 {
		var some []*person
		for e.timerDue() && len(some) < most {
			next, _ := e.timers.first()
			p := e.persons[next.number]
			e.timers.remove(p) // the answer sets it again
			some = append(some, p)
		}
		most -= len(some)
		e.askEveryone(some, &question{
			cause: CauseTime, again: true, at: func(p *person) int64 { return p.timer },
			due: func(p *person, _ int, next int64) bool { return p.wait <= p.timer || next <= p.timer },
		})
	}
	return !e.timerDue()
}

func (e *Engine) timerDue() bool { return e.NextTimer() <= e.clock && len(e.timers.heap) > 0 }

// NextTimer is the earliest instant at which something may change by time
// alone; eval.Never if never.
func (e *Engine) NextTimer() int64 {
	if next, ok := e.timers.first(); ok {
		return next.at
	}
	return eval.Never
}

// Segments lists the ids of the segments, in the order of Change.In.
func (e *Engine) Segments() []string {
	ids := make([]string, e.program.Len())
	for i := range ids {
		ids[i] = e.program.ID(i)
	}
	return ids
}

// Size is how many are in a segment of Segments.
func (e *Engine) Size(segment int) int { return e.sizes[segment] }

// People is how many known customers there are.
func (e *Engine) People() int { return e.known }

// Known is a person as the warehouse knows them.
type Known struct {
	Keys []Key // in order of arrival
	// Arrived are the places of the keys among everybody's, from 0, for Add:
	// keys of one person arrive between those of others.
	Arrived  []int
	Customer *customer.Customer
}

// Add brings in a person of whom nothing is known yet, before Begin. Persons
// come in the order in which their first keys arrived.
func (e *Engine) Add(k Known) {
	p := e.newPerson()
	p.customer = k.Customer
	for i, key := range k.Keys {
		e.give(key, p, k.Arrived[i])
	}
	p.customer.Name = p.name().Value
	e.noteFacts(p)
	e.cool(p)
}

// noteFacts notes what the engine itself keeps of a person's facts.
func (e *Engine) noteFacts(p *person) {
	p.customer.EachOrder(func(id string) { e.orders.give(id, p) })
	for _, key := range holding {
		for _, event := range p.customer.Events(key) {
			e.holders.add(p, event)
		}
	}
}

// Cancelled notes a cancellation, also of an order that is not known. The
// earliest is the one that counts, so no other is kept.
func (e *Engine) Cancelled(order string, at int64) {
	if known, ok := e.cancels[order]; !ok || at < known {
		e.cancels[order] = at
	}
}

// cancelsOf are the cancellations of an order that are known.
func (e *Engine) cancelsOf(order string) []int64 {
	if at, ok := e.cancels[order]; ok {
		return []int64{at}
	}
	return nil
}

// Now is the clock.
func (e *Engine) Now() int64 { return e.clock }

// Freeze lets segments stand as they are until Redefine: their definition is
// not the one under which the memberships are known.
func (e *Engine) Freeze(ids []string) {
	for _, id := range ids {
		if i, ok := e.program.Index(id); ok {
			e.frozen[i] = true
		}
	}
}

// Standing is how a person stood when that was last written.
type Standing struct {
	Record int64
	Name   Key    // how the person was named
	In     []bool // by segment
	Next   int64  // when something may change by time alone
	Asked  int64
}

// Others says what becomes of people of whom Begin is given no standing.
type Others int

// What becomes of them.
const (
	// OthersAdopted are in what they turn out to be in, of which no transition
	// is recorded.
	OthersAdopted Others = iota
	// OthersAsked are in nothing, and asked at once.
	OthersAsked
	// OthersWait are in nothing until Reask: what brought them is still to come.
	OthersWait
)

// Begin starts to keep memberships at a clock, of everyone who was added.
// Those of standings go on from there; records up to last were given before.
func (e *Engine) Begin(clock, last int64, standings []Standing, others Others) {
	e.clock, e.recorded = clock, last
	e.behind = Behind{Kind: "definition"}
	byPerson := map[*person][]Standing{}
	for _, s := range standings {
		if p := e.owner(s.Name); p != nil {
			byPerson[p] = append(byPerson[p], s)
		}
	}
	var adopted []*person
	for p := range e.everybody() {
		switch found := byPerson[p]; {
		case !p.known():
		case len(found) > 0:
			e.stand(p, found)
		case others == OthersAdopted:
			adopted = append(adopted, p)
		default:
			e.keepPacked(p)
			e.numberPacked(p)
			if others == OthersAsked || p.record == 0 { // nothing is recorded of them
				e.timers.set(p, clock)
				p.wait = clock
			}
		}
	}
	e.adopt(adopted)
	e.warm, e.warmth = nil, 0 // everyone is packed
}

// adopt keeps people's memberships from now on, without telling how they came
// to them.
func (e *Engine) adopt(people []*person) {
	for _, p := range people {
		e.keepPacked(p)
	}
	// Nothing is recorded of those who have no number yet.
	e.askEveryone(people, &question{cause: CauseDefinition, at: e.atClock, due: askAboutAll, everything: true})
	for _, p := range people {
		e.numberPacked(p)
		e.changes.note(p)
	}
}

// keepPacked starts to keep a packed person's memberships; they are in no
// segment yet.
func (e *Engine) keepPacked(p *person) {
	e.known++
	e.standings.put(p.number, e.nowhere())
}

// numberPacked is number for a packed person who has none.
func (e *Engine) numberPacked(p *person) {
	if customer.PackedTimed(e.facts.look(p.facts)) {
		e.recorded++
		p.record = e.recorded
	}
}

// stand lets a person go on from a standing. With several, those that had
// them became one while nobody kept memberships: the first goes on.
func (e *Engine) stand(p *person, found []Standing) {
	slices.SortFunc(found, func(a, b Standing) int { return cmp.Compare(a.Record, b.Record) })
	s := found[0]
	p.record, p.written, p.asked = s.Record, p.keyAt(s.Name), s.Asked
	p.openPerson = &openPerson{}
	e.keep(p)
	e.restate(p, s.In)
	for i := range p.next {
		p.next[i] = s.Next
	}
	p.wait = s.Next // what is pending was part of it
	e.timers.set(p, s.Next)
	e.chill(p)
	p.openPerson = nil
	for _, other := range found[1:] {
		for i, in := range other.In {
			if in {
				e.record(Transition{e.program.ID(i), other.Name.Value, other.Record, true, e.clock, CauseMerge, e.behind})
			}
		}
		e.changes.merged(other.Record, other.Name, p)
	}
}

// number gives a person a record, if something with an instant is known of them.
func (e *Engine) number(p *person) {
	if p.record == 0 && p.customer.Timed() {
		e.recorded++
		p.record = e.recorded
	}
}

// Remember calls tell with what notes a transition that was recorded before,
// for segments that read it.
func (e *Engine) Remember(tell func(note func(record int64, segment string, left bool, at int64)) error) error {
	type move struct {
		segment string
		left    bool
		at      int64
	}
	moves := map[int64][]move{}
	err := tell(func(record int64, segment string, left bool, at int64) {
		moves[record] = append(moves[record], move{segment, left, at})
	})
	for p := range e.everybody() {
		if p.record == 0 || moves[p.record] == nil {
			continue
		}
		e.revisit(p, func() {
			p.dirty = true
			known := p.customer.Moves()
			for _, m := range moves[p.record] {
				delete(known, m.segment) // of when it was read before
			}
			p.customer.SetMoves(known)
			for _, m := range moves[p.record] {
				p.customer.Move(m.segment, m.left, m.at)
			}
		})
	}
	return err
}

// Read lists the segments whose transitions some segment reads.
func (e *Engine) Read() []string {
	var ids []string
	for i, readers := range e.readers {
		if len(readers) > 0 {
			ids = append(ids, e.program.ID(i))
		}
	}
	return ids
}
