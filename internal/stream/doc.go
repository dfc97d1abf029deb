// Package stream is the event log: what was accepted, in one total order.
// It has three calls (Append, Read and PurgeTo) and says how far it reaches.
// NATS JetStream stands behind them, in process and without a listener.
//
// What always holds:
//   - an entry is on the disk when Append returns;
//   - sequence numbers count from 1 without gaps, and every record carries its
//     own number and CRC-32C, so that nothing depends on what the file store
//     noticed: a record that is damaged, moved or gone is reported with its
//     sequence range and never skipped in silence, and later ones are still read;
//   - after a write whose outcome is not known the log takes no more entries
//     until it is opened again, so that nothing is acknowledged on a guess.
//
// One limit of the file store is known. After a crash it reads the records it
// has no index for once more, and cuts a block file off at the first damaged
// one. Read reports what is gone only up to the end that is left, so whoever
// applied more than LastSeq must compare (the loader does).
//
// What was appended last stays in memory, up to 16 MB: whoever follows the log
// reads it without a word with the server.
//
// An entry's body is kept as it was given and not looked at: appending a batch
// of 200 events (128 KB) and reading it again takes 1.4 ms. Records that hold
// the entry as JSON, of the first version, are still read.
//
// Opening takes about 20 ms. The loader uses it to import, to take events, to
// rebuild and to catch up; a command that only reads does not need it (see package folder).
package stream
