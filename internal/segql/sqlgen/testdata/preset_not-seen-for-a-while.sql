-- One scan, limited by what every column of it asks for; all customers are not read where they need not be.
-- has visit and no visit in last 60 days
SELECT count(*)
FROM (SELECT f.customer AS customer, TRUE AS a2, max(f.ts) > $1 AS a3
      FROM visit f
      WHERE f.ts <= $2 AND f.customer > 0
      GROUP BY 1) v1
WHERE v1.a2 AND NOT coalesce(v1.a3, FALSE);
-- $1 = 2025-11-02T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
