-- What the orders of a customer come to stands in the summary: the facts are read of nobody but who has an order ahead.
-- avg(order.total) > 50 and no order in last 90 days and sum(refund.total) = 0
SELECT count(*)
FROM (SELECT customer, CAST(orders AS BIGINT) AS orders, CASE WHEN orders > 0 THEN total END AS total, refunds, first_order_at AS first_at, last_order_at AS last_at FROM summary WHERE settled_at <= $1
      UNION ALL SELECT customer, CAST(sum(orders) AS BIGINT), sum(total), sum(refunds), min(first_at), max(last_at) FROM (
        SELECT f.key AS customer, count(*) AS orders, sum(f.total) AS total, NULL AS refunds, min(f.ts) AS first_at, max(f.ts) AS last_at FROM orders f
        WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key IN (SELECT customer FROM summary WHERE settled_at > $1) GROUP BY 1
        UNION ALL SELECT f.key AS customer, 0, NULL, sum(f.total), NULL, NULL FROM refund f
        WHERE f.ts <= $1 AND f.key IN (SELECT customer FROM summary WHERE settled_at > $1) GROUP BY 1) GROUP BY 1) y1
WHERE y1.total > CAST($2 AS DECIMAL(18, 6)) * y1.orders AND NOT coalesce(y1.last_at > $3, FALSE) AND coalesce(y1.refunds, 0) = CAST($4 AS DECIMAL(18, 6));
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 50.000000
-- $3 = 2025-10-03T00:00:00Z
-- $4 = 0.000000
