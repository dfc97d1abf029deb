-- What a shop's own part of the language is: events, traits, values.

-- name: table_rows
SELECT estimated_size FROM duckdb_tables() WHERE schema_name = 'main' AND NOT temporary AND table_name = $name

-- name: seen_events
-- What crawlers do is nobody's: to ask for it finds nobody.
SELECT event, arg_max(name, ts), count(*), max(ts) FROM event WHERE event <> 'crawler' GROUP BY event ORDER BY event

-- name: seen_properties
-- Of the events that came last: they say what the shop sends now.
SELECT event, property, count(*) AS n
FROM (SELECT event, unnest(json_keys(properties)) AS property
      FROM event WHERE properties IS NOT NULL AND rowid >= (SELECT max(rowid) FROM event) - 20000)
GROUP BY ALL ORDER BY event, n DESC, property

-- name: seen_traits
SELECT name, count(*) FROM trait WHERE starts_with(name, 'traits.') AND valid_to = 'infinity' GROUP BY name ORDER BY name

-- name: trait_looks
-- What values look like: all of some are looked at, so that a word is not
-- taken for a number because others are.
SELECT name, count(*), count(*) FILTER (WHERE regexp_full_match(value, '[+-]?[0-9]{1,12}([.][0-9]{1,6})?')),
       count(*) FILTER (WHERE value IN ('true', 'false')),
       count(*) FILTER (WHERE regexp_full_match(value, '[0-9]{4}-[0-9]{2}-[0-9]{2}')),
       count(*) FILTER (WHERE regexp_full_match(value, '[0-9]{4}-[0-9]{2}-[0-9]{2}T.+'))
FROM (SELECT name, value FROM trait WHERE starts_with(name, 'traits.') AND valid_to = 'infinity'
      QUALIFY row_number() OVER (PARTITION BY name) <= 1000)
GROUP BY name
