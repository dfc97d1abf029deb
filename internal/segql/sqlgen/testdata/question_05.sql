-- The average is never divided: the sum is compared with a multiple of the count.
-- avg(order.total) > 150 and count(order) >= 3
SELECT count(*)
FROM (SELECT f.key AS customer, sum(f.total) AS a2, count(*) AS a3
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o1
WHERE o1.a2 > CAST($2 AS DECIMAL(18, 6)) * o1.a3 AND coalesce(o1.a3, 0) >= $3;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 150.000000
-- $3 = 3
