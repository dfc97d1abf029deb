// Package sqlgen compiles checked segments to SQL over the warehouse: one
// statement with bound arguments for a whole segment, or for many at once.
//
// It is pure. It knows the warehouse's tables by name (warehouse/schema.sql)
// and opens none; whoever runs a statement says in Options when and for which
// shop it is asked. Its SQL is DuckDB's.
//
// # The plan
//
// Every fact table that a segment looks at is scanned once (scan.go): rows are
// limited to what any part of the segment can see (the earliest window's
// start, the events named, a filter that all share), grouped by customer, and
// each part becomes one aggregate column, a slot, with its own FILTER where it
// sees fewer rows than the scan. Existence is asked of the greatest instant,
// so that "in last 30 days" and "in last 90 days" are one aggregate. Scans
// that join something to each row, or that start at another fact
// ("since last visit"), stand alone. Customer fields, base fields,
// percentiles, sequences and transitions are subqueries of their own.
//
// The subqueries are joined by customer (source.go). If the segment cannot
// hold for a customer without a row in one of them, that one is read first and
// the table of customers is not read at all: "has order in last 30 days"
// touches thirty days of orders and nothing else. What a condition is worth
// without a row is carried along with its SQL (cond.without).
//
// # What always holds
//
//   - Values are bound; names come from closed lists in this package.
//   - Logic is two-valued: NULL is false, and "not" is applied after that.
//   - Instants of windows are computed here, with package calendar; SQL
//     compares instants and never asks a calendar, but for comparisons of an
//     instant with a day that only the row knows.
//   - Numbers are exact: DECIMAL with six places; averages and other
//     fractions are compared by multiplying across in 128 bits (value.go,
//     arith.go). Arithmetic that does not fit is missing.
//
// # Decisions
//
//   - Arithmetic is missing when ten times the numerator of the exact
//     fraction, in millionths, does not fit in 128 bits: one digit is needed
//     to round by.
//   - Percentiles of fractions compare to twelve places beyond the sixth. Two
//     averages that differ by less would need more than a million facts each.
//   - JSON numbers in properties are read as DuckDB writes them: 1.50 is the
//     text 1.5.
//   - A base field of a run that lacks it (a percentile of a segment saved
//     after the run) is computed as of T.
package sqlgen
