// Package opsdb is the operations store: saved segments, who is in them, who
// entered and left them, webhooks, users with their sessions and keys, the audit
// log, and the settings that Kith keeps for itself, in one SQLite file. It is the truth for its own content; changes that answers depend
// on reach it through the log and are kept together with the number of their
// entry, in one transaction.
//
// How everyone stands is a million standings that change at once when a segment
// is defined: they are written as blocks. A standing that changes alone is a row
// that comes before what its block says.
//
// What always holds: a write is on the disk when the method returns
// (synchronous=FULL); deleted content is overwritten (secure_delete), but
// for a standing in a block, which stays until everyone is written again; one
// exported method is one transaction, but for Transitions, which reads what is
// never rewritten. Memberships are read beside the writer: no reader waits for
// a commit, and no commit for a reader.
//
// The package opsdbtest says what any engine behind these methods must do.
package opsdb
