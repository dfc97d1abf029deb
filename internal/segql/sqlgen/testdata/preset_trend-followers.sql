-- One scan, limited by what every column of it asks for; all customers are not read where they need not be.
-- distinct(item[product_age <= 30].product) in last 12 months >= 2
SELECT count(*)
FROM (SELECT f.key AS customer, count(DISTINCT f.product) AS a2
      FROM item f
      WHERE f.ts > $1 AND f.ts <= $2 AND f.valid_to > $2 AND try((epoch_us(f.ts) - epoch_us(f.released_at))) <= try((CAST($3 AS HUGEINT) * CAST(86400 AS HUGEINT))) AND f.key > 0
      GROUP BY 1) i1
WHERE coalesce(i1.a2, 0) >= $4;
-- $1 = 2025-01-01T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
-- $3 = 30000000
-- $4 = 2
