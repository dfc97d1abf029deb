-- One scan, limited by what every column of it asks for; all customers are not read where they need not be.
-- cart.items > 0 and cart.updated_at < 4 hours ago and cart.updated_at > 7 days ago
SELECT count(*)
FROM (SELECT f.customer AS customer, sum(f.quantity) AS a2
      FROM cart_item f
      LEFT JOIN (SELECT * FROM product WHERE valid_to > $1 AND valid_from <= $1) p ON p.product = f.product
      WHERE f.ts <= $1 AND f.valid_from <= $1 AND f.valid_to > $1 AND f.customer > 0
      GROUP BY 1) c1
LEFT JOIN (SELECT customer, max(ts) AS ts FROM cart_change WHERE customer > 0 AND ts <= $1 GROUP BY 1) u3 ON u3.customer = c1.customer
WHERE coalesce(c1.a2, 0) > CAST($2 AS DECIMAL(18, 6)) AND u3.ts < $3 AND u3.ts > $4;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 0.000000
-- $3 = 2025-12-31T20:00:00Z
-- $4 = 2025-12-25T00:00:00Z
