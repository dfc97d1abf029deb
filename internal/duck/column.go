package duck

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Column takes one column of what Scan reads: Ints, Floats, Bools, Instants,
// Decimals, Texts and TextLists. It holds the rows of one part of the result
// at a time, and is to be asked for these only until yield returns.
type Column interface {
	// bind checks that it can take a column of a type.
	bind(mapping.LogicalType) error
	// load takes the column's next rows.
	load(mapping.Vector)
}

// vector is where DuckDB has a column's values: one behind the other, and a
// bit for each that is set where there is a value.
type vector struct {
	data  unsafe.Pointer
	valid unsafe.Pointer // nil: no value is NULL
}

func (v *vector) load(from mapping.Vector) {
	v.data, v.valid = mapping.VectorGetData(from), mapping.VectorGetValidity(from)
}

// Null says that a row has no value.
func (v *vector) Null(row int) bool {
	return v.valid != nil && *at[uint64](v.valid, row/64)&(1<<(row%64)) == 0
}

// at is the place of an element in a column.
func at[T any](data unsafe.Pointer, row int) *T {
	return (*T)(unsafe.Add(data, uintptr(row)*unsafe.Sizeof(*new(T))))
}

var errType = errors.New("the column is of another type")

func bindOnly(t mapping.LogicalType, wanted mapping.Type) error {
	if mapping.GetTypeId(t) != wanted {
		return errType
	}
	return nil
}

// Ints takes whole numbers of up to 64 bits, and days since 1970 of a DATE.
type Ints struct {
	vector
	typ mapping.Type
}

func (c *Ints) bind(t mapping.LogicalType) error {
	c.typ = mapping.GetTypeId(t)
	if c.typ == mapping.TypeDate {
		c.typ = mapping.TypeInteger
	}
	switch c.typ {
	case mapping.TypeTinyInt, mapping.TypeSmallInt, mapping.TypeInteger, mapping.TypeBigInt,
		mapping.TypeUTinyInt, mapping.TypeUSmallInt, mapping.TypeUInteger:
		return nil
	default:
		return errType
	}
}

// At is a row's number; anything where it is NULL.
func (c *Ints) At(row int) int64 {
	switch c.typ {
	case mapping.TypeTinyInt:
		return int64(*at[int8](c.data, row))
	case mapping.TypeSmallInt:
		return int64(*at[int16](c.data, row))
	case mapping.TypeInteger:
		return int64(*at[int32](c.data, row))
	case mapping.TypeUTinyInt:
		return int64(*at[uint8](c.data, row))
	case mapping.TypeUSmallInt:
		return int64(*at[uint16](c.data, row))
	case mapping.TypeUInteger:
		return int64(*at[uint32](c.data, row))
	default:
		return *at[int64](c.data, row)
	}
}

// Floats takes numbers in binary floating point, of either size.
type Floats struct {
	vector
	single bool
}

func (c *Floats) bind(t mapping.LogicalType) error {
	if c.single = mapping.GetTypeId(t) == mapping.TypeFloat; c.single {
		return nil
	}
	return bindOnly(t, mapping.TypeDouble)
}

// At is a row's number; anything where it is NULL.
func (c *Floats) At(row int) float64 {
	if c.single {
		return float64(*at[float32](c.data, row))
	}
	return *at[float64](c.data, row)
}

// Bools takes truth values.
type Bools struct{ vector }

func (*Bools) bind(t mapping.LogicalType) error { return bindOnly(t, mapping.TypeBoolean) }

// At is a row's value; anything where it is NULL.
func (c *Bools) At(row int) bool { return *at[uint8](c.data, row) != 0 }

// Instants takes a TIMESTAMP.
type Instants struct{ vector }

func (*Instants) bind(t mapping.LogicalType) error { return bindOnly(t, mapping.TypeTimestamp) }

// At is a row's instant in microseconds since 1970; anything where it is
// NULL. Infinity and NegativeInfinity are DuckDB's own.
func (c *Instants) At(row int) int64 { return *at[int64](c.data, row) }

// 'infinity' and '-infinity' as Instants gives them.
const (
	Infinity         = 1<<63 - 1
	NegativeInfinity = -Infinity
)

// Decimals takes DECIMAL of up to 18 digits. Wider ones do not fit.
type Decimals struct {
	vector
	typ mapping.Type
	// Scale is how many digits stand after the point. It is known once there
	// are rows.
	Scale int
}

func (c *Decimals) bind(t mapping.LogicalType) error {
	if err := bindOnly(t, mapping.TypeDecimal); err != nil {
		return err
	}
	c.typ, c.Scale = mapping.DecimalInternalType(t), int(mapping.DecimalScale(t))
	if c.typ == mapping.TypeHugeInt {
		return errors.New("a DECIMAL of more than 18 digits")
	}
	return nil
}

// At is a row's number without its point: 150 for 1.50. It is anything where
// the row is NULL.
func (c *Decimals) At(row int) int64 {
	switch c.typ {
	case mapping.TypeSmallInt:
		return int64(*at[int16](c.data, row))
	case mapping.TypeInteger:
		return int64(*at[int32](c.data, row))
	default:
		return *at[int64](c.data, row)
	}
}

// Texts takes VARCHAR.
type Texts struct{ vector }

func (*Texts) bind(t mapping.LogicalType) error { return bindOnly(t, mapping.TypeVarchar) }

// At is a row's text; empty where it is NULL.
func (c *Texts) At(row int) string { return strings.Clone(c.View(row)) }

// View is a row's text where DuckDB has it, empty for NULL. It changes when
// yield returns: what is kept must be a copy.
func (c *Texts) View(row int) string {
	if c.Null(row) {
		return ""
	}
	return at[text](c.data, row).view()
}

// text is a text as DuckDB has it: its length and, if these are few, the
// bytes themselves, else four of them and the place of all. The layout is
// duckdb_string_t's in duckdb.h.
type text struct {
	length uint32
	short  [4]byte
	long   unsafe.Pointer
}

// shortText is how many bytes stand in the text itself.
const shortText = 12

func (t *text) view() string {
	if t.length <= shortText {
		return unsafe.String((*byte)(unsafe.Pointer(&t.short)), int(t.length))
	}
	return unsafe.String((*byte)(t.long), int(t.length))
}

// TextLists takes VARCHAR[].
type TextLists struct {
	vector
	texts Texts
}

func (c *TextLists) bind(t mapping.LogicalType) error {
	if err := bindOnly(t, mapping.TypeList); err != nil {
		return err
	}
	child := mapping.ListTypeChildType(t)
	defer mapping.DestroyLogicalType(&child)
	return c.texts.bind(child)
}

func (c *TextLists) load(from mapping.Vector) {
	c.vector.load(from)
	c.texts.load(mapping.ListVectorGetChild(from))
}

// Len is how many texts a row has; none where it is NULL.
func (c *TextLists) Len(row int) int {
	if c.Null(row) {
		return 0
	}
	return int(at[span](c.data, row).length)
}

// View is one of a row's texts, as Texts.View gives it.
func (c *TextLists) View(row, i int) string {
	return c.texts.View(int(at[span](c.data, row).offset) + i)
}

// span is where a list's texts are among all.
type span struct{ offset, length uint64 }

// At is a row's list; nil where it is NULL. A text that is NULL is empty.
func (c *TextLists) At(row int) []string {
	if c.Null(row) {
		return nil
	}
	list := make([]string, c.Len(row))
	for i := range list {
		list[i] = strings.Clone(c.View(row, i))
	}
	return list
}

// loadAll gives each column its next rows.
func loadAll(chunk mapping.DataChunk, columns []Column) {
	for i, c := range columns {
		c.load(mapping.DataChunkGetVector(chunk, mapping.IdxT(i)))
	}
}

// bindAll checks that the columns are those of a result.
func bindAll(result *mapping.Result, columns []Column) error {
	if n := int(mapping.ColumnCount(result)); n != len(columns) {
		return fmt.Errorf("the query gives %d columns, not %d", n, len(columns))
	}
	for i, c := range columns {
		t := mapping.ColumnLogicalType(result, mapping.IdxT(i))
		err := c.bind(t)
		mapping.DestroyLogicalType(&t)
		if err != nil {
			return fmt.Errorf("reading column %d, %s, as %T: %w", i+1, mapping.ColumnName(result, mapping.IdxT(i)), c, err)
		}
	}
	return nil
}
