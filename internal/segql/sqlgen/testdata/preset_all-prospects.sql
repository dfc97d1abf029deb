-- Customers without a row count, so that all customers are read first.
-- no order
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT f.key AS customer, TRUE AS a2
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o1 ON o1.customer = c.customer
WHERE NOT coalesce(o1.a2, FALSE);
-- $1 = 2026-01-01T00:00:00Z
