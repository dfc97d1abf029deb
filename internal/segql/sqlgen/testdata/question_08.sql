-- Views, of which few are left, come first.
-- count(product_viewed[category = "shoes"]) in last 14 days >= 3 and no item[category = "shoes"]
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) AS a2
      FROM event f
      WHERE f.event = $1 AND f.ts > $2 AND f.ts <= $3 AND f.category = $4 AND f.key > 0
      GROUP BY 1) e1
LEFT JOIN (SELECT f.key AS customer, TRUE AS a4
      FROM item f
      WHERE f.ts <= $3 AND f.valid_to > $3 AND f.category = $4 AND f.key > 0
      GROUP BY 1) i3 ON i3.customer = e1.customer
WHERE coalesce(e1.a2, 0) >= $5 AND NOT coalesce(i3.a4, FALSE);
-- $1 = product_viewed
-- $2 = 2025-12-18T00:00:00Z
-- $3 = 2026-01-01T00:00:00Z
-- $4 = shoes
-- $5 = 3
