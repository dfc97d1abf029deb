package live

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

// Flush tells, once, everyone who changed since it was called before.
func (e *Engine) Flush(tell func(Change)) {
	for _, m := range e.changes.gone {
		tell(Change{Person: m.record, Name: m.name, MergedInto: m.into.record})
	}
	for _, p := range e.changes.persons {
		p.changed = false
		if !p.kept() {
			continue // became part of another
		}
		packed := p.standing != nil
		e.thaw(p)
		name := p.name()
		tell(Change{Person: p.record, Name: name, Renamed: name != p.written, In: p.in, Next: p.timer, Asked: p.asked})
		p.written = name
		if packed {
			e.chill(p)
		}
	}
	clear(e.changes.persons)
	clear(e.changes.gone)
	e.changes.persons, e.changes.gone = e.changes.persons[:0], e.changes.gone[:0]
}
