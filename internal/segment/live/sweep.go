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
	for p := range e.everybody() {
		if p.kept() {
			e.catchUp(p, e.clock)
		}
	}
	was, sizes := map[string]int{}, e.sizes
	for i := range e.program.Len() {
		was[e.program.ID(i)] = i
	}
	e.use(program)
	e.from = make([]int, program.Len())
	for i := range e.from {
		e.from[i] = -1
		if old, ok := was[program.ID(i)]; ok {
			e.from[i], e.sizes[i] = old, sizes[old]
		}
	}
	return nil
}

// Redefine answers with the prepared segments from now on. Those that are the
// same as before keep their memberships; the others are asked for everyone,
// with CauseDefinition.
func (e *Engine) Redefine(same func(id string) bool) {
	asked := make([]bool, e.program.Len())
	for i, old := range e.from {
		asked[i] = old < 0 || !same(e.program.ID(i))
	}
	e.behind = Behind{Kind: "definition"}
	e.askEveryone(e.everyone(), &question{
		cause: CauseDefinition, at: e.atClock, from: e.from,
		due: func(_ *person, segment int, _ int64) bool { return asked[segment] },
	})
	e.from = nil
}

func (e *Engine) atClock(*person) int64 { return e.clock }

// everyone lists those whose memberships are kept.
func (e *Engine) everyone() []*person {
	people := make([]*person, 0, e.known)
	for p := range e.everybody() {
		if p.kept() {
			people = append(people, p)
		}
	}
	return people
}

// Score lets a scoring run take effect: scores tells each person's, nil for
// none.
func (e *Engine) Score(scores func(name Key) customer.Scores) {
	e.behind = Behind{Kind: "score"}
	everyone := e.everyone()
	for _, p := range everyone {
		e.catchUp(p, e.clock)
	}
	e.SetScores(scores)
	e.askEveryone(everyone, &question{
		cause: CauseScore, at: e.atClock,
		due: func(_ *person, segment int, _ int64) bool { return e.readsScores[segment] },
	})
}

// setScores tells a person's scores.
func (p *person) setScores(s customer.Scores) {
	p.scores = s
	if p.open() {
		p.customer.Scores = s
	}
}

// revisit opens a person, does something, and packs them again if they were.
func (e *Engine) revisit(p *person, do func()) {
	if p.open() {
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
	for p := range e.everybody() {
		p.setScores(scores(p.name()))
	}
}

// Reask asks everyone about everything at the clock, as after an import that
// was taken while nobody kept memberships.
func (e *Engine) Reask(cause Cause) {
	e.behind = Behind{Kind: string(cause)}
	everyone := e.everyone()
	for _, p := range everyone {
		e.catchUp(p, e.clock)
		if p.record == 0 {
			e.revisit(p, func() { e.number(p) })
		}
	}
	e.askEveryone(everyone, &question{cause: cause, at: e.atClock, due: askAboutAll, everything: true})
}

func askAboutAll(*person, int, int64) bool { return true }

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
