-- Orders come first, since they decide more than the country does.
-- sum(order.total) in last 365 days >= 500 and country = "RO"
SELECT count(*)
FROM (SELECT f.key AS customer, sum(f.total) AS a2
      FROM orders f
      WHERE f.ts > $1 AND f.ts <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1) o1
LEFT JOIN (SELECT customer, value FROM trait WHERE name = $3 AND valid_from <= $2 AND valid_to > $2) t3 ON t3.customer = o1.customer
WHERE coalesce(o1.a2, 0) >= CAST($4 AS DECIMAL(18, 6)) AND t3.value = $5;
-- $1 = 2025-01-01T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
-- $3 = country
-- $4 = 500.000000
-- $5 = RO
