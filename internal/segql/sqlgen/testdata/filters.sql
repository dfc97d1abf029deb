-- Every column has its own filter: a row that none of them takes is not grouped.
-- count(order[coupon is missing]) in last 30 days >= 1 and count(order[total > 100]) in last 90 days >= 1
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) FILTER (WHERE f.ts > $1 AND f.coupon IS NULL) AS a2, count(*) FILTER (WHERE f.total > CAST($2 AS DECIMAL(18, 6))) AS a3
      FROM orders f
      WHERE f.ts > $3 AND f.ts <= $4 AND f.valid_to > $4 AND (f.ts > $1 AND f.coupon IS NULL OR f.total > CAST($2 AS DECIMAL(18, 6))) AND f.key > 0
      GROUP BY 1) o1
WHERE coalesce(o1.a2, 0) >= $5 AND coalesce(o1.a3, 0) >= $5;
-- $1 = 2025-12-02T00:00:00Z
-- $2 = 100.000000
-- $3 = 2025-10-03T00:00:00Z
-- $4 = 2026-01-01T00:00:00Z
-- $5 = 1
