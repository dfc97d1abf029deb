package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"kith/internal/commerce"
	"kith/internal/duck"
)

// Sketch is a file as it stands, for whoever says what its columns are.
type Sketch struct {
	File    string
	Form    Form
	Columns []SketchColumn
}

// SketchColumn is a column of a file.
type SketchColumn struct {
	Name    string   // its header; its number in a file without one
	Number  int      // from 1
	Fields  []string // that are read from it
	Samples []string // different values of the first rows that are not blank
}

const (
	sketchRows    = 200
	sketchSamples = 5
	// maxSample and maxPreviewedRow are how much is shown of a value and of a
	// row, in bytes.
	maxSample       = 100
	maxPreviewedRow = 500
)

// cut shortens a text to so many bytes, between characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}

// sketches looks at the beginning of each file.
func (r *reader) sketches() ([]Sketch, error) {
	list := make([]Sketch, len(r.cfg.Files))
	for i := range r.cfg.Files {
		sketch, err := r.sketch(i)
		if err != nil {
			return nil, err
		}
		list[i] = *sketch
	}
	return list, nil
}

func (r *reader) sketch(number int) (_ *Sketch, err error) {
	name, path := r.cfg.name(number), r.cfg.Files[number]
	src, err := openSource(r.ctx, name, path, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	s := &Sketch{File: name, Form: Form{Gzip: src.gzip}}
	if src.isParquet() {
		err = r.sketchParquet(s, number)
	} else {
		err = r.sketchText(s, src)
	}
	if err != nil {
		return nil, src.explain(err)
	}
	r.sketchFields(s)
	return s, nil
}

// sketchFields says which fields are read from which column; a mapping that
// is not complete says some.
func (r *reader) sketchFields(s *Sketch) {
	headers := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		headers[i] = c.Name
	}
	m, _ := resolve(&r.cfg, headers, s.Form.Header) // that it is not complete was said
	for _, f := range fields(r.cfg.Kind) {
		for _, i := range m.fields[f.name] {
			s.Columns[i].Fields = append(s.Columns[i].Fields, f.name)
		}
	}
	for _, e := range m.traits {
		s.Columns[e.column].Fields = append(s.Columns[e.column].Fields, traitPrefix+e.name)
	}
	for _, e := range m.props {
		s.Columns[e.column].Fields = append(s.Columns[e.column].Fields, propertyPrefix+e.name)
	}
}

func (s *Sketch) add(name string) *SketchColumn {
	s.Columns = append(s.Columns, SketchColumn{Name: name, Number: len(s.Columns) + 1})
	return &s.Columns[len(s.Columns)-1]
}

func (c *SketchColumn) see(value string) {
	value = cut(value, maxSample)
	if value != "" && len(c.Samples) < sketchSamples && !slices.Contains(c.Samples, value) {
		c.Samples = append(c.Samples, value)
	}
}

// sketchText looks at a text file as reader.text does.
func (r *reader) sketchText(s *Sketch, src *source) error {
	head, err := src.reader.Peek(1024)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	s.Form.Encoding = encodingOf(head)
	rows := newRowReader(decoded(src.reader, s.Form.Encoding))
	sample, err := rows.sample()
	if err != nil {
		return err
	}
	if first := bytes.TrimLeft(sample, spaces); len(first) > 0 && first[0] == '{' {
		rows.dialect = dialect{newline: '\n', whole: true}
		s.Form.Type, s.Form.Header = "json", true
		return sketchRowsOf(rows, s.takeObject)
	}
	d := sniff(sample, r.cfg.Kind, r.cfg.Format, r.cfg.Map)
	rows.dialect = d
	s.Form.Type, s.Form.Delimiter = "csv", d.name()
	if d.quote != 0 {
		s.Form.Quote = string(d.quote)
	}
	known := knownHeaders(r.cfg.Kind, r.cfg.Format, r.cfg.Map)
	return sketchRowsOf(rows, func(row textRow) { s.takeCells(row.cells, known) })
}

func sketchRowsOf(rows *rowReader, take func(textRow)) error {
	for range sketchRows {
		row, err := rows.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case row.problem == "":
			take(row)
		}
	}
	return nil
}

// takeCells takes a row: the first makes the columns.
func (s *Sketch) takeCells(cells [][]byte, known map[string]bool) {
	if len(s.Columns) == 0 {
		s.Form.Header = isHeader(cells, known)
		for i, cell := range cells {
			name := fmt.Sprint(i + 1)
			if s.Form.Header {
				name = s.textOf(cell)
			}
			s.add(name)
		}
		if s.Form.Header {
			return
		}
	}
	for i, cell := range cells[:min(len(cells), len(s.Columns))] {
		s.Columns[i].see(s.textOf(cell))
	}
}

// textOf is a cell as text. A file that seemed to be UTF-8 may turn out not to
// be.
func (s *Sketch) textOf(cell []byte) string {
	cell = trimmed(cell)
	if !utf8.Valid(cell) {
		s.Form.Encoding = windows1252
		if text, err := charmap.Windows1252.NewDecoder().Bytes(cell); err == nil {
			cell = text
		}
	}
	return string(cell)
}

func (s *Sketch) takeObject(row textRow) {
	// A line that is no object is refused by the reading.
	_ = eachMember(row.raw, func(name []byte, value jsonValue) error {
		i := slices.IndexFunc(s.Columns, func(c SketchColumn) bool { return c.Name == string(name) })
		switch {
		case i >= 0:
		case len(s.Columns) == maxColumns:
			return nil
		default:
			i = len(s.Columns)
			s.add(string(name))
		}
		if !value.isNull() {
			s.Columns[i].see(string(value.text()))
		}
		return nil
	})
}

// sketchParquet asks DuckDB, which the reading has shown the file to.
func (r *reader) sketchParquet(s *Sketch, number int) error {
	s.Form.Type, s.Form.Header = "parquet", true
	path := filepath.Join(r.temp, fmt.Sprintf("source-%d.parquet", number))
	if _, err := os.Lstat(path); err != nil { // an earlier file ended the reading
		if _, err := r.table(number); err != nil && !errors.As(err, new(*ColumnsError)) {
			return err
		}
	}
	from := " FROM read_parquet(" + duck.Literal(path) + ")"
	var texts string
	err := r.each("DESCRIBE SELECT *"+from, 6, func(row []string) error {
		s.add(row[0])
		texts += "TRY_CAST(" + duck.Ident(row[0]) + " AS VARCHAR), "
		return nil
	})
	if err != nil {
		return err
	}
	return r.each(fmt.Sprintf("SELECT %s%s LIMIT %d", texts, from, sketchRows), len(s.Columns), func(row []string) error {
		for i, value := range row {
			s.Columns[i].see(value)
		}
		return nil
	})
}

// Field is something that a kind's files can say.
type Field struct {
	Name string
	Type string // text, id, number, instant, date, email, phone, country, currency, status, yes_no, tags or json
}

// Fields are what a kind's files can say, the groups of which one must be
// there, and the prefix under which every other column is one too, or "".
func Fields(kind commerce.Kind, mapped bool) (list []Field, needs [][]string, prefix string) {
	for _, f := range fields(kind) {
		list = append(list, Field{f.name, roleNames[f.role]})
	}
	c := Config{Kind: kind}
	if mapped {
		c.Map = map[string]string{"": ""}
	}
	switch kind {
	case commerce.Customers:
		prefix = traitPrefix
	case commerce.Events:
		prefix = propertyPrefix
	default:
	}
	return list, needed(&c), prefix
}

var roleNames = map[role]string{
	roleText: "text", roleID: "id", roleName: "text", roleNumber: "number", rolePrice: "number", roleInstant: "instant", roleDate: "date",
	roleEmail: "email", rolePhone: "phone", roleCountry: "country", roleCurrency: "currency", roleStatus: "status", roleYesNo: "yes_no",
	roleTags: "tags", roleJSON: "json",
}
