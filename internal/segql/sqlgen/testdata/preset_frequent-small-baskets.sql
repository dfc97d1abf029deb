-- The ranking is a window over one row a customer; it reads what the rest of the statement reads.
-- count(order) in last 3 months >= 3 and percentile(avg(order.total)) < 50
WITH o1 AS MATERIALIZED (SELECT f.key AS customer, count(*) FILTER (WHERE f.ts > $1) AS a2, sum(f.total) AS a3, count(*) AS a4, TRUE AS a5
      FROM orders f
      WHERE f.ts <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1)
SELECT count(*)
FROM o1
LEFT JOIN (SELECT customer AS customer, rank() OVER (ORDER BY coalesce(CAST(m // n AS HUGEINT), CAST(s * 1000000 AS HUGEINT) // n), coalesce(CAST(m % n AS HUGEINT), CAST(s * 1000000 AS HUGEINT) % n) / CAST(n AS DOUBLE)) - 1 AS worse, count(*) OVER () AS among
      FROM (SELECT o1.customer, o1.a3 AS s, o1.a4 AS n, CASE WHEN abs(o1.a3) < 900000000000 THEN CAST(CAST(o1.a3 AS DECIMAL(18, 6)) AS BIGINT) * 1000000 + CAST((CAST(o1.a3 AS DECIMAL(18, 6)) - CAST(CAST(CAST(o1.a3 AS DECIMAL(18, 6)) AS BIGINT) AS DECIMAL(18, 6))) * 1000000 AS BIGINT) END AS m FROM o1
WHERE o1.a5 AND NOT o1.a3 IS NULL)) p6 ON p6.customer = o1.customer
WHERE coalesce(o1.a2, 0) >= $3 AND p6.worse * 100000000 < $4 * p6.among;
-- $1 = 2025-09-30T23:00:00Z
-- $2 = 2026-01-01T00:00:00Z
-- $3 = 3
-- $4 = 50000000
