-- Only the window's lines are grouped.
-- distinct(item.product) in last 90 days >= 10
SELECT count(*)
FROM (SELECT f.key AS customer, count(DISTINCT f.product) AS a2
      FROM item f
      WHERE f.ts > $1 AND f.ts <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1) i1
WHERE coalesce(i1.a2, 0) >= $3;
-- $1 = 2025-10-03T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
-- $3 = 10
