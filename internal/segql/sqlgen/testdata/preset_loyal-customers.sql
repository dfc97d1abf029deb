-- Orders are scanned once, one row a customer; all customers are not read.
-- count(order) in last 12 months >= 4 and days(order) in last 12 months >= 3 and has order in last 90 days
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) AS a2, count(DISTINCT f.day) AS a3, max(f.ts) > $1 AS a4
      FROM orders f
      WHERE f.ts > $2 AND f.ts <= $3 AND f.valid_to > $3 AND f.key > 0
      GROUP BY 1) o1
WHERE coalesce(o1.a2, 0) >= $4 AND coalesce(o1.a3, 0) >= $5 AND o1.a4;
-- $1 = 2025-10-03T00:00:00Z
-- $2 = 2025-01-01T00:00:00Z
-- $3 = 2026-01-01T00:00:00Z
-- $4 = 4
-- $5 = 3
