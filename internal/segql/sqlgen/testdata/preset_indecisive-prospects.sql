-- Customers without a row count, so that all customers are read first.
-- no order and count(visit) in last 30 days >= 4 and at least 1 of (count(product_added) in last 30 days >= 3, has ticket in last 30 days)
SELECT count(*)
FROM (SELECT f.customer AS customer, count(*) AS a4
      FROM visit f
      WHERE f.ts > $1 AND f.ts <= $2 AND f.customer > 0
      GROUP BY 1) v3
LEFT JOIN (SELECT f.key AS customer, TRUE AS a2
      FROM orders f
      WHERE f.ts <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1) o1 ON o1.customer = v3.customer
LEFT JOIN (SELECT f.key AS customer, count(*) AS a6
      FROM event f
      WHERE f.event = $3 AND f.ts > $1 AND f.ts <= $2 AND f.key > 0
      GROUP BY 1) e5 ON e5.customer = v3.customer
LEFT JOIN (SELECT f.key AS customer, TRUE AS a8
      FROM ticket f
      WHERE f.ts > $1 AND f.ts <= $2 AND f.valid_from <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1) t7 ON t7.customer = v3.customer
WHERE NOT coalesce(o1.a2, FALSE) AND coalesce(v3.a4, 0) >= $4 AND CASE WHEN coalesce(e5.a6, 0) >= $5 THEN 1 ELSE 0 END + CASE WHEN t7.a8 THEN 1 ELSE 0 END >= 1;
-- $1 = 2025-12-02T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
-- $3 = product_added
-- $4 = 4
-- $5 = 3
