-- Orders are scanned once, one row a customer; all customers are not read.
-- has order between 2025-11-20 and 2025-12-01 and no order since 2025-12-05
SELECT count(*)
FROM (SELECT f.key AS customer, max(f.ts) FILTER (WHERE f.ts <= $1) IS NOT NULL AS a2, max(f.ts) > $2 AS a3
      FROM orders f
      WHERE f.ts > $3 AND f.ts <= $4 AND f.valid_to > $4 AND (f.ts <= $1 OR f.ts > $2) AND f.key > 0
      GROUP BY 1) o1
WHERE o1.a2 AND NOT coalesce(o1.a3, FALSE);
-- $1 = 2025-12-01T21:59:59.999999Z
-- $2 = 2025-12-04T21:59:59.999999Z
-- $3 = 2025-11-19T21:59:59.999999Z
-- $4 = 2026-01-01T00:00:00Z
