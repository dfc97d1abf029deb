package warehouse

import (
	"context"
	"time"

	"kith/internal/commerce"
)

// Batch is one import, or one batch of events: the records that one entry of
// the log brings. Its records are in Files, in Rows or in Entries.
type Batch struct {
	Seq  int64
	Kind commerce.Kind
	Hash string    // of what was imported; "" for what cannot come again
	At   time.Time // of the import: a change without an instant is from then

	Files []string // Parquet files of the archive, in order
	Rows  []Row    // for tests and small batches
	// Entries are consecutive entries of the log that hold events, whose instants
	// are less than commerce.RepeatWindow apart. Seq is that of the last one.
	Entries []EventEntry

	// BeforeCommit runs when all is ready and before it is committed: the
	// place to append to the log. If it fails nothing was changed. It may be
	// told a result that is final.
	BeforeCommit func(context.Context, Result) error

	whole bool      // not in slices
	late  []Refusal // events that were refused when the batch was taken before
}

// Row is one record: values by the names of commerce.Records. A missing or
// nil value and an empty text are NULL. Numbers are decimal texts, ints or Micros; instants and
// dates are time.Time or RFC 3339 texts (dates YYYY-MM-DD); lists []string;
// fields []Field. "pos" is the row's index if it is missing, "line" one more,
// "file" 0.
type Row map[string]any

// Micros is a decimal in millionths: 1.5 is 1_500_000.
type Micros int64

// Field is one field of a customer. An empty Value empties the field.
type Field struct{ Name, Value string }

// Result says what a batch contained and what it changed. The counts of
// customers, orders, items and refunds are of what the batch contained and
// was taken, whether it was new or not: importing a file twice tells the same
// twice, the second time with Unchanged equal to Accepted.
type Result struct {
	Rows      int64
	Accepted  int64
	Refused   int64
	Unchanged int64 // accepted rows that changed nothing: all was known

	Customers int64 // known persons that the rows are about
	Orders    int64
	Items     int64
	Refunds   int64

	Refusals []Refusal // in order of place
	// Repeats counts the events that were dropped for their message id.
	Repeats int64
	// Conflicts are the events of Entries that were not taken because another
	// one with their message id was, which says something else: their places
	// among all of them, in order. They are among Repeats.
	Conflicts []int64

	// Touched are the persons whose facts, or what follows from them, may be
	// others now: person_key.customer as it is and, of those that were joined,
	// as it was; known ones above zero, anonymous ones below; sorted. nil means
	// everyone. What products and rates change of persons is not among it.
	Touched []int64
}

// Refusal is a record that could not be taken because of what is known
// already, or of what its own import says elsewhere.
type Refusal struct {
	File   int
	Line   int64
	Pos    int64
	Column string
	Reason string
}
