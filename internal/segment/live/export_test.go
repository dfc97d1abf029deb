package live

import (
	"slices"
	"time"

	"kith/internal/customer"
	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// NewLooseScript is NewScript on an engine whose clock is given, without grace.
func NewLooseScript(s script.Shop, presets map[string]string) (*Script, error) {
	b, err := NewScript(s, presets)
	if err == nil {
		b.engine.loose, b.engine.heavy = true, 500 // some are that heavy
	}
	return b, err
}

// Segments lists a shop's segments as the engine takes them.
func Segments(s script.Shop) []eval.Segment {
	catalogue := script.Catalogue(s, nil)
	var all []eval.Segment
	for _, g := range s.Segments {
		checked, _ := segql.Compile(g.Text, catalogue)
		all = append(all, eval.Segment{ID: g.ID, Checked: checked, Saved: true})
	}
	return all
}

// Redefine lets the engine keep other segments; those of same stay as they are.
func (b *Script) Redefine(segments []eval.Segment, same func(id string) bool) error {
	err := b.engine.Prepare(settingsOf(b.settings), segments)
	if err == nil {
		b.engine.Redefine(same)
	}
	return err
}

// Score lets a run take effect that gives everyone the fields that of tells.
func (b *Script) Score(of func(id string) customer.Scores) {
	b.engine.Score(func(k Key) customer.Scores { return of(k.Value) })
}

// Reask asks everyone about everything.
func (b *Script) Reask() { b.engine.Reask(CauseImport) }

// OpenAll opens everyone.
func (b *Script) OpenAll() {
	for p := range b.engine.everybody() {
		b.engine.open(p)
	}
}

// Pack packs everyone.
func (b *Script) Pack() { b.engine.Cool(0, 0) }

// Recorded are all recorded transitions.
func (b *Script) Recorded() []Transition { return slices.Clone(b.transitions) }

// LoadAt takes the records of one line when the clock stands at an instant,
// and packs everyone afterwards.
func (b *Script) LoadAt(clock time.Time, records ...script.Record) error {
	b.engine.Clock(clock.UnixMicro())
	err := b.Load(records...)
	b.engine.Tick(1 << 30)
	b.engine.Cool(0, 0)
	return err
}

// PlayAt takes records when the clock stands at an instant, and lets time pass
// until then.
func (b *Script) PlayAt(clock time.Time, records ...script.Record) error {
	b.engine.Clock(clock.UnixMicro())
	err := b.Load(records...)
	b.engine.Tick(1 << 30)
	return err
}

// Sizes is how many are in each segment, by id.
func (b *Script) Sizes() map[string]int {
	sizes := map[string]int{}
	for i, id := range b.engine.Segments() {
		sizes[id] = b.engine.Size(i)
	}
	return sizes
}

// Held are the ids of those whose memberships are kept and for whom a segment
// holds.
func (b *Script) Held(id string, at time.Time) ([]string, error) {
	kept := map[string]bool{}
	for p := range b.engine.everybody() {
		kept[p.name().Value] = p.kept()
	}
	ids, err := b.engine.Members(id, at.UnixMicro())
	return slices.DeleteFunc(ids, func(id string) bool { return !kept[id] }), err
}

// Within are the ids of a segment's members, looked at a few at a time.
func (b *Script) Within(id string) []string {
	ids := []string{}
	segment, _ := b.engine.program.Index(id)
	for from := 0; from >= 0; {
		from = b.engine.Within(segment, from, 3, func(k Key) { ids = append(ids, k.Value) })
	}
	slices.Sort(ids)
	return ids
}

// Known is how many known customers there are.
func (b *Script) Known() int { return b.engine.People() }

// Stood are the standings that a flush tells.
func (b *Script) Stood() map[int64]Standing {
	all := map[int64]Standing{}
	b.engine.Flush(false, func(c Change) {
		if c.MergedInto != 0 {
			delete(all, c.Person)
			return
		}
		all[c.Person] = Standing{c.Person, c.Name, append([]bool(nil), c.In...), c.Next, c.Asked}
	})
	return all
}

// Shelf is a shelf for persons by number.
type Shelf struct {
	*shelf
	spots map[int]*spot
}

// NewShelf returns an empty one.
func NewShelf() *Shelf {
	s := &Shelf{spots: map[int]*spot{}}
	s.shelf = newShelf(func(number int) *spot { return s.spots[number] })
	return s
}

// Add makes a person known.
func (s *Shelf) Add(number int) { s.spots[number] = &spot{} }

// Remove takes a person's thing away and forgets them.
func (s *Shelf) Remove(number int) {
	s.take(number)
	delete(s.spots, number)
}

// Put keeps a thing.
func (s *Shelf) Put(number int, thing []byte) { s.put(number, thing) }

// Take takes a thing away.
func (s *Shelf) Take(number int) { s.take(number) }

// Look is what is kept.
func (s *Shelf) Look(number int) []byte { return s.look(*s.spots[number]) }

// Bytes is how much memory the boxes take.
func (s *Shelf) Bytes() (n int) {
	for _, b := range s.boxes {
		n += cap(b.bytes)
	}
	return n
}

// Warmth is what open people count for in bytes.
func (e *Engine) Warmth() int { return e.warmth }

// Told is how many transitions of a segment the person of a key knows.
func (e *Engine) Told(k Key, segment string) int {
	p := e.owner(k)
	e.open(p)
	return len(p.customer.Transitions(segment, false)) + len(p.customer.Transitions(segment, true))
}

// Timers is a heap of timers for persons by number.
type Timers struct {
	timers
	persons []*person
}

// Add adds a person.
func (t *Timers) Add() {
	t.persons = append(t.persons, &person{number: len(t.persons)})
	t.timers.add()
}

// Set moves a person's timer.
func (t *Timers) Set(number int, at int64) { t.set(t.persons[number], at) }

// Remove takes a person's timer away.
func (t *Timers) Remove(number int) { t.remove(t.persons[number]) }

// First is the earliest timer.
func (t *Timers) First() (number int, at int64, ok bool) {
	first, ok := t.first()
	return int(first.number), first.at, ok
}
