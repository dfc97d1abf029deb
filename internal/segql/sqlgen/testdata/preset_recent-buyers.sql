-- DuckDB skips what lies before the window, since facts lie in order of time.
-- has order in last 30 days
SELECT count(*)
FROM (SELECT f.key AS customer, TRUE AS a2
      FROM orders f
      WHERE f.ts > $1 AND f.ts <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1) o1
WHERE o1.a2;
-- $1 = 2025-12-02T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
