-- One scan, limited by what every column of it asks for; all customers are not read where they need not be.
-- count(item[category = "shoes"]) in last 12 months >= 2
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) AS a2
      FROM item f
      WHERE f.ts > $1 AND f.ts <= $2 AND f.valid_to > $2 AND f.category = $3 AND f.key > 0
      GROUP BY 1) i1
WHERE coalesce(i1.a2, 0) >= $4;
-- $1 = 2025-01-01T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
-- $3 = shoes
-- $4 = 2
