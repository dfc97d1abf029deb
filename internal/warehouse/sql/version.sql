-- Messages, tickets and coupons: the versions of one fact are what was said
-- under one id of one person, in order of time. A version carries over what
-- it does not name; an empty value takes away. Without an id each is a fact of its own.

-- snippet: version_of
SELECT coalesce(m.customer, f.key, 0) AS person, coalesce('i' || f.id, 's' || f.seq || '.' || f.pos) AS fact, f.*
FROM version_fact f
LEFT JOIN moved m ON m.key = f.key

-- snippet: version_place
first_value(key) OVER w AS key, first_value(ts) OVER w AS ts, ts AS valid_from, lead(ts, 1, TIMESTAMP 'infinity') OVER v AS valid_to,
        first_value(day) OVER w AS day, id

-- snippet: version_order
w AS (PARTITION BY person, fact ORDER BY ts, seq, pos ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
v AS (PARTITION BY person, fact ORDER BY ts, seq, pos)

-- name: version_touched
CREATE TEMP TABLE version_touched AS SELECT customer FROM touched_facts WHERE versions UNION ALL SELECT 0

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
    SELECT * EXCLUDE (p, step), given(properties, 'channel', scalar(p[1])) AS channel, given(properties, 'campaign', scalar(p[2])) AS campaign,
        given(properties, 'journey', scalar(p[3])) AS journey, given(properties, 'template', scalar(p[4])) AS template,
        coalesce(given(properties, 'status', scalar(p[5])), if(step = '', NULL, {'v': step})) AS status,
        CASE WHEN truth(p[9]) THEN NULL WHEN step = 'opened' THEN {'v': true} ELSE given(properties, 'opened', truth(p[6])) END AS opened,
        CASE WHEN step = 'clicked' THEN {'v': true} ELSE given(properties, 'clicked', truth(p[7])) END AS clicked,
        CASE WHEN step = 'converted' THEN {'v': true} ELSE given(properties, 'converted', truth(p[8])) END AS converted
    FROM said
), version AS (
    SELECT @version_place,
        (last_value(channel IGNORE NULLS) OVER w).v AS channel, (last_value(campaign IGNORE NULLS) OVER w).v AS campaign,
        (last_value(journey IGNORE NULLS) OVER w).v AS journey, (last_value(template IGNORE NULLS) OVER w).v AS template,
        (last_value(status IGNORE NULLS) OVER w).v AS status, coalesce((last_value(opened IGNORE NULLS) OVER w).v, false) AS opened,
        coalesce((last_value(clicked IGNORE NULLS) OVER w).v, false) AS clicked, coalesce((last_value(converted IGNORE NULLS) OVER w).v, false) AS converted,
        seq, pos
    FROM field WINDOW @version_order
)
SELECT * FROM version WHERE valid_from < valid_to ORDER BY ts, seq, pos

-- name: ticket_insert
INSERT INTO ticket
WITH said AS (
    SELECT *, json_extract_string(properties, ['$.channel', '$.status', '$.topic', '$.sentiment', '$.order', '$.order_id', '$.orderId']) AS p
    FROM (@version_of) WHERE kind = 'ticket' AND person IN (SELECT customer FROM version_touched)
), field AS (
    SELECT * EXCLUDE (p), given(properties, 'channel', scalar(p[1])) AS channel,
        coalesce(given(properties, 'status', scalar(p[2])), CASE event WHEN 'ticket_created' THEN {'v': 'open'} WHEN 'ticket_closed' THEN {'v': 'closed'} END) AS status,
        given(properties, 'topic', scalar(p[3])) AS topic, given(properties, 'sentiment', scalar(p[4])) AS sentiment,
        coalesce(given(properties, 'order', scalar(p[5])), given(properties, 'order_id', scalar(p[6])), given(properties, 'orderId', scalar(p[7]))) AS order_id
    FROM said
), version AS (
    SELECT @version_place,
        (last_value(channel IGNORE NULLS) OVER w).v AS channel, (last_value(status IGNORE NULLS) OVER w).v AS status,
        (last_value(topic IGNORE NULLS) OVER w).v AS topic, (last_value(sentiment IGNORE NULLS) OVER w).v AS sentiment,
        (last_value(order_id IGNORE NULLS) OVER w).v AS order_id, seq, pos
    FROM field WINDOW @version_order
)
SELECT * FROM version WHERE valid_from < valid_to ORDER BY ts, seq, pos

-- name: coupon_insert
INSERT INTO coupon
WITH said AS (
    SELECT *, json_extract_string(properties, ['$.code', '$.coupon', '$.coupon_code', '$.campaign', '$.redeemed', '$.expires_at', '$.value', '$.amount']) AS p
    FROM (@version_of) WHERE kind = 'coupon' AND person IN (SELECT customer FROM version_touched)
), field AS (
    SELECT * EXCLUDE (p), coalesce(given(properties, 'code', scalar(p[1])), given(properties, 'coupon', scalar(p[2])), given(properties, 'coupon_code', scalar(p[3]))) AS code,
        given(properties, 'campaign', scalar(p[4])) AS campaign,
        CASE WHEN event = 'coupon_redeemed' THEN {'v': true} ELSE given(properties, 'redeemed', truth(p[5])) END AS redeemed,
        given(properties, 'expires_at', instant(p[6])) AS expires_at,
        coalesce(given(properties, 'value', number(p[7])), given(properties, 'amount', number(p[8]))) AS value
    FROM said
), version AS (
    SELECT @version_place,
        (last_value(code IGNORE NULLS) OVER w).v AS code, (last_value(campaign IGNORE NULLS) OVER w).v AS campaign,
        coalesce((last_value(redeemed IGNORE NULLS) OVER w).v, false) AS redeemed, (last_value(expires_at IGNORE NULLS) OVER w).v AS expires_at,
        (last_value(value IGNORE NULLS) OVER w).v AS value, seq, pos
    FROM field WINDOW @version_order
)
SELECT * FROM version WHERE valid_from < valid_to ORDER BY ts, seq, pos

-- name: version_any
SELECT EXISTS (FROM version_fact)
