package segql

// Walk calls visit for the node and, if visit returns true, for all that is
// in it: x is a Node, a Term, a *Facts or a Window. The order is that of the
// text.
func Walk(x any, visit func(x any) bool) {
	if !visit(x) {
		return
	}
	for _, child := range children(x) {
		Walk(child, visit)
	}
}

// children returns what x is made of, without what is nil.
func children(x any) []any {
	switch x := x.(type) {
	case Node:
		return ofNode(x)
	case Term:
		return ofTerm(x)
	case *Facts:
		return filled(x.Filter)
	case *SinceFact:
		return []any{x.Facts}
	}
	return nil
}

func ofNode(n Node) []any {
	switch n := n.(type) {
	case *And:
		return filled(n.Parts...)
	case *Or:
		return filled(n.Parts...)
	case *AtLeast:
		return filled(n.Parts...)
	case *Not:
		return []any{n.X}
	case *Moved:
		return filled(n.Window)
	case *Has:
		return append([]any{n.Facts}, filled(n.Window)...)
	case *Sequence:
		all := []any{n.First}
		for _, s := range n.Steps {
			all = append(all, s.Facts)
		}
		return append(all, filled(n.Window)...)
	case *Compare:
		return []any{n.L, n.R}
	case *Between:
		return []any{n.X, n.Lo, n.Hi}
	case *In:
		return append([]any{n.X}, filled(n.List...)...)
	case *Match:
		return []any{n.X}
	case *Missing:
		return []any{n.X}
	case *Anniversary:
		return []any{n.X}
	case *hole:
		return filled(n.Inside...)
	case *Everyone, *InSegment, *Percent:
	}
	return nil
}

func ofTerm(t Term) []any {
	switch t := t.(type) {
	case *Arith:
		return []any{t.L, t.R}
	case *Aggregate:
		return append([]any{t.Facts}, filled(t.Window)...)
	case *Percentile:
		return []any{t.X}
	case *Field, *NumberLit, *StringLit, *BoolLit, *DateLit, *AgoLit:
	}
	return nil
}

// filled is xs without nil interfaces.
func filled[T any](xs ...T) []any {
	var all []any
	for _, x := range xs {
		if any(x) != nil {
			all = append(all, x)
		}
	}
	return all
}
