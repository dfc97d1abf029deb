-- Purchases are looked up only for products that are among favourites.
-- has favourite[purchased = false] and discount.share >= 0.5
SELECT count(*)
FROM (SELECT f.customer AS customer, TRUE AS a2
      FROM favourite f
      LEFT JOIN (SELECT f.key AS customer, f.product, max(f.ts) AS ts FROM item f SEMI JOIN favourite v ON v.customer = f.key AND v.product = f.product WHERE f.ts <= $1 AND f.key > 0 AND f.product IS NOT NULL AND f.valid_to > $1 GROUP BY 1, 2) b ON b.customer = f.customer AND b.product = f.product
      WHERE f.ts <= $1 AND f.valid_to > $1 AND coalesce(b.ts > f.ts, FALSE) = FALSE AND f.customer > 0
      GROUP BY 1) f1
LEFT JOIN (SELECT f.key AS customer, count(CASE WHEN f.discounted THEN 1 END) AS a4, count(*) AS a5
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o3 ON o3.customer = f1.customer
WHERE f1.a2 AND o3.a4 * 1000000 >= $2 * nullif(o3.a5, 0);
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 500000
