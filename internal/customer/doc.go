// Package customer holds one person's facts in memory, as they follow from
// what came in: orders with their lines, tracked events, what was said of the
// person, and the shop's catalogue. It is what the live evaluator (package
// eval) looks at.
//
// It is pure, and a cache: everything in it can be made again from the log or
// the warehouse. It decides nothing about whose fact something is, what came
// twice, or when a change is recorded; package live does.
//
// # What always holds
//
//   - A Customer knows what came in, also what lies in the future of the
//     instant it stands at (Stand); facts are those up to that instant.
//     Pending is the next instant at which that makes a difference.
//   - Orders stay packed, and facts of them are columns that say where each
//     lies: a customer may have very many. Who has few gains as well: a total is
//     read without the lines.
//   - Facts of a kind are worked out when they are asked for, and kept until
//     something comes in that may change them. What comes after all others is
//     added to them.
//   - The rules are those of the language's page, "Facts" and "Small print",
//     and of the decisions in the plain evaluator's doc, which tests compare
//     with.
package customer
