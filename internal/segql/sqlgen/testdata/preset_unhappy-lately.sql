-- Either table may decide alone, so that all customers are read first.
-- has ticket[sentiment = "negative"] in last 30 days or has refund in last 30 days
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT f.key AS customer, TRUE AS a2
      FROM ticket f
      WHERE f.ts > $2 AND f.ts <= $1 AND f.valid_from <= $1 AND f.valid_to > $1 AND f.sentiment = $3 AND f.key > 0
      GROUP BY 1) t1 ON t1.customer = c.customer
LEFT JOIN (SELECT f.key AS customer, TRUE AS a4
      FROM refund f
      WHERE f.ts > $2 AND f.ts <= $1 AND f.key > 0
      GROUP BY 1) r3 ON r3.customer = c.customer
WHERE t1.a2 OR r3.a4;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = 2025-12-02T00:00:00Z
-- $3 = negative
