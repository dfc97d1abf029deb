-- Equal prices of a customer and category are one row: far fewer leave DuckDB.
SELECT customer, CASE WHEN category IS NULL THEN -1 ELSE CAST(dense_rank() OVER (ORDER BY category) AS INTEGER) END AS category, CAST(CAST(price AS DECIMAL(38, 6)) * 1000000 AS BIGINT) AS price, CAST(quantity * 1000000 AS BIGINT) AS quantity
FROM (SELECT f.key AS customer, f.category, f.price, sum(f.quantity) AS quantity FROM item f
      WHERE f.ts <= $1 AND f.key > 0 AND f.price IS NOT NULL AND f.valid_to > $1 GROUP BY ALL)
ORDER BY customer;
-- $1 = 2026-01-01T00:00:00Z
