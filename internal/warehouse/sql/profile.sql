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
SELECT kind, value FROM person_key WHERE customer = $customer
ORDER BY CASE kind WHEN 'customer' THEN 1 WHEN 'email' THEN 2 WHEN 'phone' THEN 3 ELSE 4 END, seq, pos

-- name: customer_traits
SELECT name, value, CASE WHEN valid_from = '-infinity' THEN NULL ELSE valid_from END FROM trait
WHERE customer = $customer AND valid_from <= $at AND valid_to > $at ORDER BY name

-- name: customer_orders
SELECT count(*), CAST(coalesce(sum(total), 0) - coalesce((SELECT sum(r.total) FROM refund r
         WHERE r.ts <= $at AND r.key IN (SELECT key FROM person_key WHERE customer = $customer)), 0) AS VARCHAR),
       CAST(CAST(coalesce(round(CAST(sum(total) * 10000000 AS HUGEINT) // nullif(count(*), 0) * CAST(0.0000001 AS DECIMAL(8, 7)), 2), 0) AS DECIMAL(38, 2)) AS VARCHAR),
       min(ts), max(ts)
FROM orders
WHERE ts <= $at AND valid_to > $at AND key IN (SELECT key FROM person_key WHERE customer = $customer)

-- name: customer_scores
SELECT name, coalesce(label, regexp_replace(CAST(number AS VARCHAR), '\.?0+$', '')) FROM score
WHERE customer = $customer AND valid_from <= $at AND valid_to > $at ORDER BY name

-- name: customer_timeline
-- The latest of everything that happened under any of the person's keys.
SELECT ts, kind, coalesce(name, ''), CAST(amount AS VARCHAR)
FROM (
    SELECT ts, CASE WHEN valid_to > $at THEN 'order' WHEN cancelled_at IS NULL THEN 'order that does not count' ELSE 'cancelled order' END AS kind,
           id AS name, total AS amount, seq, pos
    FROM orders WHERE key IN (SELECT key FROM person_key WHERE customer = $customer)
    UNION ALL BY NAME
    SELECT ts, 'refund' AS kind, order_id AS name, total AS amount, seq, pos
    FROM refund WHERE key IN (SELECT key FROM person_key WHERE customer = $customer)
    UNION ALL BY NAME
    SELECT ts, 'ticket' AS kind, concat_ws(', ', topic, status) AS name, NULL AS amount, seq, pos
    FROM ticket WHERE valid_from <= $at AND valid_to > $at AND key IN (SELECT key FROM person_key WHERE customer = $customer)
    UNION ALL BY NAME
    SELECT ts, 'message' AS kind, concat_ws(', ', channel, campaign, status) AS name, NULL AS amount, seq, pos
    FROM message WHERE valid_from <= $at AND valid_to > $at AND key IN (SELECT key FROM person_key WHERE customer = $customer)
    UNION ALL BY NAME
    SELECT ts, 'points' AS kind, reason AS name, amount, seq, pos
    FROM points WHERE key IN (SELECT key FROM person_key WHERE customer = $customer)
    UNION ALL BY NAME
    SELECT ts, event AS kind, coalesce(product_name, product) AS name, price AS amount, seq, pos
    FROM event WHERE key IN (SELECT key FROM person_key WHERE customer = $customer)
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
