package intake

import (
	"fmt"
	"strings"

	"kith/internal/duck"
)

// layers builds a query as a pile of SELECTs, each adding columns made of
// those below, so that what one column and its check both need is worked out
// once. All names in it are constants of this package.
type layers struct {
	from  string
	list  [verdictLayer + 1][]string
	names map[string]bool
}

// Layers by what they may read: the source's columns, and each those before.
const (
	pieces = iota
	parts
	offsets
	typed
	checked
	verdictLayer
)

func newLayers(from string) *layers {
	return &layers{from: from, names: map[string]bool{}}
}

// add adds a column to a layer. A name that is there already stays as it is.
func (l *layers) add(layer int, name, format string, args ...any) string {
	if !l.names[name] {
		l.names[name] = true
		l.list[layer] = append(l.list[layer], fmt.Sprintf(format, args...)+" AS "+name)
	}
	return name
}

// sql is the query of all layers.
func (l *layers) sql() string {
	query := l.from
	for _, columns := range l.list {
		if len(columns) > 0 {
			query = "SELECT *, " + strings.Join(columns, ",\n  ") + "\nFROM (" + query + ")"
		}
	}
	return query
}

// input is a column of the source, as the layers see it.
type input struct {
	expr    string // its name in the source: a constant, or a quoted column of a Parquet file
	typ     string // its type in SQL; VARCHAR in text files
	trimmed bool   // its texts are trimmed, and blank is NULL
	col     *column

	undecoded string // a column that says that the value's bytes are no text; or empty
}

// nullMark stands for JSON's null in the plain file, where an empty cell says
// nothing.
const nullMark = "\x02" + "0"

// text is the value as a text, NULL for a blank one.
func (in input) text() string {
	switch {
	case in.trimmed:
		return in.unescaped()
	case in.typ == "VARCHAR":
		return trimmedText(in.expr)
	case in.typ == "DOUBLE", in.typ == "FLOAT":
		return fmt.Sprintf(`CASE WHEN isnan(%[1]s) THEN NULL WHEN abs(%[1]s) < 1e15 AND %[1]s = trunc(%[1]s)
			THEN CAST(CAST(%[1]s AS BIGINT) AS VARCHAR) ELSE CAST(%[1]s AS VARCHAR) END`, in.expr)
	case in.nested():
		return fmt.Sprintf("CAST(to_json(%s) AS VARCHAR)", in.expr)
	default:
		return fmt.Sprintf("nullif(trim(CAST(%s AS VARCHAR), %s), '')", in.expr, whiteSpace)
	}
}

// trimmedText is SQL for a text without white space around it, NULL for a
// blank one. Most texts have none, and seeing that costs a tenth of trimming.
func trimmedText(x string) string {
	suspect := []string{x + " < '!'"}
	for _, code := range [...]int{32, 9, 10, 13} {
		suspect = append(suspect, fmt.Sprintf("suffix(%s, chr(%d))", x, code))
	}
	return fmt.Sprintf("CASE WHEN %s THEN nullif(trim(%s, %s), '') ELSE %[2]s END", strings.Join(suspect, " OR "), x, whiteSpace)
}

// whiteSpace is what is trimmed.
const whiteSpace = "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160) || chr(65279)"

// given adds a column that is NULL where the row says nothing, of whatever
// type. shown is SQL for the text of it, for the rare row that is refused.
func (l *layers) given(name string, in input) (raw, shown string) {
	switch in.typ {
	case "VARCHAR":
		raw = l.add(pieces, "r_"+name, "%s", in.text())
		return raw, raw
	case "DOUBLE", "FLOAT":
		raw = l.add(pieces, "r_"+name, "CASE WHEN NOT isnan(%[1]s) THEN %[1]s END", in.expr)
	default:
		raw = in.expr
	}
	return raw, "CAST(" + raw + " AS VARCHAR)"
}

func (in input) nested() bool {
	return strings.HasSuffix(in.typ, "]") || strings.HasPrefix(in.typ, "STRUCT") || strings.HasPrefix(in.typ, "MAP")
}

// unescaped undoes what the plain file escapes, where it had to.
func (in input) unescaped() string {
	e := in.expr
	if in.col == nil || !in.col.escaped && !in.col.nulls && !in.col.nested {
		return e
	}
	if in.col.nested {
		e = fmt.Sprintf("ltrim(%s, chr(%d))", e, nestedMark)
	}
	if in.col.nulls {
		e = fmt.Sprintf("nullif(%s, chr(2) || '0')", e)
	}
	for _, pair := range [...]string{"'n', chr(10)", "'r', chr(13)", "'u', chr(31)", "'2', chr(2)"} {
		e = fmt.Sprintf("replace(%s, chr(2) || %s)", e, pair)
	}
	return e
}

// emptied says whether the value was null in JSON, which empties a field.
func (in input) emptied() string {
	if in.col == nil || !in.col.nulls {
		return "false"
	}
	return fmt.Sprintf("(%s IS NOT DISTINCT FROM chr(2) || '0')", in.expr)
}

// quotedText is SQL for a value in a reason.
func quotedText(expr string) string { return `'"' || ` + shortened(expr) + ` || '"'` }

// shortened is SQL for as much of a text as a line shows.
func shortened(expr string) string {
	return fmt.Sprintf("left(%[1]s, 60) || CASE WHEN length(%[1]s) > 60 THEN '…' ELSE '' END", expr)
}

func lit(text string) string { return duck.Literal(text) }
