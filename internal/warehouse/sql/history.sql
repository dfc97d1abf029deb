-- What is known of some persons, as package customer holds it. wanted_key
-- holds their keys. Numbers come as texts: the driver's decimals are a type of
-- its own, and a text loses nothing.

-- name: history_keys
CREATE TEMP TABLE wanted_key AS
SELECT k.key, k.customer, k.kind, k.value, k.first_at, k.seq, k.pos FROM person_key k WHERE k.customer IN (SELECT unnest($customers))

-- name: history_people
SELECT DISTINCT w.customer, coalesce(c.id, '') FROM wanted_key w LEFT JOIN customer c ON c.customer = w.customer

-- name: history_known
SELECT customer, first_at FROM wanted_key WHERE first_at IS NOT NULL

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
-- Refunds and points, and the versions of messages, tickets and coupons, with
-- their fields as a JSON object.
SELECT w.customer, f.kind, f.ts, f.seq, f.pos, CAST(f.given AS VARCHAR) FROM (
    SELECT 'refund' AS kind, key, ts, seq, pos, to_json({'id': id, 'order': order_id, 'product': product,
           'quantity': CAST(quantity AS VARCHAR), 'total': CAST(total AS VARCHAR), 'reason': reason}) AS given FROM refund
    UNION ALL
    SELECT 'points', key, ts, seq, pos, to_json({'id': id, 'amount': CAST(amount AS VARCHAR), 'reason': reason}) FROM points
    UNION ALL
    SELECT 'message', key, valid_from, seq, pos, to_json({'id': id, 'channel': channel, 'campaign': campaign, 'journey': journey,
           'template': template, 'status': status, 'opened': opened, 'clicked': clicked, 'converted': converted}) FROM message
    UNION ALL
    SELECT 'ticket', key, valid_from, seq, pos, to_json({'id': id, 'channel': channel, 'status': status, 'topic': topic,
           'sentiment': sentiment, 'order': order_id}) FROM ticket
    UNION ALL
    SELECT 'coupon', key, valid_from, seq, pos, to_json({'id': id, 'code': code, 'campaign': campaign, 'redeemed': redeemed,
           'expires_at': strftime(expires_at, '%Y-%m-%dT%H:%M:%S.%fZ'), 'value': CAST(value AS VARCHAR)}) FROM coupon
) f JOIN wanted_key w ON w.key = f.key ORDER BY f.ts, f.seq, f.pos

-- name: history_events
SELECT w.customer, f.event, f.ts, f.seq, f.pos, f.id, f.product, CAST(f.quantity AS VARCHAR), f.own,
       f.sku, f.product_name, f.category, f.brand, f.collection, f.tags, CAST(f.price AS VARCHAR), CAST(f.stock AS VARCHAR), f.released_at,
       f.properties
FROM event f JOIN wanted_key w ON w.key = f.key

-- name: history_moves
SELECT customer, segment, ts, entered FROM transition_now WHERE customer IN (SELECT customer FROM wanted_key) ORDER BY ts, number

-- snippet: product_versions
SELECT product, CASE WHEN ts <> '-infinity' THEN ts END, seq, pos, sku, name, category, brand, collection, tags,
       CAST(price AS VARCHAR), CAST(stock AS VARCHAR), released_at
FROM product_fact

-- name: history_products
-- The versions of all products that facts name: they take from them what they lack.
@product_versions
WHERE product IN (SELECT product FROM item JOIN wanted_key USING (key) UNION SELECT product FROM event JOIN wanted_key USING (key))

-- name: products_after
@product_versions
WHERE seq > $after
ORDER BY seq, pos

-- name: keys_by_arrival
-- All keys with the persons they belong to. Persons come in the order in which
-- their first keys did.
SELECT customer, CASE kind WHEN 'customer' THEN 0 WHEN 'email' THEN 1 WHEN 'phone' THEN 2 ELSE 3 END AS strength, value
FROM person_key ORDER BY seq, pos, strength

-- name: keys_alone
-- All keys for themselves. A run's scores are those of the keys that stood for
-- persons then: whoever stands for a person now has them, or nobody.
SELECT key, CASE kind WHEN 'customer' THEN 0 WHEN 'email' THEN 1 WHEN 'phone' THEN 2 ELSE 3 END AS strength, value FROM person_key

-- name: keys_of
SELECT customer, CASE kind WHEN 'customer' THEN 0 WHEN 'email' THEN 1 WHEN 'phone' THEN 2 ELSE 3 END AS strength, value
FROM person_key WHERE customer IN (SELECT unnest($customers)) ORDER BY seq, pos, strength

-- name: messages_seen
SELECT id FROM message_seen

-- name: cancellations
SELECT order_id, ts FROM cancellation

-- name: rates
SELECT currency, day, CAST(rate AS VARCHAR) FROM rate

-- name: scores_now
SELECT s.customer, s.name, CAST(s.number AS VARCHAR), s.label FROM score s WHERE s.valid_to = 'infinity' AND s.valid_from <= (SELECT max(ts) FROM run)

-- name: percentiles_now
SELECT customer, expr, worse, among FROM percentile WHERE run = (SELECT max_by(run, ts) FROM run)
