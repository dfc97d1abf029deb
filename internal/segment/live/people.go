package live

import (
	"iter"
	"slices"

	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// KeyKind is the kind of a Key.
type KeyKind uint8

// Kinds of keys, in the order in which a person is named by them.
const (
	CustomerKey KeyKind = iota
	EmailKey
	PhoneKey
	AnonymousKey
)

// Key names a person.
type Key struct {
	Kind  KeyKind
	Value string
}

// arrived is a key with its place in the order in which keys arrived.
type arrived struct {
	Key
	at int
}

// person is a customer or a visitor. Persons are numbered by their first key.
type person struct {
	number int
	// record is the number under which transitions are recorded; 0 as long as
	// none are: the person is not known, or nothing with an instant is known of
	// them. A visitor who turns out to be a known customer goes on with that
	// one's number.
	record int64
	keys   []arrived // in order of arrival
	scores customer.Scores
	wait   int64 // when something that is known already becomes a fact
	timer  int64 // the earliest of wait, and of next of the segments
	asked  int64 // the latest instant at which memberships were asked
	// written is the place in which the key arrived as which the person was last
	// written, or nowhere; changed says that something was not written yet.
	written int
	changed bool
	gone    bool // became part of another
	// These are there while packed; see cold.go. While the person is open, facts
	// are as they were packed before.
	facts, standing spot // on Engine.facts and Engine.standings
	newest          int64
	*openPerson     // nil while packed
}

// openPerson is what there is of a person who is not packed.
type openPerson struct {
	customer *customer.Customer
	// in and next are there as long as the memberships are kept.
	in    []bool  // by segment
	next  []int64 // by segment: when the answer may change by time alone
	dirty bool    // facts changed since they were packed
	// heat is how much of Engine.warmth the person is, and passes how often Cool
	// still passes over them.
	heat, passes int
}

// open says that the person is not packed.
func (p *person) open() bool { return p.openPerson != nil }

// kept says that the memberships are known as of the latest instant asked.
func (p *person) kept() bool { return p.standing.there() || p.open() && p.in != nil }

// name is the key that the person is named by: the first customer id, else
// the first e-mail, else the first phone. A visitor has none.
func (p *person) name() Key { return p.named().Key }

// nameAt is the place in which that key arrived.
func (p *person) nameAt() int { return p.named().at }

func (p *person) named() arrived {
	for kind := range AnonymousKey {
		for _, k := range p.keys {
			if k.Kind == kind {
				return k
			}
		}
	}
	return arrived{Key{Kind: AnonymousKey}, nowhere}
}

// nowhere is the place of a key that did not arrive.
const nowhere = -1

// keyAt is the place in which one of the person's keys arrived.
func (p *person) keyAt(key Key) int {
	for _, k := range p.keys {
		if k.Key == key {
			return k.at
		}
	}
	return nowhere
}

// known says that the person has a customer id, an e-mail or a phone.
func (p *person) known() bool {
	return slices.ContainsFunc(p.keys, func(k arrived) bool { return k.Kind != AnonymousKey })
}

// exists says whether the person is there at the instant they stand at.
func (p *person) exists(at int64) bool { return p.known() && p.customer.Since() <= at }

// everybody yields all persons, by number.
func (e *Engine) everybody() iter.Seq[*person] {
	return func(yield func(*person) bool) {
		for _, p := range e.persons {
			if p != nil && !yield(p) {
				return
			}
		}
	}
}

// owner is the person whom a key belongs to; nil for nobody.
func (e *Engine) owner(k Key) *person {
	if number, ok := e.keys.owner(k); ok {
		return e.persons[number]
	}
	return nil
}

// find lists the persons that some keys belong to, the first one first.
func (e *Engine) find(keys []Key) []*person {
	var found []*person
	for _, k := range keys {
		if p := e.owner(k); p != nil && !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b *person) int { return a.number - b.number })
	return found
}

// join notes that keys are one person's, and returns that person. Others
// that they belonged to are part of them from now on.
func (e *Engine) join(keys []Key, found []*person) *person {
	var p *person
	if len(found) > 0 {
		p = found[0]
	} else {
		p = e.newPerson()
	}
	for _, k := range keys {
		if e.owner(k) == nil {
			e.give(k, p, e.arrived)
		}
	}
	for _, other := range found[min(1, len(found)):] {
		e.absorb(p, other)
	}
	if name := p.name(); e.scores != nil && (p.scores == nil || name.Value != p.customer.Name || len(found) > 1) {
		p.setScores(e.scores(name)) // a run knows whoever stood for a person then
	}
	p.customer.Name = p.name().Value
	return p
}

// give notes that a key, which was nobody's, is a person's.
func (e *Engine) give(k Key, p *person, at int) {
	k.Value = e.room.text(k.Value)
	e.keys.give(k, p)
	if p.keys == nil {
		p.keys = e.room.firstKey()
	}
	p.keys = append(p.keys, arrived{k, at})
	e.arrived = max(e.arrived, at+1)
}

// absorb makes other a part of p.
func (e *Engine) absorb(p, other *person) {
	for _, k := range other.keys {
		e.keys.give(k.Key, p)
	}
	p.keys = append(p.keys, other.keys...)
	slices.SortFunc(p.keys, func(a, b arrived) int { return a.at - b.at })
	e.holders.move(other, p)
	other.customer.EachOrder(func(id string) { e.orders.give(id, p) })
	p.customer.Absorb(other.customer)
	other.gone = true
	e.timers.remove(other)
	e.forget(other)
	e.facts.take(other.number)
	e.persons[other.number] = nil
}

// newPerson makes a person without keys.
func (e *Engine) newPerson() *person {
	p := e.room.person()
	*p = person{
		number: len(e.persons), wait: eval.Never, timer: eval.Never, asked: customer.Always, written: nowhere,
		openPerson: &openPerson{customer: customer.New(e.shop)},
	}
	e.persons = append(e.persons, p)
	e.timers.add()
	e.heat(p)
	return p
}

// keep starts to keep a person's memberships; they are in no segment yet.
func (e *Engine) keep(p *person) {
	if !p.kept() {
		e.known++
		p.in, p.next = make([]bool, e.program.Len()), make([]int64, e.program.Len())
	}
}

// forget stops to keep a person's memberships.
func (e *Engine) forget(p *person) {
	for i, in := range p.in {
		if in {
			e.count(i, false)
		}
	}
	if p.kept() {
		e.known--
	}
	p.in, p.next = nil, nil
	e.standings.take(p.number)
}
