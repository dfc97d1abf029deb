-- One pass: both conditions are about the latest order.
-- has order and no order in last 90 days
SELECT count(*)
FROM (SELECT f.key AS customer, TRUE AS a2, max(f.ts) > $1 AS a3
      FROM orders f
      WHERE f.ts <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1) o1
WHERE o1.a2 AND NOT coalesce(o1.a3, FALSE);
-- $1 = 2025-10-03T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
