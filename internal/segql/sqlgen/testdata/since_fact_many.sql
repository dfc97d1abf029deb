-- Facts since the same anchor share a scan; those of fixed windows have their own.
-- count(order) since first product_added >= 2 and sum(order.total) since first product_added > 50 and has order
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) AS a2, sum(f.total) AS a3
      FROM orders f
      JOIN (SELECT f.key AS customer, min(f.ts) AS ts
      FROM event f
      WHERE f.event = $1 AND f.ts <= $2 AND f.key > 0
      GROUP BY 1) s ON s.customer = f.key
      WHERE f.ts <= $2 AND f.valid_to > $2 AND f.ts > s.ts AND f.key > 0
      GROUP BY 1) o1
LEFT JOIN (SELECT f.key AS customer, TRUE AS a5
      FROM orders f
      WHERE f.ts <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1) o4 ON o4.customer = o1.customer
WHERE coalesce(o1.a2, 0) >= $3 AND coalesce(o1.a3, 0) > CAST($4 AS DECIMAL(18, 6)) AND o4.a5;
-- $1 = product_added
-- $2 = 2026-01-01T00:00:00Z
-- $3 = 2
-- $4 = 50.000000
