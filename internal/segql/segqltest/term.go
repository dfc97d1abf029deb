package segqltest

import (
	"kith/internal/segql"
)

// available lists the fields of these types that may stand here.
func (g *generator) available(types ...segql.Type) []segql.FieldInfo {
	fields := segql.Fields()
	if g.within != nil {
		fields = append(segql.FactFields(g.within), segql.ShopFields()...)
	}
	var all []segql.FieldInfo
	for _, f := range fields {
		for _, t := range types {
			if f.Type == t && !(g.opts.NoBase && f.Kind == segql.BaseField) {
				all = append(all, f)
			}
		}
	}
	return all
}

// field picks a field of these types, or returns nil.
func (g *generator) field(types ...segql.Type) *segql.Field {
	fields := g.available(types...)
	if len(fields) == 0 {
		return nil
	}
	return &segql.Field{Name: pick(g.r, fields).Name}
}

// aggregate makes a function of a field of these types. It is nil in a filter,
// where no function may stand, and if the facts have no such field.
func (g *generator) aggregate(fn segql.AggregateFunc, types ...segql.Type) *segql.Aggregate {
	if g.within != nil {
		return nil
	}
	a := &segql.Aggregate{Func: fn, Facts: g.facts(), Window: g.window(60)}
	if !fn.TakesField() {
		return a
	}
	var names []string
	for _, f := range segql.FactFields(a.Facts) {
		for _, t := range types {
			if f.Type == t {
				names = append(names, f.Name)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	a.Field = pick(g.r, names)
	return a
}

// chosen makes first, last, or where they fit min or max of a field.
func (g *generator) chosen(ordered bool, types ...segql.Type) *segql.Aggregate {
	functions := []segql.AggregateFunc{segql.First, segql.Last}
	if ordered {
		functions = append(functions, segql.Min, segql.Max)
	}
	return g.aggregate(pick(g.r, functions), types...)
}

func (g *generator) numberLit(field string) segql.Term {
	n, _ := micros(pick(g.r, g.v.numbers(field)))
	return &segql.NumberLit{Micros: n}
}

// number makes a number, and names the field whose values it is like.
func (g *generator) number(depth int) (segql.Term, string) {
	if depth > 0 && g.chance(20) {
		return g.arithmetic(depth)
	}
	if g.within == nil {
		if t, field := g.numberFunction(depth); t != nil {
			return t, field
		}
	}
	if f := g.field(segql.Number, segql.Fraction); f != nil {
		return f, f.Name
	}
	return g.numberLit(""), ""
}

func (g *generator) numberFunction(depth int) (segql.Term, string) {
	var a *segql.Aggregate
	switch g.r.IntN(8) {
	case 0, 1:
		a = g.aggregate(pick(g.r, []segql.AggregateFunc{segql.Count, segql.CountDays}))
	case 2, 3:
		a = g.aggregate(pick(g.r, []segql.AggregateFunc{segql.Sum, segql.Avg}), segql.Number, segql.Fraction)
	case 4:
		a = g.aggregate(segql.Distinct, segql.Text, segql.Number, segql.Instant, segql.Bool)
		if a != nil {
			return a, ""
		}
	case 5:
		a = g.chosen(true, segql.Number, segql.Fraction)
	case 6:
		return g.fromProperty(), "price"
	case 7:
		if depth > 1 && !g.opts.NoBase {
			return g.percentile(), "percentile"
		}
	}
	if a == nil {
		return nil, ""
	}
	return a, a.Field
}

// fromProperty makes a function that reads a property as numbers, or counts
// its values.
func (g *generator) fromProperty() segql.Term {
	name, _ := named(g.r, g.v.Properties, "")
	a := &segql.Aggregate{Facts: &segql.Facts{Event: true, Name: pick(g.r, g.v.events())}, Field: name, Window: g.window(50)}
	a.Func = pick(g.r, []segql.AggregateFunc{segql.Sum, segql.Avg, segql.Distinct})
	if info, _ := segql.LookupFactField(a.Facts, name); info.Type != segql.Dynamic {
		a.Func, a.Field = segql.Count, ""
	}
	return a
}

func (g *generator) percentile() segql.Term {
	if g.chance(10) {
		return &segql.Percentile{X: g.timeTerm()}
	}
	x, _ := g.number(1)
	return &segql.Percentile{X: x}
}

func (g *generator) arithmetic(depth int) (segql.Term, string) {
	if g.chance(15) {
		if l, r := g.instant(), g.instant(); l != nil && r != nil {
			return &segql.Arith{Op: segql.Subtract, L: l, R: r}, "product_age"
		}
	}
	l, field := g.number(depth - 1)
	r := g.numberLit("")
	if g.chance(60) {
		r, _ = g.number(depth - 1)
	}
	return &segql.Arith{Op: segql.ArithOp(g.r.IntN(int(segql.Divide) + 1)), L: l, R: r}, field
}

// textTerm makes a text, and names the field whose values it is like.
func (g *generator) textTerm() (segql.Term, string) {
	if g.chance(30) {
		if a := g.chosen(true, segql.Text); a != nil {
			return a, a.Field
		}
	}
	f := g.field(segql.Text) // the shop's are always there
	return f, f.Name
}

func (g *generator) listTerm() segql.Term {
	if g.chance(30) {
		if a := g.chosen(false, segql.List); a != nil {
			return a
		}
	}
	if f := g.field(segql.List); f != nil {
		return f
	}
	return nil
}

func (g *generator) truthTerm() segql.Term {
	if g.chance(20) {
		if a := g.chosen(false, segql.Bool); a != nil {
			return a
		}
	}
	if f := g.field(segql.Bool); f != nil {
		return f
	}
	return nil
}

func (g *generator) instant() segql.Term {
	switch {
	case g.chance(60):
		if a := g.chosen(true, segql.Instant); a != nil {
			return a
		}
	case g.chance(30):
		return &segql.AgoLit{Duration: g.duration()}
	}
	if f := g.field(segql.Instant); f != nil {
		return f
	}
	return &segql.AgoLit{Duration: g.duration()}
}

// timeTerm makes an instant or a date.
func (g *generator) timeTerm() segql.Term {
	if g.within == nil && g.chance(25) {
		return g.field(segql.DateType)
	}
	return g.instant()
}

// dynamicTerm makes a trait or a property, or a function that leaves one's
// type open, with values that it has. It is nil where there is none.
func (g *generator) dynamicTerm() (segql.Term, []string) {
	switch {
	case g.within == nil && g.chance(60):
		name, values := named(g.r, g.v.Traits, "traits.")
		return &segql.Field{Name: name}, values
	case g.within != nil && !g.within.Event:
		return nil, nil
	}
	name, values := named(g.r, g.v.Properties, "")
	f := &segql.Facts{Event: true, Name: pick(g.r, g.v.events())}
	if info, _ := segql.LookupFactField(f, name); info.Type != segql.Dynamic {
		return nil, nil
	}
	if g.within != nil {
		return &segql.Field{Name: name}, values
	}
	functions := []segql.AggregateFunc{segql.First, segql.Last, segql.Min, segql.Max}
	return &segql.Aggregate{Func: pick(g.r, functions), Facts: f, Field: name, Window: g.window(50)}, values
}
