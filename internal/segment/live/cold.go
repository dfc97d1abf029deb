package live

import (
	"fmt"
	"slices"

	"kith/internal/segql/eval"
)

// Persons of whom nothing was heard for a while are kept packed: their facts
// by customer.Pack, their memberships by freeze. Whoever looks at a person
// opens them first; Cool packs those that were not opened lately.

// open makes a person's facts and memberships ready.
func (e *Engine) open(p *person) {
	p.used = true
	if p.customer != nil {
		return
	}
	c, err := e.shop.Unpack(p.facts)
	if err != nil {
		panic(fmt.Sprintf("live: person %d: %v", p.number, err)) // this process packed them
	}
	c.Name, c.Scores = p.name().Value, p.scores
	p.customer, p.dirty = c, false
	e.thaw(p)
	if p.kept() && p.asked > c.Now() {
		c.Stand(p.asked)
	}
	e.heat(p)
}

// heat notes that a person is not packed.
func (e *Engine) heat(p *person) {
	p.used = true
	e.warm = append(e.warm, p)
}

// cool packs a person.
func (e *Engine) cool(p *person) {
	if p.dirty || p.facts == nil {
		p.newest, p.facts = p.customer.Newest(), p.customer.Pack()
	}
	p.customer = nil
	e.chill(p)
}

// Cool packs people until no more than so many are open, those first who were
// not opened since they were passed over before.
func (e *Engine) Cool(most int) {
	for len(e.warm) > most {
		p := e.warm[0]
		e.warm = e.warm[1:]
		switch {
		case p.gone || p.customer == nil:
		case p.used && len(e.warm) >= most/2:
			p.used = false
			e.warm = append(e.warm, p)
		default:
			e.cool(p)
		}
	}
}

// chill packs a person's memberships.
func (e *Engine) chill(p *person) {
	if !p.kept() {
		return
	}
	w := eval.Writer{Bytes: e.scratch[:0]}
	w.Uint(uint64(len(p.in))) // the segments may be others when this is read
	bits := len(w.Bytes)
	w.Bytes = append(w.Bytes, make([]byte, (len(p.in)+7)/8)...)
	for i, in := range p.in {
		if in {
			w.Bytes[bits+i/8] |= 1 << (i % 8)
		}
	}
	last := 0
	for i, next := range p.next {
		if next != eval.Never {
			w.Uint(uint64(i - last))
			w.Int(next - p.timer)
			last = i
		}
	}
	e.scratch = w.Bytes
	p.standing, p.in, p.next = slices.Clone(w.Bytes), nil, nil
}

// thaw unpacks a person's memberships.
func (e *Engine) thaw(p *person) {
	if p.standing == nil {
		return
	}
	r := eval.Reader{Bytes: p.standing}
	n := int(r.Uint())
	p.in, p.next = make([]bool, n), make([]int64, n)
	for i := range p.in {
		p.in[i] = r.Bytes[i/8]&(1<<(i%8)) != 0
		p.next[i] = eval.Never
	}
	r.Bytes = r.Bytes[(n+7)/8:]
	for i := 0; len(r.Bytes) > 0; {
		i += int(r.Uint())
		p.next[i] = p.timer + r.Int()
	}
	p.standing = nil
}
