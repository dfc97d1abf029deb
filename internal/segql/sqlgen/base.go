package sqlgen

import (
	"fmt"

	"kith/internal/segql"
)

// base is a field that depends on everyone: from the latest run for saved
// segments, else as of T.
func (e *env) base(name string) value {
	info, ok := segql.LookupField(name)
	if !ok {
		e.g.fail("base field %q is not known", name)
	}
	if e.saved && e.g.opt.Run > 0 {
		return e.scored(name, info.Type)
	}
	switch name {
	case "rfm.recency", "rfm.frequency", "rfm.monetary", "rfm.group":
		src := e.sc.source("rfm", "r", func() *source { return &source{existing: true, text: rfm(e.g)} })
		v := value{typ: info.Type, null: true, without: missingWithout(src)}
		switch name {
		case "rfm.recency":
			v.sql, v.whole = src.alias+".r", true
		case "rfm.frequency":
			v.sql, v.whole = src.alias+".f", true
		case "rfm.monetary":
			v.sql, v.whole = src.alias+".m", true
		default:
			// Customers without an order are prospects.
			v.sql, v.null, v.without = "coalesce("+src.alias+`."group", 'Prospects')`, false, nil
		}
		return v
	case "price_band":
		src := e.sc.source("price_band", "b", func() *source {
			return &source{existing: true, text: plain("SELECT customer, band FROM price_band_now")}
		})
		return value{typ: segql.Text, sql: src.alias + ".band", null: true, without: missingWithout(src)}
	}
	// clv has no models to be computed from; it is missing until a run brings it.
	return none(info.Type)
}

// scored is a field as the latest run at or before T left it.
func (e *env) scored(name string, typ segql.Type) value {
	g := e.g
	column := "number"
	if typ == segql.Text {
		column = "label"
	}
	src := e.sc.source("score|"+name, "s", func() *source {
		return &source{text: plain("SELECT customer, " + column + " FROM score WHERE name = " + g.arg(name) +
			" AND valid_from <= " + g.now() + " AND valid_to > " + g.now())}
	})
	v := value{typ: typ, sql: src.alias + "." + column, null: true, without: missingWithout(src)}
	if name == "rfm.group" {
		v.sql, v.null, v.without = "coalesce("+v.sql+", 'Prospects')", false, nil
	}
	return v
}

// UsesPriceBand says that a segment needs the table price_band_now: price
// bands as of T, which no SQL computes in reasonable time. The caller makes
// it, with the columns customer and band, when no run serves.
func UsesPriceBand(s Segment, o Options) bool {
	if s.Saved && o.Run > 0 {
		return false
	}
	for f := range s.Checked.Fields {
		if f.Name == "price_band" {
			return true
		}
	}
	for _, ref := range s.Checked.Refs {
		if UsesPriceBand(Segment{Checked: ref, Saved: true}, o) {
			return true
		}
	}
	return false
}

// percentile is the share of customers with a lower value, times 100.
func (e *env) percentile(p *segql.Percentile) value {
	g := e.g
	term := segql.PrintTerm(p.X)
	run := e.saved && g.opt.RunPercentiles[term]
	src := e.sc.source(fmt.Sprintf("percentile|%t|%t|%s", run, e.saved, term), "p", func() *source {
		if run {
			return &source{existing: true, text: plain("SELECT customer, worse, among FROM percentile WHERE run = " + g.arg(int64(g.opt.Run)) + " AND expr = " + g.arg(term))}
		}
		return &source{existing: true, text: e.ranking(p.X)}
	})
	return value{
		typ: segql.Fraction,
		num: "(CAST(" + src.alias + ".worse AS HUGEINT) * 100000000)",
		den: "CAST(" + src.alias + ".among AS HUGEINT)",

		smallNum: src.alias + ".worse * 100000000", smallDen: src.alias + ".among",
		null: true, without: missingWithout(src),
	}
}

// Ranking returns a statement with the columns customer, worse and among for
// a percentile's term: of "among" known customers for whom it looks at a fact
// and has a value, "worse" have a strictly lower one.
func Ranking(c *segql.Checked, x segql.Term, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		e := &env{g: g, checked: c, sc: g.newScope()}
		return e.ranking(x)()
	})
}

// ranking ranks customers by a term, in a scope of its own.
func (e *env) ranking(x segql.Term) func() string {
	in := &env{g: e.g, checked: e.checked, sc: e.g.newScope(), saved: e.saved}
	v := in.term(x)
	counts := and(in.looks(x), not(v.isMissing()))
	return func() string {
		customer, from := in.sc.driverColumn(counts), in.sc.from(counts, false)+where(counts)
		by := v.ordered()
		if v.sum != "" {
			from = "(SELECT " + customer + ", " + v.sum + " AS s, " + v.count + " AS n, " + micros(v.sum) + " AS m FROM " + from + ")"
			customer, by = "customer", orderedAverage
		}
		return "SELECT " + customer + " AS customer, rank() OVER (ORDER BY " + by + ") - 1 AS worse, count(*) OVER () AS among\n      FROM " + from
	}
}

// micros is a sum in millionths as a BIGINT; NULL for one that might not fit.
// The whole and the rest are converted apart: both fit into 64 bits, and
// DuckDB divides numbers of 128 bits slowly.
func micros(sum string) string {
	const form = "DECIMAL(18, 6)"
	d := "CAST(" + sum + " AS " + form + ")"
	whole := "CAST(" + d + " AS BIGINT)"
	return "CASE WHEN abs(" + sum + ") < 900000000000 THEN " + whole + " * 1000000 + CAST((" + d + " - CAST(" + whole + " AS " + form + ")) * 1000000 AS BIGINT) END"
}

// orderedAverage sorts by s / n, of which m is s in millionths: by the whole
// millionths of the average, then by the rest, which a double tells apart.
const orderedAverage = "coalesce(CAST(m // n AS HUGEINT), CAST(s * 1000000 AS HUGEINT) // n), coalesce(CAST(m % n AS HUGEINT), CAST(s * 1000000 AS HUGEINT) % n) / CAST(n AS DOUBLE)"

// ordered is a value to sort by. A fraction is cut twelve places after its
// millionths: two that differ are told apart as long as their denominators
// multiply to less than that.
func (v value) ordered() string {
	if v.typ == segql.Fraction {
		return "try(" + v.num + " * 1000000000000 // " + v.den + ")"
	}
	return v.sql
}

// looks is the condition that a term looks at a fact, or at a field with a value.
func (e *env) looks(t segql.Term) cond {
	switch t := t.(type) {
	case *segql.Arith:
		return or(e.looks(t.L), e.looks(t.R))
	case *segql.Aggregate:
		return e.exists(t.Facts, t.Window)
	case *segql.Field:
		return not(e.field(t).isMissing())
	default:
		return never()
	}
}
