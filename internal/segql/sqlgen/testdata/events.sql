-- Recent events are scanned apart from those of all time, so that the window limits what is read.
-- has product_viewed in last 7 days and count(product_added) in last 30 days >= 2 and has checkout_started
SELECT count(*)
FROM (SELECT f.key AS customer, max(f.ts) FILTER (WHERE f.event = $1) > $2 AS a2, count(*) FILTER (WHERE f.event = $3) AS a3
      FROM event f
      WHERE f.event IN ($1, $3) AND f.ts > $4 AND f.ts <= $5 AND (f.event = $1 AND f.ts > $2 OR f.event = $3) AND f.key > 0
      GROUP BY 1) e1
LEFT JOIN (SELECT f.key AS customer, TRUE AS a5
      FROM event f
      WHERE f.event = $6 AND f.ts <= $5 AND f.key > 0
      GROUP BY 1) e4 ON e4.customer = e1.customer
WHERE e1.a2 AND coalesce(e1.a3, 0) >= $7 AND e4.a5;
-- $1 = product_viewed
-- $2 = 2025-12-25T00:00:00Z
-- $3 = product_added
-- $4 = 2025-12-02T00:00:00Z
-- $5 = 2026-01-01T00:00:00Z
-- $6 = checkout_started
-- $7 = 2
