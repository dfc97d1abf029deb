-- What is known of some persons, as package customer holds it. wanted_key
-- holds their keys. Numbers come as texts: the driver's decimals are a type of
-- its own, and a text loses nothing.

-- name: history_keys
CREATE TEMP TABLE wanted_key AS
SELECT k.key, k.customer, k.kind, k.value, k.first_at, k.seq, k.pos FROM person_key k WHERE k.customer IN (SELECT unnest($customers))

-- name: history_known
SELECT customer, first_at FROM wanted_key WHERE first_at IS NOT NULL

-- name: history_names
SELECT customer, id FROM customer WHERE customer IN (SELECT unnest($customers))

-- name: history_said
SELECT w.customer, f.name, f.value, CASE WHEN f.ts <> '-infinity' THEN f.ts END, f.seq, f.pos
FROM trait_fact f JOIN wanted_key w ON w.key = f.key

-- name: history_orders
SELECT w.customer, o.id, o.ts, CASE WHEN o.valid_to <> 'infinity' THEN o.valid_to END, o.seq, o.pos, o.status,
       o.coupon, o.currency, o.channel, o.country, o.city,
       CAST(o.total AS VARCHAR), CAST(o.subtotal AS VARCHAR), CAST(o.discount AS VARCHAR), CAST(o.shipping AS VARCHAR), CAST(o.tax AS VARCHAR)
FROM orders o JOIN wanted_key w ON w.key = o.key

-- name: history_items
SELECT i.order_id, i.line, i.product, i.sku, i.name, i.category, i.brand, i.own, CAST(i.price AS VARCHAR),
       CAST(i.quantity AS VARCHAR), CAST(i.discount AS VARCHAR), i.seq, i.pos
FROM item i JOIN wanted_key w ON w.key = i.key ORDER BY i.order_id, i.line

-- name: history_told
-- Refunds and points, and the versions of messages, tickets and coupons.
SELECT w.customer, f.kind, f.ts, f.seq, f.pos, f.id, f.names, list_transform(f.given, lambda x: coalesce(x, '')) FROM (
    SELECT 'refund' AS kind, key, ts, seq, pos, id, ['order', 'product', 'quantity', 'total', 'reason'] AS names,
           [order_id, product, CAST(quantity AS VARCHAR), CAST(total AS VARCHAR), reason] AS given FROM refund
    UNION ALL
    SELECT 'points', key, ts, seq, pos, id, ['amount', 'reason'], [CAST(amount AS VARCHAR), reason] FROM points
    UNION ALL
    SELECT 'message', key, valid_from, seq, pos, id, ['channel', 'campaign', 'journey', 'template', 'status', 'opened', 'clicked', 'converted'],
           [channel, campaign, journey, template, status, CAST(opened AS VARCHAR), CAST(clicked AS VARCHAR), CAST(converted AS VARCHAR)] FROM message
    UNION ALL
    SELECT 'ticket', key, valid_from, seq, pos, id, ['channel', 'status', 'topic', 'sentiment', 'order'],
           [channel, status, topic, sentiment, order_id] FROM ticket
    UNION ALL
    SELECT 'coupon', key, valid_from, seq, pos, id, ['code', 'campaign', 'redeemed', 'expires_at', 'value'],
           [code, campaign, CAST(redeemed AS VARCHAR), strftime(expires_at, '%Y-%m-%dT%H:%M:%S.%fZ'), CAST(value AS VARCHAR)] FROM coupon
) f JOIN wanted_key w ON w.key = f.key ORDER BY f.ts, f.seq, f.pos

-- name: history_events
SELECT w.customer, f.event, f.ts, f.seq, f.pos, f.id, f.product, CAST(f.quantity AS VARCHAR), f.own,
       f.sku, f.product_name, f.category, f.brand, f.collection, f.tags, CAST(f.price AS VARCHAR), CAST(f.stock AS VARCHAR), f.released_at,
       f.properties
FROM event f JOIN wanted_key w ON w.key = f.key

-- name: history_moves
SELECT customer, segment, ts, entered FROM transition WHERE customer IN (SELECT unnest($customers)) ORDER BY ts, seq

-- name: history_products
-- The versions of all products: facts take from them what they lack.
SELECT product, CASE WHEN ts <> '-infinity' THEN ts END, seq, pos, sku, name, category, brand, collection, tags,
       CAST(price AS VARCHAR), CAST(stock AS VARCHAR), released_at
FROM product_fact
WHERE product IN (SELECT product FROM item JOIN wanted_key USING (key) UNION SELECT product FROM event JOIN wanted_key USING (key))
