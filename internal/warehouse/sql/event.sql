-- Events as they come, and the tracked ones among them. event_name holds what
-- each name in the batch means (see eventname.go); there are few.

-- name: event_names
SELECT DISTINCT type, event FROM record

-- name: event_name_table
CREATE TEMP TABLE event_name (type VARCHAR, given VARCHAR, event VARCHAR, name VARCHAR, class VARCHAR)

-- name: event_nameless
INSERT INTO refused SELECT pos, pos, 'event', 'no event' FROM record r
JOIN event_name n ON n.type IS NOT DISTINCT FROM r.type AND n.given IS NOT DISTINCT FROM r.event
WHERE n.class = 'none'

-- name: dropped_none
CREATE TEMP TABLE dropped (pos BIGINT)

-- name: arrival_table
-- When the events of entries of the log came that have a message_id, and what
-- they say; see commerce.Event.Content.
CREATE TEMP TABLE arrival (pos BIGINT, second BIGINT, content BIGINT)

-- name: repeat_table
-- Events of the log whose message_id was taken less than the window before. A
-- load spans less than the window, so that it takes each id once at most: with
-- the first event that is no repeat of what was taken before the load.
CREATE TEMP TABLE dropped AS
WITH given AS (
    SELECT r.pos, r.message_id AS id, a.second, a.content FROM record r JOIN arrival a ON a.pos = r.pos
    ANTI JOIN refused f ON f.pos = r.pos
), known AS (
    SELECT m.id, max(m.second) AS second, arg_max(m.content, m.second) AS content
    FROM message_recent m SEMI JOIN given g ON g.id = m.id GROUP BY m.id
), judged AS (
    SELECT g.*, k.content AS known, k.second IS NULL OR k.second <= g.second - $window AS free FROM given g LEFT JOIN known k ON k.id = g.id
), taken AS (
    SELECT id, min(pos) AS pos, arg_min(content, pos) AS content FROM judged WHERE free GROUP BY id
)
SELECT j.pos, j.content <> if(j.pos > t.pos, t.content, j.known) AS conflict
FROM judged j LEFT JOIN taken t ON t.id = j.id WHERE j.pos IS DISTINCT FROM t.pos

-- name: conflicts
SELECT pos FROM dropped WHERE conflict ORDER BY pos

-- name: recent_arrived
INSERT INTO message_recent
SELECT r.message_id, a.second, a.content, $seq, r.pos FROM event_record r JOIN arrival a ON a.pos = r.pos ORDER BY r.pos

-- name: recent_filed
INSERT INTO message_recent SELECT message_id, $clock, NULL, $seq, pos FROM event_record WHERE message_id IS NOT NULL ORDER BY pos

-- name: recent_over
-- Whole days, so that what is left does not depend on how entries were grouped.
DELETE FROM message_recent WHERE second < ($clock - $window) // 86400 * 86400

-- name: dropped_table
-- Events of a file whose message_id was ever seen: here, or by the warehouse.
CREATE TEMP TABLE dropped AS
WITH twice AS (
    SELECT message_id, min(pos) AS kept FROM record r ANTI JOIN refused f ON f.pos = r.pos
    WHERE message_id IS NOT NULL GROUP BY message_id HAVING count(*) > 1
)
SELECT r.pos FROM record r JOIN twice t ON t.message_id = r.message_id WHERE r.pos <> t.kept
UNION
SELECT r.pos FROM record r SEMI JOIN event e ON e.id = r.message_id
UNION
SELECT r.pos FROM record r SEMI JOIN message_seen s ON s.id = r.message_id

-- name: dropped_count
SELECT count(*) FROM dropped

-- name: event_record
-- The batch's events without refused and dropped ones.
CREATE TEMP VIEW event_record AS
SELECT r.*, n.event AS event_key, n.name, n.class
FROM record r
JOIN event_name n ON n.type IS NOT DISTINCT FROM r.type AND n.given IS NOT DISTINCT FROM r.event
WHERE n.class <> 'none'

-- name: event_record_taken
CREATE TEMP VIEW event_record AS
SELECT r.*, n.event AS event_key, n.name, n.class
FROM record r
JOIN event_name n ON n.type IS NOT DISTINCT FROM r.type AND n.given IS NOT DISTINCT FROM r.event
ANTI JOIN dropped d ON d.pos = r.pos
ANTI JOIN refused f ON f.pos = r.pos
WHERE n.class <> 'none'

-- name: event_keyed
-- The cancellation of an order is known of its customer too, as in files.
CREATE TEMP VIEW keyed AS
SELECT pos, CASE WHEN class = 'order' THEN least(ts, instant(json_extract_string(properties, '$.cancelled_at'))) ELSE ts END AS said_at,
    customer_id, email, phone, anonymous_id
FROM event_record

-- name: event_seen
INSERT INTO message_seen SELECT message_id, $seq FROM event_record WHERE class <> 'tracked' AND message_id IS NOT NULL ORDER BY pos

-- snippet: product_paths
['$.product_id', '$.product', '$.productId', '$.sku', '$.name', '$.product_name', '$.category', '$.brand',
 '$.collection', '$.price', '$.stock', '$.released_at', '$.quantity']

-- snippet: tags
-- A list of texts, or one text. An empty one is missing.
CASE json_type(properties, '$.tags')
    WHEN 'ARRAY' THEN nullif(list_filter(json_extract_string(properties, '$.tags[*]'), lambda x: x <> ''), [])
    WHEN 'VARCHAR' THEN nullif([json_extract_string(properties, '$.tags')], ['']) END

-- snippet: event_own
-- The product fields that an event carries itself.
SELECT * EXCLUDE (released_at, given), coalesce(scalar(p[1]), scalar(p[2]), scalar(p[3])) AS product,
    scalar(p[4]) AS sku, coalesce(scalar(p[6]), scalar(p[5])) AS product_name, scalar(p[7]) AS category, scalar(p[8]) AS brand,
    scalar(p[9]) AS collection, number(p[10]) AS price, number(p[11]) AS stock,
    r.released_at, number(p[13]) AS quantity
FROM (SELECT *, json_extract_string(properties, @product_paths) AS p, @tags AS tags FROM event_record WHERE class = 'tracked')
LEFT JOIN released r ON r.given = p[12]

-- name: event_insert
INSERT INTO event
WITH own AS (@event_own)
SELECT k.key, e.ts, shop_day(e.ts), e.event_key, e.name, e.message_id, e.product, e.sku, e.product_name,
    e.category, e.brand, e.collection, e.tags, e.price, e.stock, e.released_at, e.quantity,
    own_fields(e.sku, e.product_name, e.category, e.brand, e.collection, e.tags, e.price, e.stock, e.released_at),
    nullif(e.properties, '{}'), $seq, e.pos
FROM own e
LEFT JOIN key_seen k ON k.value = coalesce(e.customer_id, e.email, e.phone, e.anonymous_id)
    AND k.kind = kind_of(e.customer_id, e.email, e.phone, e.anonymous_id)

-- name: event_insert_full
-- The same with the catalogue of the time.
INSERT INTO event
WITH own AS (@event_own)
SELECT k.key, e.ts, shop_day(e.ts), e.event_key, e.name, e.message_id, e.product, coalesce(e.sku, p.sku), coalesce(e.product_name, p.name),
    coalesce(e.category, p.category), coalesce(e.brand, p.brand), coalesce(e.collection, p.collection), coalesce(e.tags, p.tags),
    coalesce(e.price, p.price), coalesce(e.stock, p.stock), coalesce(e.released_at, p.released_at), e.quantity,
    own_fields(e.sku, e.product_name, e.category, e.brand, e.collection, e.tags, e.price, e.stock, e.released_at),
    nullif(e.properties, '{}'), $seq, e.pos
FROM own e
LEFT JOIN key_seen k ON k.value = coalesce(e.customer_id, e.email, e.phone, e.anonymous_id)
    AND k.kind = kind_of(e.customer_id, e.email, e.phone, e.anonymous_id)
LEFT JOIN product p ON p.product = e.product AND e.ts >= p.valid_from AND e.ts < p.valid_to

-- name: identify_said
-- What identify says, under the names of customer fields. A list of texts
-- stays one; any other list or object is kept as it is, as a trait. One text
-- as tags is a list of it. Traits are found by pointers, since a path takes some
-- names for wildcards; one without a name is left out.
CREATE TEMP VIEW said AS
WITH trait_key AS (
    SELECT pos, ts, customer_id, email, phone, anonymous_id, traits, unnest(json_keys(traits)) AS trait
    FROM event_record WHERE class = 'identify' AND traits IS NOT NULL
), named AS (
    FROM trait_key WHERE trait <> ''
), one AS (
    SELECT *, json_extract_string(traits, '/' || replace(replace(trait, '~', '~0'), '/', '~1')) AS value,
        json_type(traits, '/' || replace(replace(trait, '~', '~0'), '/', '~1')) AS json_type FROM named
    UNION ALL
    SELECT pos, ts, customer_id, email, phone, anonymous_id, traits, 'address.' || field,
        json_extract_string(traits, '$.address.' || field), 'VARCHAR'
    FROM named, (SELECT unnest(['country', 'city', 'region', 'state', 'postcode', 'postalCode', 'postal_code']) AS field)
    WHERE trait = 'address' AND json_extract_string(traits, '$.address.' || field) IS NOT NULL
)
SELECT kind_of(o.customer_id, o.email, o.phone, o.anonymous_id) AS key_kind,
    coalesce(o.customer_id, o.email, o.phone, o.anonymous_id) AS key_value,
    coalesce(f.name, 'traits.' || o.trait) AS name,
    if(f.name = 'tags' AND o.json_type <> 'ARRAY' AND o.value <> '', CAST(to_json([o.value]) AS VARCHAR), nullif(nullif(o.value, ''), if(f.name = 'tags', '[]', ''))) AS value, o.ts, o.pos
FROM one o
LEFT JOIN trait_name f ON f.trait = o.trait
WHERE coalesce(o.customer_id, o.email, o.phone, o.anonymous_id) IS NOT NULL AND coalesce(f.name, '') <> '-'

-- name: trait_name_table
CREATE TEMP TABLE trait_name (trait VARCHAR, name VARCHAR)

-- name: event_classes
SELECT class, count(*) FROM event_record GROUP BY class

-- name: released_given
SELECT DISTINCT json_extract_string(properties, '$.released_at') FROM event_record
WHERE class = 'tracked' AND contains(properties, '"released_at"')

-- name: released_table
CREATE TEMP TABLE released (given VARCHAR, released_at TIMESTAMP)
