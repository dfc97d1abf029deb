-- The warehouse: facts, products and scores as columns. It is the truth for
-- nothing: log, archive and operations make it anew, to the same content.
--
-- What holds in every table:
-- - seq is the place in the one total order of the record that brought the
--   row, pos the place of arrival within that record.
-- - key says whose a fact is: the number of the key it arrived with (see
--   person_key). Positive keys are known (customer id, e-mail, phone),
--   negative ones anonymous; NULL is nobody's. Facts never change their key:
--   person_key.customer, and moved for the few keys that are not their own
--   customer, say whose key it is now.
-- - ts is the fact's instant in UTC, day its calendar day in the shop's zone.
-- - a fact that can end or change holds while valid_from <= T < valid_to
--   (valid_from is ts where there is no such column); 'infinity' is "still".
-- - numbers are DECIMAL(18, 6): twelve digits before the point, six after.
-- - money is in the shop's currency.
-- - ids of orders are not compressed: looking for the best way costs a third
--   of an import, and nothing compresses them well.

-- One row: the settings that facts depend on, and how far the log is applied.
-- clock is the latest instant of an entry that was loaded, in seconds since
-- 1970: what a message id is a repeat by (commerce.RepeatWindow).
CREATE TABLE shop (
    applied_seq   BIGINT  NOT NULL,
    schema        INTEGER NOT NULL,
    currency      VARCHAR NOT NULL,
    timezone      VARCHAR NOT NULL,
    clock         BIGINT  NOT NULL
);

-- Imports that were applied, for "the same file again changes nothing".
CREATE TABLE import (
    seq   BIGINT  NOT NULL,
    kind  VARCHAR NOT NULL,   -- orders customers products events rates
    hash  VARCHAR NOT NULL,   -- SHA-256 over the files, the mapping and what the reading depends on
    rows  BIGINT  NOT NULL,
    ts    TIMESTAMP NOT NULL, -- when it was accepted
    file  BOOLEAN NOT NULL    -- it came in files; else they are events as they came in
);

-- ---- persons ----------------------------------------------------------

-- kind: customer, email, phone, anonymous. customer is the key number that
-- stands for the person: the first of its customer ids, else of its e-mails,
-- else of its phones, else of its anonymous ids, in order of arrival.
-- first_at is the earliest instant known under this key; NULL if none.
CREATE TABLE person_key (
    key       INTEGER NOT NULL,
    kind      VARCHAR NOT NULL,
    value     VARCHAR NOT NULL,
    customer  INTEGER NOT NULL,
    first_at  TIMESTAMP,
    seq       BIGINT NOT NULL,
    pos       BIGINT NOT NULL
);

-- Keys whose customer is another key. Small; joined to every fact when asked.
CREATE TABLE moved (
    key       INTEGER NOT NULL,
    customer  INTEGER NOT NULL
);

-- Pairs of keys that appeared together: why they are one person.
CREATE TABLE claim (
    key_a INTEGER NOT NULL,
    key_b INTEGER NOT NULL,
    seq   BIGINT NOT NULL,
    pos   BIGINT NOT NULL
);

-- Derived: one row per known customer. id is what lists print: the customer
-- id, else the e-mail, else the phone. From exists_from on they exist
-- ('-infinity': from always).
CREATE TABLE customer (
    customer     INTEGER   NOT NULL,
    id           VARCHAR   NOT NULL,
    exists_from  TIMESTAMP NOT NULL
);

-- Derived: what a known customer's orders and refunds come to, so that lists of
-- everyone need no pass over all orders. One row per known customer with an
-- order that counts for good (valid_to 'infinity') or a refund, whatever their
-- instants: it holds at any T from settled_at on, which is the latest instant
-- at which one of their orders or refunds changed something. A T before that
-- (an order or a cancellation that lies ahead) is worked out from the facts.
CREATE TABLE summary (
    customer        INTEGER   NOT NULL,
    orders          INTEGER   NOT NULL,
    total           DECIMAL(38, 6) NOT NULL,
    refunds         DECIMAL(38, 6) NOT NULL,
    first_order_at  TIMESTAMP,
    last_order_at   TIMESTAMP,
    settled_at      TIMESTAMP NOT NULL
);

-- What was said about a customer, as it arrived, one row a field. ts is
-- '-infinity' for a first value without an instant. value NULL: emptied.
-- Lists (tags) are JSON arrays of texts. Names: country, age, ... and traits.NAME.
CREATE TABLE trait_fact (
    key    INTEGER   NOT NULL,
    name   VARCHAR   NOT NULL,
    value  VARCHAR,
    ts     TIMESTAMP NOT NULL,
    seq    BIGINT NOT NULL,
    pos    BIGINT NOT NULL
);

-- Derived: a customer's fields over time, per person, orders' country and
-- city included where customer data does not say otherwise. No rows for
-- missing values; no two rows of one (customer, name) overlap.
CREATE TABLE trait (
    customer    INTEGER   NOT NULL,
    name        VARCHAR   NOT NULL,
    value       VARCHAR   NOT NULL,
    valid_from  TIMESTAMP NOT NULL,
    valid_to    TIMESTAMP NOT NULL
);

-- ---- products -----------------------------------------------------------

-- What was said about a product, as it arrived: NULL is "not said". ts as in
-- trait_fact. The versions in product are derived from it, so that one that
-- arrives late is carried into those after it.
CREATE TABLE product_fact (
    product      VARCHAR   NOT NULL,
    ts           TIMESTAMP NOT NULL,
    sku          VARCHAR,
    name         VARCHAR,
    category     VARCHAR,
    brand        VARCHAR,
    collection   VARCHAR,
    tags         VARCHAR[],
    price        DECIMAL(18, 6),
    cost         DECIMAL(18, 6),
    stock        DECIMAL(18, 6),
    released_at  TIMESTAMP,
    url          VARCHAR,
    image_url    VARCHAR,
    seq          BIGINT NOT NULL,
    pos          BIGINT NOT NULL
);

-- Derived: one row per version. The earliest version also serves older facts:
-- its valid_from is what was said, and first is true.
CREATE TABLE product (
    product      VARCHAR   NOT NULL,
    valid_from   TIMESTAMP NOT NULL,
    valid_to     TIMESTAMP NOT NULL,
    sku          VARCHAR,
    name         VARCHAR,
    category     VARCHAR,
    brand        VARCHAR,
    collection   VARCHAR,
    tags         VARCHAR[],
    price        DECIMAL(18, 6),
    cost         DECIMAL(18, 6),
    stock        DECIMAL(18, 6),
    released_at  TIMESTAMP,
    url          VARCHAR,
    image_url    VARCHAR,
    seq          BIGINT NOT NULL,
    pos          BIGINT NOT NULL
);

-- What one unit of the currency was in the shop's, by day.
CREATE TABLE rate (
    currency  VARCHAR NOT NULL,
    day       DATE    NOT NULL,
    rate      DECIMAL(18, 6) NOT NULL,
    seq       BIGINT NOT NULL,
    pos       BIGINT NOT NULL
);

-- ---- facts ----------------------------------------------------------------

-- Orders, those that do not count too: valid_to is 'infinity' for an order
-- that counts, its cancellation where it has one, and its own ts where its
-- status does not count, so that ts <= T < valid_to says "counts at T".
CREATE TABLE orders (
    key           INTEGER,
    ts            TIMESTAMP NOT NULL,
    valid_to      TIMESTAMP NOT NULL,
    day           DATE      NOT NULL,
    id            VARCHAR   NOT NULL USING COMPRESSION uncompressed,
    total         DECIMAL(18, 6) NOT NULL,
    subtotal      DECIMAL(18, 6),
    discount      DECIMAL(18, 6),
    shipping      DECIMAL(18, 6),
    tax           DECIMAL(18, 6),
    coupon        VARCHAR,
    currency      VARCHAR,          -- as given
    rate          DECIMAL(18, 6) NOT NULL, -- that total was converted with
    channel       VARCHAR,
    status        VARCHAR,
    country       VARCHAR,
    city          VARCHAR,
    items         DECIMAL(18, 6) NOT NULL, -- units
    discounted    BOOLEAN   NOT NULL, -- a coupon, or an order or line discount
    cancelled_at  TIMESTAMP,
    content       UBIGINT   NOT NULL, -- fingerprint of what may not change when the order comes again
    seq           BIGINT NOT NULL,
    pos           BIGINT NOT NULL
);

-- Order lines with quantity > 0. valid_to is the order's. own is a bit set
-- of the product fields that the line carried itself (see product_fields.go);
-- the others come from the catalogue as it was at ts.
CREATE TABLE item (
    key          INTEGER,
    ts           TIMESTAMP NOT NULL,
    valid_to     TIMESTAMP NOT NULL,
    day          DATE      NOT NULL,
    order_id     VARCHAR   NOT NULL USING COMPRESSION uncompressed,
    line         INTEGER   NOT NULL,
    product      VARCHAR,
    sku          VARCHAR,
    name         VARCHAR,
    category     VARCHAR,
    brand        VARCHAR,
    collection   VARCHAR,
    tags         VARCHAR[],
    price        DECIMAL(18, 6),   -- paid, per unit
    quantity     DECIMAL(18, 6) NOT NULL,
    revenue      DECIMAL(18, 6),   -- price × quantity
    discount     DECIMAL(18, 6),
    released_at  TIMESTAMP,        -- of the product, as of ts: product_age is ts − released_at
    own          UINTEGER  NOT NULL,
    seq          BIGINT NOT NULL,
    pos          BIGINT NOT NULL
);

-- Refunded or returned lines, or whole orders. They stay when the order is cancelled.
CREATE TABLE refund (
    key       INTEGER,
    ts        TIMESTAMP NOT NULL,
    day       DATE      NOT NULL,
    id        VARCHAR,
    order_id  VARCHAR,
    product   VARCHAR,
    quantity  DECIMAL(18, 6),
    total     DECIMAL(18, 6),
    reason    VARCHAR,
    content   UBIGINT,             -- of an order that is only a refund: as in orders; else NULL
    seq       BIGINT NOT NULL,
    pos       BIGINT NOT NULL
);

-- Cancellations that came as events, also of orders that are not known yet.
CREATE TABLE cancellation (
    key       INTEGER,
    ts        TIMESTAMP NOT NULL,
    order_id  VARCHAR   NOT NULL,
    seq       BIGINT NOT NULL,
    pos       BIGINT NOT NULL
);

-- Tracked events. event is segql.EventKey(name). Product fields are the
-- event's own, else the catalogue's as of ts; own as in item.
CREATE TABLE event (
    key          INTEGER,
    ts           TIMESTAMP NOT NULL,
    day          DATE      NOT NULL,
    event        VARCHAR   NOT NULL,
    name         VARCHAR   NOT NULL,
    id           VARCHAR,           -- message_id
    product      VARCHAR,
    sku          VARCHAR,
    product_name VARCHAR,
    category     VARCHAR,
    brand        VARCHAR,
    collection   VARCHAR,
    tags         VARCHAR[],
    price        DECIMAL(18, 6),
    stock        DECIMAL(18, 6),
    released_at  TIMESTAMP,
    quantity     DECIMAL(18, 6),
    own          UINTEGER  NOT NULL,
    properties   VARCHAR,           -- JSON object as it arrived; NULL when empty
    seq          BIGINT NOT NULL,
    pos          BIGINT NOT NULL
);

-- message_id of whatever came as an event and is not in event: an event of a
-- file with an id that was ever seen is dropped.
CREATE TABLE message_seen (
    id   VARCHAR NOT NULL,
    seq  BIGINT  NOT NULL
);

-- The message ids of the events that were taken lately, with the instant of
-- their entry and commerce.Event.Content (NULL of files): an event of the log
-- with one of them is a repeat, or a conflict. Days that are over are removed.
CREATE TABLE message_recent (
    id       VARCHAR NOT NULL,
    second   BIGINT  NOT NULL,      -- since 1970, as shop.clock was then
    content  BIGINT,
    seq      BIGINT  NOT NULL,
    pos      BIGINT  NOT NULL
);

-- Derived from a customer's tracked events; known and anonymous persons.
-- pages and last_at are those of the whole visit as known now; for a T in
-- the middle of it they are counted anew from event.
CREATE TABLE visit (
    customer  INTEGER   NOT NULL,
    ts        TIMESTAMP NOT NULL,
    last_at   TIMESTAMP NOT NULL,
    day       DATE      NOT NULL,
    pages     BIGINT    NOT NULL,
    source    VARCHAR,
    medium    VARCHAR,
    campaign  VARCHAR,
    referrer  VARCHAR,
    landing   VARCHAR,
    device    VARCHAR,
    os        VARCHAR,
    browser   VARCHAR,
    country   VARCHAR,
    seq       BIGINT NOT NULL,     -- of its first event
    pos       BIGINT NOT NULL
);

-- Derived: the cart's lines over time; one row while nothing about the line
-- changes. ts is when the product came in; own fields are those of the
-- latest addition, own as in item (price included); the rest is the
-- catalogue's at T.
CREATE TABLE cart_item (
    customer    INTEGER   NOT NULL,
    ts          TIMESTAMP NOT NULL,
    valid_from  TIMESTAMP NOT NULL,
    valid_to    TIMESTAMP NOT NULL,
    day         DATE      NOT NULL,
    product     VARCHAR,
    quantity    DECIMAL(18, 6) NOT NULL,
    own         UINTEGER  NOT NULL,
    sku         VARCHAR,
    name        VARCHAR,
    category    VARCHAR,
    brand       VARCHAR,
    collection  VARCHAR,
    tags        VARCHAR[],
    price       DECIMAL(18, 6),
    stock       DECIMAL(18, 6),
    released_at TIMESTAMP,
    seq         BIGINT NOT NULL,
    pos         BIGINT NOT NULL
);

-- Derived: the instants at which a cart changed, for cart.updated_at.
CREATE TABLE cart_change (
    customer  INTEGER   NOT NULL,
    ts        TIMESTAMP NOT NULL
);

-- Derived: products in the favourites over time. price_then is the event's
-- own price, else the catalogue's at ts.
CREATE TABLE favourite (
    customer    INTEGER   NOT NULL,
    ts          TIMESTAMP NOT NULL,
    valid_to    TIMESTAMP NOT NULL,
    day         DATE      NOT NULL,
    product     VARCHAR,
    price_then  DECIMAL(18, 6),
    own         UINTEGER  NOT NULL,
    sku         VARCHAR,
    name        VARCHAR,
    category    VARCHAR,
    brand       VARCHAR,
    collection  VARCHAR,
    tags        VARCHAR[],
    price       DECIMAL(18, 6),
    stock       DECIMAL(18, 6),
    released_at TIMESTAMP,
    seq         BIGINT NOT NULL,
    pos         BIGINT NOT NULL
);

-- What was said of messages, tickets and coupons, as it arrived. kind is
-- message, ticket or coupon; event the key of the event that said it. The
-- three tables after it are derived: the same id and person is one fact.
CREATE TABLE version_fact (
    kind        VARCHAR   NOT NULL,
    key         INTEGER,
    ts          TIMESTAMP NOT NULL,
    day         DATE      NOT NULL,
    id          VARCHAR,
    event       VARCHAR   NOT NULL,
    properties  VARCHAR,
    seq         BIGINT NOT NULL,
    pos         BIGINT NOT NULL
);

-- Messages, tickets and coupons are versions: ts is the first version's
-- instant, the fields are the latest version's while valid_from <= T < valid_to.
CREATE TABLE message (
    key         INTEGER,
    ts          TIMESTAMP NOT NULL,
    valid_from  TIMESTAMP NOT NULL,
    valid_to    TIMESTAMP NOT NULL,
    day         DATE      NOT NULL,
    id          VARCHAR,
    channel     VARCHAR,
    campaign    VARCHAR,
    journey     VARCHAR,
    template    VARCHAR,
    status      VARCHAR,
    opened      BOOLEAN,
    clicked     BOOLEAN,
    converted   BOOLEAN,
    seq         BIGINT NOT NULL,
    pos         BIGINT NOT NULL
);

CREATE TABLE ticket (
    key         INTEGER,
    ts          TIMESTAMP NOT NULL,
    valid_from  TIMESTAMP NOT NULL,
    valid_to    TIMESTAMP NOT NULL,
    day         DATE      NOT NULL,
    id          VARCHAR,
    channel     VARCHAR,
    status      VARCHAR,
    topic       VARCHAR,
    sentiment   VARCHAR,
    order_id    VARCHAR,
    seq         BIGINT NOT NULL,
    pos         BIGINT NOT NULL
);

CREATE TABLE coupon (
    key         INTEGER,
    ts          TIMESTAMP NOT NULL,
    valid_from  TIMESTAMP NOT NULL,
    valid_to    TIMESTAMP NOT NULL,
    day         DATE      NOT NULL,
    id          VARCHAR,
    code        VARCHAR,
    campaign    VARCHAR,
    redeemed    BOOLEAN,
    expires_at  TIMESTAMP,
    value       DECIMAL(18, 6),
    seq         BIGINT NOT NULL,
    pos         BIGINT NOT NULL
);

CREATE TABLE points (
    key     INTEGER,
    ts      TIMESTAMP NOT NULL,
    day     DATE      NOT NULL,
    id      VARCHAR,
    amount  DECIMAL(18, 6),
    reason  VARCHAR,
    seq     BIGINT NOT NULL,
    pos     BIGINT NOT NULL
);

-- ---- scores --------------------------------------------------------------------

-- Scoring runs. A run looks at facts with seq <= seq, as of ts.
CREATE TABLE run (
    run  INTEGER   NOT NULL,
    ts   TIMESTAMP NOT NULL,
    seq  BIGINT NOT NULL
);

-- Scores that a run changed hold from its instant until the next change.
-- name: rfm.recency rfm.frequency rfm.monetary (1 to 5), rfm.group,
-- price_band, clv.*. A number stands in number, a text in label.
CREATE TABLE score (
    customer    INTEGER   NOT NULL,
    name        VARCHAR   NOT NULL,
    number      DECIMAL(18, 6),
    label       VARCHAR,
    valid_from  TIMESTAMP NOT NULL,
    valid_to    TIMESTAMP NOT NULL,
    run         INTEGER   NOT NULL
);

-- Percentiles of a run, for the expressions in saved segments: of "among"
-- customers who have a value, "worse" have a lower one.
CREATE TABLE percentile (
    run       INTEGER NOT NULL,
    expr      VARCHAR NOT NULL,   -- canonical text
    customer  INTEGER NOT NULL,
    worse     BIGINT  NOT NULL,
    among     BIGINT  NOT NULL
);
