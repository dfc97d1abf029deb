// Package plain answers segments by brute force, straight from the page of
// the language: one customer at a time, one fact at a time, every window
// tried on every fact. It is what SQL and the live evaluator are compared
// with, so it shares no code with them and none with the loading of the
// warehouse; it shares the parser and the checker, the records of scripts,
// and nothing else. It is meant to be read beside the page, and is as slow as
// it is plain.
//
// Only tests import it.
//
// A Shop takes records as they arrive. Members answers a checked segment at
// any instant, with all that was loaded. RandomShop and Shrink are for tests
// that look for differences.
//
// # Numbers
//
// A number is a fraction num/den of millionths, with den above zero:
//
//   - a decimal, sums of decimals, and results of arithmetic: den is 1;
//   - avg: the sum's num, and the sum's den × how many there are;
//   - percentile: 100,000,000 × how many are strictly lower / how many there are;
//   - discount.share: 1,000,000 × the discounted orders / the orders;
//   - lengths of time in days (product_age, one instant less another):
//     microseconds / 86,400;
//   - cadence.overdue: 1,000,000 × microseconds / (86,400 × cadence.days in
//     millionths).
//
// They are not reduced to lower terms. A sum adds nums of one den.
//
// Arithmetic on a/b and c/d (millionths) first makes the exact fraction
//
//	a/b + c/d = (a·d + c·b) / (b·d)             parts a·d and c·b
//	a/b − c/d = (a·d − c·b) / (b·d)             parts a·d and c·b
//	a/b × c/d = (a·c) / (b·d·1,000,000)
//	a/b ÷ c/d = (a·d·1,000,000) / (b·c)
//
// and is missing if a side is missing, if c is zero in a division, or if the
// absolute value of ten times the numerator, of the denominator or of a part
// is above 2^127 − 1. Else the fraction is rounded to a whole number of millionths,
// half away from zero. Comparisons multiply across, exactly, and are never
// missing for size; so are sums and averages.
//
// Derived numbers are made by the same arithmetic: revenue = price ×
// quantity; an order's total without one of its own = the sum over its items
// of price × quantity (each rounded), less the items' discounts; money in
// another currency × the rate; price_drop = (then − now) / then, where only
// the division rounds. A visit's duration is in seconds, with the
// microseconds as decimals.
//
// # Reading properties and traits
//
// A property is the text of a JSON string; of a JSON number, its characters
// as they came; of true and false, that word. A null, an empty string and an
// empty list are as if not there. Nothing is trimmed. As
//
//   - a number: [+-]?[0-9]{1,12}(\.[0-9]{1,6})? (no exponent, leading zeros
//     count as digits);
//   - a boolean: true or false;
//   - a date: [0-9]{4}-[0-9]{2}-[0-9]{2}, and the day exists;
//   - an instant: a date, T, [0-9]{2}:[0-9]{2}:[0-9]{2} from 00:00:00 to
//     23:59:59, then (\.[0-9]+)? and Z or [+-][0-9]{2}:[0-9]{2} from 00:00 to
//     23:59; T and Z in upper case; cut to microseconds, towards the past;
//   - a list (tags): a JSON list's strings, numbers and booleans as texts,
//     the rest left out; a text is a list of one;
//   - a text: as it is.
//
// A JSON list where no list is read, and a JSON object, are missing. What is
// read in no such way is missing.
//
// # Decisions
//
// Where the page leaves room, a user's expectation decides.
//
//   - Ids. A fact without an id compares by its place of arrival in decimal
//     digits with leading zeros, as a text. Items compare by their order's id
//     and then by line number, as a number. A returned line's refund has the
//     id ORDER:LINE, a refunded sum that of its order. What is still equal
//     compares by place of arrival.
//   - Persons. Keys that came in one record are one person's, whatever their
//     kind, and so on through all records. The first customer id to arrive is
//     the person's id, else the first e-mail, else the first phone. E-mails
//     compare in lower case.
//   - Existence counts created_at, updated_at, cancelled_at and every "at"
//     of records that came with one of the person's keys.
//   - A record with a message_id that came before is dropped.
//   - Orders. The same id again is the same order: the latest status,
//     cancelled_at and refunded that were given, all else from the first.
//     The earliest cancellation ends it. Cancelled at or before its "at", it
//     never counted: it empties no cart and sets no country. "cancel" finds
//     the order by id, whoever is named. Any other status than those listed
//     does not count.
//   - An order carries a discount when its own or an item's is above zero.
//   - Only an order line's sku, name, category, brand and price are its own;
//     what is missing comes from the catalogue, the sku too.
//   - A property that cannot be read is not carried: the catalogue stands in.
//   - Catalogue. A version sets the fields it names; those it does not name
//     stay, so a late version changes what later ones did not name. At one
//     instant the later arrival wins.
//   - Versions of messages, tickets and coupons likewise set the fields they
//     name, in order of instant and arrival; an empty value takes away. They
//     are told apart by person and id. opened, clicked, converted and redeemed
//     are false where nothing was said.
//   - Cart. A quantity that is missing or cannot be read is absent. One of
//     zero or less changes nothing. What removes more than there is removes
//     all. Events without a product change neither cart nor favourites.
//     Adding a favourite that is one changes nothing.
//   - cart.value and cart.items are sums over cart_item; a missing revenue is
//     left out.
//   - Visits: pages counts the events page, page_viewed and screen;
//     source and the like are properties of the first event.
//   - Refunds and points with the same id are told apart by arrival.
//   - Sequences: A may be any fact in the window, and each further step any
//     later one, so a step may pass over facts that fit.
//   - x not in (a, b) is x != a and x != b: false if x, a or b is missing.
//   - An empty text in the segment is missing: nothing compares with it, no
//     pattern that is empty matches.
//   - percentile: a term looks at the facts that fit filter and window, even
//     if their field is missing; sum of such is 0.
//   - price_band: units without a price count nowhere, also not towards the
//     three. The customer is among the compared, and never lower. Without
//     any category it is missing. With fractional quantities the median is
//     the middle of the stretch of prices p at which at least half of the
//     quantity lies at or below p, and at least half at or above.
//   - rfm.recency, rfm.frequency and rfm.monetary are scores, missing without
//     an order; all base fields are missing for anonymous visitors and for
//     customers who do not exist yet.
//   - cadence.overdue counts from the last order's instant, exactly.
//   - age is missing before the birth; without a birth_date it is what was
//     said. A customer's timezone that is none is the shop's.
//   - email_domain is a field like any other: customers records say it.
//   - An order in a currency without a rate of its day is refused.
package plain
