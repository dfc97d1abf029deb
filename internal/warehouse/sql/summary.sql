-- What customers' orders and refunds come to; see the table summary.

-- snippet: money_fact
-- What each order and refund of the known persons in "whose" adds. What ends by
-- a cancellation adds nothing in the end, but does until then.
SELECT w.customer, o.ts, o.valid_to, o.total, CAST(NULL AS DECIMAL(18, 6)) AS refund
FROM orders o JOIN whose w ON w.key = o.key
WHERE o.valid_to > o.ts
UNION ALL
SELECT w.customer, r.ts, TIMESTAMP 'infinity', NULL, coalesce(r.total, 0)
FROM refund r JOIN whose w ON w.key = r.key

-- name: summary_gone
DELETE FROM summary WHERE customer IN (SELECT customer FROM touched_facts WHERE orders)

-- name: summary_insert
INSERT INTO summary
WITH whose AS (
    SELECT key, customer FROM person_key WHERE customer > 0 AND customer IN (SELECT customer FROM touched_facts WHERE orders)
)
SELECT customer, CAST(count(total) FILTER (lasting) AS INTEGER), coalesce(sum(total) FILTER (lasting), 0), coalesce(sum(refund), 0),
    min(ts) FILTER (lasting AND total IS NOT NULL), max(ts) FILTER (lasting AND total IS NOT NULL),
    max(if(lasting, ts, valid_to))
FROM (SELECT *, valid_to = TIMESTAMP 'infinity' AS lasting FROM (@money_fact))
GROUP BY customer
ORDER BY customer

-- snippet: summary_at
-- The table summary as of $at: who has an order or a cancellation ahead is
-- worked out from the facts. There are hardly any, and with none of them DuckDB
-- does not begin to read orders.
SELECT customer, orders, total, refunds, first_order_at, last_order_at FROM summary WHERE settled_at <= $at
UNION ALL
SELECT customer, CAST(count(total) AS INTEGER), coalesce(sum(total), 0), coalesce(sum(refund), 0),
    min(ts) FILTER (total IS NOT NULL), max(ts) FILTER (total IS NOT NULL)
FROM (
    WITH whose AS (
        SELECT key, customer FROM person_key WHERE customer IN (SELECT customer FROM summary WHERE settled_at > $at)
    )
    @money_fact
)
WHERE ts <= $at AND valid_to > $at
GROUP BY customer

-- name: sheet_sums
SELECT customer, orders, CAST(total AS DECIMAL(18, 6)), CAST(refunds AS DECIMAL(18, 6)), first_order_at, last_order_at FROM (@summary_at)

-- name: figures_buyers
SELECT count(*) FILTER (orders >= 1), count(*) FILTER (orders >= 2) FROM (@summary_at)

-- name: figures_months
-- By month and person first; a month's buyers are new if their first order of all
-- is of that month.
WITH calendar AS (
    SELECT unnest($months) AS month, unnest($starts) AS from_at, unnest($ends) AS to_at
), sold AS (
    SELECT strftime(day, '%Y-%m') AS month, key, count(*) AS orders, sum(total) AS total FROM orders
    WHERE ts <= $at AND valid_to > $at AND day >= $first_day GROUP BY ALL
    UNION ALL
    SELECT strftime(day, '%Y-%m'), key, 0, -sum(total) FROM refund WHERE ts <= $at AND day >= $first_day AND total IS NOT NULL GROUP BY ALL
), person AS (
    SELECT s.month, coalesce(m.customer, s.key) AS customer, sum(orders) AS orders, sum(total) AS total
    FROM sold s LEFT JOIN moved m ON m.key = s.key GROUP BY ALL
), began AS (
    SELECT s.customer, c.month FROM (@summary_at) s LEFT JOIN calendar c ON s.first_order_at >= c.from_at AND s.first_order_at < c.to_at
)
SELECT c.month, CAST(coalesce(sum(p.orders), 0) AS BIGINT), CAST(coalesce(sum(p.total), 0) AS VARCHAR),
    CAST(coalesce(sum(p.total) FILTER (p.customer > 0 AND b.month = p.month), 0) AS VARCHAR),
    CAST(coalesce(sum(p.total) FILTER (p.customer > 0 AND b.month IS DISTINCT FROM p.month), 0) AS VARCHAR),
    count(*) FILTER (p.customer > 0 AND p.orders > 0 AND b.month = p.month),
    count(*) FILTER (p.customer > 0 AND p.orders > 0 AND b.month IS DISTINCT FROM p.month)
FROM calendar c LEFT JOIN person p ON p.month = c.month LEFT JOIN began b ON b.customer = p.customer
GROUP BY c.month ORDER BY c.month
