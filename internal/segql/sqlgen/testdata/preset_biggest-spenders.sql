-- The ranking is a window over one row a customer; it reads what the rest of the statement reads.
-- percentile(sum(order.total) in last 12 months - sum(refund.total) in last 12 months) >= 90
SELECT count(*)
FROM (SELECT c.customer AS customer, rank() OVER (ORDER BY try(CAST(coalesce(o1.a2, 0) AS DECIMAL(38, 6)) - CAST(coalesce(r3.a4, 0) AS DECIMAL(38, 6)))) - 1 AS worse, count(*) OVER () AS among
      FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT f.key AS customer, sum(f.total) AS a2, TRUE AS a5
      FROM orders f
      WHERE f.ts > $2 AND f.ts <= $1 AND f.valid_to > $1 AND f.key > 0
      GROUP BY 1) o1 ON o1.customer = c.customer
LEFT JOIN (SELECT f.key AS customer, sum(f.total) AS a4, TRUE AS a6
      FROM refund f
      WHERE f.ts > $2 AND f.ts <= $1 AND f.key > 0
      GROUP BY 1) r3 ON r3.customer = c.customer
WHERE (o1.a5 OR r3.a6) AND NOT try(CAST(coalesce(o1.a2, 0) AS DECIMAL(38, 6)) - CAST(coalesce(r3.a4, 0) AS DECIMAL(38, 6))) IS NULL) p7
WHERE p7.worse * 100000000 >= $3 * p7.among;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 2025-01-01T00:00:00Z
-- $3 = 90000000
