package live

import (
	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// Prepare makes other segments ready, in the place of those there are; they
// take effect with Redefine, which must follow. What time changed until the
// clock is recorded first.
func (e *Engine) Prepare(settings eval.Settings, segments []eval.Segment) error {
	program, err := compile(settings, segments)
	if err != nil {
		return err
	}
	for _, p := range e.persons {
		if p.kept() {
			e.catchUp(p, e.clock)
		}
	}
	e.was = map[string]int{}
	for i := range e.program.Len() {
		e.was[e.program.ID(i)] = i
	}
	e.use(program)
	return nil
}

// Redefine answers with the prepared segments from now on. Those that are the
// same as before keep their memberships; the others are asked for everyone,
// with CauseDefinition.
func (e *Engine) Redefine(same func(id string) bool) {
	from := make([]int, e.program.Len()) // the place before; -1 for a segment that is asked
	for i := range from {
		from[i] = -1
		if old, ok := e.was[e.program.ID(i)]; ok && same(e.program.ID(i)) {
			from[i] = old
		}
	}
	e.behind = Behind{Kind: "definition"}
	for _, p := range e.persons {
		if p.kept() {
			e.revisit(p, func() { e.redefine(p, from) })
		}
	}
	e.was = nil
}

// redefine brings a person's memberships to another program.
func (e *Engine) redefine(p *person, from []int) {
	in, next := p.in, p.next
	p.in, p.next = make([]bool, len(from)), make([]int64, len(from))
	for i, old := range from {
		if before, ok := e.was[e.program.ID(i)]; ok && in[before] {
			p.in[i] = true
			e.sizes[i]++
		}
		if old >= 0 {
			p.next[i] = next[old]
		} else {
			e.due[i] = true
		}
	}
	p.customer.Stand(e.clock)
	e.ask(p, e.clock, CauseDefinition)
}

// Score lets a scoring run take effect: scores tells each person's, nil for
// none.
func (e *Engine) Score(scores func(name Key) customer.Scores) {
	e.behind = Behind{Kind: "score"}
	e.scores = scores
	for _, p := range e.persons {
		if !p.kept() {
			p.setScores(scores(p.name()))
			continue
		}
		e.catchUp(p, e.clock)
		e.revisit(p, func() {
			p.setScores(scores(p.name()))
			p.customer.Stand(e.clock)
			for _, i := range e.scored {
				e.due[i] = true
			}
			e.ask(p, e.clock, CauseScore)
		})
	}
}

// setScores tells a person's scores.
func (p *person) setScores(s customer.Scores) {
	p.scores = s
	if p.customer != nil {
		p.customer.Scores = s
	}
}

// revisit opens a person, does something, and packs them again if they were.
func (e *Engine) revisit(p *person, do func()) {
	if p.customer != nil {
		do()
		return
	}
	e.open(p)
	e.warm = e.warm[:len(e.warm)-1]
	do()
	e.cool(p)
}

// SetScores tells the scores without letting them take effect: what depends
// on them is known already.
func (e *Engine) SetScores(scores func(name Key) customer.Scores) {
	e.scores = scores
	for _, p := range e.persons {
		p.setScores(scores(p.name()))
	}
}

// Reask asks everyone about everything at the clock, as after an import that
// was taken while nobody kept memberships.
func (e *Engine) Reask(cause Cause) {
	e.behind = Behind{Kind: string(cause)}
	for _, p := range e.persons {
		if p.kept() {
			e.catchUp(p, e.clock)
			e.revisit(p, func() {
				e.number(p)
				e.askAll(p, cause)
			})
		}
	}
}

// Replace puts what is known of a person in the place of what was known, and
// asks at the clock.
func (e *Engine) Replace(r Known, cause Cause) {
	a := e.arrive(customer.Always, cause, Behind{Kind: string(cause)})
	p := a.person(r.Keys)
	if p == nil {
		return
	}
	a.of(p).everything = true
	r.Customer.Name, r.Customer.Scores = p.customer.Name, p.scores
	r.Customer.SetMoves(p.customer.Moves())
	e.holders.drop(p)
	p.customer = r.Customer
	e.noteFacts(p)
	a.done()
}
