// Package folder is a shop's folder on the disk: its settings file, the lock
// that says who owns it, and the note of how far its log reaches.
//
//	kith.yaml        the shop's settings
//	kith.lock        who owns the folder: process, and a server's address and token
//	reach.json       how far the log reaches for each store
//	log/             the event log (package stream)
//	archive/         what imports brought (package archive)
//	operations.db    saved segments and Kith's own settings (package opsdb)
//	warehouse.db     facts as columns (package warehouse)
//	rejects/         rows that imports in the browser refused (package api)
//
// DuckDB and SQLite have one writing process, so one process owns a folder at
// a time. The lock is the operating system's (flock): it ends with the process
// however that ends, so that a file that was left behind locks nothing.
//
// The reach says, for each kind of log entry, the number of the last one. It
// is written, durably, before the entry is appended. A command that only reads
// compares it with what each store has applied and, where nothing is missing,
// need not open the log at all. The comparison also finds a warehouse that
// lost its latest rows without noticing. A reach that a crash left too high
// costs one look into the log; one that is missing or cannot be read, too.
// While a process takes events, which are too many to be noted one by one, it
// says how far the log reaches at least; a crash leaves it so, at the same cost.
package folder
