-- Lists of customers: who is meant by a search, and what lists show.

-- name: found
-- Who is meant by $text: rank 0 by a whole key or name, 1 by the beginning of
-- one, 2 by a part. $digits are those of a phone number, which may be written
-- without its country; a few of them are a part. An order's number stands for
-- whoever ordered; the # that shops write before it may be left out. It is found as it
-- is, or all in capitals, or all in small letters.
CREATE TEMP TABLE found AS
WITH wanted AS (SELECT lower(strip_accents($text)) AS folded, lower($text) AS low),
by_key AS (
    SELECT customer, CASE
        WHEN kind = 'email' AND (value = low OR folded = lower(strip_accents(value))) THEN 0
        WHEN kind = 'email' AND starts_with(lower(strip_accents(value)), folded) THEN 1
        WHEN kind = 'email' OR kind = 'phone' AND value <> $text AND length($digits) < 8 THEN 2 ELSE 0 END AS rank
    FROM person_key, wanted
    WHERE customer > 0 AND CASE kind
        WHEN 'email' THEN contains(lower(strip_accents(value)), folded)
        WHEN 'phone' THEN value = $text OR $digits <> '' AND ends_with(value, $digits)
        WHEN 'customer' THEN lower(value) = low
        ELSE value = $text END
), named AS (
    SELECT customer, lower(strip_accents(value)) AS value, name IN ('last_name', 'traits.last_name') AS last FROM trait
    WHERE name IN ('first_name', 'last_name', 'traits.first_name', 'traits.last_name', 'traits.name') AND valid_from <= $at AND valid_to > $at
), near AS (
    -- Whose names are worth putting together: one holds the search's first word,
    -- or the search begins with the last name and goes on without a space.
    SELECT DISTINCT customer FROM named, wanted
    WHERE contains(value, split_part(folded, ' ', 1)) OR last AND value <> '' AND starts_with(folded, value)
        OR strlen(folded) <> length(folded) AND contains(value, left(folded, 1))
), full_name AS (
    SELECT coalesce(f.customer, l.customer) AS customer, coalesce(f.value, '') AS first, coalesce(l.value, '') AS last
    FROM (FROM named SEMI JOIN near USING (customer) WHERE NOT last) f
        FULL JOIN (FROM named SEMI JOIN near USING (customer) WHERE last) l ON l.customer = f.customer
), by_name AS (
    SELECT customer, CASE
        WHEN folded IN (first, last, first || ' ' || last, last || ' ' || first, last || first) THEN 0
        WHEN starts_with(first || ' ' || last, folded) OR starts_with(last || ' ' || first, folded) OR starts_with(last || first, folded) THEN 1
        ELSE 2 END AS rank
    FROM full_name, wanted
    WHERE contains(first || ' ' || last || ' ' || first, folded) OR contains(last || first, folded)
), by_order AS (
    SELECT k.customer, 0 AS rank FROM orders o JOIN person_key k ON k.key = o.key
    WHERE k.customer > 0 AND o.ts <= $at AND o.id IN (
        $text, ltrim($text, '#'), '#' || $text, upper($text), lower($text), '#' || upper($text), '#' || lower($text),
        upper(ltrim($text, '#')), lower(ltrim($text, '#')))
)
SELECT customer, min(rank) AS rank FROM (FROM by_key UNION ALL FROM by_name UNION ALL FROM by_order) GROUP BY customer

-- name: found_customers
SELECT customer, rank FROM found

-- name: sheet_customers
SELECT c.customer, c.id, c.exists_from FROM customer c WHERE c.exists_from <= $at

-- name: sheet_keys
-- In order of arrival, in which they lie. A customer has the number of the key
-- that names them.
SELECT customer, kind = 'email', key = customer, value FROM person_key WHERE customer > 0 AND kind IN ('email', 'phone')

-- name: sheet_traits
-- A customer file's first_name is a field; what an event says of it is a trait.
SELECT customer, replace(name, 'traits.', '') AS name, value FROM trait
WHERE name IN ('first_name', 'last_name', 'traits.first_name', 'traits.last_name', 'country') AND valid_from <= $at AND valid_to > $at

-- name: sheet_groups
SELECT customer, label FROM score WHERE name = 'rfm.group' AND valid_from <= $at AND valid_to > $at

-- name: sheet_runs
SELECT count(*) FROM run WHERE ts <= $at

-- name: segment_members
SELECT customer FROM temp.segment_member
