package live

import (
	"bytes"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// A question is asked of many people at once: when a segment is defined, when
// a run lands, when a timer of everyone's is due. Most of them are packed, and
// packed people are answered on all processors, without being opened: their
// facts do not change. What differs takes effect afterwards, in order.
type question struct {
	cause Cause
	// at is when a person is asked.
	at func(p *person) int64
	// due says whether a segment is asked, of which the answer may next change
	// at an instant.
	due func(p *person, segment int, next int64) bool
	// again says that the same is soon asked again of the same person, and
	// everything that all segments are asked.
	again, everything bool
	// behind is what brings about what changes for a person, if that is not the
	// same for all.
	behind func(p *person) Behind
	// from, if not nil, are the places that the segments had before; -1 for new
	// ones.
	from []int
}

// askedAtOnce is how many people are answered before what differs takes
// effect: enough to keep all processors busy, few enough to take little memory.
const askedAtOnce = 4_096

// askEveryone asks people, in order.
func (e *Engine) askEveryone(people []*person, q *question) {
	workers := make([]answerer, runtime.GOMAXPROCS(0))
	for i := range workers {
		workers[i].engine, workers[i].question = e, q
	}
	answers := make([]answer, min(askedAtOnce, len(people)))
	for some := range slices.Chunk(people, askedAtOnce) {
		e.askAtOnce(workers, some, answers)
		for i, p := range some {
			e.take(p, q, &answers[i])
		}
	}
}

// askAtOnce answers for some people on all processors. Each takes a few at a
// time: one person may be as much work as thousands.
func (e *Engine) askAtOnce(workers []answerer, some []*person, answers []answer) {
	inParallel(len(workers), len(some), 64, func(worker, i int) { answers[i] = workers[worker].answer(some[i]) })
}

// inParallel calls do with each of 0 to n-1, shared among workers of which each
// takes a few at a time.
func inParallel(workers, n, few int, do func(worker, i int)) {
	var taken atomic.Int64
	var wait sync.WaitGroup
	for worker := range min(workers, (n+few-1)/few) {
		wait.Go(func() {
			for {
				to := int(taken.Add(int64(few)))
				if to-few >= n {
					return
				}
				for i := to - few; i < min(to, n); i++ {
					do(worker, i)
				}
			}
		})
	}
	wait.Wait()
}

// take lets an answer take effect. Who was not answered is asked now.
func (e *Engine) take(p *person, q *question, a *answer) {
	if q.behind != nil {
		e.behind = q.behind(p)
	}
	switch {
	case !a.given && e.staysOpen(p, q):
		e.open(p)
		e.askNow(p, q)
		return
	case !a.given:
		e.revisit(p, func() { e.askNow(p, q) })
		return
	}
	p.asked, p.wait = max(p.asked, a.at), a.wait
	for _, m := range a.moved {
		e.count(m.segment, m.in)
		if p.record != 0 {
			e.record(Transition{e.program.ID(m.segment), p.name().Value, p.record, !m.in, a.at, q.cause, e.behind})
		}
	}
	if a.standing != nil {
		e.standings.put(p.number, a.standing)
	}
	if len(a.moved) > 0 || a.timer != p.timer || p.written != p.nameAt() {
		e.changes.note(p)
	}
	if a.timer != p.timer || !e.timers.has(p) {
		e.timers.set(p, a.timer)
	}
}

// askNow asks a person who is open.
func (e *Engine) askNow(p *person, q *question) {
	if q.from != nil {
		in, next := p.in, p.next
		p.in, p.next = make([]bool, len(q.from)), make([]int64, len(q.from))
		replace(q.from, in, next, p.in, p.next)
	}
	at := q.at(p)
	for i, next := range p.next {
		e.due[i] = q.due(p, i, next)
	}
	p.customer.Stand(at)
	e.ask(p, at, q.cause)
}

// replace brings what a person is in to the places where the segments are now.
func replace(from []int, in []bool, next []int64, nowIn []bool, nowNext []int64) {
	for i, old := range from {
		nowIn[i], nowNext[i] = false, eval.Never
		if old >= 0 {
			nowIn[i], nowNext[i] = in[old], next[old]
		}
	}
}

// staysOpen says that a person is not packed again after a question: to read
// many facts anew for each timer would cost more than all others.
func (e *Engine) staysOpen(p *person, q *question) bool { return q.again && int(p.facts.n) > e.heavy }

// mostPacked is from how many bytes of packed facts on somebody may stay open.
const mostPacked = 64 << 10

// answer is how a packed person turns out to stand.
type answer struct {
	given    bool // false for one who must be asked in order
	at       int64
	moved    []moved
	standing []byte // nil if it is as before
	timer    int64
	wait     int64
}

// moved is a membership that changed.
type moved struct {
	segment int
	in      bool
}

// answerer answers for one person after the other.
type answerer struct {
	engine   *Engine
	question *question
	// These are how the person stood, and how they stand, by segment.
	wasIn, in     []bool
	wasNext, next []int64
	scratch       []byte
	customer      customer.Customer // the one who is being asked
}

// answer asks a packed person. One whose transition is read by another segment
// is asked in order, and so is one who is open, or is to be.
func (w *answerer) answer(p *person) answer {
	if p.open() || w.engine.staysOpen(p, w.question) {
		return answer{}
	}
	e, q := w.engine, w.question
	same := w.stand(p)
	a := answer{given: true, at: q.at(p), timer: eval.Never}
	c := &w.customer
	e.unpackInto(c, p, e.facts.look(p.facts))
	c.Memo().Once = !q.everything
	c.Stand(a.at)
	exists := p.known() && c.Since() <= a.at
	for i := range w.in {
		if e.frozen[i] {
			same = same && w.next[i] == eval.Never
			w.next[i] = eval.Never
			continue
		}
		if q.due(p, i, w.next[i]) {
			in, next := e.program.Ask(c, i, a.at)
			if in = in && exists; in != w.in[i] {
				if p.record != 0 && len(e.readers[i]) > 0 {
					return answer{}
				}
				w.in[i] = in
				a.moved = append(a.moved, moved{i, in})
			}
			same = same && next == w.next[i]
			w.next[i] = next
		}
		a.timer = min(a.timer, w.next[i])
	}
	a.wait = p.waits(c, a.at)
	a.timer = min(a.timer, a.wait)
	if !same || len(a.moved) > 0 || a.timer != p.timer {
		w.scratch = packStanding(w.scratch[:0], w.in, w.next, a.timer)
		a.standing = slices.Clone(w.scratch)
	}
	return a
}

// stand notes how a person stands, by the segments as they are now, and says
// whether that is how it was packed.
func (w *answerer) stand(p *person) (same bool) {
	if w.question.from == nil {
		w.in, w.next = unpackStanding(w.engine.standings.look(p.standing), p.timer, w.in, w.next)
		return true
	}
	n := w.engine.program.Len()
	w.in, w.next = resized(w.in, n), resized(w.next, n)
	w.wasIn, w.wasNext = unpackStanding(w.engine.standings.look(p.standing), p.timer, w.wasIn, w.wasNext)
	replace(w.question.from, w.wasIn, w.wasNext, w.in, w.next)
	return false
}

// unpack makes a packed person's facts ready for as long as they are wanted.
func (e *Engine) unpack(p *person) *customer.Customer {
	c, facts := &customer.Customer{}, e.facts.look(p.facts)
	if !p.facts.own() {
		facts = bytes.Clone(facts) // else the whole box would stay, for one
	}
	e.unpackInto(c, p, facts)
	return c
}

func (e *Engine) unpackInto(c *customer.Customer, p *person, facts []byte) {
	if err := e.shop.UnpackInto(c, facts); err != nil {
		panic("live: " + err.Error()) // this process packed them
	}
	c.Name, c.Scores = p.name().Value, p.scores
}

// resized is a slice with another length, whose content does not matter.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
