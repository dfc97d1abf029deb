-- Small functions that the other statements use. They belong to the writing
-- connection and are made when the warehouse is opened.

-- name: macro_number
-- A text as a number that fits: at most twelve digits before the point and
-- six after it. What does not fit is missing.
CREATE OR REPLACE TEMP MACRO number(s) AS
    CASE WHEN regexp_full_match(s, '[+-]?[0-9]{1,12}(\.[0-9]{1,6})?') THEN TRY_CAST(s AS DECIMAL(18, 6)) END

-- name: macro_first_given
-- The place of the first text that is there, and not empty.
CREATE OR REPLACE TEMP MACRO first_given(texts) AS list_position(list_transform(texts, lambda x: coalesce(x <> '', false)), true)

-- name: macro_no_number
-- A field and why its text is no number; NULL for a number and for nothing.
-- One that does not fit is a number: it is missing, as in files.
CREATE OR REPLACE TEMP MACRO no_number(field, s) AS
    CASE WHEN s <> '' AND NOT regexp_full_match(s, '[+-]?[0-9]+(\.[0-9]+)?') THEN [field, '"' || left(s, 60) || '" is not a number'] END

-- name: macro_negative
CREATE OR REPLACE TEMP MACRO negative(field, s) AS CASE WHEN number(s) < 0 THEN [field, '"' || s || '" is negative'] END

-- name: macro_no_currency
CREATE OR REPLACE TEMP MACRO no_currency(s, codes) AS
    CASE WHEN s <> '' AND NOT contains(codes, ' ' || upper(s) || ' ') THEN ['currency', '"' || left(s, 60) || '" is not a currency code'] END

-- name: macro_no_id
-- Why a text cannot be an id, as for the ids in files.
CREATE OR REPLACE TEMP MACRO no_id(field, s) AS
    CASE WHEN regexp_matches(s, '[\x00-\x1f\x7f-\x{9f}\x{fffd}]')
        THEN [field, '"' || left(s, 60) || '" holds a line break or another control character, which an id may not'] END

-- name: macro_money
-- An amount in the shop's currency, rounded half away from zero. The wide type
-- is needed: DuckDB takes a product of two DECIMAL(18, 6) for a DECIMAL(18, 12),
-- which ends at a million.
CREATE OR REPLACE TEMP MACRO money(amount, rate) AS
    CASE WHEN rate = 1 THEN amount ELSE TRY_CAST(round(CAST(amount AS DECIMAL(38, 6)) * rate, 6) AS DECIMAL(18, 6)) END

-- name: macro_own_fields
-- See product_fields.go.
CREATE OR REPLACE TEMP MACRO own_fields(sku, name, category, brand, collection, tags, price, stock, released_at) AS
    CAST(if(sku IS NULL, 0, 1) + if(name IS NULL, 0, 2) + if(category IS NULL, 0, 4) + if(brand IS NULL, 0, 8)
        + if(collection IS NULL, 0, 16) + if(tags IS NULL, 0, 32) + if(price IS NULL, 0, 64)
        + if(stock IS NULL, 0, 128) + if(released_at IS NULL, 0, 256) AS UINTEGER)

-- name: macro_counts
-- Whether an order with this status counts.
CREATE OR REPLACE TEMP MACRO counts(status) AS
    status IS NULL OR status IN ('paid', 'partially_paid', 'partially_refunded', 'refunded', 'processing', 'completed', 'fulfilled')

-- name: macro_order_end
-- valid_to of an order.
CREATE OR REPLACE TEMP MACRO order_end(ts, status, cancelled_at) AS
    CASE WHEN NOT counts(status) THEN ts WHEN cancelled_at IS NULL THEN TIMESTAMP 'infinity' ELSE greatest(ts, cancelled_at) END

-- name: macro_kind_name
-- The kinds of keys, strongest first.
CREATE OR REPLACE TEMP MACRO kind_name(kind) AS
    CASE kind WHEN 1 THEN 'customer' WHEN 2 THEN 'email' WHEN 3 THEN 'phone' ELSE 'anonymous' END

-- name: macro_kind_of
-- The kind of the strongest key of a row; its value is the first of the four that is there.
CREATE OR REPLACE TEMP MACRO kind_of(customer_id, email, phone, anonymous_id) AS
    CASE WHEN customer_id IS NOT NULL THEN 1 WHEN email IS NOT NULL THEN 2 WHEN phone IS NOT NULL THEN 3 WHEN anonymous_id IS NOT NULL THEN 4 END

-- name: macro_amount_text
-- An amount as people read it: at least two places.
CREATE OR REPLACE TEMP MACRO amount_text(n) AS regexp_replace(CAST(n AS VARCHAR), '(\.[0-9]{2}[0-9]*?)0*$', '\1')

-- name: macro_revenue
-- Most products fit the narrow type, which is faster; see money.
CREATE OR REPLACE TEMP MACRO revenue(price, quantity) AS
    CASE WHEN abs(price) < 900 AND abs(quantity) < 1000 THEN CAST(round(price * quantity, 6) AS DECIMAL(18, 6))
        ELSE TRY_CAST(round(CAST(price AS DECIMAL(38, 6)) * quantity, 6) AS DECIMAL(18, 6)) END

-- name: macro_scalar
-- A property that is an object or a list is no text; an empty text is missing.
CREATE OR REPLACE TEMP MACRO scalar(s) AS CASE WHEN s <> '' AND s[1] NOT IN ('{', '[') THEN s END

-- name: macro_instant
-- A text as an instant, in RFC 3339. Finer than microseconds is cut.
CREATE OR REPLACE TEMP MACRO instant(s) AS
    CAST(TRY_CAST(regexp_replace(CASE WHEN regexp_full_match(s, '[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])') THEN s END,
        '(\.[0-9]{6})[0-9]+', '\1') AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS TIMESTAMP)

-- name: macro_truth
CREATE OR REPLACE TEMP MACRO truth(s) AS CASE s WHEN 'true' THEN true WHEN 'false' THEN false END

-- name: macro_given
-- A field of a version, in a struct so that a value taken away differs from
-- a field not named.
CREATE OR REPLACE TEMP MACRO given(properties, field, value) AS CASE WHEN json_exists(properties, '$.' || field) THEN {'v': value} END
