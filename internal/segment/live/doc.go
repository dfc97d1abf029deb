// Package live keeps memberships of saved segments as facts arrive and time
// passes, and records each transition with its instant and its cause.
//
// An Engine takes what came in, in the order of the log, and holds people,
// their facts (package customer), their answers and the instants at which
// these may change by time alone. It holds everything in memory and writes
// nothing: who runs it stores the transitions, and what Flush tells of the
// people who changed.
//
// New makes one for scripts, whose clock is the greatest instant of the facts;
// NewLoose one for a server, whose clock is given. A Tracker gives events that
// were tracked their meaning. An Engine is for one goroutine.
//
// Of most people nothing is heard for long. They are kept packed (cold.go,
// shelf.go), and opened when something comes or a timer is due.
//
// # The order of things
//
//   - Before a fact with instant t, what time alone changed before t is
//     recorded, for everyone (loosely: for the people it touches; the others'
//     time passes with Tick); then the fact is known and membership is asked
//     at t. What one arrival brings (an order with its lines) is one fact.
//   - A fact from before the clock is late: what time changed up to and with
//     the clock is recorded first, for the people that it touches, and
//     membership is asked at the clock.
//   - Asking records nothing.
//   - A person of whom nothing with an instant is known is in or out without a
//     recorded transition. With the first instant, the answers are compared
//     with those before it.
//   - A segment that reads transitions of another is asked after it.
//
// # Decisions
//
//   - When two known customers turn out to be one, the one whose key came
//     later leaves all segments, with cause merge, and the other is asked
//     with the facts of both. Recorded transitions stay whose they are: what
//     the other entered and left is not read by "entered" and "left".
//   - What has no instant of its own (a first value of a customer, a product
//     from always) is applied at the clock, like a late fact.
package live
