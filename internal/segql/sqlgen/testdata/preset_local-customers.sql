-- One scan, limited by what every column of it asks for; all customers are not read where they need not be.
-- shop.country is not missing and country = shop.country
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT customer, value FROM trait WHERE name = $2 AND valid_from <= $1 AND valid_to > $1) t1 ON t1.customer = c.customer
WHERE NOT FALSE AND t1.value = $3;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = country
-- $3 = RO
