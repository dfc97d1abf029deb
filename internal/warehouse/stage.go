package warehouse

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"kith/internal/commerce"
)

// staged says what is known of a batch's records before they are read: the
// columns that hold anything, so that the others cost nothing, the span of
// its instants, and whether they stand in order of time.
type staged struct {
	rows     int64
	filled   map[string]bool
	full     map[string]bool // columns of a file without a NULL
	from, to time.Time       // of ts; zero without
	ordered  bool
	lastPos  int64
	allSold  bool // every row is a line with a quantity above zero
}

// stage makes the temporary view "record" with the columns of
// commerce.Records. A column without values is a constant NULL there:
// whatever is worked out of it disappears from the plans.
func (l *load) stage() error {
	var err error
	source := "record_row"
	if len(l.batch.Files) > 0 {
		source, err = l.stageFiles()
	} else {
		err = l.stageRows()
	}
	if err != nil {
		return err
	}
	columns := make([]string, 0, 32)
	for _, c := range commerce.Records(l.batch.Kind) {
		expr := c.Name
		if !l.staged.filled[c.Name] {
			expr = "NULL"
		}
		columns = append(columns, fmt.Sprintf("CAST(%s AS %s) AS %s", expr, c.Type, c.Name))
	}
	return l.text("CREATE TEMP VIEW record AS SELECT " + strings.Join(columns, ", ") + " FROM " + source)
}

// stageFiles learns from the files' footers alone.
func (l *load) stageFiles() (string, error) {
	files := make([]string, len(l.batch.Files))
	for i, f := range l.batch.Files {
		files[i] = literal(f)
	}
	list := "[" + strings.Join(files, ", ") + "]"
	if err := l.text("CREATE TEMP VIEW footer AS SELECT * FROM parquet_metadata(" + list + ")"); err != nil {
		return "", err
	}
	l.staged.filled, l.staged.full = map[string]bool{}, map[string]bool{}
	err := l.query("footer_columns", func(rows *sql.Rows) error {
		var name string
		var values, nulls int64
		if err := rows.Scan(&name, &values, &nulls); err != nil {
			return err
		}
		name, _, _ = strings.Cut(name, ", ")
		l.staged.filled[name] = l.staged.filled[name] || values > 0
		l.staged.full[name] = nulls == 0
		return nil
	})
	if err != nil {
		return "", err
	}
	var from, to sql.NullTime
	err = l.one("footer_span", &l.staged.rows, &l.staged.lastPos, &l.staged.allSold, &from, &to, &l.staged.ordered)
	l.staged.from, l.staged.to = from.Time, to.Time
	return "read_parquet(" + list + ")", err
}

// stageRows appends the rows to a temporary table.
func (l *load) stageRows() error {
	columns := commerce.Records(l.batch.Kind)
	defs := make([]string, len(columns))
	for i, c := range columns {
		defs[i] = c.Name + " " + string(c.Type)
	}
	if err := l.text("CREATE TEMP TABLE record_row (" + strings.Join(defs, ", ") + ")"); err != nil {
		return err
	}
	rows := l.batch.Rows
	if len(l.batch.Entries) > 0 {
		rows = entryRows(l.batch.Entries)
	}
	l.staged = staged{rows: int64(len(rows)), filled: map[string]bool{}}
	return l.appendRows("temp", "record_row", func(add func(...driver.Value) error) error {
		values := make([]driver.Value, len(columns))
		for i, row := range rows {
			if err := l.convertRow(i, row, columns, values); err != nil {
				return err
			}
			if err := add(values...); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *load) convertRow(i int, row Row, columns []commerce.Column, values []driver.Value) error {
	known := 0
	for j, c := range columns {
		v, ok := row[c.Name]
		if ok {
			known++
		} else {
			v = placeOf(i, c.Name)
		}
		value, err := convert(c.Type, v)
		if err != nil {
			return fmt.Errorf("row %d: %s: %w", i, c.Name, err)
		}
		values[j] = value
		if value == nil {
			continue
		}
		l.staged.filled[c.Name] = true
		if ts, ok := value.(time.Time); ok && c.Name == "ts" {
			l.staged.include(ts)
		}
	}
	if known < len(row) {
		return fmt.Errorf("row %d: a column that %s do not have", i, l.batch.Kind)
	}
	return nil
}

func (s *staged) include(ts time.Time) {
	if s.from.IsZero() || ts.Before(s.from) {
		s.from = ts
	}
	if s.to.IsZero() || ts.After(s.to) {
		s.to = ts
	}
}

func placeOf(i int, column string) any {
	switch column {
	case "file":
		return 0
	case "line":
		return i + 1
	case "pos":
		return i
	}
	return nil
}

// convert makes a value of a row what the appender takes for the column.
func convert(t commerce.ColumnType, v any) (driver.Value, error) {
	if v == nil || v == "" {
		return nil, nil
	}
	switch t {
	case commerce.TextColumn:
		if s, ok := v.(string); ok {
			return s, nil
		}
	case commerce.NumberColumn:
		return decimal(v)
	case commerce.InstantColumn, commerce.DateColumn:
		return instant(v)
	case commerce.LongColumn, commerce.IntColumn:
		return integer(t, v)
	case commerce.TextsColumn:
		if list, ok := v.([]string); ok {
			return list, nil
		}
	case commerce.FieldsColumn:
		return fields(v)
	}
	return nil, fmt.Errorf("%T is not a %s", v, t)
}

func integer(t commerce.ColumnType, v any) (driver.Value, error) {
	var n int64
	switch v := v.(type) {
	case int:
		n = int64(v)
	case int64:
		n = v
	default:
		return nil, fmt.Errorf("%T is not a %s", v, t)
	}
	if t == commerce.IntColumn {
		return int32(n), nil
	}
	return n, nil
}

func instant(v any) (driver.Value, error) {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Truncate(time.Microsecond), nil
	case string:
		if t, err := time.Parse(time.DateOnly, v); err == nil {
			return t, nil
		}
		t, err := time.Parse(time.RFC3339Nano, v)
		return t.UTC().Truncate(time.Microsecond), err
	}
	return nil, fmt.Errorf("%T is not an instant", v)
}

func decimal(v any) (driver.Value, error) {
	var micros int64
	switch v := v.(type) {
	case Micros:
		micros = int64(v)
	case int:
		micros = int64(v) * 1_000_000
	case string:
		r, ok := new(big.Rat).SetString(v)
		if !ok {
			return nil, fmt.Errorf("%q is not a number", v)
		}
		r.Mul(r, big.NewRat(1_000_000, 1))
		if !r.IsInt() || !r.Num().IsInt64() {
			return nil, fmt.Errorf("%q does not fit", v)
		}
		micros = r.Num().Int64()
	default:
		return nil, fmt.Errorf("%T is not a number", v)
	}
	return duckdb.Decimal{Width: 18, Scale: 6, Value: big.NewInt(micros)}, nil
}

func fields(v any) (driver.Value, error) {
	list, ok := v.([]Field)
	if !ok {
		return nil, fmt.Errorf("%T is not []Field", v)
	}
	out := make([]map[string]any, len(list))
	for i, f := range list {
		out[i] = map[string]any{"name": f.Name, "value": nil}
		if f.Value != "" {
			out[i]["value"] = f.Value
		}
	}
	return out, nil
}

// appendRows fills a table ("temp" or "" for the warehouse's own) within the
// transaction of the load.
func (r *runner) appendRows(catalog, table string, fill func(add func(...driver.Value) error) error) error {
	err := r.conn.Raw(func(conn any) error {
		dc, ok := conn.(driver.Conn)
		if !ok {
			return fmt.Errorf("%T is not a connection of DuckDB", conn)
		}
		appender, err := duckdb.NewAppender(dc, catalog, "main", table)
		if err != nil {
			return err
		}
		return errors.Join(fill(appender.AppendRow), appender.Close())
	})
	if err != nil {
		return fmt.Errorf("appending to %s: %w", table, err)
	}
	return nil
}
