-- name: score_run
SELECT coalesce(max(run), 0) + 1, max(ts) FROM run

-- name: score_add_run
INSERT INTO run VALUES ($run, $at, $seq)

-- name: score_new
CREATE TEMP TABLE scored (customer INTEGER, name VARCHAR, number DECIMAL(18, 6), label VARCHAR)

-- name: score_rfm
-- The four fields of one ranking, side by side.
INSERT INTO scored
SELECT customer, unnest(['rfm.recency', 'rfm.frequency', 'rfm.monetary', 'rfm.group']),
       unnest([r, f, m, NULL]), unnest([NULL, NULL, NULL, "group"])
FROM rfm_now

-- name: score_price_band
INSERT INTO scored SELECT customer, 'price_band', NULL, band FROM price_band_now

-- name: score_close
-- Scores that are gone or have another value end here.
UPDATE score SET valid_to = $at
WHERE valid_to = 'infinity' AND NOT EXISTS (
    SELECT 1 FROM scored n WHERE n.customer = score.customer AND n.name = score.name
       AND n.number IS NOT DISTINCT FROM score.number AND n.label IS NOT DISTINCT FROM score.label)

-- name: score_open
INSERT INTO score
SELECT n.customer, n.name, n.number, n.label, $at, 'infinity', $run FROM scored n
WHERE NOT EXISTS (SELECT 1 FROM score s WHERE s.customer = n.customer AND s.name = n.name AND s.valid_to = 'infinity')

-- name: score_expire
-- Percentiles of runs older than 90 days go, but for each month's last run.
DELETE FROM percentile WHERE abs(run) IN (
    SELECT run FROM (SELECT run, ts, lead(ts) OVER (ORDER BY ts) AS next FROM run)
    WHERE ts < CAST($at AS TIMESTAMP) - INTERVAL 90 DAY AND date_trunc('month', ts) = date_trunc('month', next))

-- name: score_applied
UPDATE shop SET applied_seq = $seq
