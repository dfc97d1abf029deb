-- Orders are scanned once, one row a customer; all customers are not read.
-- count(order) = 1
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) AS a2
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o1
WHERE coalesce(o1.a2, 0) = $2;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 1
