package segql

import (
	"slices"
	"strings"
)

// comparison checks the questions that filters may ask too.
func (c *checker) comparison(n Node) {
	switch n := n.(type) {
	case *Compare:
		c.compare(n)
	case *Between:
		c.between(n)
	case *In:
		c.in(n)
	case *Match:
		c.match(n)
	case *Missing:
		c.settle(n.X)
	case *Anniversary:
		c.anniversary(n)
	}
}

func (c *checker) compare(n *Compare) {
	types := c.settle(n.L, n.R)
	l, r := types[0], types[1]
	ordered := n.Op != Equal && n.Op != NotEqual
	switch {
	case l == Invalid || r == Invalid:
	case ordered && !hasOrder(l):
		c.problem(n.R.Span(), "%s does not fit %s", n.Op, l.some())
	case !fit(l, r):
		c.problem(n.R.Span(), "%s", misfit(l, r))
	}
	if !ordered {
		c.warnValue(n.L, n.R)
		c.warnValue(n.R, n.L)
	}
	if n.Op == NotEqual {
		positive := &Compare{Op: Equal, L: n.L, R: n.R}
		c.warnMissing(n.L, positive)
		c.warnMissing(n.R, positive)
	}
}

func (c *checker) between(n *Between) {
	types := c.settle(n.X, n.Lo, n.Hi)
	x := types[0]
	if !hasOrder(x) {
		c.problem(n.Lo.Span(), "between does not fit %s", x.some())
		return
	}
	c.fitEach(x, types[1:], []Term{n.Lo, n.Hi})
}

func (c *checker) in(n *In) {
	types := c.settle(append([]Term{n.X}, n.List...)...)
	c.fitEach(types[0], types[1:], n.List)
	for _, t := range n.List {
		c.warnValue(n.X, t)
	}
	if n.Not {
		c.warnMissing(n.X, &In{X: n.X, List: n.List})
	}
}

func (c *checker) fitEach(x Type, types []Type, terms []Term) {
	for i, t := range types {
		if x != Invalid && t != Invalid && !fit(x, t) {
			c.problem(terms[i].Span(), "%s", misfit(x, t))
		}
	}
}

func (c *checker) match(n *Match) {
	x := c.term(n.X)
	if x == Dynamic {
		x = c.readAs(n.X, Text)
	}
	if x != Invalid && !n.Op.fits(x) {
		c.problem(n.PatternAt, "%s does not fit %s", n.Op, x.some())
	}
	if n.Pattern == "" {
		c.warn(n.PatternAt, emptyText)
	}
	if n.Op == Matches {
		c.pattern(n)
	}
}

func (c *checker) anniversary(n *Anniversary) {
	x := c.term(n.X)
	if x == Dynamic {
		x = c.readAs(n.X, DateType)
	}
	if x != Invalid && !hasAnniversary(x) {
		c.problem(n.X.Span(), "an anniversary is of a date, not of %s", x.some())
	}
}

// hasOrder says whether one value of the type may be greater than another.
func hasOrder(t Type) bool { return t != List && t != Bool }

// hasAnniversary says whether the type has a day of the year.
func hasAnniversary(t Type) bool { return t == DateType || t == Instant }

// fits says whether the operator may stand behind a term of the type.
func (o MatchOp) fits(t Type) bool { return t == Text || t == List && o == Contains }

// fit says whether a term of type l may be compared with one of type r. On a
// list every comparison asks for one of its texts.
func fit(l, r Type) bool {
	switch l {
	case Number, Fraction:
		return r == Number || r == Fraction
	case DateType, Instant:
		return r == DateType || r == Instant
	case List:
		return r == Text
	default:
		return l == r
	}
}

func misfit(l, r Type) string {
	if r == List && l == Text {
		return "a list stands on the left: write tags contains \"...\""
	}
	message := l.some() + " cannot be compared with " + r.some()
	if r == Text && (l == DateType || l == Instant) {
		message += ": dates are written without quotes, as in 2026-01-31"
	}
	return message
}

// settle finds the types of a comparison's sides, the first of which is
// compared with each other one, and decides what its Dynamic sides are read
// as: the first by the first of the others that has a type of its own, the
// others by the first.
func (c *checker) settle(sides ...Term) []Type {
	types := make([]Type, len(sides))
	for i, t := range sides {
		types[i] = c.term(t)
		if s, ok := t.(*StringLit); ok && s.Value == "" {
			c.warn(t.Span(), emptyText)
		}
	}
	if types[0] == Dynamic {
		as := c.withoutType(sides)
		for _, t := range types[1:] {
			if t != Dynamic && t != Invalid {
				as = t
				break
			}
		}
		types[0] = c.readAs(sides[0], as)
	}
	for i, t := range types {
		if t == Dynamic {
			types[i] = c.readAs(sides[i], types[0])
		}
	}
	return types
}

const emptyText = `an empty text is missing, and nothing compares with it: write "is missing" or "is not missing"`

// withoutType is how sides are read that are all Dynamic: as texts, but for
// the greatest and the smallest of something, where numbers are meant.
func (c *checker) withoutType(sides []Term) Type {
	for _, t := range sides {
		if a, ok := t.(*Aggregate); ok && c.out.Types[t] == Dynamic && (a.Func == Min || a.Func == Max) {
			return Number
		}
	}
	return Text
}

// readAs decides the type of a Dynamic term that is compared with a type.
func (c *checker) readAs(t Term, as Type) Type {
	if as == Fraction {
		as = Number
	} else if as == List || as == Invalid {
		as = Text
	}
	if a, ok := t.(*Aggregate); ok {
		as = c.readField(a, as)
	}
	c.out.Types[t] = as
	return as
}

// readField decides the type of the Dynamic field of first, last, min or max.
func (c *checker) readField(a *Aggregate, as Type) Type {
	info := c.out.AggregateFields[a]
	info.Type = as
	c.out.AggregateFields[a] = info
	if !a.Func.fits(as) {
		c.problem(a.FieldAt, "%s does not fit %s", a.Func, as.some())
		return Invalid
	}
	return as
}

// warnValue warns about a text that the term it is compared with never is.
func (c *checker) warnValue(t, with Term) {
	text, ok := with.(*StringLit)
	if !ok || text.Value == "" {
		return
	}
	values := c.valuesOf(t)
	if values == nil || slices.Contains(values, text.Value) {
		return
	}
	hint := ""
	if i := slices.IndexFunc(values, func(v string) bool { return strings.EqualFold(v, text.Value) }); i >= 0 {
		hint = didYouMean(values[i])
	} else if hint = c.suggest(text.Value, values); hint == "" {
		hint = ": it is one of " + strings.Join(values, ", ")
	}
	c.warn(with.Span(), "%s is never %s%s", PrintTerm(t), PrintTerm(with), hint)
}

// valuesOf lists all texts that a term can be, or nil.
func (c *checker) valuesOf(t Term) []string {
	switch t := t.(type) {
	case *Field:
		if c.out.Fields[t].Kind == FactField {
			return Values(c.within, t.Name)
		}
		return Values(nil, t.Name)
	case *Aggregate:
		if t.Func == First || t.Func == Last || t.Func == Min || t.Func == Max {
			return Values(t.Facts, t.Field)
		}
	}
	return nil
}

// warnMissing warns about a comparison that leaves out those who lack the
// term, and shows the one that keeps them.
func (c *checker) warnMissing(t Term, positive Node) {
	if c.canBeMissing(t) {
		c.warnAs(LeavesOut, t.Span(), `%s can be missing, and what lacks it is left out: "not %s" keeps it`, PrintTerm(t), Print(positive))
	}
}

func (c *checker) canBeMissing(t Term) bool {
	switch t := t.(type) {
	case *Field:
		return c.out.Fields[t].CanBeMissing
	case *Aggregate:
		return t.Func == Avg || t.Func == Min || t.Func == Max || t.Func == First || t.Func == Last
	case *Arith:
		_, literal := t.R.(*NumberLit)
		return c.canBeMissing(t.L) || c.canBeMissing(t.R) || t.Op == Divide && !literal
	case *Percentile:
		return true
	default:
		return false
	}
}
