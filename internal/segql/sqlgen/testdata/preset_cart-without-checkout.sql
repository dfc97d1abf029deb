-- Orders are scanned once, one row a customer; all customers are not read.
-- has product_added in last 7 days and no checkout_started in last 7 days and no order in last 7 days
SELECT count(*)
FROM (SELECT f.key AS customer, max(f.ts) FILTER (WHERE f.event = $1) IS NOT NULL AS a2, max(f.ts) FILTER (WHERE f.event = $2) IS NOT NULL AS a3
      FROM event f
      WHERE f.event IN ($1, $2) AND f.ts > $3 AND f.ts <= $4 AND f.key > 0
      GROUP BY 1) e1
LEFT JOIN (SELECT f.key AS customer, TRUE AS a5
      FROM orders f
      WHERE f.ts > $3 AND f.ts <= $4 AND f.valid_to > $4 AND f.key > 0
      GROUP BY 1) o4 ON o4.customer = e1.customer
WHERE e1.a2 AND NOT coalesce(e1.a3, FALSE) AND NOT coalesce(o4.a5, FALSE);
-- $1 = product_added
-- $2 = checkout_started
-- $3 = 2025-12-25T00:00:00Z
-- $4 = 2026-01-01T00:00:00Z
