package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxRow is the longest row that is read. Of a longer line only what says
// where it ends is looked at, so that no file can use up memory.
const maxRow = sampleSize

// dialect is how a text file separates its cells.
type dialect struct {
	delimiter byte // ' ' stands for any run of spaces and tabs; it goes without quotes
	quote     byte // 0: none
	newline   byte // '\r' in files of old Macs
	whole     bool // rows are not separated into cells
}

// textRow is one row of a text file. Its slices hold until the next row.
type textRow struct {
	line    int64 // that it starts on, from 1
	cells   [][]byte
	raw     []byte // as it stands in the file, without the end of the line
	problem string // why it cannot be used; it then has no cells
}

// rowReader takes a text apart into rows.
type rowReader struct {
	dialect

	r        io.Reader
	buf      []byte
	pos, end int // of what is not yet taken in buf
	eof      bool
	err      error
	line     int64
	cells    [][]byte
	scratch  []byte // cells whose quotes were doubled
}

func newRowReader(r io.Reader) *rowReader {
	return &rowReader{r: r, line: 1, buf: make([]byte, 1<<16), dialect: dialect{delimiter: ',', quote: '"', newline: '\n'}}
}

// sample reads up to sampleSize ahead and gives it, without taking it.
func (r *rowReader) sample() ([]byte, error) {
	for r.end-r.pos < sampleSize {
		if !r.fill() {
			break
		}
	}
	return r.buf[r.pos:min(r.end, r.pos+sampleSize)], r.err
}

// fill reads more behind what is there. It gives false when there is no more.
func (r *rowReader) fill() bool {
	if r.eof || r.err != nil {
		return false
	}
	if r.pos > 0 {
		copy(r.buf, r.buf[r.pos:r.end])
		r.pos, r.end = 0, r.end-r.pos
	}
	if r.end == len(r.buf) {
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	n, err := r.r.Read(r.buf[r.end:])
	if i := bytes.IndexByte(r.buf[r.end:r.end+n], 0); i >= 0 {
		line := r.line + int64(bytes.Count(r.buf[:r.end+i], []byte{r.newline}))
		r.err = fmt.Errorf("line %d holds a zero byte: it is not a text file", line)
		return false
	}
	r.end += n
	switch {
	case errors.Is(err, io.EOF):
		r.eof = true
	case err != nil:
		r.err = err
	}
	return r.err == nil && (n > 0 || !r.eof)
}

// next gives the next row that is not blank; io.EOF behind the last.
func (r *rowReader) next() (textRow, error) {
	for {
		row, blank, err := r.take()
		if err != nil || !blank {
			return row, err
		}
	}
}

func (r *rowReader) take() (row textRow, blank bool, err error) {
	for {
		data := r.buf[r.pos:r.end]
		if len(data) > 0 {
			row := textRow{line: r.line}
			size, lines := r.parse(data, &row)
			if size > 0 {
				r.pos += size
				r.line += lines
				return row, row.problem == "" && isBlank(row.raw), nil
			}
			if len(data) >= maxRow || r.eof {
				row, err := r.runaway()
				return row, false, err
			}
		} else if r.eof {
			return textRow{}, false, io.EOF
		}
		if !r.fill() && r.err != nil {
			return textRow{}, false, r.err
		}
	}
}

func isBlank(row []byte) bool { return len(bytes.TrimSpace(row)) == 0 }

// parse takes the first row of data apart and says how long it is, its end
// included, and how many lines it has. Size 0 means that its end is not there.
func (r *rowReader) parse(data []byte, row *textRow) (size int, lines int64) {
	n := bytes.IndexByte(data, r.newline)
	size = n + 1
	if n < 0 {
		if !r.eof {
			return 0, 0
		}
		n, size = len(data), len(data)
	}
	line := data[:n]
	if n > 0 && r.newline == '\n' && line[n-1] == '\r' {
		line = line[:n-1]
	}
	row.raw = line
	switch {
	case r.whole:
	case r.quote != 0 && bytes.IndexByte(line, r.quote) >= 0:
		return r.parseQuoted(data, row)
	case r.delimiter == ' ':
		row.cells = bytes.Fields(line)
	default:
		r.split(line)
		row.cells = r.cells
	}
	return size, 1
}

func (r *rowReader) split(line []byte) {
	r.cells = r.cells[:0]
	for {
		i := bytes.IndexByte(line, r.delimiter)
		if i < 0 {
			r.cells = append(r.cells, line)
			return
		}
		r.cells = append(r.cells, line[:i])
		line = line[i+1:]
	}
}

const openQuote = "a quote is not closed"

// parseQuoted is parse for a row with a quote in its first line.
func (r *rowReader) parseQuoted(data []byte, row *textRow) (size int, lines int64) {
	r.cells, r.scratch = r.cells[:0], r.scratch[:0]
	p := 0
	for {
		cell, next, ok := r.cell(data, p)
		if !ok || next == len(data)-1 && data[next] == '\r' && !r.eof {
			return 0, 0 // a CR ends the line if a line feed follows
		}
		r.cells = append(r.cells, cell)
		switch {
		case next < len(data) && data[next] == r.delimiter:
			p = next + 1
			continue
		case next < len(data) && !r.endsLine(data[next:]):
			if first := bytes.IndexByte(data[:next], r.newline); first >= 0 {
				// Most likely this quote opens a cell, and the one before
				// should not stand there: the lines between are good.
				row.raw, row.problem = bytes.TrimSuffix(data[:first], []byte("\r")), openQuote
				return first + 1, 1
			}
			row.problem = "there is text behind a closing quote"
			n := bytes.IndexByte(data[next:], r.newline)
			if n < 0 && !r.eof {
				return 0, 0
			}
			if next += n; n < 0 {
				next = len(data)
			}
		}
		row.raw = bytes.TrimSuffix(data[:next], []byte("\r"))
		row.cells = r.cells
		if row.problem != "" {
			row.cells = nil
		}
		lines = 1 + int64(bytes.Count(data[:next], []byte{r.newline}))
		if next < len(data) && data[next] == '\r' && r.newline == '\n' {
			next++
		}
		return min(next+1, len(data)), lines
	}
}

// endsLine says whether a line ends here: at its end, or at the CR before it.
func (r *rowReader) endsLine(rest []byte) bool {
	return rest[0] == r.newline || rest[0] == '\r' && (len(rest) == 1 || rest[1] == r.newline)
}

// cell reads the cell that starts at p and says what stands behind it. It is
// not ok when the data ends before that is known.
func (r *rowReader) cell(data []byte, p int) (cell []byte, next int, ok bool) {
	q := p
	for q < len(data) && data[q] == ' ' {
		q++
	}
	if q < len(data) && data[q] == r.quote {
		return r.quotedCell(data, q+1)
	}
	for q = p; q < len(data); q++ {
		if data[q] == r.delimiter || data[q] == r.newline {
			end := q
			if data[q] == r.newline && end > p && data[end-1] == '\r' {
				end--
			}
			return data[p:end], q, true
		}
	}
	return bytes.TrimSuffix(data[p:], []byte("\r")), q, r.eof
}

func (r *rowReader) quotedCell(data []byte, start int) (cell []byte, next int, ok bool) {
	copied := len(r.scratch)
	p := start
	for {
		i := bytes.IndexByte(data[p:], r.quote)
		if i < 0 || p+i+1 == len(data) && !r.eof {
			return nil, 0, false
		}
		end := p + i
		if end+1 < len(data) && data[end+1] == r.quote {
			r.scratch = append(r.scratch, data[p:end+1]...)
			p = end + 2
			continue
		}
		cell = data[start:end]
		if p != start {
			r.scratch = append(r.scratch, data[p:end]...)
			cell = r.scratch[copied:]
		}
		end++
		for end < len(data) && data[end] == ' ' {
			end++
		}
		return cell, end, end < len(data) || r.eof
	}
}

// runaway gives the first line alone as a row that cannot be used, because
// the row is too long or a quote in it stays open, and goes on behind it.
func (r *rowReader) runaway() (textRow, error) {
	data := r.buf[r.pos:r.end]
	row := textRow{line: r.line, raw: data[:min(len(data), maxRow)], problem: "the row is longer than 1 MiB"}
	n := bytes.IndexByte(data, r.newline)
	if n >= 0 || r.eof {
		row.problem = openQuote
	}
	r.line++
	if n >= 0 {
		row.raw = bytes.TrimSuffix(data[:n], []byte("\r"))
		r.pos += n + 1
		return row, nil
	}
	row.raw = bytes.Clone(row.raw[:min(len(row.raw), 1<<10)])
	return row, r.skipLine()
}

// skipLine reads up to the end of the line and keeps nothing of it.
func (r *rowReader) skipLine() error {
	for {
		if n := bytes.IndexByte(r.buf[r.pos:r.end], r.newline); n >= 0 {
			r.pos += n + 1
			return nil
		}
		r.pos = r.end
		if !r.fill() {
			return r.err
		}
	}
}
