-- The ranking is a window over one row a customer; it reads what the rest of the statement reads.
-- percentile(avg(order.total)) >= 80
SELECT count(*)
FROM (SELECT o1.customer AS customer, rank() OVER (ORDER BY CASE WHEN abs(o1.a2) < 9000000000000 THEN CAST(CAST(o1.a2 * 1000000 AS BIGINT) // o1.a3 AS HUGEINT) ELSE CAST(o1.a2 * 1000000 AS HUGEINT) // CAST(nullif(o1.a3, 0) AS HUGEINT) END, CASE WHEN abs(o1.a2) < 9000000000000 THEN CAST(CAST(o1.a2 * 1000000 AS BIGINT) % o1.a3 AS DOUBLE) ELSE CAST(CAST(o1.a2 * 1000000 AS HUGEINT) % CAST(nullif(o1.a3, 0) AS HUGEINT) AS DOUBLE) END / o1.a3) - 1 AS worse, count(*) OVER () AS among
      FROM (SELECT f.key AS customer, sum(f.total) AS a2, count(*) AS a3, TRUE AS a4
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o1
WHERE o1.a4 AND NOT o1.a2 IS NULL) p5
WHERE p5.worse * 100000000 >= $2 * p5.among;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 80000000
