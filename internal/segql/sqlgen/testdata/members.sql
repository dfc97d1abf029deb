-- Ids are joined to the few that are left.
SELECT c.id
FROM (SELECT f.key AS customer, TRUE AS a2
      FROM orders f
      WHERE f.ts > $1 AND f.ts <= $2 AND f.valid_to > $2 AND f.key > 0
      GROUP BY 1) o1
JOIN customer c ON c.customer = o1.customer
WHERE o1.a2
ORDER BY c.id;
-- $1 = 2025-12-02T00:00:00Z
-- $2 = 2026-01-01T00:00:00Z
