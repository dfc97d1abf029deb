-- Each step keeps the instants that the next one starts from: the nearest fact decides, in one sorted pass a step.
-- sequence(product_viewed, product_added within 1 day, no order within 3 days) in last 30 days
SELECT count(*)
FROM (SELECT DISTINCT customer, TRUE AS hit FROM (SELECT a.customer, a.ts FROM (SELECT DISTINCT b.customer, b.ts FROM (SELECT f.key AS customer, f.ts FROM event f WHERE f.event = $1 AND f.ts > $2 AND f.ts <= $3 AND f.key > 0) b ASOF JOIN (SELECT f.key AS customer, f.ts FROM event f WHERE f.event = $4 AND f.ts > $2 AND f.ts <= $3 AND f.key > 0) a ON a.customer = b.customer AND a.ts < b.ts WHERE b.ts <= a.ts + to_microseconds($5)) a ASOF LEFT JOIN (SELECT f.key AS customer, f.ts FROM orders f WHERE f.ts > $2 AND f.ts <= $3 AND f.valid_to > $3 AND f.key > 0) b ON b.customer = a.customer AND b.ts > a.ts WHERE a.ts <= $6 AND (b.ts IS NULL OR b.ts > a.ts + to_microseconds($7)))) q1
WHERE q1.hit;
-- $1 = product_added
-- $2 = 2025-12-02T00:00:00Z
-- $3 = 2026-01-01T00:00:00Z
-- $4 = product_viewed
-- $5 = 86400000000
-- $6 = 2025-12-29T00:00:00Z
-- $7 = 259200000000
