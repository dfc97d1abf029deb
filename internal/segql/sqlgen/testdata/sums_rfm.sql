-- Ranks come from the summary: four values part the fifths, so that nothing is sorted.
-- rfm.group = "Loyal"
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (WITH bought AS MATERIALIZED (
            SELECT y1.customer, y1.last_at AS last_at, y1.orders AS orders, try(CAST(coalesce(y1.total, 0) AS DECIMAL(38, 6)) - CAST(coalesce(y1.refunds, 0) AS DECIMAL(38, 6))) AS net
            FROM (SELECT customer, CAST(orders AS BIGINT) AS orders, CASE WHEN orders > 0 THEN total END AS total, refunds, first_order_at AS first_at, last_order_at AS last_at FROM summary WHERE settled_at <= $1
      UNION ALL SELECT customer, CAST(sum(orders) AS BIGINT), sum(total), sum(refunds), min(first_at), max(last_at) FROM (
        SELECT f.key AS customer, count(*) AS orders, sum(f.total) AS total, NULL AS refunds, min(f.ts) AS first_at, max(f.ts) AS last_at FROM orders f
        WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key IN (SELECT customer FROM summary WHERE settled_at > $1) GROUP BY 1
        UNION ALL SELECT f.key AS customer, 0, NULL, sum(f.total), NULL, NULL FROM refund f
        WHERE f.ts <= $1 AND f.key IN (SELECT customer FROM summary WHERE settled_at > $1) GROUP BY 1) GROUP BY 1) y1
            WHERE y1.orders > 0),
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
            FROM bought b CROSS JOIN fifth q)) r2 ON r2.customer = c.customer
WHERE coalesce(r2."group", 'Prospects') = $2;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = Loyal
