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
// How files are read, where a shop may wonder:
//   - Headers are compared without case, spaces and signs; synonyms count when
//     the field's own name is not there. Other columns of customers become
//     traits, of events properties; a JSON null empties a customer's field, a
//     blank cell says nothing.
//   - A file without a header, and any other, is mapped by column number too.
//     Orders without an order_id are taken only when columns are mapped: then
//     each row is an order, its id made of customer, day and line.
//   - A column writes its dates in one form, and so its numbers: the one that
//     most values have; what does not follow it is refused. Where no value
//     says whether day or month comes first, the shop's country decides, and
//     the report says so. 1,234 is a thousand, and 1.234 is not, unless other
//     columns write a decimal comma.
//   - A value that cannot be read refuses its row. A number that does not fit,
//     and an e-mail or phone that is none, are missing, with a warning that
//     shows the first; so is NaN in Parquet, without one. 1e3, NaN, inf and 0x10 as texts are no numbers.
//   - A number in the properties or traits of an event that a binary
//     computation made (3.3000000000000003) is rounded to six decimals.
//   - Instants before 1900 are refused. A local time that a zone skips is the
//     end of the gap, a repeated one its first pass. 0000-00-00 is blank.
//   - Countries stay as they are written, but for two letters, which become
//     capitals: a shop asks for what its files say.
//   - A row of an order without an instant takes that of the order's first row.
//   - With a refused row, all rows of its order in the same file are refused:
//     stored without a line, the order would be known with other content, and
//     the corrected file come too late. A row whose order id cannot be read
//     (it is blank, or the row cannot be taken apart) is tied to no other.
//   - An id, an e-mail, a phone or an event's name with a control character
//     refuses its row, and so does a list or an object of JSON as an id, a name
//     or a message id over 200 characters, and bytes in a column of Parquet that
//     are no text.
//   - A negative refunded is refused. So is a negative total, but in a row that
//     is a return and in online-retail; and a rate of the shop's own currency.
//   - A text file is UTF-8, UTF-16 or else Windows-1252; a zero byte makes it
//     no text. Rows over 1 MiB, with another number of cells than the header,
//     or with a quote left open are refused, each alone.
//
// What always holds:
//   - a file that cannot be read to its end brings nothing;
//   - memory does not grow with the file, nor with its longest line;
//   - a record is one row of a file, in the file's order;
//   - no name or value out of a file is part of SQL, but for the columns of
//     Parquet files and the names of traits, which are quoted.
package intake
