-- One scan, limited by what every column of it asks for; all customers are not read where they need not be.
-- points.balance >= shop.reward_points
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT f.key AS customer, sum(f.amount) AS a2
      FROM points f
      WHERE f.ts <= $1 AND f.key > 0
      GROUP BY 1) p1 ON p1.customer = c.customer
WHERE coalesce(p1.a2, 0) >= CASE WHEN regexp_full_match(CAST($2 AS VARCHAR), '[+-]?[0-9]{1,12}([.][0-9]{1,6})?') THEN try(CAST(CAST($2 AS VARCHAR) AS DECIMAL(18, 6))) END;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 100
