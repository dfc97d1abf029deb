-- Price bands are made before the statement runs: no SQL computes them in reasonable time.
-- price_band = "premium"
SELECT count(*)
FROM (SELECT customer, band FROM price_band_now) b1
WHERE b1.band = $1;
-- $1 = premium
