-- Either side may decide alone, so that all customers are read first.
-- income in ("high", "very high") or price_band = "premium"
SELECT count(*)
FROM (SELECT customer, id FROM customer WHERE exists_from <= $1) c
LEFT JOIN (SELECT customer, value FROM trait WHERE name = $2 AND valid_from <= $1 AND valid_to > $1) t1 ON t1.customer = c.customer
LEFT JOIN (SELECT customer, band FROM price_band_now) b2 ON b2.customer = c.customer
WHERE t1.value IN ($3, $4) OR b2.band = $5;
-- $1 = 2026-01-01T00:00:00Z
-- $2 = income
-- $3 = high
-- $4 = very high
-- $5 = premium
