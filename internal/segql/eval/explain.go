package eval

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/segql"
)

// Explanation says why a segment holds for a customer or not: the tree with
// each node's answer, and what each leaf saw.
type Explanation struct {
	Node segql.Node
	// Text is the node in canonical form.
	Text  string
	Holds bool
	Parts []*Explanation // none for a leaf
	// Needs is how many parts must hold; 0 for not, and for a leaf.
	Needs int
	// Segment is the id of the segment that the node refers to; its parts are
	// that segment's.
	Segment string
	// Values are the terms of a leaf that are no literals.
	Values []Seen
	// Count is how many facts a leaf looked at in its windows, and Facts up to
	// five of them, the latest last.
	Count int
	Facts []Fact
	// Next is the instant at which a leaf may next change; Never if not by
	// time alone.
	Next int64
	// Missing marks the leaves of the smallest set whose flip would let the
	// customer in.
	Missing bool

	cond *cond
}

// Seen is a term and its value.
type Seen struct {
	Text  string
	Value Value
}

// factsShown is how many facts an explanation shows of a leaf.
const factsShown = 5

// Explain explains a segment for a customer at an instant.
func (p *Program) Explain(c Customer, segment int, at int64) *Explanation {
	a := &asking{program: p, customer: c, at: at, zone: p.zone}
	x := a.explain(p.segments[segment].root)
	if set, ok := x.flips(true); ok {
		for _, leaf := range set {
			leaf.Missing = true
		}
	}
	return x
}

func (a *asking) explain(c *cond) *Explanation {
	a.next, a.seen = Never, &seen{}
	x := &Explanation{Node: c.node, Text: segql.Print(c.node), Next: Never, Needs: c.at, cond: c}
	if ref, ok := c.node.(*segql.InSegment); ok {
		x.Segment = ref.ID
	}
	if len(c.parts) == 0 {
		x.Holds = c.holds(a)
		x.Next = a.next
		x.Count, x.Facts = a.seen.count, a.seen.latest()
		for _, t := range c.terms {
			x.Values = append(x.Values, Seen{segql.PrintTerm(t.node), t.value(a)})
		}
		return x
	}
	for _, part := range c.parts {
		x.Parts = append(x.Parts, a.explain(part))
	}
	a.seen = nil
	x.Holds = c.holds(a)
	return x
}

// flips is the smallest set of leaves whose flip gives the node an answer; of
// sets of one size, the one that comes first in the text. ok is false if none
// does: "at least 3 of 2" never holds.
func (x *Explanation) flips(want bool) (set []*Explanation, ok bool) {
	switch {
	case x.Holds == want:
		return nil, true
	case len(x.Parts) == 0:
		return []*Explanation{x}, true
	case x.cond.flips:
		return x.Parts[0].flips(!want)
	}
	// So many parts must have the answer that is wanted.
	need := x.cond.at
	if !want {
		need = len(x.Parts) - x.cond.at + 1
	}
	type choice struct {
		part int
		set  []*Explanation
	}
	var choices []choice
	for i, part := range x.Parts {
		if set, ok := part.flips(want); ok {
			choices = append(choices, choice{i, set})
		}
	}
	if need < 0 || need > len(choices) {
		return nil, false
	}
	slices.SortStableFunc(choices, func(a, b choice) int { return len(a.set) - len(b.set) })
	choices = choices[:need]
	slices.SortFunc(choices, func(a, b choice) int { return a.part - b.part })
	for _, c := range choices {
		set = append(set, c.set...)
	}
	return set, true
}

// seen collects what a leaf looked at.
type seen struct {
	facts []Fact
	count int
}

// saw notes the facts of rows [low, high) that a leaf looked at.
func (a *asking) saw(r *rows, low, high int) {
	if a.seen == nil || a.fact.Among != nil || low >= high || r.facts == nil {
		return
	}
	a.seen.count += high - low
	for i := max(low, high-factsShown); i < high; i++ {
		a.seen.facts = append(a.seen.facts, r.fact(i))
	}
}

func (s *seen) latest() []Fact {
	slices.SortStableFunc(s.facts, func(a, b Fact) int { return compareInts(a.At(), b.At()) })
	return s.facts[max(0, len(s.facts)-factsShown):]
}

// String writes a value for people: a number with its decimals, a fraction to
// six places, an instant in UTC. A missing value is empty.
func (v Value) String() string {
	switch v.typ {
	case segql.Number, segql.Fraction:
		return decimal(rounded(v.big(), big.NewInt(v.den)))
	case segql.Bool:
		return strconv.FormatBool(v.yes)
	case segql.Instant:
		return instantOf(v.num).Format(time.RFC3339Nano)
	case segql.DateType:
		return dateOf(v.num).String()
	case segql.List:
		return strings.Join(v.AsList(), ", ")
	default:
		return v.text
	}
}

// decimal writes millionths.
func decimal(micros *big.Int) string {
	sign := ""
	if micros.Sign() < 0 {
		sign = "-"
	}
	digits := new(big.Int).Abs(micros).String()
	if len(digits) < 7 {
		digits = strings.Repeat("0", 7-len(digits)) + digits
	}
	whole, decimals := digits[:len(digits)-6], strings.TrimRight(digits[len(digits)-6:], "0")
	if decimals == "" {
		return sign + whole
	}
	return sign + whole + "." + decimals
}
