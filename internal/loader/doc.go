// Package loader brings what is accepted into the log, and what is in the log
// into the stores. It is the only writer of both.
//
// # An import
//
//  1. intake reads the files into records in the archive's staging directory;
//  2. the same content again: nothing changes, and the first answer is given;
//  3. the warehouse is brought to the log's end, and the import holds the next
//     number;
//  4. the warehouse loads the records in a transaction;
//  5. before it commits: the reach is noted, the records move into the
//     archive, and the entry is appended to the log: from here on it happened,
//     and the number is let go of;
//  6. the warehouse commits.
//
// A failure before the append leaves the folder as it was. After the append
// the import is safe: if the commit fails, or the process ends, the log is
// ahead of the warehouse, and the next change or the next opening of the folder
// loads the records from the archive. Applying is idempotent, because every
// store keeps the number of the last entry together with what it wrote.
//
// Before anything is appended, before catching up and before a rebuild, the log
// is compared with what the stores and the reach know to have been in it. One
// that lost records changes nothing: the stores may be all that is left.
//
// Everything else that answers depend on (a saved segment, a scoring run)
// is appended, and takes effect after all that stands before it.
//
// # Events
//
// AppendEvents makes a batch of events durable and returns. The warehouse
// follows: Advance, and whatever else changes it, applies the log strictly in
// order. A load costs about as much for one event as for thousands, so that
// consecutive entries of events are one load. How they are grouped depends on
// when Advance was called, and a rebuild groups them otherwise: the warehouse
// answers alike.
//
// The reach is not noted for each batch, which would cost several syncs. The
// first one of a process notes that there may be later events; Close notes how
// far they came. After a crash the next opening of the folder therefore looks
// into the log, from where the warehouse is. Everything else is noted before
// it is appended, as ever. What is known to have been in the log is thereby
// less by the events that no store had applied: if the log loses them in a
// crash, as no disk should, nobody can tell.
//
// What of the events has no effect is kept (Config.Letters) before the warehouse
// commits, so that a crash loses none of it. A load spans less than the time for
// which message ids are remembered (commerce.RepeatWindow).
//
// # Who waits for whom
//
// Changes of the stores (imports, runs, definitions, Advance, CatchUp, Rebuild)
// are made one after the other, and so are appends; there is a lock for each,
// and they are taken in that order. AppendEvents takes only the second, so that
// no run, rebuild or question keeps it waiting. Two limits remain:
//
//   - An import holds its number from when its load begins until the entry is
//     appended, and AppendEvents waits for that long: well under a second for
//     a small file, as long as the load takes for a large one. Records are
//     loaded, and refused, with the number that they have for ever.
//   - To load the last events before an import, the lock is held too.
//
// Files are read before all that, under neither lock.
//
// # Followers
//
// Whoever keeps answers of their own follows the log through Read. They are
// told of each append (Appended) and of the customers that an import touched
// (Loaded), and the warehouse waits for them (Before): it is never ahead of
// them by more than the one import or run that is taking effect. They must not
// need the warehouse to go on, except for that one.
package loader
