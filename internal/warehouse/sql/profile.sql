-- name: find_customer
-- By any key of a known person; a customer id goes before an e-mail, and an
-- e-mail before a phone.
SELECT c.customer, c.id, CASE WHEN c.exists_from = '-infinity' THEN NULL ELSE c.exists_from END
FROM person_key k JOIN customer c ON c.customer = k.customer
WHERE (k.kind = 'customer' AND k.value = $id
       OR k.kind = 'email' AND k.value = lower(trim($id))
       OR k.kind = 'phone' AND k.value = $id)
  AND c.exists_from <= $at
ORDER BY CASE k.kind WHEN 'customer' THEN 1 WHEN 'email' THEN 2 ELSE 3 END
LIMIT 1

-- name: customer_keys
SELECT key, kind, value, first_at FROM person_key WHERE customer = $customer
ORDER BY CASE kind WHEN 'customer' THEN 1 WHEN 'email' THEN 2 WHEN 'phone' THEN 3 ELSE 4 END, seq, pos

-- name: customer_traits
SELECT name, value, CASE WHEN valid_from = '-infinity' THEN NULL ELSE valid_from END FROM trait
WHERE customer = $customer AND valid_from <= $at AND valid_to > $at ORDER BY name

-- name: customer_orders
-- With what the stage follows from: the orders of the last 12 months, the days
-- they fell on, and those of the last 90 days.
SELECT count(*), CAST(coalesce(sum(total), 0) - coalesce((SELECT sum(r.total) FROM refund r
         WHERE r.ts <= $at AND r.key IN (SELECT unnest($keys))), 0) AS VARCHAR),
       CAST(CAST(coalesce(round(CAST(sum(total) * 10000000 AS HUGEINT) // nullif(count(*), 0) * CAST(0.0000001 AS DECIMAL(8, 7)), 2), 0) AS DECIMAL(38, 2)) AS VARCHAR),
       min(ts), max(ts), count(*) FILTER (ts > $year), count(DISTINCT day) FILTER (ts > $year), count(*) FILTER (ts > $quarter)
FROM orders
WHERE ts <= $at AND valid_to > $at AND key IN (SELECT unnest($keys))

-- name: customer_cart
-- A line's own fields win; the rest is the catalogue's (2 is the bit of the
-- name, 64 of the price; see product_fields.go).
SELECT coalesce(f.product, ''), coalesce(if(f.own & 2 <> 0, f.name, p.name), ''), CAST(f.quantity AS VARCHAR),
    CAST(if(f.own & 64 <> 0, f.price, p.price) AS VARCHAR), f.ts
FROM cart_item f
LEFT JOIN (FROM product WHERE valid_from <= $at AND valid_to > $at) p ON p.product = f.product
WHERE f.customer = $customer AND f.valid_from <= $at AND f.valid_to > $at
ORDER BY f.ts DESC, f.seq DESC, f.pos DESC LIMIT 200

-- name: customer_favourites
-- The drop is to the catalogue's price, as in the language's price_drop; 128 is
-- the bit of the stock.
SELECT coalesce(f.product, ''), coalesce(if(f.own & 2 <> 0, f.name, p.name), ''), CAST(f.price_then AS VARCHAR), CAST(p.price AS VARCHAR),
    CAST(CAST(round(CAST(f.price_then - p.price AS DOUBLE) / nullif(CAST(f.price_then AS DOUBLE), 0), 4) AS DECIMAL(18, 4)) AS VARCHAR),
    CAST(if(f.own & 128 <> 0, f.stock, p.stock) AS VARCHAR), f.ts
FROM favourite f
LEFT JOIN (FROM product WHERE valid_from <= $at AND valid_to > $at) p ON p.product = f.product
WHERE f.customer = $customer AND f.ts <= $at AND f.valid_to > $at
ORDER BY f.ts DESC, f.seq DESC, f.pos DESC LIMIT 200

-- name: customer_tickets
SELECT coalesce(id, ''), coalesce(channel, ''), coalesce(topic, ''), coalesce(sentiment, ''), coalesce(order_id, ''), ts
FROM ticket
WHERE status = 'open' AND ts <= $at AND valid_from <= $at AND valid_to > $at AND key IN (SELECT unnest($keys))
ORDER BY ts DESC, seq DESC, pos DESC LIMIT 200

-- name: customer_scores
SELECT name, coalesce(label, regexp_replace(CAST(number AS VARCHAR), '\.?0+$', '')) FROM score
WHERE customer = $customer AND valid_from <= $at AND valid_to > $at ORDER BY name

-- name: customer_percentiles
SELECT expr, worse, among FROM percentile WHERE run = $run AND customer = $customer

-- name: customer_much
-- How many orders and events there are of a person.
WITH theirs AS (SELECT key FROM person_key WHERE customer = $customer)
SELECT (SELECT count(*) FROM event WHERE key IN (FROM theirs)) + coalesce((SELECT sum(orders) FROM summary WHERE customer = $customer), 0)

-- name: customer_timeline
-- The latest of everything that happened under any of the person's keys.
SELECT ts, kind, coalesce(name, ''), CAST(amount AS VARCHAR)
FROM (
    SELECT ts, CASE WHEN valid_to > $at THEN 'order' WHEN cancelled_at IS NULL THEN 'order that does not count' ELSE 'cancelled order' END AS kind,
           id AS name, total AS amount, seq, pos
    FROM orders WHERE key IN (SELECT unnest($keys))
    UNION ALL BY NAME
    SELECT ts, 'refund' AS kind, order_id AS name, total AS amount, seq, pos
    FROM refund WHERE key IN (SELECT unnest($keys))
    UNION ALL BY NAME
    SELECT ts, 'ticket' AS kind, concat_ws(', ', topic, status) AS name, NULL AS amount, seq, pos
    FROM ticket WHERE valid_from <= $at AND valid_to > $at AND key IN (SELECT unnest($keys))
    UNION ALL BY NAME
    SELECT ts, 'message' AS kind, concat_ws(', ', channel, campaign, status) AS name, NULL AS amount, seq, pos
    FROM message WHERE valid_from <= $at AND valid_to > $at AND key IN (SELECT unnest($keys))
    UNION ALL BY NAME
    SELECT ts, 'points' AS kind, reason AS name, amount, seq, pos
    FROM points WHERE key IN (SELECT unnest($keys))
    UNION ALL BY NAME
    SELECT ts, event AS kind, coalesce(product_name, product) AS name, price AS amount, seq, pos
    FROM event WHERE key IN (SELECT unnest($keys))
)
WHERE ts <= $at
ORDER BY ts DESC, seq DESC, pos DESC
LIMIT $events

-- name: present
-- What there is at least one of; see segment.Facts.
SELECT what FROM (
    SELECT 'customer' AS what WHERE EXISTS (SELECT 1 FROM customer)
    UNION ALL SELECT 'order' WHERE EXISTS (SELECT 1 FROM orders)
    UNION ALL SELECT 'item' WHERE EXISTS (SELECT 1 FROM item)
    UNION ALL SELECT 'refund' WHERE EXISTS (SELECT 1 FROM refund)
    UNION ALL SELECT 'favourite' WHERE EXISTS (SELECT 1 FROM favourite)
    UNION ALL SELECT 'cart_item' WHERE EXISTS (SELECT 1 FROM cart_item)
    UNION ALL SELECT 'cart' WHERE EXISTS (SELECT 1 FROM cart_change)
    UNION ALL SELECT 'visit' WHERE EXISTS (SELECT 1 FROM visit)
    UNION ALL SELECT 'message' WHERE EXISTS (SELECT 1 FROM message)
    UNION ALL SELECT 'ticket' WHERE EXISTS (SELECT 1 FROM ticket)
    UNION ALL SELECT 'coupon' WHERE EXISTS (SELECT 1 FROM coupon)
    UNION ALL SELECT 'points' WHERE EXISTS (SELECT 1 FROM points)
    UNION ALL SELECT DISTINCT 'event:' || event FROM event
    UNION ALL SELECT DISTINCT 'field:' || name FROM trait
    UNION ALL SELECT 'stock' WHERE EXISTS (SELECT 1 FROM product WHERE stock IS NOT NULL)
    UNION ALL SELECT 'price' WHERE EXISTS (SELECT 1 FROM product WHERE price IS NOT NULL)
    UNION ALL SELECT 'released_at' WHERE EXISTS (SELECT 1 FROM product WHERE released_at IS NOT NULL)
    UNION ALL SELECT 'tags' WHERE EXISTS (SELECT 1 FROM item WHERE tags IS NOT NULL)
    UNION ALL SELECT 'category' WHERE EXISTS (SELECT 1 FROM item WHERE category IS NOT NULL)
    UNION ALL SELECT 'price_band' WHERE EXISTS (SELECT 1 FROM item WHERE category IS NOT NULL AND price IS NOT NULL)
    UNION ALL SELECT 'clv' WHERE EXISTS (SELECT 1 FROM score WHERE starts_with(name, 'clv.'))
)
