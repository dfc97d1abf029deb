// Package simulate makes a demo shop: a catalogue, customers with known
// habits, what they bought and did in the last years, and, beside the data,
// the truth about every one of them, so that the answers of segments, scores
// and recommenders can be checked against it.
//
// Write is the only entry. It fills these files, in the generic import
// formats of the command line:
//
//	products.csv   one row per version of a product (price and stock in time)
//	rates.csv      one row per day and foreign currency
//	customers.csv  one row per version of a customer (some change consent)
//	orders.csv     one row per order line; refunds are rows with a negative
//	               quantity, or the column refunded
//	events.jsonl   one event per line: visits, carts, favourites, forms, and
//	               events that mean facts (tickets, messages, coupons, points)
//	truth.jsonl    one line per person: the habits they were made with
//	shop.json      the settings, the seed, the counts, and what holds between
//	               products (complements, ladders, days a product lasts)
//
// It is not a model of a real shop, and nothing is fitted here. It reads no
// clock, no environment and no files: the caller says what "now" is
// (Config.End), and opens the files. The demo command and the tests of other
// packages call it.
//
// What always holds:
//
//   - The same Config gives the same bytes, on one kind of processor: others
//     may round a logarithm differently.
//   - Everybody is drawn from their own random stream, made of the seed and
//     their number: a customer is the same in a shop of a thousand and of a
//     million. Events have a stream of their own, so that asking for more of
//     them changes no order.
//   - Nothing happens after Config.End, and nothing to a customer before
//     created_at, except visits of a browser not yet known to be theirs.
//   - Rows are written person by person, in time order within each person.
//     They are not in time order over the file: that would need the whole
//     shop in memory, and memory is bounded by the catalogue and one person.
//   - E-mail addresses are under example.com, .org and .net, and phone
//     numbers under prefixes that belong to nobody; both are unique.
//   - Nobody orders after the dropout_at of their truth.
//   - Stock is a story of its own: it does not fall by the units sold.
package simulate
