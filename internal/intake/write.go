package intake

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"kith/internal/commerce"
	"kith/internal/duck"
)

// recordColumns are a kind's columns, as SQL lists them.
func recordColumns(kind commerce.Kind) string {
	var names []string
	for _, c := range commerce.Records(kind) {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// followHeads gives rows without an instant that of their order's first row,
// and refuses those whose order has none, or whose first row was refused.
func (r *reader) followHeads(query string) (string, error) {
	if err := r.exec("CREATE OR REPLACE TEMP TABLE shaped AS " + query); err != nil {
		return "", err
	}
	return `SELECT s.* REPLACE (coalesce(s.ts, h.ts) AS ts,
			CASE WHEN s.bad IS NULL AND s.ts IS NULL AND h.ts IS NULL
				THEN 'at' || chr(31) || 'it is missing' || CASE WHEN h.rows > 1 THEN ', and no row of the order that could be used has it' ELSE '' END
				ELSE s.bad END AS bad)
		FROM shaped s LEFT JOIN (SELECT order_id, count(*) AS rows, arg_min(ts, pos) FILTER (WHERE bad IS NULL AND ts IS NOT NULL) AS ts
			FROM shaped GROUP BY order_id) h
		ON s.order_id = h.order_id AND s.ts IS NULL ORDER BY s.pos`, nil
}

// refuse lists the rows of a file that SQL refused. With an order's row the
// file's other rows of that order are refused: an order that lacks a line
// could not be completed, because it is known with other content then. tied
// says that there are such rows.
func (r *reader) refuse(t *table, s *shape, file *FileReport) (tied bool, err error) {
	t.refused = true
	ties := r.cfg.Kind == commerce.Orders && s.has("order_id")
	id := "NULL"
	if ties {
		id = "order_id"
	}
	err = r.exec(fmt.Sprintf("CREATE OR REPLACE TEMP TABLE refused AS SELECT line, pos, bad, %s AS order_id FROM (%s) WHERE bad IS NOT NULL", id, t.from))
	if err != nil || !ties {
		return false, err
	}
	result, err := r.conn.ExecContext(r.ctx, fmt.Sprintf(`INSERT INTO refused
		SELECT r.line, r.pos, 'order_id' || chr(31) || 'line ' || f.line || ' of the same order was refused', r.order_id
		FROM (SELECT line, pos, order_id FROM %s) r
		JOIN (SELECT order_id, arg_min(line, pos) AS line FROM refused GROUP BY order_id) f ON f.order_id = r.order_id`, r.taken(t, s, file)))
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	if err != nil || n == 0 {
		return false, err
	}
	t.from = "SELECT * FROM (" + t.from + ") q WHERE " + notRefused("q.pos") + " ORDER BY pos"
	return true, nil
}

// notRefused says of a row's place that refuse did not list it.
func notRefused(pos string) string {
	return "NOT EXISTS (SELECT 1 FROM refused f WHERE f.pos = " + pos + ")"
}

// write writes a file's records.
func (r *reader) write(t *table, s *shape, file *FileReport) error {
	path := r.records(s.file)
	file.Records = filepath.Join(r.cfg.Out, filepath.Base(path))
	copying := fmt.Sprintf("COPY (SELECT %s FROM (%s) WHERE bad IS NULL) TO %s (FORMAT parquet, %s)",
		recordColumns(r.cfg.Kind), t.from, duck.Literal(path), encoding)
	if err := r.conn.QueryRowContext(r.ctx, copying).Scan(&file.Accepted); err != nil {
		return err
	}
	return r.span(fmt.Sprintf("read_parquet(%s)", duck.Literal(path)), file)
}

// records is the path of a file's records, as SQL may write and read it.
func (r *reader) records(file int) string {
	return filepath.Join(r.temp, "out", fmt.Sprintf("%s-%04d.parquet", r.cfg.Kind, file))
}

// encoding is that of the records' files. Measured on order lines: without
// dictionaries of more than a few thousand texts, writing takes two thirds of
// the time; the delta encodings of version 2 halve the size and are faster
// both ways; zstd would take a sixth longer and a third off the size.
const encoding = "COMPRESSION snappy, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 4000"

// span finds the first and last instant of records, and whether they are in
// order, for the kinds that have instants.
func (r *reader) span(records string, file *FileReport) error {
	if r.cfg.Kind != commerce.Orders && r.cfg.Kind != commerce.Events {
		return nil
	}
	file.instantsOf(sql.NullTime{}, sql.NullTime{}, true)
	if file.Accepted == 0 {
		return nil
	}
	var least, greatest sql.NullTime
	var late int64
	err := r.conn.QueryRowContext(r.ctx, fmt.Sprintf(`SELECT min(ts), max(ts), count(*) FILTER (WHERE ts < before)
		FROM (SELECT ts, lag(ts) OVER () AS before FROM %s)`, records)).Scan(&least, &greatest, &late)
	if err != nil {
		return err
	}
	file.instantsOf(least, greatest, late == 0)
	return nil
}

// count counts a file's records.
func (r *reader) count(t *table, _ *shape, file *FileReport) error {
	return r.conn.QueryRowContext(r.ctx, "SELECT count(*) FROM ("+t.from+") WHERE bad IS NULL").Scan(&file.Accepted)
}

// previewColumn is a column of a preview, and SQL for its text.
type previewColumn struct{ name, text string }

// previewed are the columns of a preview: those of the records, but for what
// only the program needs. The file is named when there are several.
func (r *reader) previewed() []previewColumn {
	var list []previewColumn
	for _, c := range commerce.Records(r.cfg.Kind) {
		column := previewColumn{c.Name, "CAST(" + c.Name + " AS VARCHAR)"}
		switch {
		case c.Name == "pos", c.Name == "file" && len(r.cfg.Files) == 1:
			continue
		case c.Name == "ts":
			column.name = "at"
		}
		switch c.Type {
		case commerce.InstantColumn:
			column.text = "replace(" + column.text + ", ' ', 'T') || 'Z'"
		case commerce.NumberColumn:
			column.text = "regexp_replace(" + column.text + ", '\\.?0+$', '')"
		default:
		}
		list = append(list, column)
	}
	return list
}

// preview takes the first of a file's records.
func (r *reader) preview(t *table, n int, p *Previewed) error {
	if n -= len(p.Records); n <= 0 {
		return nil
	}
	columns := len(p.Columns)
	texts := make([]string, columns)
	for i, c := range r.previewed() {
		texts[i] = c.text
		if c.name == "file" {
			texts[i] = lit(printable(t.name))
		}
	}
	rows, err := r.conn.QueryContext(r.ctx, fmt.Sprintf("SELECT %s FROM (%s) WHERE bad IS NULL ORDER BY pos LIMIT %d", strings.Join(texts, ", "), t.from, n))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row := make([]*string, columns)
		targets := make([]any, columns)
		for i := range row {
			targets[i] = &row[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		p.Records = append(p.Records, row)
	}
	return rows.Err()
}

// warn counts what was read as missing in the rows that were taken: values
// that the file gives and the records lack.
func (r *reader) warn(t *table, s *shape, file *FileReport) error {
	if r.cfg.Kind == commerce.Events {
		if err := r.warnProperties(r.taken(t, s, file), file); err != nil {
			return err
		}
	}
	var names, given, taken []string
	for _, f := range fields(r.cfg.Kind) {
		v := s.values[f.name]
		if v.warned == "" || v.raw == "NULL" {
			continue
		}
		names = append(names, f.name)
		given = append(given, fmt.Sprintf("count(%s)", v.raw))
		taken = append(taken, fmt.Sprintf("count(%s)", f.name))
	}
	if len(names) == 0 {
		return nil
	}
	// Looking at what is given costs a tenth of making it into records.
	rows := s.sql()
	if t.refused {
		rows = "SELECT * FROM (" + rows + ") q WHERE " + notRefused(fmt.Sprintf("q.place + %d", s.base))
	}
	records := r.taken(t, s, file)
	before, err := r.counts(fmt.Sprintf("SELECT %s FROM (%s)", strings.Join(given, ", "), rows), len(names))
	if err != nil {
		return err
	}
	after, err := r.counts(fmt.Sprintf("SELECT %s FROM %s", strings.Join(taken, ", "), records), len(names))
	if err != nil {
		return err
	}
	for i, name := range names {
		n := before[i] - after[i]
		if n <= 0 {
			continue
		}
		w := Warning{Field: name, Reason: s.values[name].warned, Rows: n}
		if w.Line, w.Value, err = r.firstWarned(rows, s.values[name]); err != nil {
			return err
		}
		file.Warnings = append(file.Warnings, w)
	}
	return nil
}

// taken is SQL for the records of a file: those that were written, or would be.
func (r *reader) taken(t *table, s *shape, file *FileReport) string {
	if file.Records != "" {
		return fmt.Sprintf("read_parquet(%s)", duck.Literal(r.records(s.file)))
	}
	return "(" + t.from + ") WHERE bad IS NULL"
}

// warnProperties counts the events with a number that does not fit, for each
// property that is read as a number.
func (r *reader) warnProperties(records string, file *FileReport) error {
	query := fmt.Sprintf("SELECT line, properties FROM (SELECT * FROM %s) WHERE regexp_matches(properties, %s) ORDER BY pos", records, lit(unfitForm))
	places := map[string]int{} // in the warnings
	return r.each(query, 2, func(row []string) error {
		for _, u := range unfitNumbers([]byte(row[1])) {
			i, seen := places[u.property]
			if !seen {
				line, err := strconv.ParseInt(row[0], 10, 64)
				if err != nil {
					return err
				}
				i = len(file.Warnings)
				places[u.property] = i
				file.Warnings = append(file.Warnings, Warning{Field: u.property, Reason: "the number " + unfitReason, Line: line, Value: u.value})
			}
			file.Warnings[i].Rows++
		}
		return nil
	})
}

// firstWarned finds the first row whose value is read as missing.
func (r *reader) firstWarned(rows string, v value) (line int64, text string, err error) {
	query := fmt.Sprintf("SELECT line, %s FROM (%s) WHERE %s ORDER BY place LIMIT 1", shortened(v.shown), rows, v.warn)
	err = r.conn.QueryRowContext(r.ctx, query).Scan(&line, &text)
	return line, printable(text), err
}

func (r *reader) counts(query string, n int) ([]int64, error) {
	counts := make([]int64, n)
	targets := make([]any, n)
	for i := range counts {
		targets[i] = &counts[i]
	}
	return counts, r.conn.QueryRowContext(r.ctx, query).Scan(targets...)
}
