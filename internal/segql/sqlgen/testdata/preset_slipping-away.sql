-- Without a scoring run nobody has a probability, which the planner sees from the NULL.
-- clv.alive between 0.15 and 0.5 and count(order) >= 2
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) AS a2
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o1
WHERE (CAST(NULL AS DECIMAL(18, 6)) >= CAST($2 AS DECIMAL(18, 6)) AND CAST(NULL AS DECIMAL(18, 6)) <= CAST($3 AS DECIMAL(18, 6))) AND coalesce(o1.a2, 0) >= $4;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 0.150000
-- $3 = 0.500000
-- $4 = 2
