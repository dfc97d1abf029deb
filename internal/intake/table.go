package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// maxColumns is how many columns a file may have.
const maxColumns = 1000

// table is a file that was read and is ready for SQL.
type table struct {
	name    string
	form    Form
	headers []string
	columns []*column // as many as headers
	mapping *mapping
	inputs  func(i int) input
	from    string // SQL: place, line and the columns
	rows    int64  // all of them
	images  int64  // rows that only add an image to a product; they are no rows
	broken  int64  // rows that are not among those of from
	cut     bool   // only its beginning was read
	refused bool   // SQL refused some: they are in the table of that name
	content []byte // SHA-256; nil where only the beginning was read
	notes   []string
	text    *textFile // nil for Parquet
	shown   string    // SQL for a row of a Parquet file as JSON
	path    string    // where the file can be read again; for Parquet, as SQL may read it
}

// textFile is what reading a text file again needs, to show its refused rows.
type textFile struct {
	dialect dialect
	width   int // of the header; rows differ at their peril
	json    bool
}

// text reads a text file to its end.
func (r *reader) text(src *source, number int) (*table, error) {
	head, err := src.reader.Peek(1024)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, src.explain(err)
	}
	encoding := encodingOf(head)
	t, count, err := r.textAs(src, encoding, number)
	if err == nil && encoding == utf8Text && count.other() {
		if err := os.Remove(r.plainPath(number, encoding)); err != nil {
			return nil, fmt.Errorf("removing a temporary file: %w", err)
		}
		again, err := openSource(r.ctx, src.name, src.path, nil)
		if err != nil {
			return nil, err
		}
		t, _, err = r.textAs(again, windows1252, number)
		return t, errors.Join(err, again.Close())
	}
	return t, err
}

func (r *reader) plainPath(number int, encoding string) string {
	return filepath.Join(r.temp, fmt.Sprintf("plain-%d-%s", number, encoding))
}

func (r *reader) textAs(src *source, encoding string, number int) (*table, utf8Count, error) {
	rows := newRowReader(decoded(src.reader, encoding))
	sample, err := rows.sample()
	if err != nil {
		return nil, utf8Count{}, src.explain(err)
	}
	t := &table{name: src.name, path: src.path, form: Form{Gzip: src.gzip, Encoding: encoding}}
	plain, err := createPlain(r.plainPath(number, encoding))
	if err != nil {
		return nil, utf8Count{}, err
	}
	in := &textRows{rows: rows, checkUTF8: encoding == utf8Text, most: r.cfg.Rows, progress: r.progressed}
	switch first := bytes.TrimLeft(sample, spaces); {
	case len(first) == 0:
		err = errors.New("the file is empty")
	case first[0] == '{':
		err = r.jsonLines(t, in, plain)
	case first[0] == '[':
		err = errors.New("it is a JSON array: write one object a line, without brackets and commas around them")
	default:
		err = r.separated(t, in, plain, sample)
	}
	if err = errors.Join(err, plain.close()); err != nil {
		return nil, in.utf8, src.explain(err)
	}
	t.rows = in.place - t.images
	t.broken = t.rows - plain.rows
	t.cut = in.cut
	if !t.cut { // otherwise the file is still being read ahead
		t.content = src.content.Sum(nil)
	}
	return t, in.utf8, nil
}

// textRows gives a text file's rows with everything that is wrong with them
// before they are read as fields.
type textRows struct {
	rows      *rowReader
	width     int // 0: any
	checkUTF8 bool
	utf8      utf8Count
	place     int64 // of the row to come
	most      int64 // how many are read; 0: all
	cut       bool  // there may be more
	progress  func(rows int64)
}

func (t *textRows) next() (textRow, error) {
	if t.cut = t.most > 0 && t.place >= t.most; t.cut {
		return textRow{}, io.EOF
	}
	row, err := t.rows.next()
	if err != nil {
		return row, err
	}
	t.place++
	if t.place&0x3fff == 0 && t.progress != nil {
		t.progress(t.place)
	}
	if t.checkUTF8 && !t.utf8.see(row.raw) && row.problem == "" {
		row.problem = "it is not UTF-8 text"
	}
	if row.problem == "" && t.width > 0 && len(row.cells) != t.width {
		row.cells, row.problem = t.fit(row.cells)
	}
	return row, nil
}

// fit forgives empty cells behind the last column and nothing else.
func (t *textRows) fit(cells [][]byte) ([][]byte, string) {
	if len(cells) > t.width && !slices.ContainsFunc(cells[t.width:], func(c []byte) bool { return len(trimmed(c)) > 0 }) {
		return cells[:t.width], ""
	}
	return nil, fmt.Sprintf("the row has %d cells, the file %d columns", len(cells), t.width)
}

// separated reads CSV and its kin.
func (r *reader) separated(t *table, in *textRows, plain *plainFile, sample []byte) error {
	d := sniff(sample, r.cfg.Kind, r.cfg.Format, r.cfg.Map)
	in.rows.dialect = d
	t.form.Type, t.form.Delimiter, t.text = "csv", d.name(), &textFile{dialect: d}
	if d.quote != 0 {
		t.form.Quote = string(d.quote)
	}
	first, err := in.rows.next()
	switch {
	case err != nil:
		return err
	case first.problem != "":
		return fmt.Errorf("the first row cannot be read: %s", first.problem)
	case len(first.cells) > maxColumns:
		return fmt.Errorf("the first row has %d cells: at most %d columns can be read", len(first.cells), maxColumns)
	}
	t.form.Header = isHeader(first.cells, knownHeaders(r.cfg.Kind, r.cfg.Format, r.cfg.Map))
	for i, cell := range first.cells {
		header := fmt.Sprintf("%d", i+1)
		if t.form.Header {
			header = string(trimmed(cell))
		}
		t.headers = append(t.headers, header)
	}
	in.width, t.text.width = len(t.headers), len(t.headers)
	if t.mapping, err = resolve(&r.cfg, t.headers, t.form.Header); err != nil {
		return noHeader(err, t.form.Header)
	}
	used := t.prepare(&r.cfg)
	variants := newVariants(&r.cfg, t)
	if !t.form.Header {
		in.place++
		if err := writeRow(plain, 0, first, used, t.columns); err != nil {
			return err
		}
	}
	for {
		row, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			t.from = plain.source(used, false)
			return nil
		case err != nil:
			return err
		case row.problem != "":
			continue
		case variants.only(row.cells):
			t.images++
			continue
		}
		if err := writeRow(plain, in.place-1, row, used, t.columns); err != nil {
			return err
		}
	}
}

func noHeader(err error, header bool) error {
	if header {
		return err
	}
	return fmt.Errorf("the first row is no header, so columns go by number: %w", err)
}

func writeRow(plain *plainFile, place int64, row textRow, used []int, columns []*column) error {
	plain.begin(place, row.line)
	for _, i := range used {
		plain.cell(row.cells[i], columns[i])
	}
	return plain.end()
}

// prepare makes the columns and says which are used, in order.
func (t *table) prepare(cfg *Config) []int {
	t.columns = make([]*column, len(t.headers))
	for i, h := range t.headers {
		t.columns[i] = &column{header: h}
	}
	used := map[int]bool{}
	for _, f := range fields(cfg.Kind) {
		for _, i := range t.mapping.fields[f.name] {
			used[i] = true
			t.columns[i].roles |= surveyed(f.role)
		}
	}
	for _, e := range slices.Concat(t.mapping.traits, t.mapping.props) {
		used[e.column] = true
	}
	t.inputs = func(i int) input {
		return input{expr: fmt.Sprintf("c%d", i), typ: "VARCHAR", trimmed: true, col: t.columns[i]}
	}
	var list []int
	for i := range t.headers {
		if used[i] {
			list = append(list, i)
		}
	}
	return list
}

// isHeader says whether a file's first row names its columns: it holds a name
// that is known, or nothing that looks like a value.
func isHeader(cells [][]byte, known map[string]bool) bool {
	values := false
	for _, cell := range cells {
		cell = trimmed(cell)
		if known[key(string(cell))] {
			return true
		}
		_, _, _, number := plainNumber(cell)
		f, _, _, _ := familyOf(cell)
		values = values || number || f != familyNone || len(cell) == 0 || bytes.IndexByte(cell, '@') >= 0
	}
	return !values
}
