-- One scan, limited by what every column of it asks for; all customers are not read where they need not be.
-- has item[tags contains "gift"] in last 24 months
SELECT count(*)
FROM (SELECT f.key AS customer, TRUE AS a2
      FROM item f
      WHERE f.ts > $1 AND f.ts <= $2 AND f.valid_to > $2 AND list_contains(f.tags, $3) AND f.key > 0
      GROUP BY 1) i1
WHERE i1.a2;
-- $1 = 2024-01-01T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
-- $3 = gift
