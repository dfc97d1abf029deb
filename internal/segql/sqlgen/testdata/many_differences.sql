-- One pass for both sides of each pair; of the ids no more are kept than are shown.
WITH o1 AS MATERIALIZED (SELECT f.key AS customer, max(f.ts) > $1 AS a2, TRUE AS a4, max(f.ts) AS a5, count(*) AS a6, sum(f.total) AS a8
      FROM orders f
      WHERE f.ts <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1)
SELECT count(b1),
       count(b2),
       count(CASE WHEN b2 AND b1 IS NULL THEN 1 END),
       count(CASE WHEN b1 AND b2 IS NULL THEN 1 END),
       min(CASE WHEN b2 AND b1 IS NULL THEN id END, 10),
       min(CASE WHEN b1 AND b2 IS NULL THEN id END, 10),
       count(b3),
       count(b4),
       count(CASE WHEN b4 AND b3 IS NULL THEN 1 END),
       count(CASE WHEN b3 AND b4 IS NULL THEN 1 END),
       min(CASE WHEN b4 AND b3 IS NULL THEN id END, 10),
       min(CASE WHEN b3 AND b4 IS NULL THEN id END, 10),
       count(b5),
       count(b6),
       count(CASE WHEN b6 AND b5 IS NULL THEN 1 END),
       count(CASE WHEN b5 AND b6 IS NULL THEN 1 END),
       min(CASE WHEN b6 AND b5 IS NULL THEN id END, 10),
       min(CASE WHEN b5 AND b6 IS NULL THEN id END, 10),
       count(b7),
       count(b7),
       count(CASE WHEN b7 AND b7 IS NULL THEN 1 END),
       count(CASE WHEN b7 AND b7 IS NULL THEN 1 END),
       min(CASE WHEN b7 AND b7 IS NULL THEN id END, 10),
       min(CASE WHEN b7 AND b7 IS NULL THEN id END, 10)
FROM (SELECT c.id,
             CASE WHEN o1.a2 THEN TRUE END AS b1,
             CASE WHEN t3.value = $3 AND NOT coalesce(o1.a4, FALSE) THEN TRUE END AS b2,
             CAST(NULL AS BOOLEAN) AS b3,
             CASE WHEN coalesce(r10."group", 'Prospects') = $4 THEN TRUE END AS b4,
             CASE WHEN o1.a2 THEN TRUE END AS b5,
             CAST(NULL AS BOOLEAN) AS b6,
             CASE WHEN e11.a12 AND NOT coalesce(e13.a14, FALSE) THEN TRUE END AS b7
FROM (SELECT customer, id FROM customer WHERE exists_from <= $2) c
LEFT JOIN o1 ON o1.customer = c.customer
LEFT JOIN (SELECT customer, value FROM trait WHERE name = $5 AND valid_from <= $2 AND valid_to > $2) t3 ON t3.customer = c.customer
LEFT JOIN (WITH bought AS MATERIALIZED (
            SELECT o1.customer, o1.a5 AS last_at, o1.a6 AS orders, try(CAST(coalesce(o1.a8, 0) AS DECIMAL(38, 6)) - CAST(coalesce(r7.a9, 0) AS DECIMAL(38, 6))) AS net
            FROM o1
LEFT JOIN (SELECT f.key AS customer, sum(f.total) AS a9
      FROM refund f
      WHERE f.ts <= $2 AND f.key > 0
      GROUP BY 1) r7 ON r7.customer = o1.customer),
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
LEFT JOIN (SELECT f.key AS customer, TRUE AS a12
      FROM event f
      WHERE f.event = $6 AND f.ts > $7 AND f.ts <= $2 AND f.key > 0
      GROUP BY 1) e11 ON e11.customer = c.customer
LEFT JOIN (SELECT f.key AS customer, TRUE AS a14
      FROM event f
      WHERE f.event = $8 AND f.ts <= $2 AND f.key > 0
      GROUP BY 1) e13 ON e13.customer = c.customer);
-- $1 = 2025-12-02T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
-- $3 = female
-- $4 = Champions
-- $5 = gender
-- $6 = product_viewed
-- $7 = 2025-12-25T00:00:00Z
-- $8 = checkout_started
