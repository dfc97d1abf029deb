-- Each table is scanned once for all segments, what several scopes look at is materialised, and each condition stands once.
WITH o1 AS MATERIALIZED (SELECT f.key AS customer, max(f.ts) > $1 AS a2, sum(f.total) AS a3, count(*) AS a4, TRUE AS a5, max(f.ts) AS a7
      FROM orders f
      WHERE f.ts <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1)
SELECT count(b1) AS n1,
       count(b2) AS n2,
       count(b3) AS n3,
       count(b4) AS n4,
       count(b5) AS n5
FROM (SELECT CASE WHEN o1.a2 THEN TRUE END AS b1,
             CASE WHEN p6.worse * 100000000 >= $3 * p6.among THEN TRUE END AS b2,
             CASE WHEN coalesce(r10."group", 'Prospects') = $4 THEN TRUE END AS b3,
             CASE WHEN t11.value = $5 AND NOT coalesce(o1.a5, FALSE) THEN TRUE END AS b4,
             CASE WHEN e12.a13 AND NOT coalesce(e14.a15, FALSE) THEN TRUE END AS b5
FROM (SELECT customer, id FROM customer WHERE exists_from <= $2) c
LEFT JOIN o1 ON o1.customer = c.customer
LEFT JOIN (SELECT customer AS customer, rank() OVER (ORDER BY coalesce(CAST(m // n AS HUGEINT), CAST(s * 1000000 AS HUGEINT) // n), coalesce(CAST(m % n AS HUGEINT), CAST(s * 1000000 AS HUGEINT) % n) / CAST(n AS DOUBLE)) - 1 AS worse, count(*) OVER () AS among
      FROM (SELECT o1.customer, o1.a3 AS s, o1.a4 AS n, CASE WHEN abs(o1.a3) < 900000000000 THEN CAST(CAST(o1.a3 AS DECIMAL(18, 6)) AS BIGINT) * 1000000 + CAST((CAST(o1.a3 AS DECIMAL(18, 6)) - CAST(CAST(CAST(o1.a3 AS DECIMAL(18, 6)) AS BIGINT) AS DECIMAL(18, 6))) * 1000000 AS BIGINT) END AS m FROM o1
WHERE o1.a5 AND NOT o1.a3 IS NULL)) p6 ON p6.customer = c.customer
LEFT JOIN (WITH bought AS MATERIALIZED (
            SELECT o1.customer, o1.a7 AS last_at, o1.a4 AS orders, try(CAST(coalesce(o1.a3, 0) AS DECIMAL(38, 6)) - CAST(coalesce(r8.a9, 0) AS DECIMAL(38, 6))) AS net
            FROM o1
LEFT JOIN (SELECT f.key AS customer, sum(f.total) AS a9
      FROM refund f
      WHERE f.ts <= $2 AND f.key > 0
      GROUP BY 1) r8 ON r8.customer = o1.customer),
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
            FROM bought b CROSS JOIN fifth q)) r10 ON r10.customer = c.customer
LEFT JOIN (SELECT customer, value FROM trait WHERE name = $6 AND valid_from <= $2 AND valid_to > $2) t11 ON t11.customer = c.customer
LEFT JOIN (SELECT f.key AS customer, TRUE AS a13
      FROM event f
      WHERE f.event = $7 AND f.ts > $8 AND f.ts <= $2 AND f.key > 0
      GROUP BY 1) e12 ON e12.customer = c.customer
LEFT JOIN (SELECT f.key AS customer, TRUE AS a15
      FROM event f
      WHERE f.event = $9 AND f.ts <= $2 AND f.key > 0
      GROUP BY 1) e14 ON e14.customer = c.customer);
-- $1 = 2025-12-02T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
-- $3 = 80000000
-- $4 = Champions
-- $5 = female
-- $6 = gender
-- $7 = product_viewed
-- $8 = 2025-12-25T00:00:00Z
-- $9 = checkout_started
