-- A key that belongs to another customer is looked up in a small table, before the grouping.
-- count(order) >= 2 and has product_viewed
SELECT count(*)
FROM (SELECT coalesce(m.customer, f.key) AS customer, count(*) AS a2
      FROM orders f
      LEFT JOIN moved m ON m.key = f.key
      WHERE f.ts <= $1 AND f.valid_to > $1 AND coalesce(m.customer, f.key) > 0
      GROUP BY 1) o1
LEFT JOIN (SELECT coalesce(m.customer, f.key) AS customer, TRUE AS a4
      FROM event f
      LEFT JOIN moved m ON m.key = f.key
      WHERE f.event = $2 AND f.ts <= $1 AND coalesce(m.customer, f.key) > 0
      GROUP BY 1) e3 ON e3.customer = o1.customer
WHERE coalesce(o1.a2, 0) >= $3 AND e3.a4;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = product_viewed
-- $3 = 2
