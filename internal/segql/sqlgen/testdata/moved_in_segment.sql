-- Recorded transitions are looked up; nothing is worked out anew.
-- entered segment "loyal" in last 7 days
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT DISTINCT f.customer, TRUE AS hit FROM transition_now f WHERE f.segment = $2 AND f.entered AND f.ts > $3 AND f.ts <= $1 AND f.customer > 0) x1 ON x1.customer = c.customer
WHERE x1.hit;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = loyal
-- $3 = 2025-12-25T00:00:00Z
