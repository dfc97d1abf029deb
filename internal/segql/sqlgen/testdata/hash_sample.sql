-- A share of customers needs their ids, so that all customers are read.
-- percent(10, "test") and has order
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT f.key AS customer, TRUE AS a2
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o1 ON o1.customer = c.customer
WHERE CAST('0x' || substr(sha256($2 || c.id), 1, 16) AS UBIGINT) % 100 < $3 AND o1.a2;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = test:
-- $3 = 10
