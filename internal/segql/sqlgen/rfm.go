package sqlgen

import "strings"

// RFM returns a statement with one row per known customer with an order:
// customer, last_at, orders, net, r, f, m and group, as of T. Scores run from
// 1 to 5: 1 + floor(5 × worse / n), where worse counts the customers with a
// strictly worse value, so that ties share a score.
func RFM(o Options) (Statement, error) {
	return compile(o, func(g *gen) string { return rfm(g)() })
}

func rfm(g *gen) func() string {
	e := &env{g: g, sc: g.newScope()}
	orders, r := e.allOf("order")
	last, count := orders.slot(g, r, "max(f.ts)"), orders.slot(g, r, "count(*)")
	net := e.spendNet()
	c := always()
	c.set(orders, isFalse) // every row of the scan has an order: count(*) sees to it
	return func() string {
		return `SELECT customer, last_at, orders, net, r, f, m, ` + rfmGroup + ` AS "group"
      FROM (SELECT customer, last_at, orders, net,
                   1 + 5 * (rank() OVER (ORDER BY last_at) - 1) // n AS r,
                   1 + 5 * (rank() OVER (ORDER BY orders) - 1) // n AS f,
                   1 + 5 * (rank() OVER (ORDER BY net) - 1) // n AS m
            FROM (SELECT ` + orders.alias + `.customer, ` + last + ` AS last_at, ` + count + ` AS orders, ` + net.sql + ` AS net, count(*) OVER () AS n
                  FROM ` + e.sc.from(c, false) + `))`
	}
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
