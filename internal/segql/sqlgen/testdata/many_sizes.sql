-- As the counts, with the net of 12 months beside the conditions.
WITH o1 AS MATERIALIZED (SELECT f.key AS customer, sum(f.total) FILTER (WHERE f.ts > $1) AS a2, max(f.ts) > $2 AS a5, sum(f.total) AS a6, count(*) AS a7, TRUE AS a8, max(f.ts) AS a10
      FROM orders f
      WHERE f.ts <= $3 AND f.valid_to > $3 AND f.key > 0
      GROUP BY 1),
r3 AS MATERIALIZED (SELECT f.key AS customer, sum(f.total) FILTER (WHERE f.ts > $1) AS a4, sum(f.total) AS a11
      FROM refund f
      WHERE f.ts <= $3 AND f.key > 0
      GROUP BY 1)
SELECT count(b1),
       coalesce(sum(CASE WHEN b1 THEN net END), 0),
       count(b2),
       coalesce(sum(CASE WHEN b2 THEN net END), 0),
       count(b3),
       coalesce(sum(CASE WHEN b3 THEN net END), 0),
       count(b4),
       coalesce(sum(CASE WHEN b4 THEN net END), 0),
       count(b5),
       coalesce(sum(CASE WHEN b5 THEN net END), 0),
       count(*),
       coalesce(sum(net), 0)
FROM (SELECT (coalesce(o1.a2, 0) - coalesce(r3.a4, 0)) AS net,
             CASE WHEN o1.a5 THEN TRUE END AS b1,
             CASE WHEN p9.worse * 100000000 >= $4 * p9.among THEN TRUE END AS b2,
             CASE WHEN coalesce(r12."group", 'Prospects') = $5 THEN TRUE END AS b3,
             CASE WHEN t13.value = $6 AND NOT coalesce(o1.a8, FALSE) THEN TRUE END AS b4,
             CASE WHEN e14.a15 AND NOT coalesce(e16.a17, FALSE) THEN TRUE END AS b5
FROM (SELECT customer, id FROM customer WHERE exists_from <= $3) c
LEFT JOIN o1 ON o1.customer = c.customer
LEFT JOIN r3 ON r3.customer = c.customer
LEFT JOIN (SELECT customer AS customer, rank() OVER (ORDER BY coalesce(CAST(m // n AS HUGEINT), CAST(s * 1000000 AS HUGEINT) // n), coalesce(CAST(m % n AS HUGEINT), CAST(s * 1000000 AS HUGEINT) % n) / CAST(n AS DOUBLE)) - 1 AS worse, count(*) OVER () AS among
      FROM (SELECT o1.customer, o1.a6 AS s, o1.a7 AS n, CASE WHEN abs(o1.a6) < 900000000000 THEN CAST(CAST(o1.a6 AS DECIMAL(18, 6)) AS BIGINT) * 1000000 + CAST((CAST(o1.a6 AS DECIMAL(18, 6)) - CAST(CAST(CAST(o1.a6 AS DECIMAL(18, 6)) AS BIGINT) AS DECIMAL(18, 6))) * 1000000 AS BIGINT) END AS m FROM o1
WHERE o1.a8 AND NOT o1.a6 IS NULL)) p9 ON p9.customer = c.customer
LEFT JOIN (WITH bought AS MATERIALIZED (
            SELECT o1.customer, o1.a10 AS last_at, o1.a7 AS orders, try(CAST(coalesce(o1.a6, 0) AS DECIMAL(38, 6)) - CAST(coalesce(r3.a11, 0) AS DECIMAL(38, 6))) AS net
            FROM o1
LEFT JOIN r3 ON r3.customer = o1.customer),
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
            FROM bought b CROSS JOIN fifth q)) r12 ON r12.customer = c.customer
LEFT JOIN (SELECT customer, value FROM trait WHERE name = $7 AND valid_from <= $3 AND valid_to > $3) t13 ON t13.customer = c.customer
LEFT JOIN (SELECT f.key AS customer, TRUE AS a15
      FROM event f
      WHERE f.event = $8 AND f.ts > $9 AND f.ts <= $3 AND f.key > 0
      GROUP BY 1) e14 ON e14.customer = c.customer
LEFT JOIN (SELECT f.key AS customer, TRUE AS a17
      FROM event f
      WHERE f.event = $10 AND f.ts <= $3 AND f.key > 0
      GROUP BY 1) e16 ON e16.customer = c.customer);
-- $1 = 2025-01-01T00:00:00Z
-- $2 = 2025-12-02T00:00:00Z
-- $3 = 2026-01-01T00:00:00Z
-- $4 = 80000000
-- $5 = Champions
-- $6 = female
-- $7 = gender
-- $8 = product_viewed
-- $9 = 2025-12-25T00:00:00Z
-- $10 = checkout_started
