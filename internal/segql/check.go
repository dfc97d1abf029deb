package segql

import (
	"fmt"
	"slices"
)

// Check finds out the type of every term and what every name refers to. It
// returns all errors, in the order of the text; the result is nil if there
// is one. The tree is not changed. A nil catalogue is that of an empty shop.
func Check(root Node, c *Catalogue) (*Checked, Problems) {
	checked, problems := check(root, c)
	if checked != nil && hasHole(root) {
		return nil, Problems{{Place: root.Span(), Message: unread}}
	}
	return checked, problems
}

// Compile parses and checks a text, and returns the errors of both.
func Compile(text string, c *Catalogue) (*Checked, Problems) {
	root, problems := Parse(text)
	if root == nil {
		return nil, problems
	}
	checked, more := check(root, c)
	if len(problems) > 0 {
		return nil, slices.Concat(problems, more).sorted()
	}
	return checked, more
}

// unread is said of a tree with holes whose other problems are not at hand.
const unread = "the text of the segment has errors"

func check(root Node, c *Catalogue) (*Checked, Problems) {
	if c == nil {
		c = &Catalogue{}
	}
	refs := &references{catalogue: c, results: map[string]reference{}, suggestions: maxSuggestions}
	if c.ID != "" {
		refs.path = []string{c.ID}
	}
	checked, problems, _ := refs.check(root)
	return checked, problems
}

// checker checks one segment.
type checker struct {
	refs     *references
	out      *Checked
	problems Problems
	// within is the facts whose filter is being checked, or nil.
	within *Facts
	// patterns is what is left for all regular expressions together.
	patterns int
	// ring is set when a reference leads back to itself.
	ring string
}

func (c *checker) problem(at Span, format string, args ...any) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, Problem{Place: at, Message: fmt.Sprintf(format, args...)})
	}
}

func (c *checker) warn(at Span, format string, args ...any) { c.warnAs("", at, format, args...) }

func (c *checker) warnAs(code ProblemCode, at Span, format string, args ...any) {
	if len(c.out.Warnings) < maxProblems {
		c.out.Warnings = append(c.out.Warnings, Problem{Place: at, Message: fmt.Sprintf(format, args...), Code: code})
	}
}

func (c *checker) node(n Node) {
	if len(c.problems) >= maxProblems {
		return
	}
	switch n := n.(type) {
	case *And:
		c.nodes(n.Parts)
	case *Or:
		c.nodes(n.Parts)
	case *Not:
		c.node(n.X)
	case *AtLeast:
		c.atLeast(n)
	case *Everyone, *InSegment, *Moved, *Has, *Sequence, *Percent:
		if c.within != nil {
			c.problem(n.Span(), "a filter holds comparisons only, joined by and, or, not and at least")
			return
		}
		c.ofCustomer(n)
	case *hole:
		for _, t := range n.Inside {
			c.term(t)
		}
	default:
		c.comparison(n)
	}
}

func (c *checker) nodes(parts []Node) {
	for _, part := range parts {
		c.node(part)
	}
}

func (c *checker) atLeast(n *AtLeast) {
	switch {
	case n.N > len(n.Parts):
		c.warn(n.Span(), "at least %d of %d never holds", n.N, len(n.Parts))
	case n.N < 1:
		c.warn(n.Span(), "at least %d always holds", n.N)
	}
	c.nodes(n.Parts)
}

// ofCustomer checks the questions that a filter may not ask.
func (c *checker) ofCustomer(n Node) {
	switch n := n.(type) {
	case *InSegment:
		if ref := c.reference(n.ID, n.IDAt); ref != nil {
			c.out.Refs[n.ID] = ref
		}
	case *Moved:
		c.reference(n.ID, n.IDAt)
		c.window(n.Window)
	case *Has:
		c.facts(n.Facts)
		c.window(n.Window)
	case *Sequence:
		c.facts(n.First)
		for _, s := range n.Steps {
			c.facts(s.Facts)
		}
		c.window(n.Window)
	}
}

func (c *checker) window(w Window) {
	switch w := w.(type) {
	case *SinceFact:
		c.facts(w.Facts)
	case *BetweenDates:
		if w.To.before(w.From) {
			c.warn(w.Span(), "no day lies between %s and %s", w.From, w.To)
		}
	}
}

func (d Date) before(o Date) bool {
	if d.Year != o.Year {
		return d.Year < o.Year
	}
	if d.Month != o.Month {
		return d.Month < o.Month
	}
	return d.Day < o.Day
}

// facts checks a fact's name and its filter. An empty name was reported by
// the parser.
func (c *checker) facts(f *Facts) {
	switch {
	case f.Name == "":
	case f.Event:
		c.event(f)
	case !IsFact(f.Name):
		c.problem(f.Span(), "unknown fact %q%s", f.Name, c.suggest(f.Name, FactNames()))
	}
	if f.Filter != nil {
		outer := c.within
		c.within = f
		c.node(f.Filter)
		c.within = outer
	}
}

// event warns about a tracked event that never came in: most often a fact's
// or an event's name mistyped.
func (c *checker) event(f *Facts) {
	seen := c.refs.catalogue.EventSeen
	if seen == nil || seen(EventKey(f.Name)) {
		return
	}
	known := slices.Concat(FactNames(), c.refs.catalogue.EventKeys)
	c.warn(f.Span(), "no event %q has come in so far%s", f.Name, c.suggest(EventKey(f.Name), known))
}

// suggest returns the end of a message about an unknown name.
func (c *checker) suggest(name string, known []string) string {
	if c.refs.suggestions == 0 {
		return ""
	}
	c.refs.suggestions--
	if near := nearest(name, known); near != "" {
		return didYouMean(near)
	}
	return ""
}
