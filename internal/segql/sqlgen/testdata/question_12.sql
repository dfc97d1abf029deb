-- One pass over orders and a short one over the last views; two conditions can hold without either, so that all customers are read.
-- at least 2 of (sum(order.total) > 3000, count(order) >= 10, no order in last 100 days, has product_viewed in last 7 days)
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT f.key AS customer, sum(f.total) AS a2, count(*) AS a3, max(f.ts) > $2 AS a4
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o1 ON o1.customer = c.customer
LEFT JOIN (SELECT f.key AS customer, TRUE AS a6
      FROM event f
      WHERE f.event = $3 AND f.ts > $4 AND f.ts <= $1 AND f.key > 0
      GROUP BY 1) e5 ON e5.customer = c.customer
WHERE CASE WHEN coalesce(o1.a2, 0) > CAST($5 AS DECIMAL(18, 6)) THEN 1 ELSE 0 END + CASE WHEN coalesce(o1.a3, 0) >= $6 THEN 1 ELSE 0 END + CASE WHEN NOT coalesce(o1.a4, FALSE) THEN 1 ELSE 0 END + CASE WHEN e5.a6 THEN 1 ELSE 0 END >= 2;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 2025-09-23T00:00:00Z
-- $3 = product_viewed
-- $4 = 2025-12-25T00:00:00Z
-- $5 = 3000.000000
-- $6 = 10
