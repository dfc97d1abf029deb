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
	name := fmt.Sprintf("%s-%04d.parquet", r.cfg.Kind, s.file)
	path := filepath.Join(r.temp, "out", name)
	file.Records = filepath.Join(r.cfg.Out, name)
	copying := fmt.Sprintf("COPY (SELECT %s FROM (%s) WHERE bad IS NULL) TO %s (FORMAT parquet, COMPRESSION %s)",
		recordColumns(r.cfg.Kind), t.from, duck.Literal(path), compression)
	if err := r.conn.QueryRowContext(r.ctx, copying).Scan(&file.Accepted); err != nil {
		return err
	}
	return r.span(fmt.Sprintf("read_parquet(%s)", duck.Literal(path)), file)
}

// compression is that of the records' files: measured, zstd takes hardly
// longer than snappy and half the room.
const compression = "zstd"

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
	if n -= len(p.Rows); n <= 0 {
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
		p.Rows = append(p.Rows, row)
	}
	return rows.Err()
}

// warn counts what was read as missing, in the rows that were taken.
func (r *reader) warn(s *shape, query string, file *FileReport) error {
	var names, counts []string
	for _, f := range fields(r.cfg.Kind) {
		v := s.values[f.name]
		if v.warn == "" || v.raw == "NULL" {
			continue
		}
		names = append(names, f.name)
		counts = append(counts, fmt.Sprintf("count(*) FILTER (WHERE %s)", v.warn))
	}
	if len(names) == 0 {
		return nil
	}
	counted := make([]int64, len(names))
	targets := make([]any, len(names))
	for i := range counted {
		targets[i] = &counted[i]
	}
	where := ""
	if file.Accepted < file.Rows {
		where = " WHERE bad IS NULL"
	}
	if err := r.conn.QueryRowContext(r.ctx, fmt.Sprintf("SELECT %s FROM (%s)%s", strings.Join(counts, ", "), s.sql(), where)).Scan(targets...); err != nil {
		return err
	}
	for i, n := range counted {
		if n > 0 {
			file.Warnings = append(file.Warnings, Warning{names[i], s.values[names[i]].warned, n})
		}
	}
	return nil
}
