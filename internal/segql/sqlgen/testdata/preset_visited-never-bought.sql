-- Orders are scanned once, one row a customer; all customers are not read.
-- has visit and no order
SELECT count(*)
FROM (SELECT f.customer AS customer, TRUE AS a2
      FROM visit f
      WHERE f.ts <= $1 AND f.customer > 0
      GROUP BY 1) v1
LEFT JOIN (SELECT f.key AS customer, TRUE AS a4
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o3 ON o3.customer = v1.customer
WHERE v1.a2 AND NOT coalesce(o3.a4, FALSE);
-- $1 = 2026-01-01T00:00:00Z
