-- The run has ranked customers by this term already.
-- percentile(avg(order.total)) >= 80
SELECT count(*)
FROM (SELECT customer, worse, among FROM percentile WHERE run = $1 AND expr = $2) p1
WHERE p1.worse * 100000000 >= $3 * p1.among;
-- $1 = 3
-- $2 = avg(order.total)
-- $3 = 80000000
