// Package rfm says what recency, frequency and monetary scores mean: how a
// value becomes a score from 1 to 5, and a customer's scores a group. It is
// pure arithmetic; the warehouse counts who has which scores, and Tabulate
// makes the report of it.
//
// Recency is the time from the last order to the instant, not the one of the
// lifetime literature, which runs from the first order to the last.
package rfm
