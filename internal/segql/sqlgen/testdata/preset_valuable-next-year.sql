-- Without a scoring run nobody has a value, which the planner sees from the NULL.
-- percentile(clv.value_12m) >= 90
SELECT count(*)
FROM (SELECT c.customer AS customer, rank() OVER (ORDER BY CAST(NULL AS DECIMAL(18, 6))) - 1 AS worse, count(*) OVER () AS among
      FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
WHERE NOT CAST(NULL AS DECIMAL(18, 6)) IS NULL AND NOT CAST(NULL AS DECIMAL(18, 6)) IS NULL) p1
WHERE p1.worse * 100000000 >= $2 * p1.among;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 90000000
