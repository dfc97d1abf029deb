-- The ranking is a window over one row a customer; it reads what the rest of the statement reads.
-- percentile(avg(order.total)) >= 80
SELECT count(*)
FROM (SELECT customer AS customer, rank() OVER (ORDER BY coalesce(CAST(m // n AS HUGEINT), CAST(s * 1000000 AS HUGEINT) // n), coalesce(CAST(m % n AS HUGEINT), CAST(s * 1000000 AS HUGEINT) % n) / CAST(n AS DOUBLE)) - 1 AS worse, count(*) OVER () AS among
      FROM (SELECT o1.customer, o1.a2 AS s, o1.a3 AS n, CASE WHEN abs(o1.a2) < 900000000000 THEN CAST(CAST(o1.a2 AS DECIMAL(18, 6)) AS BIGINT) * 1000000 + CAST((CAST(o1.a2 AS DECIMAL(18, 6)) - CAST(CAST(CAST(o1.a2 AS DECIMAL(18, 6)) AS BIGINT) AS DECIMAL(18, 6))) * 1000000 AS BIGINT) END AS m FROM (SELECT f.key AS customer, sum(f.total) AS a2, count(*) AS a3, TRUE AS a4
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o1
WHERE o1.a4 AND NOT o1.a2 IS NULL)) p5
WHERE p5.worse * 100000000 >= $2 * p5.among;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 80000000
