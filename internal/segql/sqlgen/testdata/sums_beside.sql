-- What the summary does not have is scanned, with what limits it; the summary is joined.
-- count(order) >= 3 and sum(order.total) in last 30 days > 100
SELECT count(*)
FROM (SELECT customer, CAST(orders AS BIGINT) AS orders, CASE WHEN orders > 0 THEN total END AS total, refunds, first_order_at AS first_at, last_order_at AS last_at FROM summary WHERE settled_at <= $1
      UNION ALL SELECT customer, CAST(sum(orders) AS BIGINT), sum(total), sum(refunds), min(first_at), max(last_at) FROM (
        SELECT f.key AS customer, count(*) AS orders, sum(f.total) AS total, NULL AS refunds, min(f.ts) AS first_at, max(f.ts) AS last_at FROM orders f
        WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key IN (SELECT customer FROM summary WHERE settled_at > $1) GROUP BY 1
        UNION ALL SELECT f.key AS customer, 0, NULL, sum(f.total), NULL, NULL FROM refund f
        WHERE f.ts <= $1 AND f.key IN (SELECT customer FROM summary WHERE settled_at > $1) GROUP BY 1) GROUP BY 1) y1
LEFT JOIN (SELECT f.key AS customer, sum(f.total) AS a3
      FROM orders f
      WHERE f.ts > $2 AND f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o2 ON o2.customer = y1.customer
WHERE coalesce(y1.orders, 0) >= $3 AND coalesce(o2.a3, 0) > CAST($4 AS DECIMAL(18, 6));
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 2025-12-02T00:00:00Z
-- $3 = 3
-- $4 = 100.000000
