-- One scan, limited by what every column of it asks for; all customers are not read where they need not be.
-- rfm.group = "At risk"
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (WITH bought AS MATERIALIZED (
            SELECT o1.customer, o1.a2 AS last_at, o1.a3 AS orders, try(CAST(coalesce(o1.a5, 0) AS DECIMAL(38, 6)) - CAST(coalesce(r4.a6, 0) AS DECIMAL(38, 6))) AS net
            FROM (SELECT f.key AS customer, max(f.ts) AS a2, count(*) AS a3, sum(f.total) AS a5
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o1
LEFT JOIN (SELECT f.key AS customer, sum(f.total) AS a6
      FROM refund f
      WHERE f.ts <= $1 AND f.key > 0
      GROUP BY 1) r4 ON r4.customer = o1.customer),
          fifth AS (SELECT percentile_disc([0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY last_at) AS last_at, percentile_disc([0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY orders) AS orders, percentile_disc([0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY net) AS net FROM bought)
      SELECT customer, last_at, orders, net, r, f, m, CASE
        WHEN orders = 1 THEN CASE WHEN r >= 4 THEN 'New' WHEN r = 3 THEN 'Needs attention' WHEN r = 2 THEN 'Almost lost' ELSE 'Dormant' END
        ELSE CASE r
          WHEN 5 THEN ['New', 'Promising', 'Active', 'Loyal', 'Champions'][(f + m + 1) // 2]
          WHEN 4 THEN ['Promising', 'Promising', 'Active', 'Loyal', 'Champions'][(f + m + 1) // 2]
          WHEN 3 THEN ['Needs attention', 'Needs attention', 'Needs attention', 'Loyal', 'Loyal'][(f + m + 1) // 2]
          WHEN 2 THEN ['Almost lost', 'Almost lost', 'At risk', 'At risk', 'Previously loyal'][(f + m + 1) // 2]
          ELSE ['Dormant', 'Dormant', 'Dormant', 'Previously loyal', 'Previously loyal'][(f + m + 1) // 2] END
        END AS "group"
      FROM (SELECT customer, b.last_at, b.orders, b.net, 1 + CAST(b.last_at > q.last_at[1] AS INTEGER) + CAST(b.last_at > q.last_at[2] AS INTEGER) + CAST(b.last_at > q.last_at[3] AS INTEGER) + CAST(b.last_at > q.last_at[4] AS INTEGER) AS r, 1 + CAST(b.orders > q.orders[1] AS INTEGER) + CAST(b.orders > q.orders[2] AS INTEGER) + CAST(b.orders > q.orders[3] AS INTEGER) + CAST(b.orders > q.orders[4] AS INTEGER) AS f, 1 + CAST(b.net > q.net[1] AS INTEGER) + CAST(b.net > q.net[2] AS INTEGER) + CAST(b.net > q.net[3] AS INTEGER) + CAST(b.net > q.net[4] AS INTEGER) AS m
            FROM bought b CROSS JOIN fifth q)) r7 ON r7.customer = c.customer
WHERE coalesce(r7."group", 'Prospects') = $2;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = At risk
