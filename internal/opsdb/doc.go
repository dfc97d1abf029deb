// Package opsdb is the operations store: saved segments, who is in them, who
// entered and left them, and the settings that Kith keeps for itself, in one
// SQLite file. It is the truth for its own content; changes that answers depend
// on reach it through the log and are kept together with the number of their
// entry, in one transaction.
//
// What always holds: a write is on the disk when the method returns
// (synchronous=FULL); deleted content is overwritten (secure_delete); one
// exported method is one transaction, but for Transitions, which reads what is
// never rewritten. Memberships are read beside the writer: no reader waits for
// a commit, and no commit for a reader.
//
// The package opsdbtest says what any engine behind these methods must do.
package opsdb
