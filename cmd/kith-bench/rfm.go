package main

import (
	"context"
	"database/sql"

	"kith/internal/segql/sqlgen"
)

// rfmByHand scores every customer and counts the groups.
const rfmByHand = `
WITH g AS (SELECT c, max(ts) AS last, count(*) AS n, sum(total) AS s FROM o WHERE ts <= :T GROUP BY c),
x AS (SELECT key AS c, sum(total * 100) AS s FROM refund WHERE ts <= :T GROUP BY key),
k AS (SELECT n, g.s - coalesce(x.s, 0) AS net, last, count(*) OVER () AS people FROM g LEFT JOIN x USING (c))
SELECT gr, count(*), CAST(sum(n) AS BIGINT), sum(net) / 100.0 FROM (
SELECT n, net, CASE WHEN n = 1 THEN ['Dormant', 'Almost lost', 'Needs attention', 'New', 'New'][r] ELSE
  [['Dormant', 'Dormant', 'Dormant', 'Previously loyal', 'Previously loyal'],
   ['Almost lost', 'Almost lost', 'At risk', 'At risk', 'Previously loyal'],
   ['Needs attention', 'Needs attention', 'Needs attention', 'Loyal', 'Loyal'],
   ['Promising', 'Promising', 'Active', 'Loyal', 'Champions'],
   ['New', 'Promising', 'Active', 'Loyal', 'Champions']][r][(f + m + 1) // 2] END AS gr
FROM (SELECT n, net, 1 + 5 * (rank() OVER (ORDER BY last) - 1) // people AS r, 1 + 5 * (rank() OVER (ORDER BY n) - 1) // people AS f,
             1 + 5 * (rank() OVER (ORDER BY net) - 1) // people AS m FROM k)) GROUP BY gr ORDER BY gr`

// rfm races the scores of all customers.
func (b *bench) rfm(ctx context.Context, conn *sql.Conn, prefix string) error {
	st, err := sqlgen.RFM(shopOptions())
	if err != nil {
		return err
	}
	st.SQL = `SELECT "group", count(*), CAST(sum(orders) AS BIGINT), sum(net) FROM (` + st.SQL + `) GROUP BY 1 ORDER BY 1`
	return b.duel(ctx, conn, prefix+"rfm", st, byHand(rfmByHand))
}
