// Package insight says what sets a segment apart: what its members are worth,
// what they buy that others do not, which other segments hold the same
// customers, and whether it is large enough to matter and to be tested.
//
// It is pure: it counts and compares what the warehouse measured. Shares are
// of known customers who exist at the instant asked about, as everywhere in
// the language; "the shop" is all of them together.
//
// What always holds: a number that does not exist is nil, never 0 or infinity;
// lists are in an order that ties do not change; a lift is shown only where
// enough members bought.
package insight
