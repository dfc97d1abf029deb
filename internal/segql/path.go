package segql

import (
	"fmt"
	"unicode/utf8"
)

// Paths says where in a tree's JSON form (see ToJSON) a place of its text is.
type Paths struct {
	spanOf func(x any) Span
	known  []placed
}

// placed is a part of the tree: its place in the text and its JSON pointer.
type placed struct {
	span Span
	path string
}

// PathsOf reads the places of a tree that came from a text.
func PathsOf(root Node) Paths {
	return newPaths(root, func(x any) Span { return x.(interface{ Span() Span }).Span() })
}

func newPaths(root Node, spanOf func(x any) Span) Paths {
	p := Paths{spanOf: spanOf}
	p.node(root, "")
	return p
}

// At is the path of the smallest part that a place begins in; "" is the whole
// tree. Of parts as small as each other it is the innermost.
func (p Paths) At(place Span) string {
	best, size := "", -1
	for _, x := range p.known {
		// What is missing at the end of a part is one past its last character.
		holds := x.span.Start <= place.Start && place.Start <= x.span.End && place.End <= max(x.span.End, place.Start+1)
		if length := x.span.End - x.span.Start; holds && (size < 0 || length <= size) {
			best, size = x.path, length
		}
	}
	return best
}

func (p *Paths) add(span Span, path string) {
	if span != (Span{}) {
		p.known = append(p.known, placed{span, path})
	}
}

func (p *Paths) node(n Node, path string) {
	p.add(p.spanOf(n), path)
	switch n := n.(type) {
	case *And:
		p.nodes(n.Parts, path+"/parts")
	case *Or:
		p.nodes(n.Parts, path+"/parts")
	case *AtLeast:
		p.nodes(n.Parts, path+"/parts")
	case *Not:
		p.node(n.X, path+"/x")
	case *InSegment:
		p.add(n.IDAt, path+"/segment")
	case *Moved:
		p.add(n.IDAt, path+"/segment")
		p.window(n.Window, path+"/window")
	case *Has:
		p.facts(n.Facts, path+"/facts")
		p.window(n.Window, path+"/window")
	case *Sequence:
		p.facts(n.First, path+"/first")
		for i, s := range n.Steps {
			p.facts(s.Facts, fmt.Sprintf("%s/steps/%d/facts", path, i))
		}
		p.window(n.Window, path+"/window")
	default:
		p.comparison(n, path)
	}
}

func (p *Paths) comparison(n Node, path string) {
	switch n := n.(type) {
	case *Compare:
		p.term(n.L, path+"/left")
		p.term(n.R, path+"/right")
	case *Between:
		p.term(n.X, path+"/x")
		p.term(n.Lo, path+"/low")
		p.term(n.Hi, path+"/high")
	case *In:
		p.term(n.X, path+"/x")
		for i, t := range n.List {
			p.term(t, fmt.Sprintf("%s/list/%d", path, i))
		}
	case *Match:
		p.term(n.X, path+"/x")
		p.add(n.PatternAt, path+"/text")
	case *Missing:
		p.term(n.X, path+"/x")
	case *Anniversary:
		p.term(n.X, path+"/x")
	}
}

func (p *Paths) nodes(parts []Node, path string) {
	for i, n := range parts {
		p.node(n, fmt.Sprintf("%s/%d", path, i))
	}
}

func (p *Paths) term(t Term, path string) {
	p.add(p.spanOf(t), path)
	switch t := t.(type) {
	case *Arith:
		p.term(t.L, path+"/left")
		p.term(t.R, path+"/right")
	case *Aggregate:
		p.facts(t.Facts, path+"/facts")
		p.add(t.FieldAt, path+"/field")
		p.window(t.Window, path+"/window")
	case *Percentile:
		p.term(t.X, path+"/x")
	}
}

func (p *Paths) facts(f *Facts, path string) {
	p.add(p.spanOf(f), path)
	if f.Filter != nil {
		p.node(f.Filter, path+"/filter")
	}
}

func (p *Paths) window(w Window, path string) {
	if w == nil {
		return
	}
	p.add(p.spanOf(w), path)
	if since, ok := w.(*SinceFact); ok {
		p.facts(since.Facts, path+"/facts")
	}
}

// printPlaces is Print, and says where in the text each part of the tree is:
// also where the text is not one of the language.
func printPlaces(root Node) (string, func(x any) Span) {
	p := printer{places: map[any][2]int{}}
	p.node(root)
	text := p.b.String()
	return text, func(x any) Span {
		at, ok := p.places[x]
		if !ok {
			return Span{}
		}
		start := utf8.RuneCountInString(text[:at[0]])
		return Span{Line: 1, Column: start + 1, Start: start, End: start + utf8.RuneCountInString(text[at[0]:at[1]])}
	}
}
