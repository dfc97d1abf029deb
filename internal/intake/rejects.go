package intake

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"kith/internal/commerce"
	"kith/internal/duck"
)

// maxShownRow is how much of a refused row is shown, in bytes.
const maxShownRow = 1 << 16

// rejects writes the refused rows of one file: a line each,
//
//	file:line: column: reason<TAB>the row itself
//
// Characters that a terminal or a spreadsheet would act on are escaped, a row
// over several lines included, so that one refused row is one line.
type rejects struct {
	table *table
	take  func(refused RefusedRow, row string) error
}

// errEnough ends the listing of refused rows when no more of them are wanted.
var errEnough = errors.New("enough refused rows are known")

func (r *rejects) line(line int64, column, reason, row string) error {
	name := printable(r.table.name)
	if strings.ContainsRune("=+-@", rune(name[0])) {
		name = "./" + name // no spreadsheet takes it for a formula
	}
	refused := RefusedRow{File: name, Line: line, Column: printable(column), Reason: printable(reason)}
	return r.take(refused, row)
}

// column is how a field is called in the file, for whoever mends it.
func (r *rejects) column(field string) string {
	if columns := r.table.mapping.fields[field]; len(columns) > 0 && r.table.form.Header && r.table.form.Type != "json" {
		return r.table.headers[columns[0]]
	}
	return field
}

// reject writes a file's refused rows, or keeps the first for a preview.
func (r *reader) reject(t *table) error {
	switch {
	case r.firstRefused != nil:
		return r.rejectFirst(t)
	case r.cfg.Rejects == nil:
		return nil
	}
	w := bufio.NewWriter(r.cfg.Rejects)
	err := r.listRefused(&rejects{table: t, take: func(refused RefusedRow, row string) error {
		if len(row) > maxShownRow {
			row = row[:maxShownRow]
		}
		_, err := fmt.Fprintf(w, "%s\t%s\n", refused, printable(row))
		return err
	}})
	return errors.Join(err, w.Flush())
}

func (r *reader) rejectFirst(t *table) error {
	if len(*r.firstRefused) >= maxPreviewedRefusals {
		return nil
	}
	err := r.listRefused(&rejects{table: t, take: func(refused RefusedRow, row string) error {
		refused.Row = cut(printable(row), maxPreviewedRow)
		*r.firstRefused = append(*r.firstRefused, refused)
		if len(*r.firstRefused) >= maxPreviewedRefusals {
			return errEnough
		}
		return nil
	}})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (r *reader) listRefused(out *rejects) error {
	if out.table.text == nil {
		return r.rejectParquet(out)
	}
	return r.rejectText(out)
}

func (r *reader) rejectParquet(out *rejects) error {
	// The file's columns are named in the inner SELECT alone, where no name
	// of theirs can be mistaken for one of refused.
	query := fmt.Sprintf(`SELECT r.line, r.bad, p.shown FROM refused r
		JOIN (SELECT file_row_number AS place, %s AS shown FROM read_parquet(%s, file_row_number = true)) p ON p.place = r.line - 1 ORDER BY r.line`,
		out.table.shown, duck.Literal(out.table.path))
	return r.each(query, 3, func(row []string) error {
		var line int64
		if _, err := fmt.Sscan(row[0], &line); err != nil {
			return err
		}
		field, reason, _ := strings.Cut(row[1], "\x1f")
		return out.line(line, out.column(field), reason, row[2])
	})
}

// refusals gives what SQL refused, line by line.
type refusals struct {
	pull func() (refusal, error, bool)
	line int64 // of the next; 0 at the end
	bad  string
}

type refusal struct {
	line int64
	bad  string
}

func (f *refusals) next() error {
	next, err, ok := f.pull()
	if !ok {
		next = refusal{}
	}
	f.line, f.bad = next.line, next.bad
	return err
}

// refused lists what SQL refused of the last file, in order.
func (r *reader) refused(t *table) iter.Seq2[refusal, error] {
	return func(yield func(refusal, error) bool) {
		if !t.refused {
			return
		}
		rows, err := r.conn.QueryContext(r.ctx, "SELECT line, bad FROM refused ORDER BY line, pos")
		if err != nil {
			yield(refusal{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var next refusal
			err := rows.Scan(&next.line, &next.bad)
			if !yield(next, err) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(refusal{}, err)
		}
	}
}

// rejectText reads a text file again, as it was read the first time, and
// writes each row that the reader or SQL refused.
func (r *reader) rejectText(out *rejects) (err error) {
	t := out.table
	pull, stop := iter.Pull2(r.refused(t))
	defer stop()
	f := refusals{pull: pull}
	if err := f.next(); err != nil {
		return err
	}
	src, err := openSource(r.ctx, t.name, t.path, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	in := &textRows{rows: newRowReader(decoded(src.reader, t.form.Encoding)), width: t.text.width, checkUTF8: t.form.Encoding == utf8Text, most: r.cfg.Rows}
	in.rows.dialect = t.text.dialect
	if t.form.Header && !t.text.json {
		if _, err := in.rows.next(); err != nil {
			return src.explain(err)
		}
	}
	for {
		row, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return src.explain(err)
		}
		if err := out.text(row, &f, r.cfg.Kind); err != nil {
			return err
		}
	}
}

func (r *rejects) text(row textRow, f *refusals, kind commerce.Kind) error {
	if row.problem == "" && r.table.text.json {
		row.problem = jsonProblem(kind, row.raw)
	}
	if row.problem != "" {
		return r.line(row.line, "row", row.problem, string(row.raw))
	}
	for f.line == row.line {
		field, reason, _ := strings.Cut(f.bad, "\x1f")
		if err := r.line(row.line, r.column(field), reason, string(row.raw)); err != nil {
			return err
		}
		if err := f.next(); err != nil {
			return err
		}
	}
	return nil
}

// printable is a text with everything escaped that is not a letter, a mark, a
// sign or a plain space, and the backslash that escapes.
func printable(text string) string {
	plain := true
	for i := 0; i < len(text) && plain; i++ {
		plain = text[i] >= ' ' && text[i] < 0x7f && text[i] != '\\'
	}
	if plain {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\\':
			b.WriteString(`\\`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
		text = text[size:]
	}
	return b.String()
}
