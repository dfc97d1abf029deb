package intake

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"kith/internal/commerce"
)

// Config says what to read and how. Kind and Files are required, and Out and
// Temp for Read.
type Config struct {
	Kind  commerce.Kind
	Files []string
	// Names are what the files are called where people read of them, if that is
	// not their paths: as many as Files, or none.
	Names  []string
	Format string // generic (the default), shopify, woocommerce, online-retail
	// Map names the column of a field where the header does not: by its
	// header, or by its number from 1. An empty column leaves a field out.
	// "traits.NAME" (customers) and "properties.NAME" (events) are fields.
	Map map[string]string
	// Zone is what times without an offset are read in; nil means UTC.
	Zone *time.Location
	// Currency is what amounts are in where the file does not say; empty
	// leaves the records' currency empty, which means the shop's.
	Currency string
	// ShopCurrency is what rates are in. A rate of that currency itself is
	// refused; empty refuses none.
	ShopCurrency string
	// Country, two letters, is the shop's: phone numbers without a country
	// are read as numbers of the row's country, else of this one. It also
	// decides between 3/4 as April and as March where the file does not.
	Country string
	// Rows is how many rows of each file a preview looks at; 0 means all.
	Rows int64
	// Out is the folder for the records' files. It must exist.
	Out string
	// Temp is a folder for files of the reading itself; they are removed.
	Temp string
	// Rejects takes a line for each refused row. Nil drops them.
	Rejects io.Writer
	// Progress is told, now and then, how much of the files is read.
	Progress func(Progress)

	MemoryLimit int64 // bytes; 0 means 1 GiB
	Threads     int   // 0 means one for each processor
}

// Progress is how far a reading is. Bytes are those on disk.
type Progress struct {
	Bytes, Total int64
	Rows         int64
}

// Report is what a reading found and made.
type Report struct {
	Kind     commerce.Kind `json:"kind"`
	Files    []FileReport  `json:"files"`
	Rows     int64         `json:"rows"`
	Accepted int64         `json:"accepted"`
	Refused  int64         `json:"refused"`
	// Hash is the SHA-256 of the files' contents and of all that their
	// reading depends on: equal hashes mean equal records. Empty where only a
	// beginning was read.
	Hash string `json:"hash"`
	// From and To are the least and the greatest instant of the records;
	// zero where no record has one.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Ordered says that no record is earlier than the one before it, over
	// all files.
	Ordered bool `json:"ordered"`
}

// FileReport is what was found out about one file.
type FileReport struct {
	File     string    `json:"file"`
	Form     Form      `json:"form"`
	Columns  []Mapped  `json:"columns"`           // field by field
	Ignored  []string  `json:"ignored,omitempty"` // columns that become nothing
	Warnings []Warning `json:"warnings,omitempty"`
	Notes    []string  `json:"notes,omitempty"` // decisions a person may want to check
	Rows     int64     `json:"rows"`
	Accepted int64     `json:"accepted"`
	Refused  int64     `json:"refused"`
	Records  string    `json:"records,omitempty"` // path of the Parquet file; empty without records
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
	Ordered  bool      `json:"ordered"`
}

// Form is how a file is written.
type Form struct {
	Type      string `json:"type"` // csv, json, parquet
	Gzip      bool   `json:"gzip"`
	Encoding  string `json:"encoding,omitempty"`  // utf-8, utf-16le, utf-16be, windows-1252
	Delimiter string `json:"delimiter,omitempty"` // "," ";" "tab" "|" "spaces"
	Quote     string `json:"quote,omitempty"`     // `"` or `'`
	Header    bool   `json:"header"`
}

// Mapped is one field and the column it is read from.
type Mapped struct {
	Field  string `json:"field"`
	Column string `json:"column"`
	Form   string `json:"form,omitempty"` // how its dates or numbers are written
	Found  Found  `json:"found"`
}

// Found says why a field is read from a column.
type Found string

// Why a field is read from a column.
const (
	FoundMap     Found = "map"     // Config.Map says so
	FoundName    Found = "name"    // the column is called as the field
	FoundSynonym Found = "synonym" // it has another name that is known
	FoundFormat  Found = "format"  // the format says so
	FoundRest    Found = "rest"    // no field takes it: a trait or a property
)

// Warning is something that was read as missing.
type Warning struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
	Rows   int64  `json:"rows"`
	Line   int64  `json:"line"`  // of the first of them
	Value  string `json:"value"` // what stands there, or its beginning
}

// RefusedRow is a row that cannot be used, and why.
type RefusedRow struct {
	File   string `json:"file"`
	Line   int64  `json:"line"`
	Column string `json:"column"`
	Reason string `json:"reason"`
	// Row is the row as it stands in the file, or its beginning; a preview alone
	// has it.
	Row string `json:"row,omitempty"`
}

// String is the row as the rejects file names it.
func (r RefusedRow) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", r.File, r.Line, r.Column, r.Reason)
}

// A UsageError is a mistake in what was asked, not in a file.
type UsageError struct{ text string }

// Error says what is wrong.
func (e *UsageError) Error() string { return e.text }

// A FileError says that a file cannot be used as it is: it is empty, cut off,
// of another kind, or lacks columns. Its text is for whoever has the file.
type FileError struct {
	err  error
	text string // without paths of the reading's own
}

func (e *FileError) Error() string { return e.text }

// Unwrap is what was found.
func (e *FileError) Unwrap() error { return e.err }

func usage(format string, args ...any) error {
	return &UsageError{fmt.Sprintf(format, args...)}
}

// check fills in defaults and refuses what makes no sense.
func (c *Config) check(needOut bool) error {
	switch {
	case len(c.Files) == 0:
		return errors.New("intake: Config.Files is required")
	case len(c.Names) > 0 && len(c.Names) != len(c.Files):
		return errors.New("intake: Config.Names are not as many as Config.Files")
	case c.Temp == "":
		return errors.New("intake: Config.Temp is required")
	case needOut && c.Out == "":
		return errors.New("intake: Config.Out is required")
	case !slices.Contains(commerce.Kinds[:], c.Kind):
		return usage("unknown kind %q: choose one of %s", c.Kind, list(commerce.Kinds[:]))
	}
	c.Format = cmp.Or(c.Format, Generic)
	if !slices.Contains(Formats[:], c.Format) {
		return usage("unknown format %q: choose one of %s", c.Format, list(Formats[:]))
	}
	if c.Format == OnlineRetail && c.Kind != commerce.Orders {
		return usage("format %s is for orders, not for %s", c.Format, c.Kind)
	}
	if c.Currency = strings.ToUpper(strings.TrimSpace(c.Currency)); c.Currency != "" && !isCurrency(c.Currency) {
		return usage("unknown currency %q", c.Currency)
	}
	c.ShopCurrency = strings.ToUpper(strings.TrimSpace(c.ShopCurrency))
	c.Country = strings.ToUpper(strings.TrimSpace(c.Country))
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	for _, field := range slices.Sorted(maps.Keys(c.Map)) {
		if !mappable(c.Kind, field) {
			return usage("--map: %s have no field %q%s: choose one of %s", c.Kind, field,
				nearest(field, fieldNames(c.Kind)), strings.Join(fieldNames(c.Kind), ", "))
		}
	}
	return nil
}

// name is what a file is called.
func (c *Config) name(i int) string {
	if len(c.Names) > 0 {
		return c.Names[i]
	}
	return c.Files[i]
}

func list[T ~string](names []T) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return strings.Join(texts, ", ")
}
