-- Gaps between order days have a scan of their own: each day counts once, in order.
-- count(order) >= 2 and avg(order.items) <= 2 and cadence.days >= 45
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) AS a2, sum(f.items) AS a3
      FROM orders f
      WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o1
LEFT JOIN (SELECT customer, CAST(2 * median(gap) AS BIGINT) AS twice FROM (SELECT customer, day - lag(day) OVER (PARTITION BY customer ORDER BY day) AS gap FROM (SELECT DISTINCT f.key AS customer, f.day FROM orders f WHERE f.ts <= $1 AND f.valid_to > $1 AND f.key > 0)) GROUP BY 1 HAVING count(gap) >= 2) g4 ON g4.customer = o1.customer
WHERE coalesce(o1.a2, 0) >= $2 AND o1.a3 <= CAST($3 AS DECIMAL(18, 6)) * o1.a2 AND (CAST(g4.twice AS DECIMAL(18, 6)) * 0.5) >= CAST($4 AS DECIMAL(18, 6));
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 2
-- $3 = 2.000000
-- $4 = 45.000000
