package live

import (
	"cmp"
	"slices"
)

// Change is how a person whose memberships are recorded stands now.
type Change struct {
	Person int64
	Name   Key
	// Renamed says that the name is new; it is set the first time.
	Renamed bool
	// MergedInto is the person that this one became part of, or 0. Of a person
	// who is gone nothing else is told.
	MergedInto int64
	In         []bool // by segment; not to be kept or changed
	Next       int64  // when something may change by time alone; eval.Never if never
	Asked      int64  // the latest instant at which memberships were asked
}

// changes are what was not written yet.
type changes struct {
	persons []*person
	gone    []merged
	told    struct { // scratch of changeOf
		in   []bool
		next []int64
	}
}

// merged is a person who became part of another.
type merged struct {
	record int64
	name   Key
	into   *person
}

// note remembers that a person changed.
func (c *changes) note(p *person) {
	if p.record != 0 && !p.changed {
		p.changed = true
		c.persons = append(c.persons, p)
	}
}

func (c *changes) merged(record int64, name Key, into *person) {
	c.gone = append(c.gone, merged{record, name, into})
}

// MostChanged says that so many people changed that Flush had better tell
// everyone.
func (e *Engine) MostChanged() bool {
	n := len(e.changes.persons)
	return n >= worthAll && n > e.known/2
}

// worthAll is how many must have changed for everyone to be told.
const worthAll = 10_000

// Flush tells, once, those who changed since it was called before; or everyone
// whose memberships are recorded, by number. Those who became part of others
// come first.
func (e *Engine) Flush(everyone bool, tell func(Change)) {
	for _, m := range e.changes.gone {
		tell(Change{Person: m.record, Name: m.name, MergedInto: m.into.record})
	}
	people := e.changes.persons
	if everyone {
		people = e.everyone()
		slices.SortFunc(people, func(a, b *person) int { return cmp.Compare(a.record, b.record) })
	}
	for _, p := range people {
		if p.kept() && p.record != 0 { // others became part of somebody
			tell(e.changeOf(p))
		}
	}
	for _, p := range e.changes.persons {
		p.changed = false
	}
	clear(e.changes.persons)
	clear(e.changes.gone)
	e.changes.persons, e.changes.gone = e.changes.persons[:0], e.changes.gone[:0]
}

// changeOf tells how a person stands, and that this is written.
func (e *Engine) changeOf(p *person) Change {
	var in []bool
	if p.open() {
		in = p.in
	} else {
		e.changes.told.in, e.changes.told.next = unpackStanding(e.standings.look(p.standing), p.timer, e.changes.told.in, e.changes.told.next)
		in = e.changes.told.in
	}
	name := p.nameAt()
	c := Change{Person: p.record, Name: p.name(), Renamed: name != p.written, In: in, Next: p.timer, Asked: p.asked}
	p.written = name
	return c
}
