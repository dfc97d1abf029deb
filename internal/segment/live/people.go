package live

import (
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
	// record is the number under which transitions are recorded: the person's
	// own, or that of the known customer that a visitor turned out to be.
	record   int
	keys     []arrived // in order of arrival
	customer *customer.Customer
	// recorded says that memberships are recorded: the person is known, and
	// something with an instant is known of them.
	recorded bool
	in       []bool  // by segment
	next     []int64 // by segment: when the answer may change by time alone
	wait     int64   // when something that is known already becomes a fact
	timer    int64   // the earliest of next and wait
	slot     int     // in the heap of timers; -1 if not there
}

// known says that the person has a customer id, an e-mail or a phone.
func (p *person) known() bool {
	return slices.ContainsFunc(p.keys, func(k arrived) bool { return k.Kind != AnonymousKey })
}

// id is the first customer id, else the first e-mail, else the first phone;
// of an anonymous visitor it is empty.
func (p *person) id() string {
	for kind := range AnonymousKey {
		for _, k := range p.keys {
			if k.Kind == kind {
				return k.Value
			}
		}
	}
	return ""
}

// exists says whether the person is there at the instant they stand at.
func (p *person) exists(at int64) bool { return p.known() && p.customer.Since() <= at }

// find lists the persons that some keys belong to, the first one first.
func (e *Engine) find(keys []Key) []*person {
	var found []*person
	for _, k := range keys {
		if p := e.byKey[k]; p != nil && !slices.Contains(found, p) {
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
		p = &person{number: e.people, record: e.people, customer: customer.New(e.shop), wait: eval.Never, timer: eval.Never, slot: -1}
		e.people++
		p.in, p.next = make([]bool, e.program.Len()), make([]int64, e.program.Len())
		e.persons = append(e.persons, p)
	}
	for _, k := range keys {
		if e.byKey[k] == nil {
			e.byKey[k] = p
			p.keys = append(p.keys, arrived{k, e.keys})
			e.keys++
		}
	}
	for _, other := range found[min(1, len(found)):] {
		e.absorb(p, other)
	}
	p.customer.Name = p.id()
	return p
}

// absorb makes other a part of p.
func (e *Engine) absorb(p, other *person) {
	for _, k := range other.keys {
		e.byKey[k.Key] = p
	}
	p.keys = append(p.keys, other.keys...)
	slices.SortFunc(p.keys, func(a, b arrived) int { return a.at - b.at })
	p.customer.Absorb(other.customer)
	for _, o := range e.orders {
		if o.owner == other {
			o.owner = p
		}
	}
	e.persons = slices.DeleteFunc(e.persons, func(x *person) bool { return x == other })
	e.timers.remove(other)
}
