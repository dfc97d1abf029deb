-- "A, no A within D" needs only each order's next one: one sorted pass and no join of orders with orders.
-- sequence(order, no order within 100 days)
SELECT count(*)
FROM (SELECT DISTINCT customer, TRUE AS hit FROM (SELECT customer, ts FROM (SELECT customer, ts, lead(ts) OVER (PARTITION BY customer ORDER BY ts) AS next FROM (SELECT f.key AS customer, f.ts FROM orders f WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0)) WHERE ts <= $2 AND (next IS NULL OR next > ts + to_microseconds($3)))) q1
WHERE q1.hit;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 2025-09-23T00:00:00Z
-- $3 = 8640000000000
