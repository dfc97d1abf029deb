-- A window function over one row a customer, and no join with all customers.
-- percentile(sum(order.total) in last 12 months) >= 90
SELECT count(*)
FROM (SELECT o1.customer AS customer, rank() OVER (ORDER BY coalesce(o1.a2, 0)) - 1 AS worse, count(*) OVER () AS among
      FROM (SELECT f.key AS customer, sum(f.total) AS a2, TRUE AS a3
      FROM orders f
      WHERE f.ts > $1 AND f.ts <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1) o1
WHERE o1.a3 AND NOT FALSE) p4
WHERE p4.worse * 100000000 >= $3 * p4.among;
-- $1 = 2025-01-01T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
-- $3 = 90000000
