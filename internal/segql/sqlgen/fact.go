package sqlgen

import (
	"kith/internal/segql"
)

// selection is the facts of one kind that fit a filter, compiled.
type selection struct {
	table  *table
	event  string
	filter string
	needs  need
	row    *env
}

// selection compiles the filter of facts.
func (e *env) selection(f *segql.Facts) selection {
	s := selection{table: e.g.tableOf(f)}
	if f.Event {
		s.event = segql.EventKey(f.Name)
	}
	row := &rowEnv{table: s.table, event: f.Event}
	s.row = &env{g: e.g, checked: e.checked, sc: e.sc, saved: e.saved, row: row}
	if f.Filter != nil {
		c := s.row.node(f.Filter)
		s.filter = c.nested()
		s.needs = row.needs
	}
	return s
}

// rows limits a selection to a window.
func (s selection) rows(w span) rows {
	return rows{table: s.table.name, event: s.event, lo: w.lo, hi: w.hi, hasLo: w.hasLo, filter: s.filter}
}

// scanOf returns the source that scans the selection's table. Selections of
// what is since another fact have a scan of their own; all others share one
// for each table, and one for recent events. What is joined to a row never makes two of it, so that it
// does not matter to the others. If the table summary has all that is wanted,
// aggregates or existence, it is that.
func (e *env) scanOf(s selection, needs need, w span, wants ...string) *source {
	if e.summed(s, needs, w, wants) {
		return e.sums()
	}
	key := "scan|" + s.table.name
	if s.event != "" && w.hasLo {
		// One event of the latest days must not be looked for among all others.
		key += "|recent"
	}
	sc := &scan{table: s.table}
	if w.since != nil {
		anchor := e.anchor(w.since)
		customer, _ := s.table.customer(e.g)
		join := "\n      JOIN (" + anchor + ") s ON s.customer = " + customer
		key += "|" + anchor
		sc.joins = append(sc.joins, join)
		sc.wheres = append(sc.wheres, "f.ts > s.ts")
	}
	src := e.sc.source(key, s.table.name[:1], func() *source { return &source{scan: sc, existing: true} })
	src.scan.needs |= needs
	return src
}

// anchor is a query for each customer's first or last of the facts.
func (e *env) anchor(w *segql.SinceFact) string {
	s := e.selection(w.Facts)
	fn := "min(f.ts)"
	if w.Last {
		fn = "max(f.ts)"
	}
	sc := &scan{table: s.table, needs: s.needs}
	sc.slots = []*slot{{alias: "ts", rows: s.rows(e.g.span(nil)), aggregate: fn}}
	return sc.render(e.g)
}

// has is "has" and "no".
func (e *env) has(n *segql.Has) cond {
	c := e.exists(n.Facts, n.Window)
	if n.No {
		return not(c)
	}
	return c
}

// exists is the condition that there are such facts in the window.
func (e *env) exists(f *segql.Facts, w segql.Window) cond {
	s, win := e.selection(f), e.g.span(w)
	src := e.scanOf(s, s.needs, win, existence)
	c := cond{sql: src.exists(e.g, s.rows(win)), null: true, atom: true}
	c.set(src, isFalse)
	return c
}

// aggregate is count, days, sum, avg, min, max, distinct, first, last.
func (e *env) aggregate(a *segql.Aggregate) value {
	s, win := e.selection(a.Facts), e.g.span(a.Window)
	if a.Func == segql.Count || a.Func == segql.CountDays {
		fn := "count(*)"
		if a.Func == segql.CountDays {
			fn = "count(DISTINCT f.day)"
		}
		src := e.scanOf(s, s.needs, win, fn)
		return countValue(src, src.slot(e.g, s.rows(win), fn))
	}
	x, needs := e.aggregated(s, a)
	wants := x.aggregates(a.Func, s.table)
	if wants == nil {
		e.g.fail("function %d is not known", a.Func)
		return value{}
	}
	src := e.scanOf(s, s.needs|needs, win, wants...)
	slots := make([]string, len(wants))
	for i, want := range wants {
		slots[i] = src.slot(e.g, s.rows(win), want)
	}
	switch a.Func {
	case segql.Sum:
		return sumValue(src, slots[0], x)
	case segql.Avg:
		return avgValue(src, slots[0], slots[1], x)
	case segql.Distinct:
		return countValue(src, slots[0])
	default:
		return missable(src, x, slots[0])
	}
}

// aggregates are what a function of the language takes of a value.
func (v value) aggregates(f segql.AggregateFunc, t *table) []string {
	switch f {
	case segql.Sum:
		return []string{"sum(" + v.operand() + ")"}
	case segql.Avg:
		return []string{"sum(" + v.operand() + ")", "count(" + v.counted() + ")"}
	case segql.Distinct:
		return []string{"count(DISTINCT " + v.operand() + ")"}
	case segql.Min:
		return []string{"min(" + v.operand() + ")"}
	case segql.Max:
		return []string{"max(" + v.operand() + ")"}
	case segql.First, segql.Last:
		return []string{v.atEnd(f == segql.Last, t)}
	case segql.Count, segql.CountDays:
	}
	return nil
}

// aggregated is the field that is aggregated, over a row, and what it needs joined.
func (e *env) aggregated(s selection, a *segql.Aggregate) (value, need) {
	s.row.row.needs = 0
	info, ok := e.checked.AggregateFields[a]
	if !ok {
		e.g.fail("field %q of an aggregate was not checked", a.Field)
	}
	return s.row.rowField(a.Field, info.Type), s.row.row.needs
}

// operand is what an aggregate function is called on.
func (v value) operand() string {
	if v.typ == segql.Fraction {
		return v.num
	}
	return v.sql
}

// counted is what is counted to know how many values there are.
func (v value) counted() string {
	if !v.null {
		return "*"
	}
	return v.operand()
}

// atEnd takes the value of the first or last fact; the fact is taken even if
// the value is missing. Facts of one instant go by id, then by arrival.
func (v value) atEnd(last bool, t *table) string {
	if v.sql == "f.ts" {
		if last {
			return "max(f.ts)"
		}
		return "min(f.ts)"
	}
	fn := "arg_min_null"
	if last {
		fn = "arg_max_null"
	}
	return fn + "(" + v.operand() + ", (f.ts, " + t.order + "))"
}

// countValue is a number of facts: zero without any.
func countValue(src *source, slot string) value {
	return value{typ: segql.Number, sql: "coalesce(" + slot + ", 0)", whole: true, without: zeroWithout(src)}
}

// sumValue is a sum: zero of nothing. A sum of fractions keeps their denominator.
func sumValue(src *source, sum string, x value) value {
	sum = "coalesce(" + sum + ", 0)"
	if x.typ == segql.Fraction {
		return value{typ: segql.Fraction, num: "CAST(" + sum + " AS HUGEINT)", den: x.den, without: zeroWithout(src)}
	}
	return value{typ: segql.Number, sql: sum, without: zeroWithout(src)}
}

// avgValue is sum over count, never divided.
func avgValue(src *source, sum, count string, x value) value {
	v := value{typ: segql.Fraction, null: true, without: missingWithout(src)}
	if x.typ == segql.Fraction {
		v.num = "CAST(" + sum + " AS HUGEINT)"
		v.den = "(CAST(nullif(" + count + ", 0) AS HUGEINT) * " + x.den + ")"
		return v
	}
	v.sum, v.count = sum, count
	v.num = "CAST(" + sum + " * 1000000 AS HUGEINT)"
	v.den = "CAST(nullif(" + count + ", 0) AS HUGEINT)"
	return v
}

// missable is a value of one of the facts: missing without any.
func missable(src *source, x value, slot string) value {
	v := value{typ: x.typ, sql: slot, null: true, without: missingWithout(src)}
	if x.typ == segql.Fraction {
		v.sql, v.num, v.den = "", "CAST("+slot+" AS HUGEINT)", x.den
	}
	return v
}

// rowField is a field of the row that is filtered or aggregated; a property
// is read as the type asked for.
func (e *env) rowField(name string, typ segql.Type) value {
	c, ok := e.row.table.fields[name]
	if !ok {
		if !e.row.event {
			e.g.fail("table %s has no field %q", e.row.table.name, name)
		}
		return readAs(typ, e.g.property(name))
	}
	e.row.needs |= c.needs
	v := value{typ: c.typ, sql: c.sql, null: !c.always}
	if c.typ == segql.Fraction {
		v.sql, v.num, v.den = "", c.sql, dayUnits
	}
	return v
}

// property is an event's property as text: a list or an object is missing.
func (g *gen) property(name string) string {
	path := g.arg(`$."` + name + `"`)
	return "CASE WHEN json_type(f.properties, " + path + ") NOT IN ('ARRAY', 'OBJECT') THEN json_extract_string(f.properties, " + path + ") END"
}

// The forms in which a text is a number, a date or an instant.
const (
	numberForm  = `[+-]?[0-9]{1,12}([.][0-9]{1,6})?`
	dateForm    = `[0-9]{4}-[0-9]{2}-[0-9]{2}`
	timeForm    = `([01][0-9]|2[0-3]):[0-5][0-9]`
	instantForm = dateForm + `T` + timeForm + `:[0-5][0-9]([.][0-9]+)?(Z|[+-]` + timeForm + `)`
)

// readAs reads a text as a type; what cannot be read so is missing.
func readAs(typ segql.Type, x string) value {
	v := value{typ: typ, null: true}
	switch typ {
	case segql.Number:
		v.sql = whenForm(x, numberForm, "CAST("+x+" AS DECIMAL(18, 6))")
	case segql.DateType:
		v.sql = readDate(x)
	case segql.Instant:
		v.sql = whenForm(x, instantForm, "try_cast("+x+" AS TIMESTAMPTZ) AT TIME ZONE 'UTC'")
	case segql.Bool:
		v.sql = "CASE " + x + " WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
	default:
		v.typ = segql.Text
		v.sql = "nullif(" + x + ", '')"
	}
	return v
}

// readDate reads YYYY-MM-DD.
func readDate(x string) string { return whenForm(x, dateForm, "try_cast("+x+" AS DATE)") }

// whenForm reads a text that has a form; the reading is tried, since the text
// of another row may be looked at too.
func whenForm(x, form, read string) string {
	return "CASE WHEN regexp_full_match(" + x + ", '" + form + "') THEN try(" + read + ") END"
}
