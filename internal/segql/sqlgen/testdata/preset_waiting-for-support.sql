-- One scan, limited by what every column of it asks for; all customers are not read where they need not be.
-- has ticket[status = "open"]
SELECT count(*)
FROM (SELECT f.key AS customer, TRUE AS a2
      FROM ticket f
      WHERE f.ts <= $1 AND f.valid_from <= $1 AND f.valid_to > $1 AND f.status = $2 AND f.key > 0
      GROUP BY 1) t1
WHERE t1.a2;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = open
