-- A saved segment is inlined and shares the scans; its base fields come from the run.
-- in segment "loyal" and has order in last 30 days
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) AS a2, max(f.ts) > $1 AS a4
      FROM orders f
      WHERE f.ts > $2 AND f.ts <= $3 AND f.valid_to > $3 AND f.key > 0
      GROUP BY 1) o1
LEFT JOIN (SELECT customer, label FROM score WHERE name = $4 AND valid_from <= $3 AND valid_to > $3) s3 ON s3.customer = o1.customer
WHERE (coalesce(o1.a2, 0) >= $5 AND coalesce(s3.label, 'Prospects') = $6) AND o1.a4;
-- $1 = 2025-12-02T00:00:00Z
-- $2 = 2025-01-01T00:00:00Z
-- $3 = 2026-01-01T00:00:00Z
-- $4 = rfm.group
-- $5 = 4
-- $6 = Loyal
