-- Purchases are looked up only for products that are among favourites.
-- has favourite[stock <= 3 and stock > 0 and purchased = false]
SELECT count(*)
FROM (SELECT f.customer AS customer, TRUE AS a2
      FROM favourite f
      LEFT JOIN (SELECT * FROM product WHERE valid_to > $1 AND valid_from <= $1) p ON p.product = f.product
      LEFT JOIN (SELECT f.key AS customer, f.product, max(f.ts) AS ts FROM item f SEMI JOIN favourite v ON v.customer = f.key AND v.product = f.product WHERE f.ts <= $1 AND f.key > 0 AND f.product IS NOT NULL AND f.valid_to > $1 GROUP BY 1, 2) b ON b.customer = f.customer AND b.product = f.product
      WHERE f.ts <= $1 AND f.valid_to > $1 AND (coalesce(f.stock, p.stock) <= CAST($2 AS DECIMAL(18, 6)) AND coalesce(f.stock, p.stock) > CAST($3 AS DECIMAL(18, 6)) AND coalesce(b.ts > f.ts, FALSE) = FALSE) AND f.customer > 0
      GROUP BY 1) f1
WHERE f1.a2;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 3.000000
-- $3 = 0.000000
