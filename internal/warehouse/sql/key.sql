-- Keys, claims and who is who. A pipeline first makes the view "keyed": pos,
-- said_at (an instant known under the row's keys, or NULL), customer_id, email,
-- phone, anonymous_id, for the rows that are taken.

-- name: key_seen
-- The keys of the batch with their numbers, old and new. New ones are
-- numbered in order of arrival, known kinds upwards, anonymous downwards.
CREATE TEMP TABLE key_seen AS
WITH row_key AS (
    SELECT 1 AS kind, customer_id AS value, pos, said_at FROM keyed WHERE customer_id IS NOT NULL
    UNION ALL SELECT 2, email, pos, said_at FROM keyed WHERE email IS NOT NULL
    UNION ALL SELECT 3, phone, pos, said_at FROM keyed WHERE phone IS NOT NULL
    UNION ALL SELECT 4, anonymous_id, pos, said_at FROM keyed WHERE anonymous_id IS NOT NULL
), seen AS (
    SELECT kind, value, min(pos) AS pos, min(said_at) AS first_at FROM row_key GROUP BY kind, value
), matched AS (
    SELECT s.*, p.key AS known FROM seen s LEFT JOIN person_key p ON p.value = s.value AND p.kind = kind_name(s.kind)
)
SELECT CAST(kind AS UTINYINT) AS kind, value, pos, first_at, known IS NULL AS fresh,
    CAST(CASE WHEN known IS NOT NULL THEN known
        WHEN kind < 4 THEN $last_known + row_number() OVER numbering
        ELSE $last_anonymous - row_number() OVER numbering END AS INTEGER) AS key
FROM matched
WINDOW numbering AS (PARTITION BY known IS NULL, kind < 4 ORDER BY pos, kind)

-- name: key_last
-- The last numbers given.
SELECT CAST(coalesce(max(key) FILTER (key > 0), 0) AS BIGINT), CAST(coalesce(min(key) FILTER (key < 0), 0) AS BIGINT) FROM person_key

-- name: key_insert
INSERT INTO person_key
SELECT key, kind_name(kind), value, key, first_at, $seq, pos FROM key_seen WHERE fresh ORDER BY pos, kind

-- name: key_earlier
-- A fact from before what was known of a key so far.
UPDATE person_key SET first_at = k.first_at
FROM key_seen k
WHERE NOT k.fresh AND k.key = person_key.key AND k.first_at < coalesce(person_key.first_at, TIMESTAMP 'infinity')

-- name: claim_seen
-- New pairs of keys that stand together in a row: the strongest and each other.
CREATE TEMP TABLE claim_seen AS
WITH pair AS (
    SELECT kind_of(customer_id, email, phone, anonymous_id) AS kind_a, coalesce(customer_id, email, phone) AS value_a,
        2 AS kind_b, email AS value_b, pos FROM keyed WHERE email IS NOT NULL AND customer_id IS NOT NULL
    UNION ALL
    SELECT kind_of(customer_id, email, phone, anonymous_id), coalesce(customer_id, email, phone),
        3, phone, pos FROM keyed WHERE phone IS NOT NULL AND (customer_id IS NOT NULL OR email IS NOT NULL)
    UNION ALL
    SELECT kind_of(customer_id, email, phone, anonymous_id), coalesce(customer_id, email, phone),
        4, anonymous_id, pos FROM keyed
    WHERE anonymous_id IS NOT NULL AND (customer_id IS NOT NULL OR email IS NOT NULL OR phone IS NOT NULL)
), distinct_pair AS (
    SELECT kind_a, value_a, kind_b, value_b, min(pos) AS pos FROM pair GROUP BY ALL
)
SELECT a.key AS key_a, b.key AS key_b, p.pos
FROM distinct_pair p
JOIN key_seen a ON a.value = p.value_a AND a.kind = p.kind_a
JOIN key_seen b ON b.value = p.value_b AND b.kind = p.kind_b
WHERE NOT EXISTS (FROM claim c WHERE c.key_a = a.key AND c.key_b = b.key)

-- name: claim_insert
INSERT INTO claim SELECT key_a, key_b, $seq, pos FROM claim_seen ORDER BY pos, key_a, key_b

-- name: claim_edges
-- The persons of pairs that appeared together. Those who are one person
-- already are left in: with <> the optimizer, which knows nothing of rows not
-- committed yet, would join all keys with all keys.
SELECT DISTINCT a.customer, b.customer
FROM claim_seen c
JOIN person_key a ON a.key = c.key_a
JOIN person_key b ON b.key = c.key_b

-- name: claim_strength
-- How strong a key is as the name of a person: its kind, then its number.
SELECT key, CASE kind WHEN 'customer' THEN 1 WHEN 'email' THEN 2 WHEN 'phone' THEN 3 ELSE 4 END
FROM person_key
WHERE key IN (SELECT a.customer FROM claim_seen c JOIN person_key a ON a.key = c.key_a
    UNION SELECT b.customer FROM claim_seen c JOIN person_key b ON b.key = c.key_b)

-- name: merge_table
-- Persons of before, and whom they belong to now.
CREATE TEMP TABLE merged (old INTEGER, new INTEGER)

-- name: merge_person
UPDATE person_key SET customer = m.new FROM merged m WHERE person_key.customer = m.old

-- name: merge_moved_gone
DELETE FROM moved WHERE customer IN (SELECT old FROM merged) OR key IN (SELECT old FROM merged)

-- name: merge_moved
INSERT INTO moved
SELECT key, customer FROM person_key
WHERE key <> customer AND customer IN (SELECT new FROM merged) AND key NOT IN (SELECT key FROM moved)
ORDER BY key DESC

-- name: touched_table
-- The persons, of now and of before, whom the batch is about. Of those who
-- are whole all derived rows are worked out anew, of others what the batch says
-- something of: see touched_facts. One may be in it twice.
CREATE TEMP TABLE touched (customer INTEGER, whole BOOLEAN)

-- name: touched_seen
INSERT INTO touched
SELECT DISTINCT p.customer, false FROM key_seen k JOIN person_key p ON p.key = k.key
WHERE p.customer NOT IN (SELECT customer FROM touched)

-- name: touched_merged
INSERT INTO touched SELECT old, true FROM merged

-- name: touched_everyone
-- When all keys there are came with this batch.
INSERT INTO touched
SELECT DISTINCT customer, true FROM person_key WHERE customer NOT IN (SELECT customer FROM touched)

-- name: touched_facts
-- What there is to work out anew of whom: what their orders, refunds and points
-- come to; messages, tickets and coupons; what is said of them; carts; favourites.
CREATE TEMP TABLE touched_facts AS
SELECT DISTINCT customer, true AS orders, true AS versions, true AS traits, true AS carts, true AS favourites FROM touched

-- name: touched_facts_events
-- The same where events say it.
CREATE TEMP TABLE touched_facts AS
SELECT customer, bool_or(class IN ('order', 'cancel', 'refund', 'points')) AS orders, bool_or(class IN ('message', 'ticket', 'coupon')) AS versions,
    bool_or(class = 'identify') AS traits, bool_or(event_key IN ('product_added', 'product_removed')) AS carts,
    bool_or(event_key IN ('product_added_to_wishlist', 'product_removed_from_wishlist')) AS favourites
FROM (
    SELECT p.customer, e.class, e.event_key FROM event_record e
    JOIN key_seen k ON k.value = coalesce(e.customer_id, e.email, e.phone, e.anonymous_id)
        AND k.kind = kind_of(e.customer_id, e.email, e.phone, e.anonymous_id)
    JOIN person_key p ON p.key = k.key
    WHERE e.class <> 'tracked' OR e.event_key IN ('product_added', 'product_removed', 'product_added_to_wishlist', 'product_removed_from_wishlist')
    UNION ALL
    SELECT customer, unnest(['order', 'message', 'identify', 'tracked', 'tracked']),
        unnest([NULL, NULL, NULL, 'product_added', 'product_added_to_wishlist'])
    FROM touched WHERE whole
)
GROUP BY customer

-- name: touched_any
SELECT coalesce(bool_or(carts OR orders), false), coalesce(bool_or(favourites), false) FROM touched_facts

-- name: customer_now
CREATE TEMP TABLE customer_now AS
SELECT p.customer, any_value(r.value) AS id, coalesce(min(p.first_at), TIMESTAMP '-infinity') AS exists_from
FROM person_key p
JOIN person_key r ON r.key = p.customer
WHERE p.customer > 0 AND p.customer IN (SELECT customer FROM touched)
GROUP BY p.customer

-- name: customer_gone
DELETE FROM customer
WHERE customer IN (SELECT customer FROM touched) AND (customer, id, exists_from) NOT IN (SELECT (customer, id, exists_from) FROM customer_now)

-- name: customer_insert
INSERT INTO customer
SELECT n.* FROM customer_now n ANTI JOIN customer c ON c.customer = n.customer ORDER BY n.customer

-- name: customer_insert_alone
-- The same when every key there is came with the batch and is its own person.
INSERT INTO customer
SELECT key, value, coalesce(first_at, TIMESTAMP '-infinity') FROM person_key WHERE key > 0 ORDER BY key
