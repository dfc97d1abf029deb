package intake

import (
	"errors"
	"fmt"
	"io"

	"kith/internal/commerce"
)

// jsonLines reads one JSON object a line. Columns are found as they appear.
func (r *reader) jsonLines(t *table, in *textRows, plain *plainFile) error {
	in.rows.dialect = dialect{newline: '\n', whole: true}
	t.form.Type, t.text = "json", &textFile{dialect: in.rows.dialect, json: true}
	objects := &objectReader{cfg: &r.cfg, table: t, plain: plain, byName: map[string]int{}}
	take := objects.take
	if r.cfg.Kind == commerce.Events {
		events, err := newEventReader(&r.cfg, t, plain)
		if err != nil {
			return err
		}
		take = events.take
	}
	for {
		row, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			return objects.finish(in.place)
		case err != nil:
			return err
		case row.problem != "":
			continue
		}
		rows, err := take(row, in.place-1)
		if err != nil && !isRowProblem(err) {
			return err
		}
		if err == nil {
			in.place += int64(rows) - 1
		}
	}
}

// isRowProblem says whether an error is a row's own fault.
func isRowProblem(err error) bool {
	return errors.Is(err, errJSON) || errors.Is(err, errJSONDepth) || errors.Is(err, errBatch)
}

// jsonProblem is what is wrong with a line of JSON, or empty.
func jsonProblem(kind commerce.Kind, raw []byte) string {
	err := eachMember(raw, func(key []byte, value jsonValue) error {
		if kind == commerce.Events && string(key) == "batch" {
			return checkBatch(value)
		}
		return nil
	})
	if err != nil {
		return err.Error()
	}
	return ""
}

// objectReader writes objects to the plain file, a column for each key.
type objectReader struct {
	cfg    *Config
	table  *table
	plain  *plainFile
	byName map[string]int
	values []jsonValue
}

func (o *objectReader) take(row textRow, place int64) (rows int, err error) {
	clear(o.values)
	err = eachMember(row.raw, func(key []byte, value jsonValue) error {
		i, ok := o.byName[string(key)]
		if !ok {
			if i = len(o.table.headers); i == maxColumns {
				return fmt.Errorf("line %d: there are more than %d different keys", row.line, maxColumns)
			}
			header := string(key)
			o.byName[header] = i
			o.table.headers = append(o.table.headers, header)
			o.table.columns = append(o.table.columns, &column{header: header, roles: rolesOf(o.cfg, header)})
			o.values = append(o.values, jsonValue{})
		}
		o.values[i] = value
		return nil
	})
	if err != nil {
		return 0, err
	}
	o.plain.begin(place, row.line)
	for i, v := range o.values {
		if v.isNull() && o.cfg.Kind == commerce.Customers {
			o.plain.null(o.table.columns[i])
		} else {
			o.plain.jsonCell(v, o.table.columns[i])
		}
	}
	return 1, o.plain.end()
}

// rolesOf is what a key may turn out to be once all keys are known.
func rolesOf(cfg *Config, header string) roles {
	var set roles
	for _, f := range fields(cfg.Kind) {
		column, asked := cfg.Map[f.name]
		if asked && key(column) == key(header) {
			set |= surveyed(f.role)
		}
		for _, k := range headersOf(cfg, f).keys {
			if !asked && k == key(header) {
				set |= surveyed(f.role)
			}
		}
	}
	return set
}

// finish maps the keys once all are known. The event reader has done it before.
func (o *objectReader) finish(rows int64) error {
	t := o.table
	if t.mapping == nil {
		if len(t.headers) == 0 && rows > 0 {
			return errors.New("no line of it is a JSON object")
		}
		var err error
		if t.mapping, err = resolve(o.cfg, t.headers, true); err != nil {
			return err
		}
	}
	used := make([]int, len(t.headers))
	for i := range used {
		used[i] = i
	}
	t.inputs = func(i int) input {
		return input{expr: fmt.Sprintf("c%d", i), typ: "VARCHAR", trimmed: true, col: t.columns[i]}
	}
	t.from = o.plain.source(used, true)
	return nil
}
