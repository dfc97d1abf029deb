-- Messages, tickets and coupons: the versions of one fact are what was said
-- under one id of one person, in order of time. A version carries over what
-- it does not say. Without an id each is a fact of its own.

-- snippet: version_of
SELECT coalesce(m.customer, f.key, 0) AS person, coalesce('i' || f.id, 's' || f.seq || '.' || f.pos) AS fact, f.*
FROM version_fact f
LEFT JOIN moved m ON m.key = f.key

-- snippet: version_order
w AS (PARTITION BY person, fact ORDER BY ts, seq, pos ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
v AS (PARTITION BY person, fact ORDER BY ts, seq, pos)

-- name: version_touched
CREATE TEMP TABLE version_touched AS SELECT customer FROM touched UNION ALL SELECT 0

-- name: message_gone
DELETE FROM message WHERE coalesce((SELECT p.customer FROM person_key p WHERE p.key = message.key), 0) IN (SELECT customer FROM version_touched)

-- name: ticket_gone
DELETE FROM ticket WHERE coalesce((SELECT p.customer FROM person_key p WHERE p.key = ticket.key), 0) IN (SELECT customer FROM version_touched)

-- name: coupon_gone
DELETE FROM coupon WHERE coalesce((SELECT p.customer FROM person_key p WHERE p.key = coupon.key), 0) IN (SELECT customer FROM version_touched)

-- name: message_insert
-- By a person: an opening that is marked as a machine's says nothing.
INSERT INTO message
WITH said AS (
    SELECT *, json_extract_string(properties, ['$.channel', '$.campaign', '$.journey', '$.template', '$.status', '$.opened', '$.clicked', '$.converted', '$.machine']) AS p,
        regexp_extract(event, '_(sent|delivered|opened|clicked|converted)$', 1) AS step
    FROM (@version_of) WHERE kind = 'message' AND person IN (SELECT customer FROM version_touched)
), field AS (
    SELECT * EXCLUDE (p, step), scalar(p[1]) AS channel, scalar(p[2]) AS campaign, scalar(p[3]) AS journey, scalar(p[4]) AS template,
        coalesce(scalar(p[5]), nullif(step, '')) AS status,
        CASE WHEN TRY_CAST(p[9] AS BOOLEAN) THEN NULL WHEN step = 'opened' THEN true ELSE TRY_CAST(p[6] AS BOOLEAN) END AS opened,
        CASE WHEN step = 'clicked' THEN true ELSE TRY_CAST(p[7] AS BOOLEAN) END AS clicked,
        CASE WHEN step = 'converted' THEN true ELSE TRY_CAST(p[8] AS BOOLEAN) END AS converted
    FROM said
), version AS (
    SELECT first_value(key) OVER w AS key, first_value(ts) OVER w AS ts, ts AS valid_from, lead(ts, 1, TIMESTAMP 'infinity') OVER v AS valid_to,
        first_value(day) OVER w AS day, id,
        last_value(channel IGNORE NULLS) OVER w AS channel, last_value(campaign IGNORE NULLS) OVER w AS campaign,
        last_value(journey IGNORE NULLS) OVER w AS journey, last_value(template IGNORE NULLS) OVER w AS template,
        last_value(status IGNORE NULLS) OVER w AS status, coalesce(last_value(opened IGNORE NULLS) OVER w, false) AS opened,
        coalesce(last_value(clicked IGNORE NULLS) OVER w, false) AS clicked, coalesce(last_value(converted IGNORE NULLS) OVER w, false) AS converted,
        seq, pos
    FROM field WINDOW @version_order
)
SELECT * FROM version WHERE valid_from < valid_to ORDER BY ts, seq, pos

-- name: ticket_insert
INSERT INTO ticket
WITH said AS (
    SELECT *, json_extract_string(properties, ['$.channel', '$.status', '$.topic', '$.sentiment', '$.order_id', '$.orderId', '$.order']) AS p
    FROM (@version_of) WHERE kind = 'ticket' AND person IN (SELECT customer FROM version_touched)
), field AS (
    SELECT * EXCLUDE (p), scalar(p[1]) AS channel,
        coalesce(scalar(p[2]), CASE event WHEN 'ticket_created' THEN 'open' WHEN 'ticket_closed' THEN 'closed' END) AS status,
        scalar(p[3]) AS topic, scalar(p[4]) AS sentiment, coalesce(scalar(p[5]), scalar(p[6]), scalar(p[7])) AS order_id
    FROM said
), version AS (
    SELECT first_value(key) OVER w AS key, first_value(ts) OVER w AS ts, ts AS valid_from, lead(ts, 1, TIMESTAMP 'infinity') OVER v AS valid_to,
        first_value(day) OVER w AS day, id,
        last_value(channel IGNORE NULLS) OVER w AS channel, last_value(status IGNORE NULLS) OVER w AS status,
        last_value(topic IGNORE NULLS) OVER w AS topic, last_value(sentiment IGNORE NULLS) OVER w AS sentiment,
        last_value(order_id IGNORE NULLS) OVER w AS order_id, seq, pos
    FROM field WINDOW @version_order
)
SELECT * FROM version WHERE valid_from < valid_to ORDER BY ts, seq, pos

-- name: coupon_insert
INSERT INTO coupon
WITH said AS (
    SELECT *, json_extract_string(properties, ['$.code', '$.coupon', '$.coupon_code', '$.campaign', '$.redeemed', '$.expires_at', '$.expires', '$.value', '$.amount']) AS p
    FROM (@version_of) WHERE kind = 'coupon' AND person IN (SELECT customer FROM version_touched)
), field AS (
    SELECT * EXCLUDE (p), coalesce(scalar(p[1]), scalar(p[2]), scalar(p[3])) AS code, scalar(p[4]) AS campaign,
        CASE WHEN event = 'coupon_redeemed' THEN true ELSE TRY_CAST(p[5] AS BOOLEAN) END AS redeemed,
        coalesce(instant(p[6]), instant(p[7])) AS expires_at, coalesce(number(p[8]), number(p[9])) AS value
    FROM said
), version AS (
    SELECT first_value(key) OVER w AS key, first_value(ts) OVER w AS ts, ts AS valid_from, lead(ts, 1, TIMESTAMP 'infinity') OVER v AS valid_to,
        first_value(day) OVER w AS day, id,
        last_value(code IGNORE NULLS) OVER w AS code, last_value(campaign IGNORE NULLS) OVER w AS campaign,
        coalesce(last_value(redeemed IGNORE NULLS) OVER w, false) AS redeemed, last_value(expires_at IGNORE NULLS) OVER w AS expires_at,
        last_value(value IGNORE NULLS) OVER w AS value, seq, pos
    FROM field WINDOW @version_order
)
SELECT * FROM version WHERE valid_from < valid_to ORDER BY ts, seq, pos

-- name: version_any
SELECT EXISTS (FROM version_fact)
