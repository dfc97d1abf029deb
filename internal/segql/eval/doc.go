// Package eval answers segments for one customer at one instant, and says
// when the answer may next change if nothing happens. It is the live half of
// the language; package sqlgen is the other, and both give the same answer
// for every customer, segment and instant.
//
// A Program is compiled from checked segments. It is asked about a Customer,
// which is any holder of one person's facts and fields; package customer has
// one. The package is pure: it reads no clock and holds no state but what it
// compiled.
//
// # Facts
//
// A Customer gives all facts of a kind up to the instant that is asked about,
// in the language's order. What the evaluator works out of them for a Matcher
// (facts with a filter, shared by all segments that write it the same) it
// keeps in the customer's Memo, until the customer says that facts of the
// kind changed. A fact that comes after all others is added: sums, days,
// different values and extremes go on from where they were. An instant that is asked about is never earlier than the one
// asked about before, unless the Memo is emptied.
//
// # The next change
//
// Next is never later than the first change of the answer, and later than the
// instant asked about. It may be earlier: then asking again gives the same
// answer and a later instant. Where an answer follows a quantity that grows
// all the time (cadence.overdue, a difference with "3 days ago"), the instant
// is found by halving between an instant before and one after it.
package eval
