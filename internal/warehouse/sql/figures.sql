-- The figures of the overview; see docs/figures.md.

-- name: figures_orders
SELECT count(*), count(*) FILTER (ts > $month), count(*) FILTER (ts > $before AND ts <= $month), CAST(coalesce(sum(total), 0) AS VARCHAR),
    CAST(coalesce(sum(total) FILTER (ts > $month), 0) AS VARCHAR), CAST(coalesce(sum(total) FILTER (ts > $before AND ts <= $month), 0) AS VARCHAR), max(ts)
FROM orders WHERE ts <= $at AND valid_to > $at

-- name: figures_refunds
SELECT CAST(coalesce(sum(total), 0) AS VARCHAR), CAST(coalesce(sum(total) FILTER (ts > $month), 0) AS VARCHAR),
    CAST(coalesce(sum(total) FILTER (ts > $before AND ts <= $month), 0) AS VARCHAR)
FROM refund WHERE ts <= $at

-- name: figures_customers
SELECT count(*), count(*) FILTER (exists_from > $month) FROM customer WHERE exists_from <= $at

-- name: figures_freshness
SELECT (SELECT max(ts) FROM event WHERE ts <= $at), (SELECT max(ts) FROM import WHERE file)

-- name: figures_imports
SELECT seq FROM import WHERE file AND ts > $week ORDER BY seq DESC LIMIT 50
