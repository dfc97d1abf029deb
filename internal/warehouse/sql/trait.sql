-- What is said of customers, and their fields over time. "said" is a view
-- with key_kind, key_value, name, value, ts (NULL: since when is not said), pos.

-- name: customer_keyed
CREATE TEMP VIEW keyed AS
SELECT pos, least(created_at, updated_at) AS said_at, customer_id, email, phone, CAST(NULL AS VARCHAR) AS anonymous_id
FROM record r ANTI JOIN refused f ON f.ord = r.pos

-- name: customer_nameless
-- A row without a key is about nobody.
INSERT INTO refused SELECT pos, pos, 'customer_id', 'no customer id, e-mail or phone'
FROM record WHERE customer_id IS NULL AND email IS NULL AND phone IS NULL

-- name: customer_said
CREATE TEMP VIEW said AS
WITH row_field AS (
    SELECT pos, customer_id, email, phone, updated_at, unnest(fields) AS field FROM record WHERE fields IS NOT NULL
    UNION ALL
    SELECT pos, customer_id, email, phone, updated_at,
        {'name': 'created_at', 'value': strftime(created_at, '%Y-%m-%dT%H:%M:%S.%fZ')} FROM record WHERE created_at IS NOT NULL
)
SELECT kind_of(customer_id, email, phone, NULL) AS key_kind, coalesce(customer_id, email, phone) AS key_value,
    field.name AS name, field.value AS value, updated_at AS ts, pos
FROM row_field
WHERE coalesce(customer_id, email, phone) IS NOT NULL

-- name: trait_said
-- With the person the key belongs to now. Of several values that one row
-- gives for one field, the greatest.
CREATE TEMP TABLE trait_said AS
SELECT p.customer, k.key, s.name, max(s.value) AS value, s.ts, s.pos
FROM said s
JOIN key_seen k ON k.value = s.key_value AND k.kind = s.key_kind
JOIN person_key p ON p.key = k.key
GROUP BY ALL

-- name: trait_first
-- When nothing was said of anyone: no window where a person's field is named
-- once, which is how a first import comes.
INSERT INTO trait_fact
SELECT key, name, value, coalesce(ts, TIMESTAMP '-infinity'), $seq, pos FROM trait_said
WHERE value IS NOT NULL OR ts IS NOT NULL
ORDER BY pos, name

-- name: trait_repeats
-- Whether a person's field is named twice.
SELECT count(*) - count(DISTINCT (customer, name)) FROM trait_said

-- name: trait_insert
-- A value with an instant adds nothing when it was said of just that instant
-- before. A value without one is the first, from always; or it is a change,
-- from the import, when it differs from what holds then: of several rows the
-- first counts for always and the last for the import.
INSERT INTO trait_fact
WITH person AS (
    SELECT DISTINCT customer, name FROM trait_said
), before AS (
    SELECT coalesce(m.customer, f.key) AS customer, f.key, f.name, f.value, f.ts, f.seq, f.pos
    FROM trait_fact f
    LEFT JOIN moved m ON m.key = f.key
    WHERE (coalesce(m.customer, f.key), f.name) IN (SELECT (customer, name) FROM person)
), current AS (
    SELECT customer, name, arg_max(struct_pack(value := value), (ts, seq, pos)) FILTER (ts <= $at) AS holds
    FROM before GROUP BY customer, name
), dated AS (
    SELECT key, name, value, ts, min(pos) AS pos FROM trait_said WHERE ts IS NOT NULL GROUP BY key, name, value, ts
), undated AS (
    SELECT s.key, s.name, s.value, s.pos, c.customer IS NULL AS first, c.holds.value AS holds,
        first_value(s.value) OVER w AS first_said,
        row_number() OVER w AS nth, row_number() OVER (PARTITION BY s.customer, s.name ORDER BY s.pos DESC) AS nth_last
    FROM trait_said s
    LEFT JOIN current c ON c.customer = s.customer AND c.name = s.name
    WHERE s.ts IS NULL
    WINDOW w AS (PARTITION BY s.customer, s.name ORDER BY s.pos)
)
SELECT key, name, value, ts, $seq, pos FROM (
    SELECT key, name, value, ts, pos FROM dated d
    WHERE NOT EXISTS (FROM trait_fact f WHERE f.key = d.key AND f.name = d.name AND f.ts = d.ts AND f.value IS NOT DISTINCT FROM d.value)
    UNION ALL
    SELECT key, name, value, TIMESTAMP '-infinity', pos FROM undated WHERE first AND nth = 1 AND value IS NOT NULL
    UNION ALL
    SELECT key, name, value, $at, pos FROM undated
    WHERE nth_last = 1 AND coalesce(value, '') <> coalesce(if(first, first_said, holds), '')
)
ORDER BY pos, name, ts

-- name: trait_first_at
-- A change from its import has that instant; created_at is one too.
UPDATE person_key SET first_at = f.ts
FROM (SELECT key, least(min(ts) FILTER (ts > TIMESTAMP '-infinity'), min(instant(value)) FILTER (name = 'created_at')) AS ts
    FROM trait_fact WHERE seq = $seq GROUP BY key) f
WHERE f.key = person_key.key AND f.ts < coalesce(person_key.first_at, TIMESTAMP 'infinity')

-- name: customer_changed_rows
-- Rows of the batch that said something new: a field, a key, or that two keys are one person's.
SELECT count(*) FROM (SELECT pos FROM trait_fact WHERE seq = $seq
    UNION SELECT pos FROM person_key WHERE seq = $seq UNION SELECT pos FROM claim WHERE seq = $seq)

-- name: trait_gone
DELETE FROM trait WHERE customer IN (SELECT customer FROM touched_facts WHERE traits OR orders)

-- name: trait_fact_span
-- What customer data says, as intervals: the latest by instant, then by
-- place of arrival.
CREATE TEMP TABLE trait_span AS
WITH fact AS (
    SELECT coalesce(m.customer, f.key) AS customer, f.name, f.value, f.ts, f.seq, f.pos
    FROM trait_fact f
    LEFT JOIN moved m ON m.key = f.key
    WHERE coalesce(m.customer, f.key) IN (SELECT customer FROM touched_facts WHERE traits OR orders)
), span AS (
    SELECT *, lead(ts) OVER (PARTITION BY customer, name ORDER BY ts, seq, pos) AS next FROM fact
)
SELECT customer, name, value, ts AS valid_from, coalesce(next, TIMESTAMP 'infinity') AS valid_to
FROM span
WHERE value IS NOT NULL AND ts < coalesce(next, TIMESTAMP 'infinity')

-- name: trait_span_first
-- The same when each person's field was named once, from always or an instant.
CREATE TEMP TABLE trait_span AS
SELECT customer, name, value, coalesce(ts, TIMESTAMP '-infinity') AS valid_from, TIMESTAMP 'infinity' AS valid_to
FROM trait_said
WHERE value IS NOT NULL

-- name: trait_span_none
CREATE TEMP TABLE trait_span (customer INTEGER, name VARCHAR, value VARCHAR, valid_from TIMESTAMP, valid_to TIMESTAMP)

-- name: trait_span_insert
INSERT INTO trait SELECT * FROM trait_span ORDER BY customer, name, valid_from

-- name: order_place
-- Country and city as the touched customers' orders say them: an order that
-- counts, cancelled later or not, sets them at its instant. Most customers
-- only ever have one country: that is one interval, found without a window.
CREATE TEMP TABLE order_place AS
WITH said AS (
    SELECT coalesce(m.customer, o.key) AS customer, o.ts, o.id, o.country, o.city
    FROM orders o
    LEFT JOIN moved m ON m.key = o.key
    WHERE o.key IS NOT NULL AND o.valid_to > o.ts AND (o.country IS NOT NULL OR o.city IS NOT NULL)
        AND coalesce(m.customer, o.key) IN (SELECT customer FROM touched_facts WHERE traits OR orders)
), person AS (
    SELECT customer, min(country) AS country, max(country) AS other_country, min(ts) FILTER (country IS NOT NULL) AS country_from,
        min(city) AS city, max(city) AS other_city, min(ts) FILTER (city IS NOT NULL) AS city_from
    FROM said GROUP BY customer
), several AS (
    SELECT customer, 'country' AS name, country AS value, ts, id FROM said
    WHERE country IS NOT NULL AND customer IN (SELECT customer FROM person WHERE country <> other_country)
    UNION ALL
    SELECT customer, 'city', city, ts, id FROM said
    WHERE city IS NOT NULL AND customer IN (SELECT customer FROM person WHERE city <> other_city)
), last_of_instant AS (
    SELECT customer, name, arg_max(value, id) AS value, ts FROM several GROUP BY customer, name, ts
), changed AS (
    SELECT * FROM last_of_instant
    QUALIFY value IS DISTINCT FROM lag(value) OVER (PARTITION BY customer, name ORDER BY ts)
)
SELECT customer, 'country' AS name, country AS value, country_from AS valid_from, TIMESTAMP 'infinity' AS valid_to
FROM person WHERE country = other_country
UNION ALL
SELECT customer, 'city', city, city_from, TIMESTAMP 'infinity' FROM person WHERE city = other_city
UNION ALL
SELECT customer, name, value, ts, coalesce(lead(ts) OVER (PARTITION BY customer, name ORDER BY ts), TIMESTAMP 'infinity')
FROM changed

-- name: order_place_insert
-- Where customer data has a value it wins: an order's place holds in the gaps.
INSERT INTO trait
WITH own AS (
    SELECT customer, name, valid_from, valid_to FROM trait_span WHERE name IN ('country', 'city')
), gap AS (
    SELECT customer, name, TIMESTAMP '-infinity' AS gap_from, min(valid_from) AS gap_to FROM own GROUP BY customer, name
    UNION ALL
    SELECT customer, name, valid_to, coalesce(lead(valid_from) OVER (PARTITION BY customer, name ORDER BY valid_from), TIMESTAMP 'infinity') FROM own
)
SELECT customer, name, value, valid_from, valid_to FROM order_place p
WHERE NOT EXISTS (FROM own WHERE own.customer = p.customer AND own.name = p.name)
UNION ALL
SELECT p.customer, p.name, p.value, greatest(p.valid_from, g.gap_from), least(p.valid_to, g.gap_to)
FROM order_place p
JOIN gap g ON g.customer = p.customer AND g.name = p.name
WHERE greatest(p.valid_from, g.gap_from) < least(p.valid_to, g.gap_to)
ORDER BY customer, name, valid_from

-- name: order_place_insert_alone
-- The same when customer data says nothing of the touched customers.
INSERT INTO trait SELECT * FROM order_place ORDER BY customer, name, valid_from

-- name: order_has_place
SELECT EXISTS (FROM orders WHERE country IS NOT NULL OR city IS NOT NULL)

-- name: customer_total
-- Known persons that the batch is about.
SELECT count(*) FROM customer WHERE customer IN (SELECT customer FROM touched)
