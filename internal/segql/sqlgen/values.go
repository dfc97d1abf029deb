package sqlgen

import (
	"fmt"
	"strings"

	"kith/internal/segql"
)

// ValuesOf says whose values are asked for: a field of facts, or of customers
// where Facts is nil.
type ValuesOf struct {
	Facts *segql.Facts
	Field segql.FieldInfo
}

// Table is the table whose rows hold the values; empty for a field that has
// no values to choose from.
func (v ValuesOf) Table() string {
	switch {
	case v.Field.Type == segql.Number || v.Field.Type == segql.Fraction || v.Field.Type == segql.DateType || v.Field.Type == segql.Instant:
		return ""
	case v.Facts != nil:
		return (&gen{}).tableOf(v.Facts).name
	case v.Field.Kind == segql.CustomerField || v.Field.Kind == segql.TraitField:
		return "trait"
	case v.Field.Kind == segql.BaseField:
		return "score"
	}
	return ""
}

// Values returns a statement with a row for each of the commonest values, at
// most limit, the commonest first: the value as a text, and how many rows have
// it. Below 100, percent is the share of the table's rows that is looked at.
func Values(v ValuesOf, percent float64, limit int, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		sample := ""
		if percent < 100 {
			sample = fmt.Sprintf(" TABLESAMPLE SYSTEM(%.6f PERCENT)", max(percent, 0.000001))
		}
		return "SELECT value, count(*) AS n FROM (" + g.values(v, sample) + ")\nWHERE value <> '' GROUP BY 1 ORDER BY n DESC, value LIMIT " + g.arg(int64(limit))
	})
}

func (g *gen) values(v ValuesOf, sample string) string {
	if v.Facts != nil {
		return g.factValues(v, sample)
	}
	holds := " WHERE name = " + g.arg(v.Field.Name) + " AND valid_from <= " + g.now() + " AND valid_to > " + g.now()
	switch {
	case v.Field.Kind == segql.BaseField:
		return "SELECT label AS value FROM score" + sample + holds
	case v.Field.Type == segql.List:
		return `SELECT unnest(CAST(from_json(value, '["VARCHAR"]') AS VARCHAR[])) AS value FROM trait` + sample + holds
	}
	return "SELECT value FROM trait" + sample + holds
}

func (g *gen) factValues(v ValuesOf, sample string) string {
	t := g.tableOf(v.Facts)
	row := &rowEnv{table: t, event: v.Facts.Event}
	e := &env{g: g, sc: g.newScope(), row: row}
	x := e.rowField(v.Field.Name, segql.Text)
	value := "CAST(" + x.sql + " AS VARCHAR)"
	if x.typ == segql.List {
		value = "unnest(" + x.sql + ")"
	}
	holds := append([]string{"f.ts <= " + g.now()}, t.valid(g)...)
	if v.Facts.Event {
		holds = append(holds, "f.event = "+g.arg(segql.EventKey(v.Facts.Name)))
	}
	return "SELECT " + value + " AS value FROM " + t.name + " f" + sample + row.needs.join(g, t) + " WHERE " + strings.Join(holds, " AND ")
}
