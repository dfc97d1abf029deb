package plain

import (
	"slices"

	"kith/internal/segql"
)

// smallerNodes are a node's parts, and the node with one of its parts left
// out or made smaller. Not all of them are well typed.
func smallerNodes(n segql.Node) []segql.Node {
	switch n := n.(type) {
	case *segql.And:
		return smallerParts(n.Parts, 2, func(p []segql.Node) segql.Node { return &segql.And{Parts: p} })
	case *segql.Or:
		return smallerParts(n.Parts, 2, func(p []segql.Node) segql.Node { return &segql.Or{Parts: p} })
	case *segql.AtLeast:
		return smallerParts(n.Parts, 1, func(p []segql.Node) segql.Node {
			return &segql.AtLeast{N: min(n.N, len(p)), Parts: p}
		})
	case *segql.Not:
		return append([]segql.Node{n.X}, wrap(smallerNodes(n.X), func(x segql.Node) segql.Node { return &segql.Not{X: x} })...)
	case *segql.Has:
		out := wrap(smallerFacts(n.Facts), func(f *segql.Facts) segql.Node {
			return &segql.Has{No: n.No, Facts: f, Window: n.Window}
		})
		return append(out, wrap(smallerWindows(n.Window), func(w segql.Window) segql.Node {
			return &segql.Has{No: n.No, Facts: n.Facts, Window: w}
		})...)
	case *segql.Sequence:
		return smallerSequences(n)
	case *segql.Everyone, *segql.InSegment, *segql.Moved, *segql.Percent:
		return nil
	}
	return smallerComparisons(n)
}

// wrap makes something of each.
func wrap[A, B any](all []A, in func(A) B) []B {
	var out []B
	for _, x := range all {
		out = append(out, in(x))
	}
	return out
}

// smallerParts are the parts alone, lists without one, and lists with one made
// smaller, of at least so many.
func smallerParts(parts []segql.Node, least int, of func([]segql.Node) segql.Node) []segql.Node {
	out := slices.Clone(parts)
	if len(parts) > least {
		for i := range parts {
			out = append(out, of(slices.Delete(slices.Clone(parts), i, i+1)))
		}
	}
	for i, part := range parts {
		for _, smaller := range smallerNodes(part) {
			next := slices.Clone(parts)
			next[i] = smaller
			out = append(out, of(next))
		}
	}
	return out
}

func smallerSequences(n *segql.Sequence) []segql.Node {
	var out []segql.Node
	for i, step := range n.Steps {
		out = append(out, &segql.Sequence{First: n.First, Steps: slices.Delete(slices.Clone(n.Steps), i, i+1), Window: n.Window})
		for _, f := range smallerFacts(step.Facts) {
			next := slices.Clone(n.Steps)
			next[i].Facts = f
			out = append(out, &segql.Sequence{First: n.First, Steps: next, Window: n.Window})
		}
	}
	out = append(out, wrap(smallerFacts(n.First), func(f *segql.Facts) segql.Node {
		return &segql.Sequence{First: f, Steps: n.Steps, Window: n.Window}
	})...)
	return append(out, wrap(smallerWindows(n.Window), func(w segql.Window) segql.Node {
		return &segql.Sequence{First: n.First, Steps: n.Steps, Window: w}
	})...)
}

func smallerFacts(f *segql.Facts) []*segql.Facts {
	if f.Filter == nil {
		return nil
	}
	out := []*segql.Facts{{Event: f.Event, Name: f.Name}}
	return append(out, wrap(smallerNodes(f.Filter), func(n segql.Node) *segql.Facts {
		return &segql.Facts{Event: f.Event, Name: f.Name, Filter: n}
	})...)
}

func smallerWindows(w segql.Window) []segql.Window {
	if w == nil {
		return nil
	}
	out := []segql.Window{nil}
	if since, ok := w.(*segql.SinceFact); ok {
		out = append(out, wrap(smallerFacts(since.Facts), func(f *segql.Facts) segql.Window {
			return &segql.SinceFact{Last: since.Last, Facts: f}
		})...)
	}
	return out
}

func smallerComparisons(n segql.Node) []segql.Node {
	switch n := n.(type) {
	case *segql.Compare:
		return smallerSides([]segql.Term{n.L, n.R}, func(t []segql.Term) segql.Node {
			return &segql.Compare{Op: n.Op, L: t[0], R: t[1]}
		})
	case *segql.Between:
		out := smallerSides([]segql.Term{n.X, n.Lo, n.Hi}, func(t []segql.Term) segql.Node {
			return &segql.Between{X: t[0], Lo: t[1], Hi: t[2]}
		})
		return append(out, &segql.Compare{Op: segql.GreaterEqual, L: n.X, R: n.Lo},
			&segql.Compare{Op: segql.LessEqual, L: n.X, R: n.Hi})
	case *segql.In:
		var out []segql.Node
		if len(n.List) > 1 {
			for i := range n.List {
				out = append(out, &segql.In{Not: n.Not, X: n.X, List: slices.Delete(slices.Clone(n.List), i, i+1)})
			}
		}
		return append(out, wrap(smallerTerms(n.X), func(t segql.Term) segql.Node {
			return &segql.In{Not: n.Not, X: t, List: n.List}
		})...)
	case *segql.Match:
		return wrap(smallerTerms(n.X), func(t segql.Term) segql.Node {
			return &segql.Match{Op: n.Op, X: t, Pattern: n.Pattern}
		})
	case *segql.Missing:
		return wrap(smallerTerms(n.X), func(t segql.Term) segql.Node { return &segql.Missing{Not: n.Not, X: t} })
	case *segql.Anniversary:
		return wrap(smallerTerms(n.X), func(t segql.Term) segql.Node {
			return &segql.Anniversary{X: t, When: n.When, Days: n.Days}
		})
	}
	return nil
}

func smallerSides(sides []segql.Term, of func([]segql.Term) segql.Node) []segql.Node {
	var out []segql.Node
	for i, side := range sides {
		for _, smaller := range smallerTerms(side) {
			next := slices.Clone(sides)
			next[i] = smaller
			out = append(out, of(next))
		}
	}
	return out
}

func smallerTerms(t segql.Term) []segql.Term {
	switch t := t.(type) {
	case *segql.Arith:
		out := []segql.Term{t.L, t.R}
		out = append(out, wrap(smallerTerms(t.L), func(l segql.Term) segql.Term {
			return &segql.Arith{Op: t.Op, L: l, R: t.R}
		})...)
		return append(out, wrap(smallerTerms(t.R), func(r segql.Term) segql.Term {
			return &segql.Arith{Op: t.Op, L: t.L, R: r}
		})...)
	case *segql.Percentile:
		return append([]segql.Term{t.X}, wrap(smallerTerms(t.X), func(x segql.Term) segql.Term {
			return &segql.Percentile{X: x}
		})...)
	case *segql.Aggregate:
		out := wrap(smallerFacts(t.Facts), func(f *segql.Facts) segql.Term {
			return &segql.Aggregate{Func: t.Func, Facts: f, Field: t.Field, Window: t.Window}
		})
		return append(out, wrap(smallerWindows(t.Window), func(w segql.Window) segql.Term {
			return &segql.Aggregate{Func: t.Func, Facts: t.Facts, Field: t.Field, Window: w}
		})...)
	}
	return nil
}
