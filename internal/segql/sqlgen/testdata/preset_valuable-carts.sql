-- The cart's lines, of which there are few, have their own scan; the average is joined to it.
-- cart.value >= 2 * avg(order.total) and cart.items > 0
SELECT count(*)
FROM (SELECT f.customer AS customer, sum(round(CAST(coalesce(f.price, p.price) AS DECIMAL(38, 6)) * f.quantity, 6)) AS a2, sum(f.quantity) AS a6
      FROM cart_item f
      LEFT JOIN (SELECT * FROM product WHERE valid_to > $1 AND valid_from <= $1) p ON p.product = f.product
      WHERE f.ts <= $1 AND f.valid_from <= $1 AND f.valid_to > $1 AND f.customer > 0
      GROUP BY 1) c1
LEFT JOIN (SELECT f.key AS customer, sum(f.total) AS a4, count(*) AS a5
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o3 ON o3.customer = c1.customer
WHERE coalesce(c1.a6, 0) > CAST($2 AS DECIMAL(18, 6)) AND coalesce(c1.a2, 0) >= try(CAST(round(CAST((CAST($3 AS HUGEINT) * CAST(o3.a4 * 1000000 AS HUGEINT)) * 10 // nullif((CAST(nullif(o3.a5, 0) AS HUGEINT) * CAST(1000000 AS HUGEINT)), 0) AS DECIMAL(38, 0)), -1) // 10 AS DECIMAL(38, 0)) * CAST(0.000001 AS DECIMAL(7, 6)));
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 0.000000
-- $3 = 2000000
