-- The nearest following event decides, which an ASOF join finds in one sorted pass.
-- sequence(form_started, no form_submitted within 1 day) in last 14 days and no form_submitted since last form_started
SELECT count(*)
FROM (SELECT DISTINCT customer, TRUE AS hit FROM (SELECT a.customer, a.ts FROM (SELECT f.key AS customer, f.ts FROM event f WHERE f.event = $1 AND f.ts > $2 AND f.ts <= $3 AND f.key > 0) a ASOF LEFT JOIN (SELECT f.key AS customer, f.ts FROM event f WHERE f.event = $4 AND f.ts > $2 AND f.ts <= $3 AND f.key > 0) b ON b.customer = a.customer AND b.ts > a.ts WHERE a.ts <= $5 AND (b.ts IS NULL OR b.ts > a.ts + to_microseconds($6)))) q1
LEFT JOIN (SELECT f.key AS customer, TRUE AS a3
      FROM event f
      JOIN (SELECT f.key AS customer, max(f.ts) AS ts
      FROM event f
      WHERE f.event = $1 AND f.ts <= $3 AND f.key > 0
      GROUP BY 1) s ON s.customer = f.key
      WHERE f.event = $4 AND f.ts <= $3 AND f.ts > s.ts AND f.key > 0
      GROUP BY 1) e2 ON e2.customer = q1.customer
WHERE q1.hit AND NOT coalesce(e2.a3, FALSE);
-- $1 = form_started
-- $2 = 2025-12-18T00:00:00Z
-- $3 = 2026-01-01T00:00:00Z
-- $4 = form_submitted
-- $5 = 2025-12-31T00:00:00Z
-- $6 = 86400000000
