// Package intake turns what comes in into records: a shop's files into
// Parquet files with exactly the columns of commerce.Records, and the rows
// that cannot be used into lines that say why.
//
// It knows no customers, no earlier imports and no rates: what needs those is
// refused later, by the loader. The command line and the API call Read and
// Preview.
//
// A text file is read once. That pass finds out its form (encoding,
// delimiter, how it writes dates and numbers), looks at every value of the
// columns that have a form, and writes the used cells to a plain temporary
// file that DuckDB reads at full speed. A Parquet file is a view. Both end in
// the same SQL, which types the columns, says what is wrong with a row, and
// writes the records.
//
// What always holds:
//   - a file that cannot be read to its end brings nothing;
//   - memory does not grow with the file, nor with its longest line;
//   - a record is one row of a file, in the file's order;
//   - no name or value out of a file is part of SQL, but for the columns of
//     Parquet files and the names of traits, which are quoted.
package intake
