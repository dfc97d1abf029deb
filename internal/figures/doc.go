// Package figures says what the overview shows of a shop: orders, revenue,
// buyers, by month and by group of RFM, which segments moved, and what needs
// attention. docs/figures.md defines each figure in a user's words.
//
// It is arithmetic and shapes: the warehouse counts, package api keeps what was
// counted and asks again when facts changed. It reads no clock and no store.
package figures
