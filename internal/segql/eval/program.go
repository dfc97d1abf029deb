package eval

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"kith/internal/segql"
)

// Settings are what the shop says of itself: its zone, and its fields.
type Settings struct {
	Zone *time.Location
	// Fields holds the shop.NAME fields that have a value.
	Fields map[string]Value
}

// Segment is a segment of a program.
type Segment struct {
	ID      string
	Checked *segql.Checked
	// Saved says that base fields and percentiles are those of the latest
	// scoring run; of a text that is asked ad hoc they are as of the instant.
	Saved bool
}

// Program is segments made ready to be asked. It does not change, and may be
// used by several goroutines.
type Program struct {
	zone     *Zone
	settings map[string]Value
	segments []compiled
	matchers []*matcher
	byKind   map[Kind][]int // the matchers of a kind that customers keep rows for
	byText   map[string]*matcher
}

type compiled struct {
	id    string
	root  *cond
	needs *Needs
}

// Needs are what a segment's answer depends on, besides time.
type Needs struct {
	Kinds  map[Kind]bool
	Fields map[string]bool // customer fields and traits
	Moved  map[string]bool // segments whose transitions are read
	Scores bool            // base fields or percentiles
}

func newNeeds() *Needs {
	return &Needs{Kinds: map[Kind]bool{}, Fields: map[string]bool{}, Moved: map[string]bool{}}
}

// add takes what a part of the segment depends on.
func (n *Needs) add(part *Needs) {
	maps.Copy(n.Kinds, part.Kinds)
	maps.Copy(n.Fields, part.Fields)
	maps.Copy(n.Moved, part.Moved)
	n.Scores = n.Scores || part.Scores
}

// Compile makes a program of segments. The error is that of a segment that
// cannot be compiled, which the checker does not let pass.
func Compile(settings Settings, segments []Segment) (*Program, error) {
	p := &Program{
		zone: NewZone(settings.Zone), settings: maps.Clone(settings.Fields), byKind: map[Kind][]int{}, byText: map[string]*matcher{},
	}
	c := &compiler{program: p, zone: p.zone}
	for _, s := range segments {
		c.needs = newNeeds()
		root, err := c.segment(s.Checked, s.Saved)
		if err != nil {
			return nil, fmt.Errorf("segment %s: %w", s.ID, err)
		}
		p.segments = append(p.segments, compiled{s.ID, root, c.needs})
	}
	return p, nil
}

// sameSettings says that what fits a matcher is the same under both programs.
func (p *Program) sameSettings(other *Program) bool {
	return p.zone.location.String() == other.zone.location.String() && maps.Equal(p.settings, other.settings)
}

// Zone is the calendar of the shop's time zone.
func (p *Program) Zone() *Zone { return p.zone }

// Len is the number of segments, in the order in which they were given.
func (p *Program) Len() int { return len(p.segments) }

// ID is a segment's id.
func (p *Program) ID(segment int) string { return p.segments[segment].id }

// Index finds a segment by its id.
func (p *Program) Index(id string) (int, bool) {
	i := slices.IndexFunc(p.segments, func(s compiled) bool { return s.id == id })
	return i, i >= 0
}

// Needs are what a segment depends on. They are not to be changed.
func (p *Program) Needs(segment int) *Needs { return p.segments[segment].needs }

// Ask answers a segment for a customer at an instant, and says when the
// answer may next change by time alone; Never if it will not.
func (p *Program) Ask(c Customer, segment int, at int64) (holds bool, next int64) {
	a := &c.Memo().asking
	*a = asking{program: p, customer: c, at: at, zone: p.zone, next: Never}
	holds = p.segments[segment].root.holds(a)
	return holds, a.next
}

// asking is one question on its way.
type asking struct {
	program  *Program
	customer Customer
	at       int64
	zone     *Zone
	fact     Fact // within a filter
	// next is the earliest instant noted so far at which something may change.
	next int64
	// flowing is set when a quantity was read that changes all the time.
	flowing bool
	seen    *seen // what an explanation collects; nil otherwise
}

// until notes an instant at which something may change. One that has come
// already changes nothing any more.
func (a *asking) until(t int64) {
	if t > a.at && t < a.next {
		a.next = t
	}
}

// cond is a yes/no question made ready.
type cond struct {
	node  segql.Node
	parts []*cond
	// eval answers a leaf; it may leave flowing behind.
	eval  func(a *asking) bool
	terms []*term // of a leaf, whose values an explanation shows
	joins bool    // and, or, at least, and a segment that is referred to
	at    int     // how many parts must hold
	flips bool    // not
}

// holds answers, and notes when the answer may change.
func (c *cond) holds(a *asking) bool {
	switch {
	case c.flips:
		return !c.parts[0].holds(a)
	case c.joins:
		return c.holdsJoined(a)
	}
	outer, flowed := a.next, a.flowing
	a.next, a.flowing = Never, false
	ok := c.eval(a)
	if a.flowing {
		a.next = min(a.next, a.turn(c.eval, ok))
	}
	a.next, a.flowing = min(a.next, outer), flowed
	return ok
}

// holdsJoined answers and, or and at least. The parts that decided say when
// the answer may change: one that holds against "and" is enough to say no.
func (c *cond) holdsJoined(a *asking) bool {
	outer := a.next
	yes, no := 0, 0
	whenYes, whenNo := int64(Never), int64(Never) // the earliest change of those that hold, and do not
	for _, part := range c.parts {
		a.next = Never
		if part.holds(a) {
			yes++
			whenYes = min(whenYes, a.next)
		} else {
			no++
			whenNo = min(whenNo, a.next)
			if c.at == len(c.parts) { // and
				a.next = min(outer, whenNo)
				return false
			}
		}
		if yes >= c.at && c.at == 1 { // or
			a.next = min(outer, whenYes)
			return true
		}
	}
	ok := yes >= c.at
	if ok {
		a.next = min(outer, whenYes)
	} else {
		a.next = min(outer, whenNo)
	}
	return ok
}

// turn finds the first instant after now, up to the next change noted, at
// which a leaf that follows a growing quantity answers otherwise. Between two
// changes of facts the answer turns at most once, so halving finds it.
func (a *asking) turn(eval func(a *asking) bool, now bool) int64 {
	probe := *a
	probe.seen = nil
	differs := func(at int64) bool {
		probe.at, probe.next = at, Never
		return eval(&probe) != now
	}
	last := min(a.next, mostInstant) - 1
	low, step := a.at, int64(1)
	for low < last {
		high := last
		if last-low > step {
			high = low + step
		}
		if differs(high) {
			return firstThat(low, high, differs)
		}
		low, step = high, step*2
	}
	return Never
}

// mostInstant is the year 10000, where instants end.
const mostInstant = 253_402_300_800 * million

// firstThat halves between an instant before and one at which it holds.
func firstThat(low, high int64, holds func(int64) bool) int64 {
	for high-low > 1 {
		if middle := low + (high-low)/2; holds(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// compiler makes programs.
type compiler struct {
	program *Program
	zone    *Zone
	needs   *Needs
	checked *segql.Checked
	saved   bool         // see Segment
	within  *segql.Facts // whose filter is being made, or nil
	terms   []*term      // of the leaf that is being made
	// moving is set when a filter speaks of T: "3 days ago", or an anniversary.
	moving bool
}

func (c *compiler) segment(checked *segql.Checked, saved bool) (*cond, error) {
	outer, wasSaved := c.checked, c.saved
	c.checked, c.saved = checked, saved
	defer func() { c.checked, c.saved = outer, wasSaved }()
	return c.node(checked.Root)
}

// matcher makes facts ready, or finds them.
func (c *compiler) matcher(f *segql.Facts) (*matcher, error) {
	kind := KindOf(f)
	text := strconv.FormatBool(kind.Event) + kind.Name
	if f.Filter != nil {
		text += "[" + segql.Print(f.Filter)
	}
	if m, ok := c.program.byText[text]; ok {
		c.needs.add(m.needs)
		return m, nil
	}
	m := &matcher{index: len(c.program.matchers), text: text, kind: kind, needs: newNeeds()}
	m.needs.Kinds[kind] = true
	if f.Filter != nil {
		outer := *c
		c.within, c.moving, c.needs = f, false, m.needs
		filter, err := c.node(f.Filter)
		if err != nil {
			return nil, err
		}
		m.filter, m.moving = filter, c.moving
		c.within, c.moving, c.needs = outer.within, outer.moving, outer.needs
	}
	c.needs.add(m.needs)
	c.program.byText[text] = m
	c.program.matchers = append(c.program.matchers, m)
	if !m.moving {
		c.program.byKind[kind] = append(c.program.byKind[kind], m.index)
	}
	return m, nil
}
