// Package duck opens DuckDB with its limits: memory, threads, where it may
// spill, and which folders it may touch. The warehouse, the archive and the
// reading of import files use it; nothing else does.
//
// It holds no schema and knows nothing of the shop.
//
// What always holds: no instance loads or fetches an extension, none sees a
// file outside Config.AllowedDirs, and no statement can change that after
// Open. Names and values that cannot be bound go through Ident and Literal.
//
// Scan reads large results by columns, as DuckDB has them, of any connection of
// its driver. It is the only code that looks into DuckDB's memory.
package duck
