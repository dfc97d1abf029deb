-- Events that are facts of another kind: orders, cancellations, refunds,
-- points, and versions of messages, tickets and coupons.

-- snippet: event_said
-- The events that are checked, with the properties that are read of each.
SELECT r.pos, r.ts, n.class, r.properties,
    json_extract_string(properties, ['$.order_id', '$.orderId', '$.order', '$.id']) AS ids,
    json_extract_string(properties, ['$.total', '$.value', '$.revenue']) AS totals,
    json_extract_string(properties, ['$.total', '$.amount', '$.value']) AS refunds,
    json_extract_string(properties, ['$.amount', '$.points', '$.value']) AS amounts,
    json_extract_string(properties, ['$.status', '$.currency', '$.subtotal', '$.discount', '$.shipping', '$.tax', '$.cancelled_at',
        '$.refunded', '$.quantity']) AS p,
    list_filter(['products', 'items', 'line_items'], lambda x: coalesce(json_type(properties, '$.' || x), 'NULL') <> 'NULL')[1] AS lists
FROM record r
JOIN event_name n ON n.type IS NOT DISTINCT FROM r.type AND n.given IS NOT DISTINCT FROM r.event
WHERE n.class IN ('order', 'cancel', 'refund', 'points')

-- snippet: event_line_bad
-- What is wrong with a line of an order: the first of it.
coalesce(
    CASE WHEN json_type(x) <> 'OBJECT' THEN ['products', 'a product in it is not an object'] END,
    no_id('product_id', q[first_given(q[1:3])]), no_number('quantity', q[4]), no_number('unit_price', q[5]), negative('unit_price', q[5]),
    if(coalesce(q[5], '') = '', coalesce(no_number('price', q[6]), negative('price', q[6])), NULL),
    no_number('line_discount', q[7]), if(coalesce(q[7], '') = '', no_number('discount', q[8]), NULL))

-- snippet: event_no_rate
CASE WHEN upper(p[2]) <> $currency AND p[2] <> '' AND NOT EXISTS (FROM rate t WHERE t.currency = upper(p[2]) AND t.day = shop_day(ts))
    THEN ['currency', 'no rate for ' || upper(p[2]) || ' on ' || CAST(shop_day(ts) AS VARCHAR)] END

-- snippet: event_order_bad
coalesce(
    no_id('order_id', ids[first_given(ids)]),
    CASE WHEN p[1] <> '' AND NOT contains(', ' || $statuses || ', ', ', ' || lower(replace(replace(p[1], ' ', '_'), '-', '_')) || ', ')
        THEN ['status', '"' || left(p[1], 60) || '" is no status that is known: ' || $statuses] END,
    no_currency(p[2], $currencies),
    no_number(['total', 'value', 'revenue'][first_given(totals)], totals[first_given(totals)]),
    CASE WHEN number(totals[first_given(totals)]) < 0 AND NOT coalesce(returned, false)
        THEN [['total', 'value', 'revenue'][first_given(totals)], '"' || totals[first_given(totals)]
            || '" is negative: a return is a refund, which is an event order_refunded or a product with a quantity below zero'] END,
    no_number('subtotal', p[3]), no_number('discount', p[4]), no_number('shipping', p[5]), no_number('tax', p[6]),
    CASE WHEN p[7] <> '' AND instant(p[7]) IS NULL
        THEN ['cancelled_at', '"' || left(p[7], 60) || '" is not an instant like 2026-03-01T10:00:00Z'] END,
    no_number('refunded', p[8]), negative('refunded', p[8]),
    CASE WHEN json_type(properties, '$.' || lists) <> 'ARRAY' THEN [lists, 'it is not a list of products'] END,
    line_bad, @event_no_rate)

-- name: event_refused
-- Events that are facts of another kind, and that say what the rows of a file
-- may not say either. They are refused before their keys are looked at: what
-- is not taken makes nobody known.
INSERT INTO refused
WITH said AS (@event_said),
line AS (
    SELECT pos, unnest(list) AS x, unnest(range(len(list))) AS i FROM (
        SELECT pos, json_extract(properties, '$.products[*]') || json_extract(properties, '$.items[*]') || json_extract(properties, '$.line_items[*]') AS list
        FROM said WHERE class = 'order')
), line_said AS (
    SELECT *, json_extract_string(x, ['$.product_id', '$.product', '$.productId', '$.quantity', '$.unit_price', '$.price',
        '$.line_discount', '$.discount']) AS q FROM line
), lines AS (
    SELECT pos, arg_min(@event_line_bad, i) AS line_bad, bool_or(number(q[4]) < 0) AS returned FROM line_said GROUP BY pos
), judged AS (
    SELECT pos, CASE class
        WHEN 'order' THEN @event_order_bad
        WHEN 'cancel' THEN coalesce(no_id('order_id', ids[first_given(ids)]), if(scalar(ids[first_given(ids)]) IS NULL, ['order_id', 'it is missing'], NULL))
        WHEN 'refund' THEN coalesce(
            no_currency(p[2], $currencies), no_number('quantity', p[9]),
            no_number(['total', 'amount', 'value'][first_given(refunds)], refunds[first_given(refunds)]),
            negative(['total', 'amount', 'value'][first_given(refunds)], refunds[first_given(refunds)]), @event_no_rate)
        WHEN 'points' THEN coalesce(
            no_number(['amount', 'points', 'value'][first_given(amounts)], amounts[first_given(amounts)]),
            if(coalesce(first_given(amounts), 0) = 0, ['amount', 'it is missing'], NULL))
        END AS bad
    FROM said LEFT JOIN lines USING (pos)
)
SELECT pos, pos, bad[1], bad[2] FROM judged WHERE bad IS NOT NULL

-- name: event_refused_late
-- Orders that were refused for what is known of them already.
SELECT pos, any_value(col ORDER BY ord), any_value(reason ORDER BY ord) FROM refused WHERE ord < 0 GROUP BY pos ORDER BY pos

-- snippet: made_id
-- The id of an order without one: its place in the log. A negative file says
-- which entry of the log it came with; see EntryRows.
if(file < 0, '#' || ($seq + file + 1) || '.' || (line - 1), '#' || $seq || '.' || pos)

-- name: event_order
-- The rows of order_record, one for each line. An order that stands in
-- several events comes again with each: nth says when. ord is below zero, so
-- that it is nobody's pos.
CREATE TEMP TABLE event_order AS
WITH said AS (
    SELECT *, json_extract(properties, '$.products[*]') || json_extract(properties, '$.items[*]') || json_extract(properties, '$.line_items[*]') AS list,
        json_extract_string(properties, ['$.order_id', '$.orderId', '$.order', '$.id', '$.status', '$.currency', '$.total', '$.value', '$.revenue',
            '$.subtotal', '$.discount', '$.shipping', '$.tax', '$.coupon', '$.channel', '$.country', '$.city', '$.cancelled_at', '$.refunded']) AS p
    FROM event_record WHERE class = 'order'
), row_of AS (
    SELECT * EXCLUDE (list), unnest(if(len(list) > 0, list, [NULL])) AS line_json, unnest(range(greatest(len(list), 1))) AS i FROM said
), line AS (
    SELECT *, json_extract_string(line_json, ['$.product_id', '$.product', '$.productId', '$.sku', '$.name', '$.product_name', '$.category',
        '$.brand', '$.quantity', '$.unit_price', '$.price', '$.line_discount', '$.discount']) AS q FROM row_of
)
SELECT row_number() OVER (ORDER BY pos, i) - 1000000000000000 AS ord, file, line, pos,
    coalesce(scalar(p[1]), scalar(p[2]), scalar(p[3]), scalar(p[4]), @made_id) AS order_id,
    customer_id, email, phone, anonymous_id, ts,
    lower(replace(replace(scalar(p[5]), ' ', '_'), '-', '_')) AS status, upper(scalar(p[6])) AS currency,
    coalesce(number(p[7]), number(p[8]), number(p[9])) AS total, number(p[10]) AS subtotal, number(p[11]) AS discount,
    number(p[12]) AS shipping, number(p[13]) AS tax, scalar(p[14]) AS coupon, scalar(p[15]) AS channel,
    scalar(p[16]) AS country, scalar(p[17]) AS city, instant(p[18]) AS cancelled_at, number(p[19]) AS refunded,
    coalesce(scalar(q[1]), scalar(q[2]), scalar(q[3])) AS product_id, scalar(q[4]) AS sku, coalesce(scalar(q[6]), scalar(q[5])) AS product_name,
    scalar(q[7]) AS category, scalar(q[8]) AS brand, if(line_json IS NULL, NULL, coalesce(number(q[9]), 1)) AS quantity,
    coalesce(number(q[10]), number(q[11])) AS unit_price, coalesce(number(q[12]), number(q[13])) AS line_discount,
    CAST(dense_rank() OVER (PARTITION BY coalesce(scalar(p[1]), scalar(p[2]), scalar(p[3]), scalar(p[4]), @made_id) ORDER BY pos) AS BIGINT) AS nth
FROM line

-- name: event_order_rounds
SELECT max(nth) FROM event_order

-- name: event_order_record
CREATE TEMP TABLE order_record AS SELECT * EXCLUDE (nth) FROM event_order WHERE nth = $round ORDER BY ord

-- name: event_cancel
-- Also of orders that are not known yet.
INSERT INTO cancellation
SELECT k.key, e.ts, coalesce(scalar(p[1]), scalar(p[2]), scalar(p[3]), scalar(p[4])), $seq, e.pos
FROM (SELECT *, json_extract_string(properties, ['$.order_id', '$.orderId', '$.order', '$.id']) AS p FROM event_record WHERE class = 'cancel') e
LEFT JOIN key_seen k ON k.value = coalesce(e.customer_id, e.email, e.phone, e.anonymous_id)
    AND k.kind = kind_of(e.customer_id, e.email, e.phone, e.anonymous_id)
WHERE coalesce(scalar(p[1]), scalar(p[2]), scalar(p[3]), scalar(p[4])) IS NOT NULL
ORDER BY e.pos

-- name: event_cancel_orders
UPDATE orders SET cancelled_at = least(orders.cancelled_at, c.ts),
    valid_to = order_end(orders.ts, orders.status, least(orders.cancelled_at, c.ts))
FROM (SELECT order_id, min(ts) AS ts FROM cancellation WHERE seq = $seq GROUP BY order_id) c
WHERE c.order_id = orders.id

-- name: event_cancel_items
UPDATE item SET valid_to = o.valid_to
FROM orders o
WHERE o.id = item.order_id AND o.id IN (SELECT order_id FROM cancellation WHERE seq = $seq) AND item.valid_to <> o.valid_to

-- name: event_cancel_touched
INSERT INTO touched
SELECT DISTINCT p.customer, true FROM orders o JOIN person_key p ON p.key = o.key
WHERE o.id IN (SELECT order_id FROM cancellation WHERE seq = $seq)

-- snippet: refund_said
SELECT *, json_extract_string(properties, ['$.refund_id', '$.id', '$.order_id', '$.orderId', '$.order', '$.product_id', '$.product', '$.productId',
    '$.quantity', '$.total', '$.amount', '$.value', '$.reason', '$.currency']) AS p FROM event_record WHERE class = 'refund'

-- name: event_refund
INSERT INTO refund
SELECT k.key, e.ts, shop_day(e.ts), coalesce(scalar(p[1]), scalar(p[2])), coalesce(scalar(p[3]), scalar(p[4]), scalar(p[5])),
    coalesce(scalar(p[6]), scalar(p[7]), scalar(p[8])), number(p[9]),
    money(coalesce(number(p[10]), number(p[11]), number(p[12])), coalesce(t.rate, 1)), scalar(p[13]), NULL, $seq, e.pos
FROM (@refund_said) e
LEFT JOIN key_seen k ON k.value = coalesce(e.customer_id, e.email, e.phone, e.anonymous_id)
    AND k.kind = kind_of(e.customer_id, e.email, e.phone, e.anonymous_id)
LEFT JOIN rate t ON t.currency = upper(scalar(p[14])) AND t.day = shop_day(e.ts) AND t.currency <> $currency
ORDER BY e.ts, e.pos

-- name: event_points
INSERT INTO points
SELECT k.key, e.ts, shop_day(e.ts), scalar(p[1]), CASE e.event_key
        WHEN 'points_spent' THEN -abs(coalesce(number(p[2]), number(p[3]), number(p[4])))
        ELSE coalesce(number(p[2]), number(p[3]), number(p[4])) END,
    scalar(p[5]), $seq, e.pos
FROM (SELECT *, json_extract_string(properties, ['$.id', '$.amount', '$.points', '$.value', '$.reason']) AS p
    FROM event_record WHERE class = 'points') e
LEFT JOIN key_seen k ON k.value = coalesce(e.customer_id, e.email, e.phone, e.anonymous_id)
    AND k.kind = kind_of(e.customer_id, e.email, e.phone, e.anonymous_id)
ORDER BY e.ts, e.pos

-- name: event_version
INSERT INTO version_fact
SELECT e.class, k.key, e.ts, shop_day(e.ts),
    coalesce(scalar(json_extract_string(properties, '$.' || e.class || '_id')), scalar(json_extract_string(properties, '$.id'))),
    e.event_key, nullif(e.properties, '{}'), $seq, e.pos
FROM event_record e
LEFT JOIN key_seen k ON k.value = coalesce(e.customer_id, e.email, e.phone, e.anonymous_id)
    AND k.kind = kind_of(e.customer_id, e.email, e.phone, e.anonymous_id)
WHERE e.class IN ('message', 'ticket', 'coupon')
ORDER BY e.ts, e.pos
