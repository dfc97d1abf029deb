-- A property is read from the event's JSON, and only of events that fit the rest.
-- count(search[query = "shoes"]) in last 30 days >= 2
SELECT count(*)
FROM (SELECT f.key AS customer, count(*) AS a2
      FROM event f
      WHERE f.event = $1 AND f.ts > $2 AND f.ts <= $3 AND nullif(CASE WHEN json_type(f.properties, $4) NOT IN ('ARRAY', 'OBJECT') THEN json_extract_string(f.properties, $4) END, '') = $5 AND f.key > 0
      GROUP BY 1) e1
WHERE coalesce(e1.a2, 0) >= $6;
-- $1 = search
-- $2 = 2025-12-02T00:00:00Z
-- $3 = 2026-01-01T00:00:00Z
-- $4 = $."query"
-- $5 = shoes
-- $6 = 2
