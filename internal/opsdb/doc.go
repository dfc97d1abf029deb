// Package opsdb is the operations store: saved segments and the settings that
// Kith keeps for itself, in one SQLite file. It is the truth for its own
// content; changes that answers depend on reach it through the log and are
// kept together with the number of their entry, in one transaction.
//
// What always holds: a write is on the disk when the method returns
// (synchronous=FULL); deleted content is overwritten (secure_delete); one
// exported method is one transaction.
//
// The package opsdbtest says what any engine behind these methods must do.
package opsdb
