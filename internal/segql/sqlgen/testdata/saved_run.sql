-- A saved segment's base fields come from the latest scoring run.
-- rfm.group = "Champions" and clv.alive > 0.5
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT customer, label FROM score WHERE name = $2 AND valid_from <= $1 AND valid_to > $1) s1 ON s1.customer = c.customer
LEFT JOIN (SELECT customer, number FROM score WHERE name = $3 AND valid_from <= $1 AND valid_to > $1) s2 ON s2.customer = c.customer
WHERE coalesce(s1.label, 'Prospects') = $4 AND s2.number > CAST($5 AS DECIMAL(18, 6));
-- $1 = 2026-01-01T00:00:00Z
-- $2 = rfm.group
-- $3 = clv.alive
-- $4 = Champions
-- $5 = 0.500000
