// Package segqltest makes random segments for tests: well typed, over the
// whole grammar, about the names and values of a given vocabulary. Tests of
// other packages compare what two programs make of the same tree.
//
// A caller that cannot answer everything draws again when segql.Walk finds
// what it lacks, or says so in Options.
package segqltest

import (
	"math/rand/v2"

	"kith/internal/segql"
)

// Options say what trees may hold.
type Options struct {
	Vocabulary Vocabulary
	// Depth is how deep questions nest; 0 is 3.
	Depth int
	// NoBase leaves out base fields and percentiles, which need everyone.
	NoBase bool
	// NoMoved leaves out "entered" and "left", which need transitions.
	NoMoved bool
}

// RandomTree makes a segment. The same source of randomness and the same
// options give the same tree.
func RandomTree(r *rand.Rand, opts Options) segql.Node {
	if opts.Depth == 0 {
		opts.Depth = 3
	}
	g := &generator{r: r, opts: opts, v: &opts.Vocabulary}
	return g.question(opts.Depth)
}

type generator struct {
	r    *rand.Rand
	opts Options
	v    *Vocabulary
	// within is the facts whose filter is being made, or nil.
	within *segql.Facts
}

// chance is true in so many of a hundred.
func (g *generator) chance(percent int) bool { return g.r.IntN(100) < percent }

func (g *generator) question(depth int) segql.Node {
	if depth <= 1 || g.chance(35) {
		return g.leaf()
	}
	switch g.r.IntN(8) {
	case 0, 1, 2:
		return &segql.And{Parts: g.questions(2+g.r.IntN(2), depth-1)}
	case 3, 4:
		return &segql.Or{Parts: g.questions(2+g.r.IntN(2), depth-1)}
	case 5, 6:
		return &segql.Not{X: g.question(depth - 1)}
	default:
		parts := g.questions(1+g.r.IntN(3), depth-1)
		return &segql.AtLeast{N: 1 + g.r.IntN(len(parts)), Parts: parts}
	}
}

func (g *generator) questions(n, depth int) []segql.Node {
	parts := make([]segql.Node, n)
	for i := range parts {
		parts[i] = g.question(depth)
	}
	return parts
}

// leaf makes a question without questions in it, but for filters.
func (g *generator) leaf() segql.Node {
	if g.within != nil {
		return g.comparison()
	}
	switch g.r.IntN(20) {
	case 0, 1, 2, 3, 4, 5:
		return &segql.Has{No: g.chance(40), Facts: g.facts(), Window: g.window(70)}
	case 6, 7:
		return g.sequence()
	case 8:
		return g.rare()
	case 9:
		if len(g.v.Segments) > 0 {
			return &segql.InSegment{ID: pick(g.r, g.v.Segments)}
		}
	case 10:
		if len(g.v.Segments) > 0 && !g.opts.NoMoved {
			return &segql.Moved{Left: g.chance(50), ID: pick(g.r, g.v.Segments), Window: g.window(100)}
		}
	}
	return g.comparison()
}

func (g *generator) rare() segql.Node {
	if g.chance(50) {
		return &segql.Everyone{}
	}
	return &segql.Percent{N: g.r.IntN(101), Seed: pick(g.r, []string{"", "spring", "a:b"})}
}

func (g *generator) sequence() segql.Node {
	s := &segql.Sequence{First: g.facts(), Window: g.window(50)}
	for range g.r.IntN(4) {
		step := segql.Step{No: g.chance(40), Facts: g.facts(), Within: g.duration()}
		for step.Within.Unit.Calendar() {
			step.Within = g.duration()
		}
		s.Steps = append(s.Steps, step)
	}
	return s
}

// facts makes facts of any kind, every second time with a filter.
func (g *generator) facts() *segql.Facts {
	f := &segql.Facts{}
	switch g.r.IntN(10) {
	case 0, 1, 2:
		f.Name = "order"
	case 3, 4:
		f.Name = "item"
	case 5, 6:
		f.Name = pick(g.r, segql.FactNames())
	default:
		f.Event, f.Name = true, pick(g.r, g.v.events())
	}
	if g.chance(50) {
		f.Filter = g.filter(f)
	}
	return f
}

func (g *generator) filter(f *segql.Facts) segql.Node {
	outer := g.within
	g.within = f
	n := g.question(1 + g.r.IntN(2))
	g.within = outer
	return n
}

// comparison makes a comparison of a term with what its type allows.
func (g *generator) comparison() segql.Node {
	switch kind := g.r.IntN(12); {
	case kind < 5:
		return g.numbers()
	case kind < 7:
		return g.texts()
	case kind < 9:
		return g.times()
	case kind < 10:
		return g.list()
	case kind < 11:
		return g.dynamic()
	default:
		return g.truth()
	}
}

// compared makes any of the comparisons that need an order: other gives the
// values that x is compared with.
func (g *generator) compared(x segql.Term, other func() segql.Term) segql.Node {
	switch g.r.IntN(10) {
	case 0:
		return &segql.Missing{Not: g.chance(50), X: x}
	case 1, 2:
		return &segql.Between{X: x, Lo: other(), Hi: other()}
	case 3:
		return g.in(x, other)
	default:
		op := segql.CompareOp(g.r.IntN(int(segql.GreaterEqual) + 1))
		return &segql.Compare{Op: op, L: x, R: other()}
	}
}

func (g *generator) in(x segql.Term, other func() segql.Term) segql.Node {
	n := &segql.In{Not: g.chance(30), X: x}
	for range 1 + g.r.IntN(3) {
		n.List = append(n.List, other())
	}
	return n
}

func (g *generator) numbers() segql.Node {
	x, field := g.number(2)
	return g.compared(x, func() segql.Term {
		if g.chance(10) {
			t, _ := g.number(1)
			return t
		}
		return g.numberLit(field)
	})
}

func (g *generator) texts() segql.Node {
	x, field := g.textTerm()
	value := pick(g.r, g.v.texts(field))
	if g.chance(30) {
		return g.matching(x, value)
	}
	other := func() segql.Term {
		if g.chance(10) {
			t, _ := g.textTerm()
			return t
		}
		return &segql.StringLit{Value: pick(g.r, g.v.texts(field))}
	}
	if g.chance(60) {
		return &segql.Compare{Op: segql.CompareOp(g.r.IntN(2)), L: x, R: other()}
	}
	return g.compared(x, other)
}

// matching makes a question that the value itself answers with yes.
func (g *generator) matching(x segql.Term, value string) segql.Node {
	letters := []rune(value)
	i := g.r.IntN(len(letters) + 1)
	switch g.r.IntN(4) {
	case 0:
		return &segql.Match{Op: segql.StartsWith, X: x, Pattern: string(letters[:i])}
	case 1:
		return &segql.Match{Op: segql.EndsWith, X: x, Pattern: string(letters[i:])}
	case 2:
		return &segql.Match{Op: segql.Contains, X: x, Pattern: string(letters[i/2 : i])}
	default:
		return &segql.Match{Op: segql.Matches, X: x, Pattern: pick(g.r, []string{`^[a-m]`, `\d+`, `(?i)[AEIOU].`, `e|r$`, `.{4,}`})}
	}
}

func (g *generator) list() segql.Node {
	x := g.listTerm()
	other := func() segql.Term { return &segql.StringLit{Value: pick(g.r, g.v.texts("tags"))} }
	switch {
	case x == nil:
		return g.texts()
	case g.chance(40):
		return &segql.Match{Op: segql.Contains, X: x, Pattern: pick(g.r, g.v.texts("tags"))}
	case g.chance(20):
		return &segql.Missing{Not: g.chance(50), X: x}
	case g.chance(50):
		return g.in(x, other)
	default:
		return &segql.Compare{Op: segql.CompareOp(g.r.IntN(2)), L: x, R: other()}
	}
}

func (g *generator) truth() segql.Node {
	x := g.truthTerm()
	if x == nil {
		return g.numbers()
	}
	if g.chance(20) {
		return &segql.Missing{Not: g.chance(50), X: x}
	}
	return &segql.Compare{Op: segql.CompareOp(g.r.IntN(2)), L: x, R: &segql.BoolLit{Value: g.chance(50)}}
}

// times makes comparisons of instants and dates, exact and by day, and
// anniversaries.
func (g *generator) times() segql.Node {
	x := g.timeTerm()
	if g.chance(15) {
		n := &segql.Anniversary{X: x, When: segql.AnniversaryWhen(g.r.IntN(3))}
		if n.When != segql.AnniversaryToday {
			n.Days = 1 + g.r.IntN(60)
		}
		return n
	}
	return g.compared(x, func() segql.Term {
		switch g.r.IntN(5) {
		case 0:
			return g.timeTerm()
		case 1, 2:
			return &segql.DateLit{Date: g.date()}
		default:
			return &segql.AgoLit{Duration: g.duration()}
		}
	})
}

// dynamic makes comparisons of traits and properties, whose type is that of
// the value they are compared with.
func (g *generator) dynamic() segql.Node {
	x, values := g.dynamicTerm()
	if x == nil {
		return g.texts()
	}
	first := literal(pick(g.r, values))
	if _, ok := first.(*segql.BoolLit); ok {
		if a, ok := x.(*segql.Aggregate); ok {
			a.Func = segql.Last // the greatest and smallest do not fit truth values
		}
		return &segql.Compare{Op: segql.CompareOp(g.r.IntN(2)), L: x, R: first}
	}
	if text, ok := first.(*segql.StringLit); ok && g.chance(30) {
		return g.matching(x, text.Value)
	}
	if g.chance(10) {
		y, _ := g.dynamicTerm()
		return &segql.Compare{Op: segql.CompareOp(g.r.IntN(6)), L: x, R: y}
	}
	return g.compared(x, func() segql.Term { return first })
}
