// Package script reads the script files that say what segments mean: a shop,
// facts in the order of their arrival, and what is expected of the segments
// in between. It turns the facts into the records that an import would bring
// (see Arrivals) and runs the expectations against anything that can load
// records and answer segments (see Run).
//
// It is pure: no files, no clock, no storage. The command line runs scripts
// on both back ends with it; the tests of the segment language run them on
// the plain evaluator and on SQL.
//
// # The form
//
// A file holds shops, divided by lines of three dashes. A line is one of
//
//	shop timezone=ZONE currency=CODE country=CC reward_points=N shipping_step=TEXT language=TAG
//	segment ID = TEXT
//	customer WHO k=v …
//	product NAME k=v …
//	rate DATE CODE N
//	at T WHO order id=… total=… item=PRODUCT*QUANTITY@PRICE …
//	at T WHO refund|cancel|ticket|message|coupon|points k=v …
//	at T WHO traits k=v …
//	at T WHO EVENT k=v …
//	at T - product NAME k=v …
//	expect T ID = MEMBERS
//	asof T ID = MEMBERS
//	transitions ID CUSTOMER = entered T, left T …
//	invalid TEXT = LINE:COLUMN
//
// # What goes beyond the language's own page
//
//   - WHO is a customer's id, "-" for nobody, or a key with its kind in
//     front: anon:KEY, email:KEY, phone:KEY. Every line with a WHO takes
//     email= and phone=, and event lines take anonymous_id=: further keys of
//     the same person. So "at T ana product_viewed anonymous_id=a1" joins the
//     visitor a1 with ana, whatever came before.
//   - An event line takes message_id=, the id under which it is known when it
//     comes again.
//   - "item.FIELD=" after an item says what the order line carries itself:
//     sku, name, category, brand, discount.
//   - "rate DATE CODE N" is what one unit of a currency is in the shop's on
//     that day.
//
// # Decisions
//
//   - "#" starts a comment at the start of a line or after a space, outside
//     quotes. A segment's text keeps its comments, which are the language's.
//   - Values are unquoted or wholly in double quotes, with the escapes \" and
//     \\. An unquoted number, true or false of an event is a JSON number or
//     boolean; everything else, and everything in quotes, is a text. The key
//     tags takes a list with commas, in quotes too.
//   - Members are divided by commas or spaces, in any order.
//   - A number of a known column that is none is an error of the script. One
//     that is too long does not fit, and is missing.
//   - An email on a customer or traits line also says email_domain.
//   - An order without id has its place of arrival for one.
//   - A key that a line does not know is an error, but on the lines of
//     tracked events.
package script
