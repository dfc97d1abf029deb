package segql

import (
	"fmt"
	"slices"
	"strings"
)

// term finds the type of a term. Dynamic means that what it is compared with
// decides; Invalid, that an error was reported.
func (c *checker) term(t Term) Type {
	typ := c.typeOf(t)
	c.out.Types[t] = typ
	return typ
}

func (c *checker) typeOf(t Term) Type {
	switch t := t.(type) {
	case *Field:
		return c.field(t)
	case *NumberLit:
		return Number
	case *StringLit:
		return Text
	case *BoolLit:
		return Bool
	case *DateLit:
		return DateType
	case *AgoLit:
		return Instant
	case *Arith:
		return c.arith(t)
	case *Aggregate:
		if c.inFilter(t) {
			return Invalid
		}
		return c.aggregate(t)
	case *Percentile:
		if c.inFilter(t) {
			return Invalid
		}
		return c.percentile(t)
	case *hole:
		for _, inside := range t.Inside {
			c.term(inside)
		}
	}
	return Invalid
}

func (c *checker) inFilter(t Term) bool {
	if c.within == nil {
		return false
	}
	c.problem(t.Span(), "a filter takes no functions: it sees the fields of one fact")
	return true
}

func (c *checker) field(f *Field) Type {
	var info FieldInfo
	var message string
	if c.within != nil {
		info, message = c.filterField(f.Name)
	} else {
		info, message = c.ownField(f.Name)
	}
	if message != "" {
		c.problem(f.Span(), "%s", message)
		return Invalid
	}
	c.out.Fields[f] = info
	return info.Type
}

// ownField finds a field outside filters.
func (c *checker) ownField(name string) (FieldInfo, string) {
	if info, ok := LookupField(name); ok {
		return info, ""
	}
	fact, field, dotted := strings.Cut(name, ".")
	if IsFact(fact) && !dotted {
		return FieldInfo{}, fmt.Sprintf("%q is a fact: write has %s, or a function such as count(%s)", name, name, name)
	}
	if _, ok := LookupFactField(&Facts{Name: fact}, field); ok {
		return FieldInfo{}, fmt.Sprintf("%q is a field of facts: write it in a function, as in last(%s)", name, name)
	}
	if near := c.suggest(name, namesOf("", Fields())); near != "" {
		return FieldInfo{}, fmt.Sprintf("unknown field %q%s", name, near)
	}
	return FieldInfo{}, fmt.Sprintf("unknown field %q (a text is written in double quotes)", name)
}

// filterField finds a field in a filter: the fact's own, or the shop's.
func (c *checker) filterField(name string) (FieldInfo, string) {
	facts := c.within
	outer, isOuter := LookupField(name)
	if isOuter && outer.Kind == ShopField {
		return outer, ""
	}
	// A dot is no reason against an event's property, but for a name that
	// everyone would take for the customer's.
	foreign := strings.Contains(name, ".") && (isOuter || strings.HasPrefix(name, "shop."))
	if info, ok := LookupFactField(facts, name); ok && !foreign {
		return info, ""
	}
	if isOuter {
		return FieldInfo{}, fmt.Sprintf("%q is not a field of %s: a filter sees the fact's own fields only", name, facts.Name)
	}
	known := namesOf("", slices.Concat(FactFields(facts), ShopFields()))
	wanted := strings.TrimPrefix(name, facts.Name+".")
	if wanted != name && slices.Contains(known, wanted) {
		return FieldInfo{}, fmt.Sprintf("unknown field %q%s", name, didYouMean(wanted))
	}
	return FieldInfo{}, fmt.Sprintf("unknown field %q of %s%s", name, facts.Name, c.suggest(wanted, known))
}

// arith allows numbers, and the length of time between two instants.
func (c *checker) arith(t *Arith) Type {
	l, r := c.side(t.L), c.side(t.R)
	if l == Instant && t.Op == Subtract {
		if r != Instant && r != Invalid {
			c.problem(t.R.Span(), "from an instant only an instant can be subtracted, not %s", r.some())
			return Invalid
		}
		return Fraction
	}
	valid := true
	for i, typ := range []Type{l, r} {
		if typ == Number || typ == Fraction {
			continue
		}
		valid = false
		if typ != Invalid {
			c.problem([]Term{t.L, t.R}[i].Span(), "%s needs numbers, not %s", t.Op, typ.some())
		}
	}
	if !valid {
		return Invalid
	}
	return Number
}

// side is a side of arithmetic, which reads numbers.
func (c *checker) side(t Term) Type {
	typ := c.term(t)
	if typ == Dynamic {
		return c.readAs(t, Number)
	}
	return typ
}

func (c *checker) percentile(t *Percentile) Type {
	if typ := c.side(t.X); typ != Invalid && !hasPercentile(typ) {
		c.problem(t.X.Span(), "a percentile is of numbers, dates or instants, not of %s", typ.some())
	}
	return Fraction
}

// hasPercentile says whether customers may be ranked by the type.
func hasPercentile(t Type) bool {
	return t == Number || t == Fraction || t == Instant || t == DateType
}

func (c *checker) aggregate(a *Aggregate) Type {
	c.facts(a.Facts)
	if a.Window != nil {
		c.window(a.Window)
	}
	switch {
	case !a.Func.TakesField():
		if a.Field != "" {
			c.problem(a.FieldAt, "%s takes no field", a.Func)
		}
		return Number
	case a.Facts.Name == "":
		return Invalid
	case a.Field == "":
		c.problem(a.FieldAt, "%s needs a field of the facts: expected \".\" and its name", a.Func)
		return Invalid
	}
	info, ok := LookupFactField(a.Facts, a.Field)
	if !ok {
		prefix := a.Facts.Name + "."
		near := c.suggest(prefix+a.Field, namesOf(prefix, FactFields(a.Facts)))
		c.problem(a.FieldAt, "unknown field %q%s", prefix+a.Field, near)
		return Invalid
	}
	return c.aggregated(a, info)
}

// aggregated finds the type of a function of a field.
func (c *checker) aggregated(a *Aggregate, info FieldInfo) Type {
	if info.Type == Dynamic {
		if a.Func == Sum || a.Func == Avg {
			info.Type = Number
		} else if a.Func == Distinct {
			info.Type = Text
		}
	}
	c.out.AggregateFields[a] = info
	if !a.Func.fits(info.Type) {
		c.problem(a.FieldAt, "%s does not fit %s.%s, %s", a.Func, a.Facts.Name, a.Field, info.Type.some())
		return Invalid
	}
	switch a.Func {
	case Avg:
		return Fraction
	case Distinct:
		return Number
	default:
		return info.Type
	}
}

// fits says whether the function takes a field of this type.
func (f AggregateFunc) fits(t Type) bool {
	switch f {
	case Sum, Avg:
		return t == Number || t == Fraction
	case Min, Max:
		return t != List && t != Bool
	case Distinct:
		return t != List
	default:
		return true
	}
}
