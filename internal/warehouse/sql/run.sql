-- name: run_page
-- Runs before one, the newest first, with the sizes of their groups. How many
-- were in a group as of a run is how many came into it until then less how
-- many left it: one look at the scores for all runs, because what holds at
-- each run would be joined to all of them.
WITH page AS (SELECT run, ts FROM run WHERE $before = 0 OR run < $before ORDER BY run DESC LIMIT $page),
edge AS (
    SELECT label, valid_from AS ts, count(*) AS n FROM score WHERE name = 'rfm.group' GROUP BY ALL
    UNION ALL
    SELECT label, valid_to, -count(*) FROM score WHERE name = 'rfm.group' AND valid_to < 'infinity' GROUP BY ALL),
size AS (SELECT p.run, e.label, sum(e.n) AS customers FROM page p JOIN edge e ON e.ts <= p.ts GROUP BY ALL HAVING sum(e.n) > 0),
change AS (
    SELECT s.run, count(*) AS n FROM score s
    JOIN score b ON b.customer = s.customer AND b.name = s.name AND b.valid_to = s.valid_from
    WHERE s.name = 'rfm.group' AND s.run IN (SELECT run FROM page) GROUP BY s.run)
SELECT p.run, p.ts, coalesce(c.n, 0), s.label, CAST(s.customers AS BIGINT)
FROM page p LEFT JOIN size s USING (run) LEFT JOIN change c USING (run) ORDER BY p.run DESC, s.customers DESC, s.label

-- name: run_scored
-- A run that was made before there was anybody to score has neither.
WITH held AS (SELECT max_by(run, ts) AS run, max(ts) AS ts FROM run WHERE ts <= $at)
SELECT run IS NULL
    OR EXISTS (SELECT 1 FROM score s WHERE s.valid_from <= held.ts AND held.ts < s.valid_to)
    OR EXISTS (SELECT 1 FROM percentile p WHERE p.run = held.run)
FROM held
