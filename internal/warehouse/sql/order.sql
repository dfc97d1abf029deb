-- Orders, their items and refunds. The input is the view order_record: the
-- columns of commerce.Orders and anonymous_id, and ord, the place of a row
-- that no other row has (pos, but for the lines of one event).
--
-- The plan: order_group holds one row per order_id, made in one pass over
-- narrow columns; everything else is joined from the head row by ord, so that
-- wide columns are never grouped. No window runs over all lines.

-- snippet: head_hash
-- One hash over what all rows of an order say of it, to find rows that say
-- something else; NULL for a row that says nothing of it.
CASE WHEN coalesce(customer_id, email, phone, status, currency, coupon, channel, country, city) IS NOT NULL
        OR coalesce(total, subtotal, discount, shipping, tax, refunded) IS NOT NULL OR cancelled_at IS NOT NULL
    THEN hash(customer_id, email, phone, status, currency, total, subtotal, discount, shipping, tax, coupon, channel, country, city, cancelled_at, refunded) END

-- snippet: order_content
-- The fingerprint of what may not change when an order comes again.
hash(g.ts, g.lines, g.line_xor, g.line_sum, r.customer_id, r.email, r.phone, r.anonymous_id, r.currency, r.total, r.subtotal, r.discount,
    r.shipping, r.tax, r.coupon, r.channel, r.country, r.city)

-- snippet: line_hash
-- Lines are put together by XOR, which is cheap, and by a sum, which tells
-- two equal lines from none.
hash(product_id, sku, product_name, category, brand, quantity, unit_price, line_discount)

-- snippet: line_hash31
CAST(hash(product_id, quantity, unit_price) % 2147483648 AS INTEGER)

-- snippet: line_amount
revenue(unit_price, units) - coalesce(CAST(line_discount AS DECIMAL(19, 6)), 0)

-- snippet: is_line
-- A row is a line when it says anything of a product.
(product_id IS NOT NULL OR sku IS NOT NULL OR product_name IS NOT NULL OR quantity IS NOT NULL
    OR unit_price IS NOT NULL OR line_discount IS NOT NULL)

-- name: order_record
CREATE TEMP VIEW order_record AS
SELECT pos AS ord, CAST(NULL AS VARCHAR) AS anonymous_id, * FROM record
WHERE pos >= getvariable('slice_from') AND pos < getvariable('slice_to')

-- name: order_cut
-- Where the orders end that stand at a place of the file: the next place at
-- which another begins.
SELECT min(pos) FROM record
WHERE pos >= $cut AND pos < $cut + 200000
    AND order_id <> (SELECT arg_max(order_id, pos) FROM record WHERE pos >= $cut - 200000 AND pos < $cut)

-- name: order_scattered
-- Whether an order of this slice was in one before.
SELECT EXISTS (FROM order_group WHERE order_id IN (SELECT id FROM orders WHERE seq = $seq))
    OR EXISTS (FROM order_group WHERE order_id IN (SELECT order_id FROM refund WHERE seq = $seq))
    OR EXISTS (FROM order_group WHERE order_id IN (SELECT order_id FROM order_refused_before))

-- name: order_refused_before_table
CREATE TEMP TABLE order_refused_before (order_id VARCHAR)

-- name: order_refused_before
INSERT INTO order_refused_before SELECT order_id FROM order_refused

-- name: order_line_view
CREATE TEMP VIEW order_line AS
SELECT *, @is_line AS is_line, coalesce(quantity, 1) AS units
FROM order_record

-- name: order_line_view_taken
-- The same without refused rows, once there are any.
CREATE TEMP VIEW order_line AS
SELECT *, @is_line AS is_line, coalesce(quantity, 1) AS units
FROM order_record r ANTI JOIN refused f ON f.ord = r.ord

-- name: order_group_view
CREATE TEMP VIEW order_grouped AS
SELECT order_id, min(ord) AS head, min(ts) AS ts,
    min(@head_hash) AS head_min,
    max(@head_hash) AS head_max,
    CAST(count(*) FILTER (is_line) AS INTEGER) AS lines,
    min(ord) FILTER (is_line) AS first_line,
    max(ord) FILTER (is_line) AS last_line,
    CAST(count(*) FILTER (is_line AND units > 0) AS INTEGER) AS sold,
    CAST(count(*) FILTER (is_line AND units < 0) AS INTEGER) AS returned,
    sum(units) FILTER (is_line AND units > 0) AS units,
    sum(@line_amount) FILTER (is_line AND units > 0) AS amount,
    coalesce(bool_or(line_discount > 0 AND units > 0), false) AS line_discounted,
    bit_xor(@line_hash) FILTER (is_line) AS line_xor,
    sum(@line_hash31) FILTER (is_line) AS line_sum
FROM order_line
GROUP BY order_id

-- name: order_group_view_plain
-- The same where every row is a line of something sold: half the state.
CREATE TEMP VIEW order_grouped AS
SELECT order_id, min(ord) AS head, min(ts) AS ts, min(@head_hash) AS head_min, max(@head_hash) AS head_max,
    CAST(count(*) AS INTEGER) AS lines, min(ord) AS first_line, max(ord) AS last_line,
    CAST(count(*) AS INTEGER) AS sold, 0 AS returned, sum(quantity) AS units,
    sum(@line_amount) AS amount,
    coalesce(bool_or(line_discount > 0), false) AS line_discounted,
    bit_xor(@line_hash) AS line_xor, sum(@line_hash31) AS line_sum
FROM order_line
GROUP BY order_id

-- name: order_group
CREATE TEMP TABLE order_group AS SELECT * FROM order_grouped

-- name: refused_table
-- Rows that are not taken.
CREATE TEMP TABLE refused (ord BIGINT, pos BIGINT, col VARCHAR, reason VARCHAR)

-- name: order_suspects
SELECT count(*) FROM order_group WHERE head_min <> head_max

-- name: order_contradictions
-- Rows that say of their order what its first row does not. head_hash only
-- suspects: a blank repeats the first row.
INSERT INTO refused
WITH suspect AS (SELECT order_id, head FROM order_group WHERE head_min <> head_max),
said AS (
    SELECT r.ord, r.pos, r.order_id, CASE
        WHEN r.customer_id IS DISTINCT FROM h.customer_id AND r.customer_id IS NOT NULL THEN ['customer_id', h.customer_id]
        WHEN r.email IS DISTINCT FROM h.email AND r.email IS NOT NULL THEN ['email', h.email]
        WHEN r.phone IS DISTINCT FROM h.phone AND r.phone IS NOT NULL THEN ['phone', h.phone]
        WHEN r.status IS DISTINCT FROM h.status AND r.status IS NOT NULL THEN ['status', h.status]
        WHEN r.currency IS DISTINCT FROM h.currency AND r.currency IS NOT NULL THEN ['currency', h.currency]
        WHEN r.total IS DISTINCT FROM h.total AND r.total IS NOT NULL THEN ['total', amount_text(h.total)]
        WHEN r.subtotal IS DISTINCT FROM h.subtotal AND r.subtotal IS NOT NULL THEN ['subtotal', amount_text(h.subtotal)]
        WHEN r.discount IS DISTINCT FROM h.discount AND r.discount IS NOT NULL THEN ['discount', amount_text(h.discount)]
        WHEN r.shipping IS DISTINCT FROM h.shipping AND r.shipping IS NOT NULL THEN ['shipping', amount_text(h.shipping)]
        WHEN r.tax IS DISTINCT FROM h.tax AND r.tax IS NOT NULL THEN ['tax', amount_text(h.tax)]
        WHEN r.coupon IS DISTINCT FROM h.coupon AND r.coupon IS NOT NULL THEN ['coupon', h.coupon]
        WHEN r.channel IS DISTINCT FROM h.channel AND r.channel IS NOT NULL THEN ['channel', h.channel]
        WHEN r.country IS DISTINCT FROM h.country AND r.country IS NOT NULL THEN ['country', h.country]
        WHEN r.city IS DISTINCT FROM h.city AND r.city IS NOT NULL THEN ['city', h.city]
        WHEN r.cancelled_at IS DISTINCT FROM h.cancelled_at AND r.cancelled_at IS NOT NULL THEN ['cancelled_at', CAST(h.cancelled_at AS VARCHAR)]
        WHEN r.refunded IS DISTINCT FROM h.refunded AND r.refunded IS NOT NULL THEN ['refunded', amount_text(h.refunded)]
    END AS differs
    FROM order_record r
    JOIN suspect s ON s.order_id = r.order_id
    JOIN order_record h ON h.ord = s.head
)
SELECT ord, pos, differs[1], 'order ' || order_id || ' has ' || coalesce('"' || differs[2] || '"', 'none') || ' in its first row'
FROM said WHERE differs IS NOT NULL

-- name: order_regroup_gone
DELETE FROM order_group WHERE order_id IN (SELECT order_id FROM order_record r JOIN refused f ON f.ord = r.ord)

-- name: order_regroup
INSERT INTO order_group
SELECT * FROM order_grouped WHERE order_id IN (SELECT order_id FROM order_record r JOIN refused f ON f.ord = r.ord)

-- name: order_refused_table
CREATE TEMP TABLE order_refused (order_id VARCHAR, col VARCHAR, reason VARCHAR)

-- name: order_without_rate
-- Amounts in another currency count at the rate of the order's day.
INSERT INTO order_refused
SELECT g.order_id, 'currency', 'no rate for ' || r.currency || ' on ' || CAST(shop_day(g.ts) AS VARCHAR)
FROM order_record r JOIN order_group g ON g.head = r.ord
WHERE r.currency <> $currency
    AND NOT EXISTS (FROM rate t WHERE t.currency = r.currency AND t.day = shop_day(g.ts))

-- name: order_again
-- Orders that were imported before, as they come now and as they are.
CREATE TEMP TABLE order_again AS
SELECT g.order_id, g.sold, g.returned, @order_content AS content, o.content AS known,
    r.status, r.cancelled_at, money(r.refunded, o.rate) AS refunded,
    o.status AS old_status, o.cancelled_at AS old_cancelled_at, f.total AS old_refunded,
    o.key, o.ts, o.day, o.valid_to, r.pos,
    CASE
        WHEN p.value IS DISTINCT FROM coalesce(r.customer_id, r.email, r.phone, r.anonymous_id)
            THEN [if(r.customer_id IS NOT NULL, 'customer_id', if(r.email IS NOT NULL, 'email', if(r.phone IS NOT NULL, 'phone', 'customer_id'))), 'customer ' || coalesce(p.value, 'none')]
        WHEN g.ts <> o.ts THEN ['at', 'at ' || strftime(o.ts, '%Y-%m-%dT%H:%M:%SZ')]
        WHEN coalesce(r.currency, $currency) <> coalesce(o.currency, $currency) THEN ['currency', 'currency ' || coalesce(o.currency, $currency)]
        WHEN money(coalesce(r.total, g.amount, 0), o.rate) <> o.total THEN ['total', 'total ' || amount_text(o.total)]
        WHEN money(r.subtotal, o.rate) IS DISTINCT FROM o.subtotal THEN ['subtotal', 'subtotal ' || coalesce(amount_text(o.subtotal), 'none')]
        WHEN money(r.discount, o.rate) IS DISTINCT FROM o.discount THEN ['discount', 'discount ' || coalesce(amount_text(o.discount), 'none')]
        WHEN money(r.shipping, o.rate) IS DISTINCT FROM o.shipping THEN ['shipping', 'shipping ' || coalesce(amount_text(o.shipping), 'none')]
        WHEN money(r.tax, o.rate) IS DISTINCT FROM o.tax THEN ['tax', 'tax ' || coalesce(amount_text(o.tax), 'none')]
        WHEN r.coupon IS DISTINCT FROM o.coupon THEN ['coupon', 'coupon ' || coalesce(o.coupon, 'none')]
        WHEN r.channel IS DISTINCT FROM o.channel THEN ['channel', 'channel ' || coalesce(o.channel, 'none')]
        WHEN r.country IS DISTINCT FROM o.country THEN ['country', 'country ' || coalesce(o.country, 'none')]
        WHEN r.city IS DISTINCT FROM o.city THEN ['city', 'city ' || coalesce(o.city, 'none')]
        ELSE ['product_id', 'other lines']
    END AS differs
FROM order_group g
JOIN orders o ON o.id = g.order_id
JOIN order_record r ON r.ord = g.head
LEFT JOIN refund f ON f.id = g.order_id AND f.order_id = g.order_id AND f.quantity IS NULL AND f.product IS NULL AND f.seq <= $seq
LEFT JOIN person_key p ON p.key = o.key
WHERE g.returned = 0 OR g.returned < g.lines

-- name: order_again_other
INSERT INTO order_refused
SELECT order_id, differs[1], 'order ' || order_id || ' was imported before with ' || differs[2]
FROM order_again WHERE content <> known

-- name: order_again_gone
DELETE FROM order_group WHERE order_id IN (SELECT order_id FROM order_again) AND (returned = 0 OR returned < lines)

-- name: order_again_refunds
-- Orders that are only refunds and came before, word for word.
CREATE TEMP TABLE refund_again AS
SELECT g.order_id, g.returned
FROM order_group g
JOIN order_record r ON r.ord = g.head
WHERE g.returned > 0 AND g.returned = g.lines
    AND EXISTS (FROM refund f WHERE f.order_id = g.order_id AND f.content = @order_content)

-- name: order_again_refunds_gone
DELETE FROM order_group WHERE order_id IN (SELECT order_id FROM refund_again) AND returned > 0 AND returned = lines

-- name: order_refused_gone
DELETE FROM order_group WHERE order_id IN (SELECT order_id FROM order_refused)

-- name: order_refused_again_gone
DELETE FROM order_again WHERE order_id IN (SELECT order_id FROM order_refused)

-- name: order_refused_rows
INSERT INTO refused
SELECT r.ord, any_value(r.pos), any_value(f.col ORDER BY f.col), any_value(f.reason ORDER BY f.col)
FROM order_line r JOIN order_refused f ON f.order_id = r.order_id
GROUP BY r.ord

-- name: order_state
-- Known orders whose state is another now. What comes blank says nothing; the
-- earliest cancellation ends an order.
CREATE TEMP TABLE order_state AS
SELECT order_id, key, ts, day, pos, coalesce(status, old_status) AS status,
    new_cancelled_at AS cancelled_at, order_end(ts, coalesce(status, old_status), new_cancelled_at) AS valid_to,
    refunded, coalesce(refunded, old_refunded, 0) <> coalesce(old_refunded, 0) AS refunded_changed
FROM (
    SELECT *, CASE WHEN cancelled_at IS NULL THEN old_cancelled_at
        ELSE least(cancelled_at, (SELECT min(c.ts) FROM cancellation c WHERE c.order_id = order_again.order_id)) END AS new_cancelled_at
    FROM order_again
)
WHERE coalesce(status, old_status, '') <> coalesce(old_status, '')
    OR new_cancelled_at IS DISTINCT FROM old_cancelled_at
    OR coalesce(refunded, old_refunded, 0) <> coalesce(old_refunded, 0)

-- name: order_state_update
UPDATE orders SET status = s.status, cancelled_at = s.cancelled_at, valid_to = s.valid_to
FROM order_state s WHERE s.order_id = orders.id

-- name: order_state_items
UPDATE item SET valid_to = s.valid_to FROM order_state s WHERE s.order_id = item.order_id AND item.valid_to <> s.valid_to

-- name: order_state_refund_gone
DELETE FROM refund WHERE quantity IS NULL AND product IS NULL AND id = order_id
    AND order_id IN (SELECT order_id FROM order_state WHERE refunded_changed)

-- name: order_state_refund
INSERT INTO refund
SELECT key, ts, day, order_id, order_id, NULL, NULL, refunded, NULL, NULL, $seq, pos
FROM order_state WHERE refunded_changed AND refunded > 0 ORDER BY pos

-- name: order_keyed
CREATE TEMP VIEW keyed AS
SELECT pos, least(ts, cancelled_at) AS said_at, customer_id, email, phone, anonymous_id FROM order_line

-- name: order_insert
INSERT INTO orders
SELECT k.key, g.ts, order_end(g.ts, r.status, least(r.cancelled_at, c.ts)), shop_day(g.ts), g.order_id,
    coalesce(TRY_CAST(money(coalesce(r.total, g.amount, 0), coalesce(t.rate, 1)) AS DECIMAL(18, 6)), 0),
    money(r.subtotal, coalesce(t.rate, 1)), money(r.discount, coalesce(t.rate, 1)),
    money(r.shipping, coalesce(t.rate, 1)), money(r.tax, coalesce(t.rate, 1)),
    r.coupon, r.currency, coalesce(t.rate, 1), r.channel, r.status, r.country, r.city,
    coalesce(TRY_CAST(g.units AS DECIMAL(18, 6)), 0),
    r.coupon IS NOT NULL OR coalesce(r.discount > 0, false) OR g.line_discounted,
    least(r.cancelled_at, c.ts), @order_content, $seq, r.pos
FROM order_record r
JOIN order_group g ON g.head = r.ord
LEFT JOIN key_seen k ON k.value = coalesce(r.customer_id, r.email, r.phone, r.anonymous_id)
    AND k.kind = kind_of(r.customer_id, r.email, r.phone, r.anonymous_id)
LEFT JOIN rate t ON t.currency = r.currency AND t.day = shop_day(g.ts) AND r.currency <> $currency
LEFT JOIN (SELECT order_id, min(ts) AS ts FROM cancellation GROUP BY order_id) c ON c.order_id = g.order_id
WHERE g.returned = 0 OR g.returned < g.lines

-- name: order_stray_lines
-- Orders whose lines do not stand together in the file, with no gap: their
-- lines must be counted one by one.
SELECT count(*) FROM order_group WHERE lines > 0 AND (first_line <> head OR last_line - first_line + 1 <> lines)

-- name: order_stray_line
CREATE TEMP TABLE stray_line AS
SELECT ord, row_number() OVER (PARTITION BY order_id ORDER BY ord) AS line
FROM order_line
WHERE is_line AND order_id IN (
    SELECT order_id FROM order_group WHERE lines > 0 AND (first_line <> head OR last_line - first_line + 1 <> lines OR $all_stray))

-- name: item_insert
-- Lines count from 1 within the order. Where they stand together, the head's
-- place says the number.
INSERT INTO item
SELECT o.key, o.ts, o.valid_to, o.day, o.id, r.pos - o.pos + 1, coalesce(r.product_id, r.sku),
    r.sku, r.product_name, r.category, r.brand, NULL, NULL,
    money(r.unit_price, o.rate), r.units, revenue(money(r.unit_price, o.rate), r.units), money(r.line_discount, o.rate), NULL,
    own_fields(r.sku, r.product_name, r.category, r.brand, NULL, NULL, r.unit_price, NULL, NULL), $seq, r.pos
FROM order_line r
JOIN orders o ON o.id = r.order_id
WHERE r.is_line AND r.units > 0 AND o.seq = $seq AND o.pos >= getvariable('slice_from') AND o.pos < getvariable('slice_to')

-- name: item_insert_catalogue
-- The same with the catalogue of the time.
INSERT INTO item
SELECT o.key, o.ts, o.valid_to, o.day, o.id, r.pos - o.pos + 1, coalesce(r.product_id, r.sku),
    coalesce(r.sku, p.sku), coalesce(r.product_name, p.name), coalesce(r.category, p.category), coalesce(r.brand, p.brand),
    p.collection, p.tags,
    coalesce(money(r.unit_price, o.rate), p.price), r.units,
    revenue(coalesce(money(r.unit_price, o.rate), p.price), r.units), money(r.line_discount, o.rate), p.released_at,
    own_fields(r.sku, r.product_name, r.category, r.brand, NULL, NULL, r.unit_price, NULL, NULL), $seq, r.pos
FROM order_line r
JOIN orders o ON o.id = r.order_id
LEFT JOIN product p ON p.product = coalesce(r.product_id, r.sku) AND o.ts >= p.valid_from AND o.ts < p.valid_to
WHERE r.is_line AND r.units > 0 AND o.seq = $seq AND o.pos >= getvariable('slice_from') AND o.pos < getvariable('slice_to')

-- name: item_insert_full
-- The same with counted lines, of the orders that are new in this round.
INSERT INTO item
SELECT o.key, o.ts, o.valid_to, o.day, o.id, coalesce(s.line, r.pos - o.pos + 1), coalesce(r.product_id, r.sku),
    coalesce(r.sku, p.sku), coalesce(r.product_name, p.name), coalesce(r.category, p.category), coalesce(r.brand, p.brand),
    p.collection, p.tags,
    coalesce(money(r.unit_price, o.rate), p.price), r.units,
    revenue(coalesce(money(r.unit_price, o.rate), p.price), r.units), money(r.line_discount, o.rate), p.released_at,
    own_fields(r.sku, r.product_name, r.category, r.brand, NULL, NULL, r.unit_price, NULL, NULL), $seq, r.pos
FROM order_line r
JOIN orders o ON o.id = r.order_id
JOIN order_group g ON g.order_id = o.id
LEFT JOIN stray_line s ON s.ord = r.ord
LEFT JOIN product p ON p.product = coalesce(r.product_id, r.sku) AND o.ts >= p.valid_from AND o.ts < p.valid_to
WHERE r.is_line AND r.units > 0 AND o.seq = $seq AND o.pos >= getvariable('slice_from') AND o.pos < getvariable('slice_to')

-- name: refund_lines
-- Lines with a quantity below zero, of orders and of orders that are only refunds.
INSERT INTO refund
WITH returned AS (
    SELECT r.*, row_number() OVER (PARTITION BY r.order_id ORDER BY r.ord) AS nth
    FROM order_line r SEMI JOIN order_group g ON g.order_id = r.order_id AND g.returned > 0
    WHERE r.is_line
)
SELECT k.key, g.ts, shop_day(g.ts), g.order_id || ':' || b.nth, g.order_id, coalesce(b.product_id, b.sku),
    -b.units, revenue(money(b.unit_price, coalesce(t.rate, 1)), -b.units) - coalesce(money(abs(b.line_discount), coalesce(t.rate, 1)), 0),
    NULL, if(g.returned = g.lines, @order_content, NULL), $seq, b.pos
FROM returned b
JOIN order_group g ON g.order_id = b.order_id
JOIN order_record r ON r.ord = g.head
LEFT JOIN key_seen k ON k.value = coalesce(r.customer_id, r.email, r.phone, r.anonymous_id)
    AND k.kind = kind_of(r.customer_id, r.email, r.phone, r.anonymous_id)
LEFT JOIN rate t ON t.currency = r.currency AND t.day = shop_day(g.ts) AND r.currency <> $currency
WHERE b.units < 0
ORDER BY g.ts, b.ord

-- name: refund_orders
-- What the source says was paid back of an order: a refund of its instant.
INSERT INTO refund
SELECT o.key, o.ts, o.day, o.id, o.id, NULL, NULL, money(r.refunded, o.rate), NULL, NULL, $seq, o.pos
FROM order_record r
JOIN order_group g ON g.head = r.ord
JOIN orders o ON o.id = g.order_id
WHERE r.refunded > 0 AND o.seq = $seq AND o.pos >= getvariable('slice_from') AND o.pos < getvariable('slice_to')

-- name: refund_orders_plain
-- The same where every row has a place of its own: only a head row has an
-- order's.
INSERT INTO refund
SELECT o.key, o.ts, o.day, o.id, o.id, NULL, NULL, money(r.refunded, o.rate), NULL, NULL, $seq, o.pos
FROM (SELECT pos, refunded FROM order_record WHERE refunded > 0) r
JOIN orders o ON o.pos = r.pos
WHERE o.seq = $seq AND o.pos >= getvariable('slice_from') AND o.pos < getvariable('slice_to')

-- name: order_totals
-- What the new orders are, for the result.
SELECT CAST(count(*) FILTER (returned = 0 OR returned < lines) AS BIGINT), CAST(coalesce(sum(sold), 0) AS BIGINT), CAST(coalesce(sum(returned), 0) AS BIGINT)
FROM order_group

-- name: order_again_totals
-- The same for those that came before.
SELECT count(*), CAST(coalesce(sum(sold), 0) AS BIGINT), CAST(coalesce(sum(returned), 0) + count(*) FILTER (refunded > 0) AS BIGINT)
FROM order_again

-- name: refund_again_totals
SELECT CAST(coalesce(sum(returned), 0) AS BIGINT) FROM refund_again

-- name: order_unchanged
-- Accepted rows of orders that are as they were.
SELECT count(*) FROM order_line r
WHERE r.order_id IN (SELECT order_id FROM order_again EXCEPT SELECT order_id FROM order_state)
    OR r.order_id IN (SELECT order_id FROM refund_again)

-- name: order_first_at
-- An order's instant is the earliest of its rows, and only the first row may
-- name the customer.
UPDATE person_key SET first_at = f.ts
FROM (
    SELECT key, min(ts) AS ts FROM (SELECT key, ts FROM orders WHERE seq = $seq UNION ALL SELECT key, ts FROM refund WHERE seq = $seq) GROUP BY key
) f
WHERE f.key = person_key.key AND f.ts < coalesce(person_key.first_at, TIMESTAMP 'infinity')
