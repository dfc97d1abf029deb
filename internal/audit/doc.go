// Package audit is the record of who did what: one entry for each log-in,
// change, import, run and export, in one chain. An entry's hash is made of the
// entry and of the hash before it, so that one that was altered, removed or put
// in breaks the chain at its place.
//
// Whoever changes something calls Log.Record, or hands a Note to the store
// together with the change, so that both are one transaction. The store
// (package opsdb) keeps entries and refuses to alter or delete them.
//
// What always holds: an entry is one line whatever is in a name; numbers count
// from 1 without gaps; the texts of an entry are bounded.
//
// It is not a log for debugging, and not the event log of the shop. Whoever can
// write the file and knows this package can make the whole chain anew: note its
// last number and hash elsewhere to find that out.
package audit
