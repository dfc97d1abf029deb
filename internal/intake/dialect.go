package intake

import (
	"bytes"
	"errors"
	"io"
	"math"

	"kith/internal/commerce"
)

const (
	// sampleSize is how much of a text file is looked at to find out its dialect.
	sampleSize = 1 << 20
	// sampleRows is how many rows of it a dialect is tried on.
	sampleRows = 200
)

// sniff finds out how a text file separates its cells: the dialect whose rows
// agree best on their number of cells, and whose first row holds the most
// headers that are known.
func sniff(sample []byte, kind commerce.Kind, format string, mapped map[string]string) dialect {
	d := dialect{newline: '\n', quote: '"'}
	if bytes.IndexByte(sample, '\n') < 0 && bytes.IndexByte(sample, '\r') >= 0 {
		d.newline = '\r'
	}
	if quotesWith(sample, '\'', d.newline) {
		d.quote = '\''
	}
	known := knownHeaders(kind, format, mapped)
	best, bestScore := d, 0.0
	best.delimiter = ','
	for _, delimiter := range []byte{',', ';', '\t', '|'} {
		d.delimiter = delimiter
		if score, _ := try(sample, d, known); score > bestScore {
			best, bestScore = d, score
		}
	}
	d.delimiter, d.quote = ' ', 0
	if score, agree := try(sample, d, known); agree >= 0.9 && score > bestScore {
		best = d
	}
	return best
}

// quotesWith says whether cells in most lines of the sample end and begin
// with the quote.
func quotesWith(sample []byte, quote, newline byte) bool {
	lines := 1 + bytes.Count(sample, []byte{newline})
	for _, delimiter := range []byte{',', ';', '\t', '|'} {
		if 2*bytes.Count(sample, []byte{quote, delimiter, quote}) > lines {
			return true
		}
	}
	return false
}

// try scores a dialect on the sample: 0 when it makes one cell of each row.
// agree is the share of rows with as many cells as the first.
func try(sample []byte, d dialect, known map[string]bool) (score, agree float64) {
	r := newRowReader(bytes.NewReader(sample))
	r.dialect = d
	var rows, same, headers, width int
	for rows < sampleRows {
		row, err := r.next()
		if errors.Is(err, io.EOF) || err != nil {
			break
		}
		if r.eof && len(sample) == sampleSize && rows > 0 {
			break // the sample may end inside this row
		}
		if rows++; rows == 1 {
			width = len(row.cells)
			for _, cell := range row.cells {
				if known[key(string(bytes.TrimSpace(cell)))] {
					headers++
				}
			}
		}
		if len(row.cells) == width && row.problem == "" {
			same++
		}
	}
	if width < 2 || rows == 0 {
		return 0, 0
	}
	agree = float64(same) / float64(rows)
	return agree*agree*math.Log2(float64(width)) + float64(headers), agree
}

// name is the delimiter as it is shown.
func (d dialect) name() string {
	switch d.delimiter {
	case '\t':
		return "tab"
	case ' ':
		return "spaces"
	}
	return string(d.delimiter)
}
