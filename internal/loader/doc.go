// Package loader brings what is accepted into the log, and what is in the log
// into the stores. It is the only writer of both.
//
// An import takes these steps:
//
//  1. intake reads the files into records in the archive's staging directory;
//  2. the same content again: nothing changes, and the first answer is given;
//  3. the warehouse loads the records in a transaction;
//  4. before it commits: the reach is noted, the records move into the
//     archive, and the entry is appended to the log: from here on it happened;
//  5. the warehouse commits.
//
// A failure before the append leaves the folder as it was. After the append
// the import is safe: if the commit fails, or the process ends, the next
// opening of the folder finds the log ahead of the warehouse and loads the
// records from the archive. Applying is idempotent, because every store keeps
// the number of the last entry together with what it wrote.
//
// Before the first of these steps, before catching up and before a rebuild,
// the log is compared with what the stores and the reach know to have been in
// it. One that lost records changes nothing: the stores may be all that is left.
//
// Everything else that answers depend on (a saved segment, a scoring run)
// goes the same way, without the archive.
package loader
