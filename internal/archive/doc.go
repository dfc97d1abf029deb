// Package archive keeps what imports brought, as Parquet files by month of
// arrival: DIR/<yyyy-mm>/<sequence>-<n>.parquet. Together with the log it is
// the truth; the warehouse is made from it.
//
// Files are written in a staging directory first. Place gives them the number
// of their log entry, makes them durable (files and directories) and moves
// them into place; nobody changes them after that, except erasure.
//
// What always holds: a file whose number the log has reached is whole. A file
// beyond the log's end belongs to an import that never happened, and
// RemoveAfter takes it away. Whatever is in the staging directory when the
// archive is opened was left by a crash, and is removed; only the process
// that owns the folder may therefore open it.
package archive
