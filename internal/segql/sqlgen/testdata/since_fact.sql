-- The anchor is one row a customer, and joined to each row: the window differs from customer to customer.
-- no order since last product_added
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT f.key AS customer, TRUE AS a2
      FROM orders f
      JOIN (SELECT f.key AS customer, max(f.ts) AS ts
      FROM event f
      WHERE f.event = $2 AND f.ts <= $1 AND f.key > 0
      GROUP BY 1) s ON s.customer = f.key
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.ts > s.ts AND f.key > 0
      GROUP BY 1) o1 ON o1.customer = c.customer
WHERE NOT coalesce(o1.a2, FALSE);
-- $1 = 2026-01-01T00:00:00Z
-- $2 = product_added
