-- Filters stand at the scans of their step.
-- sequence(order[total > 100], order within 30 days)
SELECT count(*)
FROM (SELECT DISTINCT customer, TRUE AS hit FROM (SELECT DISTINCT b.customer, b.ts FROM (SELECT f.key AS customer, f.ts FROM orders f WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0) b ASOF JOIN (SELECT f.key AS customer, f.ts FROM orders f WHERE f.ts <= $1 AND f.valid_to > $1 AND f.total > CAST($2 AS DECIMAL(18, 6)) AND f.key > 0) a ON a.customer = b.customer AND a.ts < b.ts WHERE b.ts <= a.ts + to_microseconds($3))) q1
WHERE q1.hit;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 100.000000
-- $3 = 2592000000000
