package plain

import (
	"fmt"
	"math/big"
	"time"

	"kith/internal/segql"
)

// term is the value of a term for a person, or within a filter for a fact.
func (w *world) term(c *segql.Checked, t segql.Term, p *person, f *fact) *value {
	switch t := t.(type) {
	case *segql.Field:
		return w.field(c, t, p, f)
	case *segql.NumberLit:
		return number(t.Micros)
	case *segql.StringLit:
		return text(t.Value)
	case *segql.BoolLit:
		return boolean(t.Value)
	case *segql.DateLit:
		return &value{typ: segql.DateType, date: t.Date}
	case *segql.AgoLit:
		return moment(w.ago(t.Duration))
	case *segql.Arith:
		return arith(t.Op, w.term(c, t.L, p, f), w.term(c, t.R, p, f))
	case *segql.Aggregate:
		return w.aggregate(c, t, p)
	case *segql.Percentile:
		return w.percentile(c, t, p)
	}
	panic(fmt.Sprintf("plain: unknown term %T", t))
}

func (w *world) field(c *segql.Checked, t *segql.Field, p *person, f *fact) *value {
	info := c.Fields[t]
	switch info.Kind {
	case segql.FactField:
		return w.shop.field(f, t.Name, c.TypeOf(t))
	case segql.CustomerField, segql.TraitField:
		return w.profile(p, t.Name, c.TypeOf(t))
	case segql.OwnField:
		return w.own(p, t.Name)
	case segql.BaseField:
		return w.base(p, t.Name)
	case segql.ShopField:
		return w.shop.setting(t.Name)
	case segql.NoField:
	}
	panic("plain: unknown field " + t.Name)
}

// selected are a person's facts of a kind that fit the filter and the window,
// in order of instant and id.
func (w *world) selected(c *segql.Checked, facts *segql.Facts, window segql.Window, p *person) []fact {
	var all, fit []fact
	if facts.Event {
		all = w.tracked(p, segql.EventKey(facts.Name))
	} else {
		all = w.all(p, facts.Name)
	}
	for _, f := range all {
		if (facts.Filter == nil || w.holds(c, facts.Filter, p, &f)) && w.inside(c, window, p, f.at) {
			fit = append(fit, f)
		}
	}
	return fit
}

// inside says whether an instant lies in a window.
func (w *world) inside(c *segql.Checked, window segql.Window, p *person, at time.Time) bool {
	switch n := window.(type) {
	case nil:
		return true
	case *segql.InLast:
		return at.After(w.ago(n.D)) && !at.After(w.t)
	case *segql.BetweenAgo:
		return at.After(w.ago(n.From)) && !at.After(w.ago(n.To))
	case *segql.BeforeAgo:
		return !at.After(w.ago(n.D))
	case *segql.SinceDate:
		return !at.Before(w.shop.startOf(n.Date))
	case *segql.BeforeDate:
		return at.Before(w.shop.startOf(n.Date))
	case *segql.BetweenDates:
		last := n.To
		last.Day++
		return !at.Before(w.shop.startOf(n.From)) && at.Before(w.shop.startOf(last))
	case *segql.CalendarWindow:
		from, to := calendarWindow(w.shop.Settings.Zone, w.t, n.Unit, n.Previous)
		return !at.Before(from) && at.Before(to)
	case *segql.SinceFact:
		all := w.selected(c, n.Facts, nil, p)
		if len(all) == 0 {
			return false
		}
		if n.Last {
			return at.After(all[len(all)-1].at)
		}
		return at.After(all[0].at)
	}
	panic(fmt.Sprintf("plain: unknown window %T", window))
}

func (w *world) aggregate(c *segql.Checked, t *segql.Aggregate, p *person) *value {
	facts := w.selected(c, t.Facts, t.Window, p)
	as := c.AggregateFields[t].Type
	switch t.Func {
	case segql.Count:
		return whole(len(facts))
	case segql.CountDays:
		return whole(w.countDays(facts))
	case segql.First, segql.Last:
		if len(facts) == 0 {
			return nil
		}
		f := facts[0]
		if t.Func == segql.Last {
			f = facts[len(facts)-1]
		}
		return w.shop.field(&f, t.Field, as)
	case segql.Sum, segql.Avg, segql.Min, segql.Max, segql.Distinct:
	}
	var values []*value
	for _, f := range facts {
		if v := w.shop.field(&f, t.Field, as); v != nil {
			values = append(values, v)
		}
	}
	return w.fold(t.Func, values, as)
}

// fold is sum, avg, min, max or distinct of values of one type.
func (w *world) fold(function segql.AggregateFunc, values []*value, as segql.Type) *value {
	switch function {
	case segql.Sum:
		return sum(values, as)
	case segql.Avg:
		if len(values) == 0 {
			return nil
		}
		all := sum(values, as)
		return fraction(all.num, times(all.den, integer(int64(len(values)))))
	case segql.Distinct:
		n := 0
		for i, v := range values {
			if !w.anyEqual(values[:i], v) {
				n++
			}
		}
		return whole(n)
	case segql.Min, segql.Max:
		return w.extreme(function, values)
	case segql.Count, segql.CountDays, segql.First, segql.Last:
	}
	panic("plain: not a function of values")
}

// extreme is the smallest or the greatest value.
func (w *world) extreme(function segql.AggregateFunc, values []*value) *value {
	var best *value
	for _, v := range values {
		if best == nil || function == segql.Min && w.compare(v, best) < 0 || function == segql.Max && w.compare(v, best) > 0 {
			best = v
		}
	}
	return best
}

func (w *world) anyEqual(values []*value, v *value) bool {
	for _, x := range values {
		if w.compare(x, v) == 0 {
			return true
		}
	}
	return false
}

// sum is exact. Values of one field are fractions of one kind.
func sum(values []*value, as segql.Type) *value {
	num, den := new(big.Int), integer(1)
	for _, v := range values {
		num.Add(num, v.num)
		den = v.den
	}
	return &value{typ: as, num: num, den: den}
}
