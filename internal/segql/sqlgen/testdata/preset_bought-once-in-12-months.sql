-- Orders are scanned once, one row a customer; all customers are not read.
-- count(order) in last 12 months = 1
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) AS a2
      FROM orders f
      WHERE f.ts > $1 AND f.ts <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1) o1
WHERE coalesce(o1.a2, 0) = $3;
-- $1 = 2025-01-01T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
-- $3 = 1
