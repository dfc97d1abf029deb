package sqlgen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kith/internal/segql"
)

// wordBits is how many segments one word of a bitmap holds.
const wordBits = 64

// Kinds returns a statement with one row for each kind of customer: the known
// customers who are in exactly the same of the segments. Its columns are the
// words of a bitmap, segment i as bit i % 64 of word i / 64; how many such
// customers there are; then their orders, the total of these and of their
// refunds, in the last 12 months and in all, amounts as text.
func Kinds(segments []Segment, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		sc := g.newScope()
		var inner, outer, words []string
		for i, s := range slices.Collect(slices.Chunk(segments, wordBits)) {
			word := fmt.Sprintf("w%d", i+1)
			inner = append(inner, g.word(sc, s)+" AS "+word)
			words = append(words, word)
		}
		outer = append(slices.Clone(words), "count(*)")
		e := &env{g: g, sc: sc}
		for i, w := range []span{g.span(lastYear()), g.span(nil)} {
			for j, column := range e.ordered(w) {
				name := fmt.Sprintf("s%d%d", i, j)
				inner = append(inner, column+" AS "+name)
				outer = append(outer, "CAST(coalesce(sum("+name+"), 0) AS VARCHAR)")
			}
		}
		sql := twoSteps(outer, inner, sc)
		if len(words) > 0 {
			sql += "\nGROUP BY " + strings.Join(words, ", ")
		}
		return sql
	})
}

// word is the bitmap of up to wordBits segments that a customer is in.
func (g *gen) word(sc *scope, segments []Segment) string {
	bits := make([]string, len(segments))
	for i, s := range segments {
		bits[i] = fmt.Sprintf("CASE WHEN %s THEN CAST(%d AS UBIGINT) ELSE CAST(0 AS UBIGINT) END", g.segment(sc, s).sql, uint64(1)<<i)
	}
	return strings.Join(bits, " | ")
}

// lastYear is the window "in last 12 months".
func lastYear() segql.Window {
	return &segql.InLast{D: segql.Duration{N: 12, Unit: segql.Months}}
}

// ordered is a customer's number of orders, their total and that of refunds.
func (e *env) ordered(w span) [3]string {
	slot := func(fact, aggregate string) string {
		s := e.selection(&segql.Facts{Name: fact})
		return "coalesce(" + e.scanOf(s, 0, w, aggregate).slot(e.g, s.rows(w), aggregate) + ", 0)"
	}
	return [3]string{slot("order", "count(*)"), slot("order", "sum(f.total)"), slot("refund", "sum(f.total)")}
}

// Purchases returns a statement with one row for each category and product
// that a member bought in the last 12 months, and one for anything at all:
// which of them it is ("category", "product", "anything"), the category or
// product, and how many members and other known customers bought it.
func Purchases(s Segment, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		bought := g.bought("customer, category, product, GROUPING(category, product) AS what",
			"GROUP BY GROUPING SETS ((customer), (customer, category), (customer, product))", g.span(lastYear()))
		return `SELECT CASE what WHEN 1 THEN 'category' WHEN 2 THEN 'product' ELSE 'anything' END, coalesce(category, product, ''),
       count(k.customer) AS members, count(*) - count(k.customer) AS others
FROM (` + bought + `) b LEFT JOIN (` + g.keys(s) + `) k ON k.customer = b.customer
WHERE what = 3 OR coalesce(category, product) IS NOT NULL
GROUP BY what, category, product
HAVING members > 0 OR what = 3`
	})
}

// bought reads the items of known customers in a window.
func (g *gen) bought(columns, group string, w span) string {
	t := itemTable()
	customer, joins := t.customer(g)
	where := append([]string{"f.ts > " + g.instant(w.lo), "f.ts <= " + g.instant(w.hi), customer + " > 0"}, t.valid(g)...)
	return "SELECT " + columns + "\n      FROM (SELECT " + customer + " AS customer, f.category, f.product FROM item f" + joins +
		"\n            WHERE " + strings.Join(where, " AND ") + ")\n      " + group
}

// keys is the segment's members, by number.
func (g *gen) keys(s Segment) string {
	sc := g.newScope()
	c := g.segment(sc, s)
	return "SELECT " + sc.driverColumn(c) + " AS customer\nFROM " + sc.from(c, false) + where(c)
}

// OrderedSince returns a statement with one row: how many customers are in the
// segment at T, and how many of these ordered after T, up to an instant.
func OrderedSince(s Segment, until time.Time, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		customer, joins := orderTable().customer(g)
		end := g.instant(until.UTC().Truncate(time.Microsecond))
		return `SELECT count(*), count(b.customer)
FROM (` + g.keys(s) + `) k LEFT JOIN (SELECT DISTINCT ` + customer + ` AS customer FROM orders f` + joins + `
      WHERE f.ts > ` + g.now() + ` AND f.ts <= ` + end + ` AND f.valid_to > ` + end + `) b ON b.customer = k.customer`
	})
}

// ProductNames returns a statement with a row for each of these products that
// has a name: the product and its name, the catalogue's at T, else that of the
// latest item.
func ProductNames(products []string, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		list := make([]string, len(products))
		for i, p := range products {
			list[i] = "(" + g.arg(p) + ")"
		}
		of := "product IN (SELECT product FROM asked)"
		return `WITH asked(product) AS (VALUES ` + strings.Join(list, ", ") + `)
SELECT a.product, coalesce(c.name, i.name)
FROM asked a
LEFT JOIN (SELECT product, max(name) AS name FROM (` + catalogue(g) + `) WHERE ` + of + ` GROUP BY 1) c ON c.product = a.product
LEFT JOIN (SELECT product, arg_max(name, (ts, name)) AS name FROM item WHERE ` + of + ` AND name IS NOT NULL AND ts <= ` + g.now() + ` GROUP BY 1) i ON i.product = a.product
WHERE coalesce(c.name, i.name) IS NOT NULL`
	})
}
