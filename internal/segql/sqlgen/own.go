package sqlgen

import (
	"strings"

	"kith/internal/segql"
)

// own is a field worked out from the customer's own facts.
func (e *env) own(name string) value {
	switch name {
	case "spend.net":
		return e.spendNet()
	case "discount.share":
		return e.discountShare()
	case "cadence.days":
		return e.cadenceDays()
	case "cadence.overdue":
		return e.cadenceOverdue()
	case "points.balance":
		src, r := e.allOf("points")
		return value{typ: segql.Number, sql: "coalesce(" + src.slot(e.g, r, "sum(f.amount)") + ", 0)", without: zeroWithout(src)}
	case "cart.items":
		src, r := e.cart()
		return value{typ: segql.Number, sql: "coalesce(" + src.slot(e.g, r, "sum(f.quantity)") + ", 0)", without: zeroWithout(src)}
	case "cart.value":
		src, r := e.cart()
		price := cartTable().fields["revenue"].sql
		return value{typ: segql.Number, sql: "coalesce(" + src.slot(e.g, r, "sum("+price+")") + ", 0)", without: zeroWithout(src)}
	case "cart.updated_at":
		return e.cartUpdated()
	case "stage":
		return e.stage()
	}
	e.g.fail("own field %q is not known", name)
	return value{}
}

// allOf is where aggregates of a built-in fact are found, and all its rows up to T.
func (e *env) allOf(fact string, wants ...string) (*source, rows) {
	s, w := e.selection(&segql.Facts{Name: fact}), e.g.span(nil)
	return e.scanOf(s, 0, w, wants...), s.rows(w)
}

// cart is the scan of the cart's lines with the catalogue at T.
func (e *env) cart() (*source, rows) {
	s := e.selection(&segql.Facts{Name: "cart_item"})
	return e.scanOf(s, needCatalogue, span{}), s.rows(e.g.span(nil))
}

func (e *env) cartUpdated() value {
	g := e.g
	src := e.sc.source("cart_change", "u", func() *source {
		return &source{existing: true, text: plain("SELECT customer, max(ts) AS ts FROM cart_change WHERE customer > 0 AND ts <= " + g.now() + " GROUP BY 1")}
	})
	return value{typ: segql.Instant, sql: src.alias + ".ts", null: true, without: missingWithout(src)}
}

// spendNet is the sum of totals less the sum of refunds.
func (e *env) spendNet() value {
	orders, or := e.allOf("order", "sum(f.total)")
	refunds, rr := e.allOf("refund", "sum(f.total)")
	sum := func(src *source, r rows) value {
		return value{typ: segql.Number, sql: "coalesce(" + src.slot(e.g, r, "sum(f.total)") + ", 0)", without: zeroWithout(src)}
	}
	v := e.g.arith(segql.Subtract, sum(orders, or), sum(refunds, rr))
	v.null = false
	return v
}

// discountShare is the share of orders that carry a discount.
func (e *env) discountShare() value {
	src, r := e.allOf("order")
	discounted := src.slot(e.g, r, "count(CASE WHEN f.discounted THEN 1 END)")
	count := src.slot(e.g, r, "count(*)")
	// A customer with other rows in the scan, but no order, has no share.
	return value{
		typ: segql.Fraction, num: "(CAST(" + discounted + " AS HUGEINT) * 1000000)", den: "CAST(nullif(" + count + ", 0) AS HUGEINT)",
		smallNum: discounted + " * 1000000", smallDen: "nullif(" + count + ", 0)",
		null: true, without: missingWithout(src),
	}
}

// gaps is a source with twice the median of the days between order days, from three order days on.
func (e *env) gaps() *source {
	g := e.g
	t := orderTable()
	customer, joins := t.customer(g)
	return e.sc.source("gaps", "g", func() *source {
		days := "SELECT DISTINCT " + customer + " AS customer, f.day FROM orders f" + joins +
			" WHERE f.ts <= " + g.now() + " AND f.valid_to > " + g.now() + " AND " + customer + " > 0"
		gaps := "SELECT customer, day - lag(day) OVER (PARTITION BY customer ORDER BY day) AS gap FROM (" + days + ")"
		// The median of whole days is whole or half, which a double holds exactly.
		return &source{existing: true, text: plain("SELECT customer, CAST(2 * median(gap) AS BIGINT) AS twice FROM (" + gaps + ") GROUP BY 1 HAVING count(gap) >= 2")}
	})
}

func (e *env) cadenceDays() value {
	src := e.gaps()
	return value{typ: segql.Number, sql: "(CAST(" + src.alias + ".twice AS DECIMAL(18, 6)) * 0.5)", null: true, without: missingWithout(src)}
}

// cadenceOverdue is the days since the last order over cadence.days.
func (e *env) cadenceOverdue() value {
	g, gaps := e.g, e.gaps()
	orders, r := e.allOf("order", "max(f.ts)")
	last := orders.slot(g, r, "max(f.ts)")
	return value{
		typ:  segql.Fraction,
		num:  "(CAST(epoch_us(" + g.now() + ") - epoch_us(" + last + ") AS HUGEINT) * 1000000)",
		den:  "(CAST(" + gaps.alias + ".twice AS HUGEINT) * 43200000000)",
		null: true, without: missingWithout(gaps),
	}
}

// stages are the definitions behind stage, the first that fits; see presets.
var stages = []struct{ name, text string }{
	{"lost", "has order and no order in last 12 months"},
	{"lapsing", "has order in last 12 months and no order in last 90 days"},
	{"loyal", "count(order) in last 12 months >= 4 and days(order) in last 12 months >= 3 and has order in last 90 days"},
	{"repeat", "count(order) >= 2"},
	{"first-time", "count(order) = 1"},
}

// stageAlone are the same stages, each without the ones before it: asked for
// one of them, the days of all orders need not be counted, and for most the
// summary is enough.
var stageAlone = map[string]string{
	"lost":       stages[0].text,
	"lapsing":    stages[1].text,
	"loyal":      stages[2].text,
	"repeat":     stages[3].text + boughtLately + " and not (" + stages[2].text + ")",
	"first-time": stages[4].text + boughtLately,
	"prospect":   "no order",
}

// boughtLately is neither lost nor lapsing, of those who bought.
const boughtLately = " and has order in last 90 days"

// stage is where the customer stands in their life with the shop.
func (e *env) stage() value {
	var sql strings.Builder
	sql.WriteString("CASE")
	for _, s := range stages {
		sql.WriteString(" WHEN " + e.definition(s.text).sql + " THEN '" + s.name + "'")
	}
	return value{typ: segql.Text, sql: sql.String() + " ELSE 'prospect' END"}
}

// stageIn is whether the stage is one of some that are written down; ok is
// false where something else is asked.
func (e *env) stageIn(x segql.Term, list []segql.Term) (c cond, ok bool) {
	field, ok := x.(*segql.Field)
	if !ok || field.Name != "stage" || e.checked.Fields[field].Kind != segql.OwnField {
		return c, false
	}
	parts := make([]cond, len(list))
	for i, t := range list {
		lit, ok := t.(*segql.StringLit)
		if !ok || stageAlone[lit.Value] == "" {
			return c, false
		}
		parts[i] = e.definition(stageAlone[lit.Value])
	}
	return or(parts...), true
}

// definition compiles the language's text behind an own field.
func (e *env) definition(text string) cond {
	root, problems := segql.Parse(text)
	if len(problems) > 0 {
		e.g.fail("parsing the definition %s: %w", text, problems)
		return never()
	}
	checked, problems := segql.Check(root, &segql.Catalogue{})
	if len(problems) > 0 {
		e.g.fail("checking the definition %s: %w", text, problems)
		return never()
	}
	return (&env{g: e.g, checked: checked, sc: e.sc, saved: e.saved}).node(root)
}
