package intake

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"kith/internal/duck"
)

// plainFile is a text file's used cells, written so that DuckDB reads them at
// full speed and nothing in them can be mistaken: cells between 0x1F, rows
// between line feeds, no quotes, and 0x02 before what would be either.
type plainFile struct {
	path    string
	file    *os.File
	w       *bufio.Writer
	rows    int64
	scratch []byte
}

const (
	cellEnd = 0x1f
	escape  = 0x02
)

func createPlain(path string) (*plainFile, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("making a temporary file: %w", err)
	}
	return &plainFile{path: path, file: file, w: bufio.NewWriterSize(file, 1<<18)}, nil
}

// begin starts a row: its place among the rows, and its line. An error of the
// writer stays and comes back from end.
func (p *plainFile) begin(place, line int64) {
	p.scratch = strconv.AppendInt(p.scratch[:0], place, 10)
	p.scratch = append(p.scratch, cellEnd)
	p.scratch = strconv.AppendInt(p.scratch, line, 10)
	_, _ = p.w.Write(p.scratch)
}

// cell writes a row's next cell, trimmed, and surveys it.
func (p *plainFile) cell(value []byte, c *column) {
	_ = p.w.WriteByte(cellEnd)
	if value = trimmed(value); len(value) == 0 {
		return
	}
	if c.roles&asInstant != 0 && bytes.HasPrefix(value, []byte("0000-00-00")) {
		return // MySQL's way to write no date
	}
	c.see(value, 1)
	for _, b := range value {
		if b >= ' ' && b < 0x7f {
			continue
		}
		// Behind C2 stand control characters too, behind EF the replacement
		// character. Only SQL looks closer.
		c.suspect = c.suspect || b < ' ' || b == 0x7f || b == 0xc2 || b == 0xef
		if b == '\n' || b == '\r' || b == cellEnd || b == escape {
			c.escaped = true
			value = p.escape(value)
			break
		}
	}
	_, _ = p.w.Write(value)
}

// nestedMark stands before a list or an object of JSON that is where an id
// should be: without it, it could not be told from a text with braces.
const nestedMark = 0x01

// jsonCell writes a value of JSON.
func (p *plainFile) jsonCell(v jsonValue, c *column) {
	if c.roles&asID == 0 || !v.isObject() && !v.isArray() {
		p.cell(v.text(), c)
		return
	}
	c.nested = true
	p.cell(append([]byte{nestedMark}, v.raw...), c)
}

// null writes JSON's null.
func (p *plainFile) null(c *column) {
	c.nulls = true
	_ = p.w.WriteByte(cellEnd)
	_, _ = p.w.WriteString(nullMark)
}

func (p *plainFile) escape(value []byte) []byte {
	p.scratch = p.scratch[:0]
	for _, b := range value {
		switch b {
		case '\n':
			p.scratch = append(p.scratch, escape, 'n')
		case '\r':
			p.scratch = append(p.scratch, escape, 'r')
		case cellEnd:
			p.scratch = append(p.scratch, escape, 'u')
		case escape:
			p.scratch = append(p.scratch, escape, '2')
		default:
			p.scratch = append(p.scratch, b)
		}
	}
	return p.scratch
}

// end ends a row.
func (p *plainFile) end() error {
	p.rows++
	if err := p.w.WriteByte('\n'); err != nil {
		return fmt.Errorf("writing a temporary file: %w", err)
	}
	return nil
}

func (p *plainFile) close() error {
	err := p.w.Flush()
	if closed := p.file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("writing a temporary file: %w", err)
	}
	return nil
}

// source is SQL for the file as a table: place, line, and the columns by
// number, those that were written.
func (p *plainFile) source(columns []int, uneven bool) string {
	names := make([]string, 0, len(columns)+2)
	names = append(names, "'place': 'BIGINT'", "'line': 'BIGINT'")
	for _, i := range columns {
		names = append(names, fmt.Sprintf("'c%d': 'VARCHAR'", i))
	}
	padding := ""
	if uneven {
		padding = ", null_padding = true"
	}
	return fmt.Sprintf(`SELECT * FROM read_csv(%s, auto_detect = false, header = false, delim = chr(31), quote = '', escape = '', comment = '',
		new_line = '\n', max_line_size = 4194304%s, columns = {%s})`, duck.Literal(p.path), padding, strings.Join(names, ", "))
}

// trimmed is a value without the spaces around it.
func trimmed(value []byte) []byte {
	n := len(value)
	if n == 0 || value[0] > ' ' && value[0] < utf8.RuneSelf && value[n-1] > ' ' && value[n-1] < utf8.RuneSelf {
		return value
	}
	return bytes.Trim(value, spaces)
}

// spaces are what is trimmed in text files; whiteSpace is the same in SQL.
const spaces = " \t\n\v\f\r\u00a0\ufeff"
