-- What is known of persons, as package customer holds it: of everyone, or
-- with text at the end of the keys of some, which wanted_key holds. Rows come
-- as they lie: whose they are is found out as they are read, for joining and
-- sorting millions of them takes many times what reading them does.

-- name: history_keys
CREATE TEMP TABLE wanted_key AS
SELECT k.key, k.customer, k.kind, k.value, k.first_at, k.seq, k.pos FROM person_key k WHERE k.customer IN (SELECT unnest($customers))

-- snippet: keys
SELECT customer, key, CAST(CASE kind WHEN 'customer' THEN 0 WHEN 'email' THEN 1 WHEN 'phone' THEN 2 ELSE 3 END AS TINYINT) AS strength, value, first_at

-- name: keys_by_arrival
-- All keys with the persons they belong to. Persons come in the order in which
-- their first keys did.
@keys FROM person_key ORDER BY seq, pos, strength

-- name: keys_of
@keys FROM wanted_key ORDER BY seq, pos, strength

-- name: keys_alone
-- All keys for themselves. A run's scores are those of the keys that stood for
-- persons then: whoever stands for a person now has them, or nobody.
@keys FROM person_key

-- name: history_said
SELECT key, name, value, ts, seq, pos FROM trait_fact

-- name: history_orders
SELECT key, id, ts, valid_to, seq, pos, status, coupon, currency, channel, country, city, total, subtotal, discount, shipping, tax FROM orders

-- name: history_items
SELECT key, order_id, line, product, own, sku, name, category, brand, price, quantity, discount, seq, pos FROM item

-- name: history_told
-- Refunds and points, and the versions of messages, tickets and coupons, with
-- their fields as a JSON object.
SELECT key, kind, ts, seq, pos, CAST(given AS VARCHAR) FROM (
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
)

-- name: history_events
SELECT key, event, ts, seq, pos, id, product, quantity, own, sku, product_name, category, brand, collection, tags, price, stock, released_at,
       properties
FROM event

-- name: history_moves
SELECT segment, ts, entered FROM transition_now WHERE customer IN (SELECT customer FROM wanted_key) ORDER BY ts, number

-- snippet: product_versions
SELECT product, ts, seq, pos, sku, name, category, brand, collection, tags, price, stock, released_at FROM product_fact

-- name: history_products
-- The versions of all products that facts name: they take from them what they lack.
@product_versions
WHERE product IN (SELECT product FROM item JOIN wanted_key USING (key) UNION SELECT product FROM event JOIN wanted_key USING (key))

-- name: products_after
@product_versions
WHERE seq > $after
ORDER BY seq, pos

-- name: messages_after
-- Message ids that are remembered.
SELECT id, second FROM message_recent WHERE seq > $after AND second > (SELECT clock FROM shop) - $window

-- name: cancellations
SELECT order_id, ts FROM cancellation

-- name: rates
SELECT currency, day, rate FROM rate

-- name: scores_now
SELECT customer, name, number, label FROM score WHERE valid_to = 'infinity' AND valid_from <= (SELECT max(ts) FROM run)

-- name: percentiles_now
SELECT customer, expr, worse, among FROM percentile WHERE run = (SELECT max_by(run, ts) FROM run)
