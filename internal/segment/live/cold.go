package live

import (
	"cmp"
	"math/bits"
	"runtime"
	"slices"

	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// Persons of whom nothing was heard for a while are kept packed: their facts
// by customer.Pack, their memberships by chill. Whoever looks at a person
// opens them first; Cool packs those that were not opened lately.

// shelf makes a shelf for a thing of everybody's, which a person notes in a spot.
func (e *Engine) shelf(of func(p *person) *spot) *shelf {
	return newShelf(func(number int) *spot {
		if p := e.persons[number]; p != nil {
			return of(p)
		}
		return nil
	})
}

// open makes a person's facts and memberships ready.
func (e *Engine) open(p *person) {
	if p.open() {
		e.weigh(p)
		return
	}
	p.openPerson = &openPerson{customer: e.unpack(p)}
	e.thaw(p)
	if p.kept() && p.asked > p.customer.Now() {
		p.customer.Stand(p.asked)
	}
	e.heat(p)
}

// heat notes that a person is not packed.
func (e *Engine) heat(p *person) {
	e.warm = append(e.warm, p)
	e.weigh(p)
}

// weigh notes how much an open person takes, who is wanted now.
func (e *Engine) weigh(p *person) {
	e.warmth -= p.heat
	p.heat = p.customer.Weight()
	p.passes = p.worth()
	e.warmth += p.heat
}

// worth is how often Cool passes over a person: more often the longer it takes
// to open them. With a hundred thousand orders that is a fifth of a second.
func (p *person) worth() int {
	const light = 4096 // bytes
	return 1 + bits.Len(uint(p.heat/light))
}

// cool packs a person.
func (e *Engine) cool(p *person) {
	if p.dirty || !p.facts.there() {
		p.newest, e.scratch = p.customer.Newest(), p.customer.Pack(e.scratch[:0])
		e.facts.put(p.number, e.scratch)
	}
	e.warmth -= p.heat
	e.chill(p)
	p.openPerson = nil
}

// Cool packs people until no more than so many are open, and take no more than
// so many bytes. Each is passed over as often as they are worth since they were
// opened last, as the clock algorithm does with once for everyone.
func (e *Engine) Cool(people, bytes int) {
	for len(e.warm) > people || len(e.warm) > 0 && e.warmth > bytes {
		p := e.warm[0]
		e.warm = e.warm[1:]
		switch {
		case !p.open():
		case p.gone:
			e.warmth -= p.heat
		case p.passes > 0:
			p.passes--
			e.warm = append(e.warm, p)
		default:
			e.cool(p)
		}
	}
}

// worthWarming is how many bytes of packed facts a person has whom Warm opens.
const worthWarming = 16 << 10

// Warm opens the people with the most facts, as far as they take no more than
// so many bytes, and works out what events will ask of them: else the first
// event of each would wait for that.
func (e *Engine) Warm(bytes int) {
	var heavy []*person
	for p := range e.everybody() {
		if !p.open() && p.kept() && p.facts.n >= worthWarming {
			heavy = append(heavy, p)
		}
	}
	slices.SortFunc(heavy, func(a, b *person) int { return cmp.Compare(b.facts.n, a.facts.n) })
	var taken []*customer.Customer
	for _, p := range heavy {
		c := e.unpack(p)
		if bytes -= c.Weight(); bytes < 0 {
			break
		}
		taken = append(taken, c)
	}
	inParallel(runtime.GOMAXPROCS(0), len(taken), 1, func(_, i int) {
		at := max(heavy[i].asked, e.clock-e.grace) // an event may come that is as old
		taken[i].Stand(at)
		for segment := range e.program.Len() {
			e.program.Ask(taken[i], segment, at)
		}
	})
	for i, c := range taken {
		p := heavy[i]
		p.openPerson = &openPerson{customer: c}
		e.thaw(p)
		e.heat(p)
	}
}

// chill packs a person's memberships.
func (e *Engine) chill(p *person) {
	if !p.kept() {
		return
	}
	e.scratch = packStanding(e.scratch[:0], p.in, p.next, p.timer)
	e.standings.put(p.number, e.scratch)
}

// thaw unpacks a person's memberships.
func (e *Engine) thaw(p *person) {
	if p.standing.there() {
		p.in, p.next = unpackStanding(e.standings.look(p.standing), p.timer, nil, nil)
		e.standings.take(p.number)
	}
}

// nowhere is the packed standing of somebody who is in no segment.
func (e *Engine) nowhere() []byte {
	next := make([]int64, e.program.Len())
	for i := range next {
		next[i] = eval.Never
	}
	return packStanding(nil, make([]bool, len(next)), next, eval.Never)
}

// packStanding appends what a person is in, by segment, and when that may
// change, as distances from the timer.
func packStanding(to []byte, in []bool, next []int64, timer int64) []byte {
	w := eval.Writer{Bytes: to}
	w.Uint(uint64(len(in))) // the segments may be others when this is read
	bits := len(w.Bytes)
	for range (len(in) + 7) / 8 {
		w.Bytes = append(w.Bytes, 0)
	}
	for i, in := range in {
		if in {
			w.Bytes[bits+i/8] |= 1 << (i % 8)
		}
	}
	last := 0
	for i, next := range next {
		if next != eval.Never {
			w.Uint(uint64(i - last))
			w.Int(next - timer)
			last = i
		}
	}
	return w.Bytes
}

// isPackedIn reads one bit of what packStanding wrote.
func isPackedIn(packed []byte, segment int) bool {
	r := eval.Reader{Bytes: packed}
	n := int(r.Uint())
	return segment < n && r.Bytes[segment/8]&(1<<(segment%8)) != 0
}

// unpackStanding reads what packStanding wrote, into slices that it may use.
func unpackStanding(packed []byte, timer int64, in []bool, next []int64) ([]bool, []int64) {
	r := eval.Reader{Bytes: packed}
	n := int(r.Uint())
	in, next = resized(in, n), resized(next, n)
	for i := range in {
		in[i] = r.Bytes[i/8]&(1<<(i%8)) != 0
		next[i] = eval.Never
	}
	r.Bytes = r.Bytes[(n+7)/8:]
	for i := 0; len(r.Bytes) > 0; {
		i += int(r.Uint())
		next[i] = timer + r.Int()
	}
	return in, next
}
