-- Without a scoring run nobody has a probability, which the planner sees from the NULL.
-- cadence.overdue > 1.5 and clv.alive >= 0.2
SELECT count(*)
FROM (SELECT customer, CAST(2 * median(gap) AS BIGINT) AS twice FROM (SELECT customer, day - lag(day) OVER (PARTITION BY customer ORDER BY day) AS gap FROM (SELECT DISTINCT f.key AS customer, f.day FROM orders f WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0)) GROUP BY 1 HAVING count(gap) >= 2) g1
LEFT JOIN (SELECT f.key AS customer, max(f.ts) AS a3
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o2 ON o2.customer = g1.customer
WHERE try((CAST(epoch_us($1) - epoch_us(o2.a3) AS HUGEINT) * 1000000)) > try((CAST($2 AS HUGEINT) * (CAST(g1.twice AS HUGEINT) * 43200000000))) AND CAST(NULL AS DECIMAL(18, 6)) >= CAST($3 AS DECIMAL(18, 6));
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 1500000
-- $3 = 0.200000
