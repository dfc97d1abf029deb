-- Window and filter both stand in WHERE, before the grouping.
-- count(item[category = "shoes" and price > 100]) in last 180 days >= 2
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) AS a2
      FROM item f
      WHERE f.ts > $1 AND f.ts <= $2 AND f.valid_to > $2 AND (f.category = $3 AND f.price > CAST($4 AS DECIMAL(18, 6))) AND f.key > 0
      GROUP BY 1) i1
WHERE coalesce(i1.a2, 0) >= $5;
-- $1 = 2025-07-05T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
-- $3 = shoes
-- $4 = 100.000000
-- $5 = 2
