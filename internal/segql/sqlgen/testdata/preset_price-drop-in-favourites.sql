-- Purchases are looked up only for products that are among favourites.
-- has favourite[price_drop >= 0.1 and purchased = false]
SELECT count(*)
FROM (SELECT f.customer AS customer, TRUE AS a2
      FROM favourite f
      LEFT JOIN (SELECT * FROM product WHERE valid_to > $1 AND valid_from <= $1) p ON p.product = f.product
      LEFT JOIN (SELECT f.key AS customer, f.product, max(f.ts) AS ts FROM item f SEMI JOIN favourite v ON v.customer = f.key AND v.product = f.product WHERE f.ts <= $1 AND f.key > 0 AND f.product IS NOT NULL AND f.valid_to > $1 GROUP BY 1, 2) b ON b.customer = f.customer AND b.product = f.product
      WHERE f.ts <= $1 AND f.valid_to > $1 AND (try(CAST(round(CAST((CAST(CAST((f.price_then - p.price) AS DECIMAL(38, 6)) * 1000000 AS HUGEINT) * CAST(1000000 AS HUGEINT)) * 10 // nullif(CAST(CAST(f.price_then AS DECIMAL(38, 6)) * 1000000 AS HUGEINT), 0) AS DECIMAL(38, 0)), -1) // 10 AS DECIMAL(38, 0)) * CAST(0.000001 AS DECIMAL(7, 6))) >= CAST($2 AS DECIMAL(18, 6)) AND coalesce(b.ts > f.ts, FALSE) = FALSE) AND f.customer > 0
      GROUP BY 1) f1
WHERE f1.a2;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 0.100000
