package sqlgen

import (
	"fmt"
	"strings"
)

// RFM returns a statement with one row per known customer with an order:
// customer, last_at, orders, net, r, f, m and group, as of T. Scores run from
// 1 to 5: 1 + floor(5 × worse / n), where worse counts the customers with a
// strictly worse value, so that ties share a score.
func RFM(o Options) (Statement, error) {
	return compile(o, func(g *gen) string { return rfm(g)() })
}

func rfm(g *gen) func() string {
	e := &env{g: g, sc: g.newScope()}
	orders, r := e.allOf("order", "max(f.ts)", "count(*)")
	last, count := orders.slot(g, r, "max(f.ts)"), orders.slot(g, r, "count(*)")
	net := e.spendNet()
	c := always()
	c.set(orders, isFalse) // every row of the scan has an order: count(*) sees to it
	return func() string {
		from := e.sc.from(c, false)
		if orders.summary {
			from += "\n            WHERE " + count + " > 0" // who has refunds only stands there too
		}
		return `WITH bought AS MATERIALIZED (
            SELECT ` + orders.alias + `.customer, ` + last + ` AS last_at, ` + count + ` AS orders, ` + net.sql + ` AS net
            FROM ` + from + `),
          fifth AS (SELECT ` + fifths("last_at") + `, ` + fifths("orders") + `, ` + fifths("net") + ` FROM bought)
      SELECT customer, last_at, orders, net, r, f, m, ` + rfmGroup + ` AS "group"
      FROM (SELECT customer, b.last_at, b.orders, b.net, ` + scored("last_at") + ` AS r, ` + scored("orders") + ` AS f, ` + scored("net") + ` AS m
            FROM bought b CROSS JOIN fifth q)`
	}
}

// fifths are the values at which scores change. Of n values, floor(5 × worse / n)
// reaches j when ceil(j × n / 5) of them are worse, which they are than a value
// above the one at that place: percentile_disc. To find four values takes a
// fraction of what sorting all takes.
func fifths(column string) string {
	return "percentile_disc([0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY " + column + ") AS " + column
}

func scored(column string) string {
	terms := []string{"1"}
	for j := range 4 {
		terms = append(terms, fmt.Sprintf("CAST(b.%s > q.%s[%d] AS INTEGER)", column, column, j+1))
	}
	return strings.Join(terms, " + ")
}

// rfmGroup is the table of groups by R and FM = floor((F + M + 1) / 2);
// customers with one order have their own column.
const rfmGroup = `CASE
        WHEN orders = 1 THEN CASE WHEN r >= 4 THEN 'New' WHEN r = 3 THEN 'Needs attention' WHEN r = 2 THEN 'Almost lost' ELSE 'Dormant' END
        ELSE CASE r
          WHEN 5 THEN ['New', 'Promising', 'Active', 'Loyal', 'Champions'][(f + m + 1) // 2]
          WHEN 4 THEN ['Promising', 'Promising', 'Active', 'Loyal', 'Champions'][(f + m + 1) // 2]
          WHEN 3 THEN ['Needs attention', 'Needs attention', 'Needs attention', 'Loyal', 'Loyal'][(f + m + 1) // 2]
          WHEN 2 THEN ['Almost lost', 'Almost lost', 'At risk', 'At risk', 'Previously loyal'][(f + m + 1) // 2]
          ELSE ['Dormant', 'Dormant', 'Dormant', 'Previously loyal', 'Previously loyal'][(f + m + 1) // 2] END
        END`

// Units returns a statement for what price bands are made from: customer,
// category (a number, below zero for none), price and quantity in millionths,
// ordered by customer.
func Units(o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		t := itemTable()
		customer, joins := t.customer(g)
		where := append([]string{"f.ts <= " + g.now(), customer + " > 0", "f.price IS NOT NULL"}, t.valid(g)...)
		return "SELECT customer, CASE WHEN category IS NULL THEN -1 ELSE CAST(dense_rank() OVER (ORDER BY category) AS INTEGER) END AS category," +
			" CAST(CAST(price AS DECIMAL(38, 6)) * 1000000 AS BIGINT) AS price, CAST(quantity * 1000000 AS BIGINT) AS quantity" +
			"\nFROM (SELECT " + customer + " AS customer, f.category, f.price, sum(f.quantity) AS quantity FROM item f" + joins +
			"\n      WHERE " + strings.Join(where, " AND ") + " GROUP BY ALL)\nORDER BY customer"
	})
}
