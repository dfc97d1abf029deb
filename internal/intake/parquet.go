package intake

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"kith/internal/duck"
)

// parquet reads what a Parquet file says of itself, and surveys the columns
// that have a form.
func (r *reader) parquet(src *source, number int) (*table, error) {
	t := &table{name: src.name, form: Form{Type: "parquet", Gzip: src.gzip, Header: true}}
	t.path = filepath.Join(r.temp, fmt.Sprintf("source-%d.parquet", number))
	hashed := make(chan error, 1)
	if src.gzip {
		hashed <- r.unpack(src, t.path)
	} else {
		path, err := filepath.Abs(src.path)
		if err != nil {
			return nil, src.explain(err)
		}
		// DuckDB takes a path for a pattern; the link has a plain name.
		if err := os.Symlink(path, t.path); err != nil {
			return nil, fmt.Errorf("making a temporary file: %w", err)
		}
		if r.cfg.Rows > 0 {
			hashed <- nil
		} else {
			go func() { hashed <- discard(src.reader) }()
		}
	}
	err := r.describe(t)
	if err == nil && r.cfg.Rows > 0 && !t.cut {
		err = discard(src.reader) // the whole file is looked at after all
	}
	if err == nil {
		err = r.surveyParquet(t)
	}
	if read := <-hashed; read != nil {
		err = read
	}
	if err != nil {
		return nil, src.explain(explainParquet(err))
	}
	if !t.cut {
		t.content = src.content.Sum(nil)
	}
	return t, nil
}

// discard reads to the end, for the content to be known.
func discard(from io.Reader) error {
	_, err := io.Copy(io.Discard, from)
	return err
}

func explainParquet(err error) error {
	if e := duck.Explain(err); errors.Is(e, duck.ErrDamaged) {
		return fmt.Errorf("it is not a whole Parquet file: nothing was taken (%w)", e)
	}
	return duck.Explain(err)
}

// maxUnpacked is how much larger a file inside gzip may be: Parquet is
// compressed already.
const maxUnpacked = 200

// unpack writes a Parquet file out of gzip, because it is read from its end.
func (r *reader) unpack(src *source, path string) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("making a temporary file: %w", err)
	}
	limit := src.size*maxUnpacked + 1<<20
	n, err := io.Copy(out, io.LimitReader(src.reader, limit))
	if err == nil && n == limit {
		err = fmt.Errorf("it is more than %d times as large as its gzip file", maxUnpacked)
	}
	return errors.Join(err, out.Close())
}

// describe lists the columns and maps them.
func (r *reader) describe(t *table) error {
	file := "read_parquet(" + duck.Literal(t.path) + ", file_row_number = true)"
	if r.cfg.Rows > 0 {
		file = fmt.Sprintf("(SELECT * FROM %s LIMIT %d)", file, r.cfg.Rows)
	}
	var types []string
	err := r.each("DESCRIBE SELECT * FROM "+file, 6, func(row []string) error {
		t.headers = append(t.headers, row[0])
		types = append(types, row[1])
		return nil
	})
	if err != nil {
		return err
	}
	// The row's number comes last; a column of that name would hide it.
	last := len(types) - 1
	t.headers, types = t.headers[:last], types[:last]
	if t.mapping, err = resolve(&r.cfg, t.headers, true); err != nil {
		return err
	}
	used := t.prepare(&r.cfg)
	t.inputs = func(i int) input {
		in := input{expr: fmt.Sprintf("c%d", i), typ: types[i], col: t.columns[i]}
		if in.typ == "BLOB" {
			in.typ, in.undecoded = "VARCHAR", fmt.Sprintf("b%d", i)
		}
		return in
	}
	columns := []string{"file_row_number AS place", "file_row_number + 1 AS line"}
	for _, i := range used {
		name := duck.Ident(t.headers[i])
		if types[i] != "BLOB" {
			columns = append(columns, fmt.Sprintf("%s AS c%d", name, i))
			continue
		}
		columns = append(columns, fmt.Sprintf("TRY(decode(%s)) AS c%d", name, i), fmt.Sprintf("%s IS NOT NULL AND TRY(decode(%[1]s)) IS NULL AS b%d", name, i))
	}
	t.shown = shownParquet(t.headers)
	t.from = "SELECT " + strings.Join(columns, ", ") + " FROM " + file
	if err := r.conn.QueryRowContext(r.ctx, "SELECT count(*) FROM "+file).Scan(&t.rows); err != nil {
		return err
	}
	t.cut = r.cfg.Rows > 0 && t.rows >= r.cfg.Rows
	return nil
}

// shownParquet is SQL for a row as JSON, for whoever looks for what is wrong
// with it: the columns of the file, without those that reading it adds.
func shownParquet(headers []string) string {
	members := make([]string, len(headers))
	for i, h := range headers {
		members[i] = duck.Ident(h) + " := " + duck.Ident(h)
	}
	return "CAST(to_json(struct_pack(" + strings.Join(members, ", ") + ")) AS VARCHAR)"
}

// surveyParquet looks at the columns that have a form: all shapes that texts
// have, the ends of what numbers and times span.
func (r *reader) surveyParquet(t *table) error {
	for i, c := range t.columns {
		in := t.inputs(i)
		var err error
		switch instant := c.roles&asInstant != 0; {
		case c.roles&(asNumber|asInstant) == 0:
		case in.typ == "VARCHAR":
			err = r.surveyTexts(t, in)
		case instant && (strings.HasPrefix(in.typ, "TIMESTAMP") || in.typ == "DATE"):
			err = r.surveyTimes(t, in)
		case instant:
			err = r.surveyEnds(t, in)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// maxShapes is how many shapes of texts are told apart: a column with more
// holds no dates and no numbers.
const maxShapes = 2000

// surveyTexts shows the survey texts of every shape there is: with all digits
// alike, what a form depends on is alike too, but for which of the first two
// numbers of a date exceed 12.
func (r *reader) surveyTexts(t *table, in input) error {
	query := fmt.Sprintf(`SELECT min(x), max(x), arg_max(x, TRY_CAST(regexp_extract(x, '^[0-9]+') AS INTEGER)),
		arg_max(x, TRY_CAST(regexp_extract(x, '^[0-9]+[^0-9]([0-9]+)', 1) AS INTEGER)), count(*)
		FROM (SELECT %s AS x FROM (%s)) WHERE x IS NOT NULL GROUP BY translate(x, '123456789', '000000000') ORDER BY count(*) DESC LIMIT %d`,
		in.text(), t.from, maxShapes)
	shapes := 0
	err := r.each(query, 5, func(row []string) error {
		var n int64
		if _, err := fmt.Sscan(row[4], &n); err != nil {
			return err
		}
		shapes++
		in.col.see([]byte(row[0]), max(n-3, 1))
		for _, other := range row[1:4] {
			if other != "" {
				in.col.see([]byte(other), 1)
			}
		}
		return nil
	})
	if shapes == maxShapes {
		in.col.numbers.plain, in.col.instants.plain = -1, -1
	}
	if s := &in.col.instants; s.count[familyYearLast] > 0 {
		s.minYear, s.maxYear = min(s.minYear, 1970), max(s.maxYear, 2100)
	}
	in.col.filled = 0
	return errors.Join(err, r.surveyFilled(t, in))
}

func (r *reader) surveyFilled(t *table, in input) error {
	return r.conn.QueryRowContext(r.ctx, fmt.Sprintf("SELECT count(%s) FROM (%s)", in.text(), t.from)).Scan(&in.col.filled)
}

func (r *reader) surveyTimes(t *table, in input) error {
	s := &in.col.instants
	query := fmt.Sprintf("SELECT count(x), coalesce(min(year(x)), 1970), coalesce(max(year(x)), 1970) FROM (SELECT %s AS x FROM (%s)) WHERE isfinite(x)", in.expr, t.from)
	if err := r.conn.QueryRowContext(r.ctx, query).Scan(&s.seen, &s.minYear, &s.maxYear); err != nil {
		return err
	}
	s.count[familyYearFirst] = s.seen
	switch {
	case strings.HasPrefix(in.typ, "TIMESTAMP WITH"):
		s.clock[familyYearFirst] = " hh:mm:ssZ"
	case in.typ != "DATE":
		s.clock[familyYearFirst] = " hh:mm:ss"
	}
	return r.conn.QueryRowContext(r.ctx, fmt.Sprintf("SELECT count(%s) FROM (%s)", in.expr, t.from)).Scan(&in.col.filled)
}

// surveyEnds tells by the least and the greatest number what they count.
func (r *reader) surveyEnds(t *table, in input) error {
	query := fmt.Sprintf("SELECT count(x), coalesce(CAST(CAST(min(x) AS HUGEINT) AS VARCHAR), ''), coalesce(CAST(CAST(max(x) AS HUGEINT) AS VARCHAR), '') FROM (SELECT TRY_CAST(%s AS DECIMAL(38, 6)) AS x FROM (%s))", in.expr, t.from)
	var least, greatest string
	if err := r.conn.QueryRowContext(r.ctx, query).Scan(&in.col.filled, &least, &greatest); err != nil {
		return err
	}
	filled := in.col.filled
	if least != "" {
		in.col.see([]byte(greatest), max(filled-1, 1))
		in.col.see([]byte(least), 1)
	}
	in.col.instants.plain = -1
	in.col.filled = filled
	return nil
}
