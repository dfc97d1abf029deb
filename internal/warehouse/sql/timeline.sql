-- What happened to a customer, the newest first: one statement for each kind.
-- Each gives ts, id, what, status, counts, amount, fields (JSON), properties, and
-- reads no more rows than a page may need. Those of one instant come in the order
-- of arrival, the latest first.

-- snippet: theirs
key IN (SELECT unnest($keys)) AND ts <= $before

-- snippet: newest
ORDER BY ts DESC, seq DESC, pos DESC, id LIMIT $rows

-- name: timeline_keys
SELECT key FROM person_key WHERE customer = $customer

-- name: timeline_order
SELECT ts, id, NULL AS what, status, valid_to > $at AS counts, CAST(total AS VARCHAR),
    to_json({'coupon': coupon, 'channel': channel, 'discount': CAST(discount AS VARCHAR), 'shipping': CAST(shipping AS VARCHAR),
        'country': country, 'city': city, 'cancelled_at': strftime(cancelled_at, '%Y-%m-%dT%H:%M:%SZ')}), NULL
FROM orders WHERE @theirs @newest

-- name: timeline_refund
SELECT ts, order_id AS id, reason, NULL, NULL, CAST(total AS VARCHAR), to_json({'product': product, 'quantity': CAST(quantity AS VARCHAR)}), NULL
FROM refund WHERE @theirs ORDER BY ts DESC, seq DESC, pos DESC, order_id, product LIMIT $rows

-- name: timeline_visit
SELECT ts, NULL AS id, source, NULL, NULL, NULL,
    to_json({'pages': pages, 'duration': CAST(epoch(last_at - ts) AS BIGINT), 'medium': medium, 'campaign': campaign, 'referrer': referrer,
        'landing': landing, 'device': device, 'os': os, 'browser': browser, 'country': country}), NULL
FROM visit WHERE customer = $customer AND ts <= $before @newest

-- snippet: product_seen
to_json({'product': product, 'name': product_name, 'category': category, 'quantity': CAST(quantity AS VARCHAR)})

-- name: timeline_cart
SELECT ts, id, if(event = 'product_added', 'added', 'removed'), NULL, NULL, CAST(price AS VARCHAR), @product_seen, NULL
FROM event WHERE event IN ('product_added', 'product_removed') AND @theirs @newest

-- name: timeline_favourite
SELECT ts, id, if(event = 'product_added_to_wishlist', 'added', 'removed'), NULL, NULL, CAST(price AS VARCHAR), @product_seen, NULL
FROM event WHERE event IN ('product_added_to_wishlist', 'product_removed_from_wishlist') AND @theirs @newest

-- name: timeline_event
SELECT ts, id, event, NULL, NULL, CAST(price AS VARCHAR), @product_seen, properties
FROM event
WHERE event NOT IN ('product_added', 'product_removed', 'product_added_to_wishlist', 'product_removed_from_wishlist') AND @theirs @newest

-- name: timeline_ticket
SELECT ts, id, topic, status, NULL, NULL, to_json({'channel': channel, 'sentiment': sentiment, 'order': order_id}), NULL
FROM ticket WHERE valid_from <= $at AND valid_to > $at AND @theirs @newest

-- name: timeline_message
SELECT ts, id, campaign, status, NULL, NULL,
    to_json({'channel': channel, 'journey': journey, 'template': template, 'opened': opened, 'clicked': clicked, 'converted': converted}), NULL
FROM message WHERE valid_from <= $at AND valid_to > $at AND @theirs @newest

-- name: timeline_coupon
SELECT ts, id, code, NULL, NULL, CAST(value AS VARCHAR),
    to_json({'campaign': campaign, 'redeemed': redeemed, 'expires_at': strftime(expires_at, '%Y-%m-%dT%H:%M:%SZ')}), NULL
FROM coupon WHERE valid_from <= $at AND valid_to > $at AND @theirs @newest

-- name: timeline_points
SELECT ts, id, reason, NULL, NULL, CAST(amount AS VARCHAR), NULL, NULL
FROM points WHERE @theirs @newest

-- name: timeline_items
-- The lines of the orders of a page, which lie between two instants.
SELECT order_id, coalesce(product, ''), coalesce(name, ''), CAST(quantity AS VARCHAR), CAST(price AS VARCHAR), CAST(revenue AS VARCHAR)
FROM item
WHERE key IN (SELECT unnest($keys)) AND ts >= $from_at AND ts <= $to_at
    AND order_id IN (SELECT unnest($orders))
QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY line) <= 100
ORDER BY order_id, line
