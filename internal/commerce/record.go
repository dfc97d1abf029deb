package commerce

// Kind is what an import brings.
type Kind string

// Kinds of imports.
const (
	Orders    Kind = "orders"
	Customers Kind = "customers"
	Products  Kind = "products"
	Events    Kind = "events"
	Rates     Kind = "rates"
)

// Kinds lists all kinds of imports.
var Kinds = [...]Kind{Orders, Customers, Products, Events, Rates}

// Column is one column of a record.
type Column struct {
	Name string
	Type ColumnType
}

// ColumnType is the type of a record's column, by its name in SQL.
type ColumnType string

// Types of columns. Instants are UTC, in whole microseconds.
const (
	TextColumn    ColumnType = "VARCHAR"
	NumberColumn  ColumnType = "DECIMAL(18, 6)"
	InstantColumn ColumnType = "TIMESTAMP"
	DateColumn    ColumnType = "DATE"
	LongColumn    ColumnType = "BIGINT"
	IntColumn     ColumnType = "INTEGER"
	TextsColumn   ColumnType = "VARCHAR[]"
	// FieldsColumn holds what a row says of a customer: a value NULL empties the field.
	FieldsColumn ColumnType = "STRUCT(name VARCHAR, value VARCHAR)[]"
)

// Records returns the columns of a kind's records: what reading a file makes
// of it, what the archive keeps and what the warehouse loads. One record is
// one row of the file that could be used. Texts are trimmed, never empty;
// e-mails and phones are normalised; numbers fit.
func Records(kind Kind) []Column {
	return append(append([]Column{}, place...), records[kind]...)
}

// place is where a record came from: the file's number in the import (from
// 0), the line it starts on (from 1; Parquet: the row), and the record's
// place of arrival in the whole import (from 0, gaps allowed).
var place = []Column{
	{"file", IntColumn},
	{"line", LongColumn},
	{"pos", LongColumn},
}

var records = map[Kind][]Column{
	// One row per order, or one per line. status is in lower case with
	// underscores; NULL where the source has none; "adjustment" never counts.
	// quantity < 0 is a refund line.
	Orders: {
		{"order_id", TextColumn},
		{"customer_id", TextColumn},
		{"email", TextColumn},
		{"phone", TextColumn},
		{"ts", InstantColumn},
		{"status", TextColumn},
		{"currency", TextColumn},
		{"total", NumberColumn},
		{"subtotal", NumberColumn},
		{"discount", NumberColumn},
		{"shipping", NumberColumn},
		{"tax", NumberColumn},
		{"coupon", TextColumn},
		{"channel", TextColumn},
		{"country", TextColumn},
		{"city", TextColumn},
		{"cancelled_at", InstantColumn},
		{"refunded", NumberColumn},
		{"product_id", TextColumn},
		{"sku", TextColumn},
		{"product_name", TextColumn},
		{"category", TextColumn},
		{"brand", TextColumn},
		{"quantity", NumberColumn},
		{"unit_price", NumberColumn},
		{"line_discount", NumberColumn},
	},
	// fields holds country, gender, subscribed.email, tags (a JSON array of
	// texts), traits.NAME and so on, under the names of the language.
	Customers: {
		{"customer_id", TextColumn},
		{"email", TextColumn},
		{"phone", TextColumn},
		{"created_at", InstantColumn},
		{"updated_at", InstantColumn},
		{"fields", FieldsColumn},
	},
	Products: {
		{"product_id", TextColumn},
		{"sku", TextColumn},
		{"name", TextColumn},
		{"category", TextColumn},
		{"brand", TextColumn},
		{"collection", TextColumn},
		{"price", NumberColumn},
		{"cost", NumberColumn},
		{"stock", NumberColumn},
		{"stock_at", InstantColumn},
		{"updated_at", InstantColumn},
		{"released_at", InstantColumn},
		{"url", TextColumn},
		{"image_url", TextColumn},
		{"tags", TextsColumn},
	},
	// type is track, page, screen, identify, group or alias. properties and
	// traits are JSON objects, or NULL.
	Events: {
		{"ts", InstantColumn},
		{"type", TextColumn},
		{"event", TextColumn},
		{"customer_id", TextColumn},
		{"email", TextColumn},
		{"phone", TextColumn},
		{"anonymous_id", TextColumn},
		{"message_id", TextColumn},
		{"properties", TextColumn},
		{"traits", TextColumn},
	},
	Rates: {
		{"date", DateColumn},
		{"currency", TextColumn},
		{"rate", NumberColumn},
	},
}
