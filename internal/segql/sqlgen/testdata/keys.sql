-- Women without an order: all customers are read, since most have no order.
SELECT c.customer AS customer
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT customer, value FROM trait WHERE name = $2 AND valid_from <= $1 AND valid_to > $1) t1 ON t1.customer = c.customer
LEFT JOIN (SELECT f.key AS customer, TRUE AS a3
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o2 ON o2.customer = c.customer
WHERE t1.value = $3 AND NOT coalesce(o2.a3, FALSE);
-- $1 = 2026-01-01T00:00:00Z
-- $2 = gender
-- $3 = female
