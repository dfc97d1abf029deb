-- One scan for all windows: the widest limits it, the others become FILTERs.
-- count(order) in last 30 days >= 1 and count(order) in last 90 days >= 2 and sum(order.total) previous month > 10
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) FILTER (WHERE f.ts > $1) AS a2, count(*) AS a3, sum(f.total) FILTER (WHERE f.ts > $2 AND f.ts <= $3) AS a4
      FROM orders f
      WHERE f.ts > $4 AND f.ts <= $5 AND f.valid_to > $5 AND f.key > 0
      GROUP BY 1) o1
WHERE coalesce(o1.a2, 0) >= $6 AND coalesce(o1.a3, 0) >= $7 AND coalesce(o1.a4, 0) > CAST($8 AS DECIMAL(18, 6));
-- $1 = 2025-12-02T00:00:00Z
-- $2 = 2025-11-30T21:59:59.999999Z
-- $3 = 2025-12-31T21:59:59.999999Z
-- $4 = 2025-10-03T00:00:00Z
-- $5 = 2026-01-01T00:00:00Z
-- $6 = 1
-- $7 = 2
-- $8 = 10.000000
