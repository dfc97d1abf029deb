package intake

import (
	"database/sql"
	"fmt"
	"path/filepath"
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
				THEN 'at' || chr(31) || 'it is missing, and no row of the order that could be used has it' ELSE s.bad END AS bad)
		FROM shaped s LEFT JOIN (SELECT order_id, arg_min(ts, pos) AS ts FROM shaped WHERE bad IS NULL AND ts IS NOT NULL GROUP BY order_id) h
		ON s.order_id = h.order_id AND s.ts IS NULL ORDER BY s.pos`, nil
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
	if r.cfg.Kind != commerce.Orders && r.cfg.Kind != commerce.Events || file.Accepted == 0 {
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

// preview counts a file's records and takes the first of them.
func (r *reader) preview(s *shape, file *FileReport, n int, p *Previewed) error {
	query := s.table.from
	if err := r.conn.QueryRowContext(r.ctx, "SELECT count(*) FROM ("+query+") WHERE bad IS NULL").Scan(&file.Accepted); err != nil {
		return err
	}
	if n -= len(p.Records); n <= 0 {
		return nil
	}
	columns := len(p.Columns)
	texts := make([]string, columns)
	for i, c := range p.Columns {
		texts[i] = "CAST(" + c + " AS VARCHAR)"
	}
	rows, err := r.conn.QueryContext(r.ctx, fmt.Sprintf("SELECT %s FROM (%s) WHERE bad IS NULL ORDER BY pos LIMIT %d", strings.Join(texts, ", "), query, n))
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
func (r *reader) warn(s *shape, query string, file *FileReport) error {
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
	if file.Accepted < file.Rows {
		rows = "SELECT * FROM (" + rows + ") WHERE bad IS NULL"
	}
	records := "(" + query + ") WHERE bad IS NULL"
	if file.Records != "" {
		records = fmt.Sprintf("read_parquet(%s)", duck.Literal(r.records(s.file)))
	}
	before, err := r.counts(fmt.Sprintf("SELECT %s FROM (%s)", strings.Join(given, ", "), rows), len(names))
	if err != nil {
		return err
	}
	after, err := r.counts(fmt.Sprintf("SELECT %s FROM %s", strings.Join(taken, ", "), records), len(names))
	if err != nil {
		return err
	}
	for i, name := range names {
		if n := before[i] - after[i]; n > 0 {
			file.Warnings = append(file.Warnings, Warning{name, s.values[name].warned, n})
		}
	}
	return nil
}

func (r *reader) counts(query string, n int) ([]int64, error) {
	counts := make([]int64, n)
	targets := make([]any, n)
	for i := range counts {
		targets[i] = &counts[i]
	}
	return counts, r.conn.QueryRowContext(r.ctx, query).Scan(targets...)
}
