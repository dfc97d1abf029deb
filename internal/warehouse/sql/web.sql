-- What follows from tracked events: visits, favourites and carts of the
-- touched persons, known and anonymous.

-- name: visit_touched
-- Whose visits are worked out anew from when on: since the first of the new
-- events, or from always. One may be in it twice.
CREATE TEMP TABLE visit_touched (customer INTEGER, since TIMESTAMP)

-- name: visit_touched_all
INSERT INTO visit_touched SELECT customer, TIMESTAMP '0001-01-01' FROM touched

-- name: visit_touched_events
INSERT INTO visit_touched
SELECT p.customer, min(e.ts) FROM event e JOIN person_key p ON p.key = e.key WHERE e.seq = $seq GROUP BY p.customer

-- name: visit_touched_merged
-- Who became another has no visits any more; the other has them too.
INSERT INTO visit_touched
SELECT old, TIMESTAMP '0001-01-01' FROM merged WHERE old <> new
UNION ALL
SELECT m.new, v.ts FROM merged m JOIN visit v ON v.customer = m.old WHERE m.old <> m.new

-- name: visit_from
-- An event less than thirty minutes after the last one of a visit is of that visit.
CREATE TEMP TABLE visit_from AS
SELECT t.customer, coalesce(min(v.ts) FILTER (v.ts <= t.since AND epoch_us(t.since) - epoch_us(v.last_at) < 1800000000), any_value(t.since)) AS since
FROM (SELECT customer, min(since) AS since FROM visit_touched GROUP BY customer) t
LEFT JOIN visit v ON v.customer = t.customer
GROUP BY t.customer

-- name: visit_was
CREATE TEMP TABLE visit_was AS
SELECT v.* FROM visit v JOIN visit_from f ON f.customer = v.customer WHERE v.ts >= f.since

-- name: visit_gone
DELETE FROM visit USING visit_from f WHERE f.customer = visit.customer AND visit.ts >= f.since

-- name: visit_insert
-- Thirty minutes without an event end a visit. The windows see narrow rows. What
-- a visit's first event says of it was read before, or that event is new: events
-- never part a visit.
INSERT INTO visit
WITH tracked AS (
    SELECT f.customer, e.ts, e.event IN ('page', 'page_viewed', 'screen') AS is_page, e.seq, e.pos
    FROM event e
    LEFT JOIN moved m ON m.key = e.key
    JOIN visit_from f ON f.customer = coalesce(m.customer, e.key)
    WHERE e.ts >= f.since
), gap AS (
    SELECT *, coalesce(epoch_us(ts) - epoch_us(lag(ts) OVER w) >= 1800000000, true) AS starts
    FROM tracked WINDOW w AS (PARTITION BY customer ORDER BY ts, seq, pos)
), numbered AS (
    SELECT *, sum(starts::TINYINT) OVER (PARTITION BY customer ORDER BY ts, seq, pos ROWS UNBOUNDED PRECEDING) AS nth FROM gap
), whole AS (
    SELECT customer, min(ts) AS ts, max(ts) AS last_at, count(*) FILTER (is_page) AS pages,
        any_value(seq) FILTER (starts) AS seq, any_value(pos) FILTER (starts) AS pos
    FROM numbered GROUP BY customer, nth
), said AS (
    SELECT pos, day, json_extract_string(properties, ['$.source', '$.utm_source', '$.medium', '$.utm_medium', '$.campaign', '$.utm_campaign',
        '$.referrer', '$.landing', '$.url', '$.path', '$.device', '$.os', '$.browser', '$.country']) AS p
    FROM event WHERE seq = $seq AND pos IN (SELECT pos FROM whole WHERE seq = $seq)
), start AS (
    SELECT $seq AS seq, pos, day, coalesce(scalar(p[1]), scalar(p[2])) AS source, coalesce(scalar(p[3]), scalar(p[4])) AS medium,
        coalesce(scalar(p[5]), scalar(p[6])) AS campaign, scalar(p[7]) AS referrer, coalesce(scalar(p[8]), scalar(p[9]), scalar(p[10])) AS landing,
        scalar(p[11]) AS device, scalar(p[12]) AS os, scalar(p[13]) AS browser, scalar(p[14]) AS country
    FROM said
    UNION ALL
    SELECT seq, pos, day, source, medium, campaign, referrer, landing, device, os, browser, country FROM visit_was
)
SELECT w.customer, w.ts, w.last_at, s.day, w.pages, s.source, s.medium, s.campaign, s.referrer, s.landing, s.device, s.os, s.browser, s.country, w.seq, w.pos
FROM whole w JOIN start s ON s.seq = w.seq AND s.pos = w.pos
ORDER BY w.ts, w.seq, w.pos

-- name: web_events
-- Whether there are any events that make carts and favourites.
SELECT EXISTS (FROM event WHERE event IN ('product_added', 'product_removed')),
    EXISTS (FROM event WHERE event IN ('product_added_to_wishlist', 'product_removed_from_wishlist'))

-- name: favourite_gone
DELETE FROM favourite WHERE customer IN (SELECT customer FROM touched_facts WHERE favourites)

-- name: favourite_insert
-- Only what changes something counts: adding what is in, or removing what is
-- not, does nothing.
INSERT INTO favourite
WITH wish AS (
    SELECT coalesce(m.customer, e.key) AS customer, e.* EXCLUDE (key), e.event = 'product_added_to_wishlist' AS adds
    FROM event e
    LEFT JOIN moved m ON m.key = e.key
    WHERE e.event IN ('product_added_to_wishlist', 'product_removed_from_wishlist') AND e.product IS NOT NULL
        AND coalesce(m.customer, e.key) IN (SELECT customer FROM touched_facts WHERE favourites)
), changed AS (
    SELECT * FROM wish
    QUALIFY adds <> coalesce(lag(adds) OVER (PARTITION BY customer, product ORDER BY ts, seq, pos), false)
), span AS (
    SELECT *, lead(ts, 1, TIMESTAMP 'infinity') OVER (PARTITION BY customer, product ORDER BY ts, seq, pos) AS valid_to FROM changed
)
SELECT customer, ts, valid_to, day, product, price, own, if(own & 1 > 0, sku, NULL), if(own & 2 > 0, product_name, NULL),
    if(own & 4 > 0, category, NULL), if(own & 8 > 0, brand, NULL), if(own & 16 > 0, collection, NULL), if(own & 32 > 0, tags, NULL),
    if(own & 64 > 0, price, NULL), if(own & 128 > 0, stock, NULL), if(own & 256 > 0, released_at, NULL), seq, pos
FROM span
WHERE adds AND ts < valid_to
ORDER BY ts, seq, pos

-- name: cart_gone
DELETE FROM cart_item WHERE customer IN (SELECT customer FROM touched_facts WHERE carts OR orders)

-- name: cart_change_gone
DELETE FROM cart_change WHERE customer IN (SELECT customer FROM touched_facts WHERE carts OR orders)

-- name: cart_source
-- Everything that can change a cart, person by person in order of time. An
-- event without a product changes none.
WITH move AS (
    SELECT coalesce(m.customer, e.key) AS customer, e.ts, e.seq, e.pos, if(e.event = 'product_added', 1, 2) AS what, e.product,
        CAST(CAST(e.quantity AS DECIMAL(38, 6)) * 1000000 AS BIGINT) AS quantity
    FROM event e
    LEFT JOIN moved m ON m.key = e.key
    WHERE e.event IN ('product_added', 'product_removed') AND e.product IS NOT NULL
        AND coalesce(m.customer, e.key) IN (SELECT customer FROM touched_facts WHERE carts OR orders)
)
SELECT * FROM move
UNION ALL
SELECT coalesce(m.customer, o.key), o.ts, o.seq, o.pos, 3, '', NULL
FROM orders o
LEFT JOIN moved m ON m.key = o.key
WHERE o.valid_to > o.ts AND coalesce(m.customer, o.key) IN (SELECT customer FROM move)
ORDER BY customer, ts, seq, pos

-- name: cart_fold
CREATE TEMP TABLE cart_fold (customer INTEGER, ts TIMESTAMP, valid_from TIMESTAMP, valid_to TIMESTAMP, day DATE, quantity BIGINT,
    add_seq BIGINT, add_pos BIGINT, seq BIGINT, pos BIGINT)

-- name: cart_insert
INSERT INTO cart_item
SELECT f.customer, f.ts, f.valid_from, coalesce(f.valid_to, TIMESTAMP 'infinity'), f.day, e.product, CAST(f.quantity / 1000000::DECIMAL(18, 0) AS DECIMAL(18, 6)), e.own,
    if(own & 1 > 0, sku, NULL), if(own & 2 > 0, product_name, NULL),
    if(own & 4 > 0, category, NULL), if(own & 8 > 0, brand, NULL), if(own & 16 > 0, collection, NULL), if(own & 32 > 0, tags, NULL),
    if(own & 64 > 0, price, NULL), if(own & 128 > 0, stock, NULL), if(own & 256 > 0, released_at, NULL), f.seq, f.pos
FROM cart_fold f
JOIN event e ON e.seq = f.add_seq AND e.pos = f.add_pos
ORDER BY f.ts, f.seq, f.pos, f.valid_from
