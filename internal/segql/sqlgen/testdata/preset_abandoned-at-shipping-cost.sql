-- Recent events are scanned apart from the last checkout ever, so that the window limits what is read; orders since it are joined row by row.
-- has checkout_step_viewed[step = shop.shipping_step] in last 7 days and no order since last checkout_started and last(checkout_started.at) < 4 hours ago
SELECT count(*)
FROM (SELECT f.key AS customer, TRUE AS a2
      FROM event f
      WHERE f.event = $1 AND f.ts > $2 AND f.ts <= $3 AND nullif(CASE WHEN json_type(f.properties, $4) NOT IN ('ARRAY', 'OBJECT') THEN json_extract_string(f.properties, $4) END, '') = $5 AND f.key > 0
      GROUP BY 1) e1
LEFT JOIN (SELECT f.key AS customer, TRUE AS a4
      FROM orders f
      JOIN (SELECT f.key AS customer, max(f.ts) AS ts
      FROM event f
      WHERE f.event = $6 AND f.ts <= $3 AND f.key > 0
      GROUP BY 1) s ON s.customer = f.key
      WHERE f.ts <= $3 AND f.valid_to > $3 AND f.ts > s.ts AND f.key > 0
      GROUP BY 1) o3 ON o3.customer = e1.customer
LEFT JOIN (SELECT f.key AS customer, max(f.ts) AS a6
      FROM event f
      WHERE f.event = $6 AND f.ts <= $3 AND f.key > 0
      GROUP BY 1) e5 ON e5.customer = e1.customer
WHERE e1.a2 AND NOT coalesce(o3.a4, FALSE) AND e5.a6 < $7;
-- $1 = checkout_step_viewed
-- $2 = 2025-12-25T00:00:00Z
-- $3 = 2026-01-01T00:00:00Z
-- $4 = $."step"
-- $5 = 3
-- $6 = checkout_started
-- $7 = 2025-12-31T20:00:00Z
