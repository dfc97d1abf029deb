package eval

import (
	"fmt"
	"strings"

	"kith/internal/segql"
)

// term is a value made ready.
type term struct {
	node  segql.Term
	value func(a *asking) Value
	// passes is set for a term that grows all the time: it notes when the term
	// reaches a value, and when it leaves it behind.
	passes func(a *asking, v Value)
	ago    *segql.Duration // of a term that is just "3 days ago"
}

func (c *compiler) term(t segql.Term) (*term, error) {
	made := &term{node: t}
	var err error
	switch t := t.(type) {
	case *segql.Field:
		made.value, err = c.field(t)
		if t.Name == "cadence.overdue" && c.within == nil {
			made.passes = c.overduePasses()
		}
	case *segql.NumberLit:
		made.value = constant(Number(t.Micros))
	case *segql.StringLit:
		made.value = constant(Text(t.Value))
	case *segql.BoolLit:
		made.value = constant(Bool(t.Value))
	case *segql.DateLit:
		made.value = constant(Date(t.Date))
	case *segql.AgoLit:
		c.moving = true
		made.ago = &t.Duration
		made.passes = func(a *asking, v Value) { a.agoPasses(t.Duration, v) }
		made.value = func(a *asking) Value { return Instant(a.zone.back(a.at, t.Duration)) }
	case *segql.Arith:
		made.value, err = c.arith(t)
	case *segql.Aggregate:
		made.value, err = c.aggregate(t)
	case *segql.Percentile:
		c.needs.Scores = true
		text := segql.PrintTerm(t.X)
		saved := c.saved
		made.value = func(a *asking) Value { return a.customer.Percentile(text, saved) }
	default:
		err = fmt.Errorf("unknown term %T", t)
	}
	return made, err
}

func constant(v Value) func(*asking) Value { return func(*asking) Value { return v } }

func (c *compiler) field(t *segql.Field) (func(*asking) Value, error) {
	name, as := t.Name, c.checked.TypeOf(t)
	switch c.checked.Fields[t].Kind {
	case segql.FactField:
		return func(a *asking) Value { return a.fact.Field(name, as) }, nil
	case segql.CustomerField, segql.TraitField:
		c.needs.Fields[name] = true
		if name == "age" {
			c.needs.Fields["birth_date"], c.needs.Fields["timezone"] = true, true
			return age, nil
		}
		return func(a *asking) Value { return a.customer.Field(name, as) }, nil
	case segql.OwnField:
		return c.own(name)
	case segql.BaseField:
		c.needs.Scores = true
		saved := c.saved
		return func(a *asking) Value { return a.customer.Base(name, saved) }, nil
	case segql.ShopField:
		return constant(c.program.settings[strings.TrimPrefix(name, "shop.")]), nil
	default:
		return nil, fmt.Errorf("unknown field %q", name)
	}
}

// arith flows where a side of it does.
func (c *compiler) arith(t *segql.Arith) (func(*asking) Value, error) {
	l, r, err := c.pair(t.L, t.R)
	return func(a *asking) Value {
		if l.passes != nil || r.passes != nil {
			a.flowing = true
		}
		return Arith(t.Op, l.value(a), r.value(a))
	}, err
}

func (c *compiler) aggregate(t *segql.Aggregate) (func(*asking) Value, error) {
	m, err := c.matcher(t.Facts)
	if err != nil {
		return nil, err
	}
	w, err := c.window(t.Window)
	if err != nil {
		return nil, err
	}
	fold := folding(t, c.checked.AggregateFields[t].Type)
	return func(a *asking) Value {
		r := a.rowsOf(m)
		low, high := w.span(a, r)
		w.changes(a, r, low, high)
		a.saw(r, low, high)
		return fold(a, r, low, high)
	}, nil
}

// folding is an aggregate of the rows [low, high).
func folding(t *segql.Aggregate, as segql.Type) func(a *asking, r *rows, low, high int) Value {
	of := read{t.Field, as}
	switch t.Func {
	case segql.Count:
		return func(_ *asking, _ *rows, low, high int) Value { return Whole(high - low) }
	case segql.CountDays:
		return func(a *asking, r *rows, low, high int) Value { return Whole(a.countDays(r, low, high)) }
	case segql.First:
		return func(_ *asking, r *rows, low, high int) Value {
			if low == high {
				return Value{}
			}
			return r.fact(low).Field(of.field, as)
		}
	case segql.Last:
		return func(_ *asking, r *rows, low, high int) Value {
			if low == high {
				return Value{}
			}
			return r.fact(high-1).Field(of.field, as)
		}
	case segql.Sum:
		return func(_ *asking, r *rows, low, high int) Value {
			sum, _ := r.sum(low, high, of)
			return sum
		}
	case segql.Avg:
		return func(_ *asking, r *rows, low, high int) Value {
			sum, n := r.sum(low, high, of)
			if n == 0 {
				return Value{}
			}
			return Fraction(sum.big(), sum.den*int64(n))
		}
	case segql.Distinct:
		return func(_ *asking, r *rows, low, high int) Value { return Whole(r.countDistinct(low, high, of)) }
	default:
		sign := -1 // min
		if t.Func == segql.Max {
			sign = 1
		}
		return func(a *asking, r *rows, low, high int) Value { return a.extreme(r, low, high, of, sign) }
	}
}
