-- The catalogue. product_fact holds what was said, product what follows: one
-- row per version, fields that a version does not say carried over.

-- name: product_nameless
INSERT INTO refused SELECT pos, pos, 'product_id', 'no product_id and no sku' FROM record WHERE product_id IS NULL AND sku IS NULL

-- name: product_said
-- One row per instant that a record speaks of: the stock can have its own.
CREATE TEMP TABLE product_said AS
WITH taken AS (SELECT *, coalesce(product_id, sku) AS product FROM record WHERE product_id IS NOT NULL OR sku IS NOT NULL)
SELECT product, updated_at AS ts, sku, name, category, brand, collection, tags, price, cost,
    CASE WHEN stock_at IS NULL OR stock_at = updated_at THEN stock END AS stock, released_at, url, image_url, pos
FROM taken
UNION ALL
SELECT product, stock_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, stock, NULL, NULL, NULL, pos
FROM taken WHERE stock IS NOT NULL AND stock_at IS DISTINCT FROM updated_at AND stock_at IS NOT NULL

-- name: product_insert_dated
-- The same said again of the same instant adds nothing.
INSERT INTO product_fact
SELECT product, ts, sku, name, category, brand, collection, tags, price, cost, stock, released_at, url, image_url, $seq, min(pos) FROM product_said s
WHERE ts IS NOT NULL AND NOT EXISTS (FROM product_fact f WHERE f.product = s.product AND f.ts = s.ts
    AND f.sku IS NOT DISTINCT FROM s.sku
    AND f.name IS NOT DISTINCT FROM s.name
    AND f.category IS NOT DISTINCT FROM s.category
    AND f.brand IS NOT DISTINCT FROM s.brand
    AND f.collection IS NOT DISTINCT FROM s.collection
    AND f.tags IS NOT DISTINCT FROM s.tags
    AND f.price IS NOT DISTINCT FROM s.price
    AND f.cost IS NOT DISTINCT FROM s.cost
    AND f.stock IS NOT DISTINCT FROM s.stock
    AND f.released_at IS NOT DISTINCT FROM s.released_at
    AND f.url IS NOT DISTINCT FROM s.url
    AND f.image_url IS NOT DISTINCT FROM s.image_url)
GROUP BY ALL
ORDER BY min(pos)

-- name: product_insert_undated
-- Without an instant, a product's first version holds from always; a later
-- one from the import, with the fields that differ from what holds then. Of
-- several rows the first counts for always and the last for the import.
INSERT INTO product_fact
WITH said AS (
    SELECT product, min(pos) AS pos, max(pos) AS last_pos, arg_min(sku, pos) AS first_sku, arg_min(name, pos) AS first_name, arg_min(category, pos) AS first_category, arg_min(brand, pos) AS first_brand, arg_min(collection, pos) AS first_collection, arg_min(tags, pos) AS first_tags, arg_min(price, pos) AS first_price, arg_min(cost, pos) AS first_cost, arg_min(stock, pos) AS first_stock, arg_min(released_at, pos) AS first_released_at, arg_min(url, pos) AS first_url, arg_min(image_url, pos) AS first_image_url,
        arg_max(sku, pos) AS last_sku, arg_max(name, pos) AS last_name, arg_max(category, pos) AS last_category, arg_max(brand, pos) AS last_brand, arg_max(collection, pos) AS last_collection, arg_max(tags, pos) AS last_tags, arg_max(price, pos) AS last_price, arg_max(cost, pos) AS last_cost, arg_max(stock, pos) AS last_stock, arg_max(released_at, pos) AS last_released_at, arg_max(url, pos) AS last_url, arg_max(image_url, pos) AS last_image_url
    FROM product_said WHERE ts IS NULL GROUP BY product
), holds AS (
    SELECT product, arg_max(sku, (ts, seq, pos)) AS sku,
        arg_max(name, (ts, seq, pos)) AS name,
        arg_max(category, (ts, seq, pos)) AS category,
        arg_max(brand, (ts, seq, pos)) AS brand,
        arg_max(collection, (ts, seq, pos)) AS collection,
        arg_max(tags, (ts, seq, pos)) AS tags,
        arg_max(price, (ts, seq, pos)) AS price,
        arg_max(cost, (ts, seq, pos)) AS cost,
        arg_max(stock, (ts, seq, pos)) AS stock,
        arg_max(released_at, (ts, seq, pos)) AS released_at,
        arg_max(url, (ts, seq, pos)) AS url,
        arg_max(image_url, (ts, seq, pos)) AS image_url
    FROM product_fact WHERE ts <= $at AND product IN (SELECT product FROM said) GROUP BY product
), version AS (
    SELECT s.product, TIMESTAMP '-infinity' AS ts, s.first_sku AS sku, s.first_name AS name, s.first_category AS category, s.first_brand AS brand, s.first_collection AS collection, s.first_tags AS tags, s.first_price AS price, s.first_cost AS cost, s.first_stock AS stock, s.first_released_at AS released_at, s.first_url AS url, s.first_image_url AS image_url, s.pos
    FROM said s WHERE NOT EXISTS (FROM product_fact f WHERE f.product = s.product)
    UNION ALL
    SELECT s.product, $at, CASE WHEN s.last_sku IS DISTINCT FROM if(h.product IS NULL, s.first_sku, h.sku) THEN s.last_sku END,
        CASE WHEN s.last_name IS DISTINCT FROM if(h.product IS NULL, s.first_name, h.name) THEN s.last_name END,
        CASE WHEN s.last_category IS DISTINCT FROM if(h.product IS NULL, s.first_category, h.category) THEN s.last_category END,
        CASE WHEN s.last_brand IS DISTINCT FROM if(h.product IS NULL, s.first_brand, h.brand) THEN s.last_brand END,
        CASE WHEN s.last_collection IS DISTINCT FROM if(h.product IS NULL, s.first_collection, h.collection) THEN s.last_collection END,
        CASE WHEN s.last_tags IS DISTINCT FROM if(h.product IS NULL, s.first_tags, h.tags) THEN s.last_tags END,
        CASE WHEN s.last_price IS DISTINCT FROM if(h.product IS NULL, s.first_price, h.price) THEN s.last_price END,
        CASE WHEN s.last_cost IS DISTINCT FROM if(h.product IS NULL, s.first_cost, h.cost) THEN s.last_cost END,
        CASE WHEN s.last_stock IS DISTINCT FROM if(h.product IS NULL, s.first_stock, h.stock) THEN s.last_stock END,
        CASE WHEN s.last_released_at IS DISTINCT FROM if(h.product IS NULL, s.first_released_at, h.released_at) THEN s.last_released_at END,
        CASE WHEN s.last_url IS DISTINCT FROM if(h.product IS NULL, s.first_url, h.url) THEN s.last_url END,
        CASE WHEN s.last_image_url IS DISTINCT FROM if(h.product IS NULL, s.first_image_url, h.image_url) THEN s.last_image_url END, s.last_pos
    FROM said s LEFT JOIN holds h ON h.product = s.product
    WHERE s.last_sku IS NOT NULL AND s.last_sku IS DISTINCT FROM if(h.product IS NULL, s.first_sku, h.sku)
        OR s.last_name IS NOT NULL AND s.last_name IS DISTINCT FROM if(h.product IS NULL, s.first_name, h.name)
        OR s.last_category IS NOT NULL AND s.last_category IS DISTINCT FROM if(h.product IS NULL, s.first_category, h.category)
        OR s.last_brand IS NOT NULL AND s.last_brand IS DISTINCT FROM if(h.product IS NULL, s.first_brand, h.brand)
        OR s.last_collection IS NOT NULL AND s.last_collection IS DISTINCT FROM if(h.product IS NULL, s.first_collection, h.collection)
        OR s.last_tags IS NOT NULL AND s.last_tags IS DISTINCT FROM if(h.product IS NULL, s.first_tags, h.tags)
        OR s.last_price IS NOT NULL AND s.last_price IS DISTINCT FROM if(h.product IS NULL, s.first_price, h.price)
        OR s.last_cost IS NOT NULL AND s.last_cost IS DISTINCT FROM if(h.product IS NULL, s.first_cost, h.cost)
        OR s.last_stock IS NOT NULL AND s.last_stock IS DISTINCT FROM if(h.product IS NULL, s.first_stock, h.stock)
        OR s.last_released_at IS NOT NULL AND s.last_released_at IS DISTINCT FROM if(h.product IS NULL, s.first_released_at, h.released_at)
        OR s.last_url IS NOT NULL AND s.last_url IS DISTINCT FROM if(h.product IS NULL, s.first_url, h.url)
        OR s.last_image_url IS NOT NULL AND s.last_image_url IS DISTINCT FROM if(h.product IS NULL, s.first_image_url, h.image_url)
)
SELECT product, ts, sku, name, category, brand, collection, tags, price, cost, stock, released_at, url, image_url, $seq, pos FROM version ORDER BY pos, ts

-- name: product_touched
CREATE TEMP TABLE product_touched AS SELECT DISTINCT product FROM product_fact WHERE seq = $seq

-- name: product_total
SELECT count(*) FROM product_touched

-- name: product_since
-- The instant in microseconds from which on a product is another than before;
-- the least number for always: the first version holds for what is older, too.
SELECT if(bool_or(before IS NULL OR since <= before OR NOT isfinite(since)), -9223372036854775808, min(epoch_us(CASE WHEN isfinite(since) THEN since END)))
FROM (
    SELECT min(ts) FILTER (WHERE seq = $seq) AS since, min(ts) FILTER (WHERE seq <> $seq) AS before
    FROM product_fact WHERE product IN (FROM product_touched) GROUP BY product
)

-- name: product_changed_rows
SELECT count(DISTINCT pos) FROM product_fact WHERE seq = $seq

-- name: product_gone
DELETE FROM product WHERE product IN (SELECT product FROM product_touched)

-- name: product_insert
-- Versions: at each instant everything said up to then, the latest first;
-- what changes nothing is no version. The first one holds from always, for
-- facts older than it: one comparison finds the version of a fact, so that
-- the join is by hash and not in nested loops.
INSERT INTO product
WITH carried AS (
    SELECT product, ts, seq, pos,
        last_value(sku IGNORE NULLS) OVER w AS sku,
        last_value(name IGNORE NULLS) OVER w AS name,
        last_value(category IGNORE NULLS) OVER w AS category,
        last_value(brand IGNORE NULLS) OVER w AS brand,
        last_value(collection IGNORE NULLS) OVER w AS collection,
        last_value(tags IGNORE NULLS) OVER w AS tags,
        last_value(price IGNORE NULLS) OVER w AS price,
        last_value(cost IGNORE NULLS) OVER w AS cost,
        last_value(stock IGNORE NULLS) OVER w AS stock,
        last_value(released_at IGNORE NULLS) OVER w AS released_at,
        last_value(url IGNORE NULLS) OVER w AS url,
        last_value(image_url IGNORE NULLS) OVER w AS image_url,
        row_number() OVER w AS nth
    FROM product_fact
    WHERE product IN (SELECT product FROM product_touched)
    WINDOW w AS (PARTITION BY product ORDER BY ts, seq, pos ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
), version AS (
    SELECT * FROM (FROM carried QUALIFY nth = max(nth) OVER (PARTITION BY product, ts))
    QUALIFY row_number() OVER (PARTITION BY product ORDER BY ts) = 1
        OR row(sku, name, category, brand, collection, tags, price, cost, stock, released_at, url, image_url) IS DISTINCT FROM lag(row(sku, name, category, brand, collection, tags, price, cost, stock, released_at, url, image_url)) OVER (PARTITION BY product ORDER BY ts)
)
SELECT product, if(row_number() OVER v = 1, TIMESTAMP '-infinity', ts), lead(ts, 1, TIMESTAMP 'infinity') OVER v, sku, name, category, brand, collection, tags, price, cost, stock, released_at, url, image_url, seq, pos
FROM version
WINDOW v AS (PARTITION BY product ORDER BY ts)
ORDER BY product, ts

-- name: product_items
-- Fields of older items that are not their own, from the versions as they are
-- now. A list cannot be updated in place: tags have a statement of their own.
UPDATE item SET
    sku = if(item.own & 1 = 0, p.sku, item.sku),
    name = if(item.own & 2 = 0, p.name, item.name),
    category = if(item.own & 4 = 0, p.category, item.category),
    brand = if(item.own & 8 = 0, p.brand, item.brand),
    collection = if(item.own & 16 = 0, p.collection, item.collection),
    price = if(item.own & 64 = 0, p.price, item.price),
    revenue = if(item.own & 64 = 0, revenue(p.price, item.quantity), item.revenue),
    released_at = p.released_at
FROM product p
WHERE p.product = item.product AND p.product IN (SELECT product FROM product_touched)
    AND item.ts >= p.valid_from AND item.ts < p.valid_to
    AND ((item.own & 1 = 0 AND item.sku IS DISTINCT FROM p.sku)
        OR (item.own & 2 = 0 AND item.name IS DISTINCT FROM p.name)
        OR (item.own & 4 = 0 AND item.category IS DISTINCT FROM p.category)
        OR (item.own & 8 = 0 AND item.brand IS DISTINCT FROM p.brand)
        OR (item.own & 16 = 0 AND item.collection IS DISTINCT FROM p.collection)
        OR (item.own & 64 = 0 AND item.price IS DISTINCT FROM p.price) OR item.released_at IS DISTINCT FROM p.released_at)

-- name: product_item_tags
UPDATE item SET tags = p.tags
FROM product p
WHERE p.product = item.product AND p.product IN (SELECT product FROM product_touched) AND item.own & 32 = 0
    AND item.ts >= p.valid_from AND item.ts < p.valid_to AND item.tags IS DISTINCT FROM p.tags

-- name: product_events
UPDATE event SET
    sku = if(event.own & 1 = 0, p.sku, event.sku),
    product_name = if(event.own & 2 = 0, p.name, event.product_name),
    category = if(event.own & 4 = 0, p.category, event.category),
    brand = if(event.own & 8 = 0, p.brand, event.brand),
    collection = if(event.own & 16 = 0, p.collection, event.collection),
    price = if(event.own & 64 = 0, p.price, event.price),
    stock = if(event.own & 128 = 0, p.stock, event.stock),
    released_at = if(event.own & 256 = 0, p.released_at, event.released_at)
FROM product p
WHERE p.product = event.product AND p.product IN (SELECT product FROM product_touched)
    AND event.ts >= p.valid_from AND event.ts < p.valid_to
    AND ((event.own & 1 = 0 AND event.sku IS DISTINCT FROM p.sku)
        OR (event.own & 2 = 0 AND event.product_name IS DISTINCT FROM p.name)
        OR (event.own & 4 = 0 AND event.category IS DISTINCT FROM p.category)
        OR (event.own & 8 = 0 AND event.brand IS DISTINCT FROM p.brand)
        OR (event.own & 16 = 0 AND event.collection IS DISTINCT FROM p.collection)
        OR (event.own & 64 = 0 AND event.price IS DISTINCT FROM p.price)
        OR (event.own & 128 = 0 AND event.stock IS DISTINCT FROM p.stock)
        OR (event.own & 256 = 0 AND event.released_at IS DISTINCT FROM p.released_at))

-- name: product_event_tags
UPDATE event SET tags = p.tags
FROM product p
WHERE p.product = event.product AND p.product IN (SELECT product FROM product_touched) AND event.own & 32 = 0
    AND event.ts >= p.valid_from AND event.ts < p.valid_to AND event.tags IS DISTINCT FROM p.tags

-- name: product_favourites
-- The price that a favourite came in with, where its event said none.
UPDATE favourite SET price_then = p.price
FROM product p
WHERE p.product = favourite.product AND p.product IN (SELECT product FROM product_touched) AND favourite.own & 64 = 0
    AND favourite.ts >= p.valid_from AND favourite.ts < p.valid_to AND favourite.price_then IS DISTINCT FROM p.price

-- name: rate_gone
-- The latest import of a day's rate wins.
DELETE FROM rate WHERE (currency, day) IN (SELECT (currency, date) FROM record)

-- name: rate_unchanged
SELECT count(*) FROM record r WHERE EXISTS (FROM rate t WHERE t.currency = r.currency AND t.day = r.date AND t.rate = r.rate)

-- name: rate_insert
INSERT INTO rate
SELECT currency, date, rate, $seq, pos FROM record
QUALIFY row_number() OVER (PARTITION BY currency, date ORDER BY pos DESC) = 1
ORDER BY pos
