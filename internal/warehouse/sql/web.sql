-- What follows from tracked events: visits, favourites and carts of the
-- touched persons, known and anonymous.

-- name: visit_gone
DELETE FROM visit WHERE customer IN (SELECT customer FROM touched)

-- name: visit_insert
-- Thirty minutes without an event end a visit. The windows see narrow rows;
-- the properties of a visit's first event are joined at the end.
INSERT INTO visit
WITH tracked AS (
    SELECT coalesce(m.customer, e.key) AS customer, e.ts, e.event IN ('page', 'page_viewed', 'screen') AS is_page, e.seq, e.pos
    FROM event e
    LEFT JOIN moved m ON m.key = e.key
    WHERE coalesce(m.customer, e.key) IN (SELECT customer FROM touched)
), gap AS (
    SELECT *, coalesce(epoch_us(ts) - epoch_us(lag(ts) OVER w) >= 1800000000, true) AS starts
    FROM tracked WINDOW w AS (PARTITION BY customer ORDER BY ts, seq, pos)
), numbered AS (
    SELECT *, sum(starts::TINYINT) OVER (PARTITION BY customer ORDER BY ts, seq, pos ROWS UNBOUNDED PRECEDING) AS nth FROM gap
), whole AS (
    SELECT customer, min(ts) AS ts, max(ts) AS last_at, count(*) FILTER (is_page) AS pages,
        any_value(seq) FILTER (starts) AS seq, any_value(pos) FILTER (starts) AS pos
    FROM numbered GROUP BY customer, nth
), opened AS (
    SELECT w.*, e.day, json_extract_string(e.properties, ['$.source', '$.utm_source', '$.medium', '$.utm_medium', '$.campaign', '$.utm_campaign',
        '$.referrer', '$.landing', '$.url', '$.path', '$.device', '$.os', '$.browser', '$.country']) AS p
    FROM whole w JOIN event e ON e.seq = w.seq AND e.pos = w.pos
)
SELECT customer, ts, last_at, day, pages, coalesce(scalar(p[1]), scalar(p[2])), coalesce(scalar(p[3]), scalar(p[4])), coalesce(scalar(p[5]), scalar(p[6])),
    scalar(p[7]), coalesce(scalar(p[8]), scalar(p[9]), scalar(p[10])), scalar(p[11]), scalar(p[12]), scalar(p[13]), scalar(p[14]), seq, pos
FROM opened
ORDER BY ts, seq, pos

-- name: web_events
-- Whether there are any events that make carts and favourites.
SELECT EXISTS (FROM event WHERE event IN ('product_added', 'product_removed')),
    EXISTS (FROM event WHERE event IN ('product_added_to_wishlist', 'product_removed_from_wishlist'))

-- name: favourite_gone
DELETE FROM favourite WHERE customer IN (SELECT customer FROM touched)

-- name: favourite_insert
-- Only what changes something counts: adding what is in, or removing what is
-- not, does nothing.
INSERT INTO favourite
WITH wish AS (
    SELECT coalesce(m.customer, e.key) AS customer, e.* EXCLUDE (key), e.event = 'product_added_to_wishlist' AS adds
    FROM event e
    LEFT JOIN moved m ON m.key = e.key
    WHERE e.event IN ('product_added_to_wishlist', 'product_removed_from_wishlist') AND e.product IS NOT NULL
        AND coalesce(m.customer, e.key) IN (SELECT customer FROM touched)
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
DELETE FROM cart_item WHERE customer IN (SELECT customer FROM touched)

-- name: cart_change_gone
DELETE FROM cart_change WHERE customer IN (SELECT customer FROM touched)

-- name: cart_source
-- Everything that can change a cart, person by person in order of time. An
-- event without a product changes none.
WITH move AS (
    SELECT coalesce(m.customer, e.key) AS customer, e.ts, e.seq, e.pos, if(e.event = 'product_added', 1, 2) AS what, e.product,
        CAST(CAST(e.quantity AS DECIMAL(38, 6)) * 1000000 AS BIGINT) AS quantity
    FROM event e
    LEFT JOIN moved m ON m.key = e.key
    WHERE e.event IN ('product_added', 'product_removed') AND e.product IS NOT NULL
        AND coalesce(m.customer, e.key) IN (SELECT customer FROM touched)
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
