-- Months and days are compared with those of seven days: no arithmetic with dates.
-- birth_date anniversary in next 7 days
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT customer, value, CASE WHEN regexp_full_match(value, '[0-9]{4}-[0-9]{2}-[0-9]{2}') THEN try(try_cast(value AS DATE)) END AS day FROM trait WHERE name = $2 AND valid_from <= $1 AND valid_to > $1) t1 ON t1.customer = c.customer
WHERE (year(t1.day) < 2026 AND 100 * month(t1.day) + day(t1.day) IN (101, 102, 103, 104, 105, 106, 107));
-- $1 = 2026-01-01T00:00:00Z
-- $2 = birth_date
