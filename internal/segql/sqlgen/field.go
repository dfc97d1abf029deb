package sqlgen

import (
	"slices"
	"strings"

	"kith/internal/segql"
)

// field is a field of the customer, of the shop or, in a filter, of the row.
func (e *env) field(f *segql.Field) value {
	info, ok := e.checked.Fields[f]
	if !ok {
		e.g.fail("field %q was not checked", f.Name)
		return value{}
	}
	typ := e.checked.TypeOf(f)
	switch info.Kind {
	case segql.FactField:
		return e.rowField(f.Name, typ)
	case segql.ShopField:
		return e.shopField(f.Name, typ)
	case segql.OwnField:
		return e.own(f.Name)
	case segql.BaseField:
		return e.base(f.Name)
	case segql.CustomerField:
		if f.Name == "age" {
			return e.age()
		}
		return e.readTrait(f.Name, typ)
	case segql.TraitField:
		return e.readTrait(f.Name, typ)
	case segql.NoField:
	}
	e.g.fail("field %q has no kind", f.Name)
	return value{}
}

// shopField is a constant.
func (e *env) shopField(name string, typ segql.Type) value {
	const prefix = "shop."
	setting, ok := e.g.opt.Settings[name[len(prefix):]]
	if !ok || setting == "" {
		return none(typ)
	}
	v := readAs(typ, "CAST("+e.g.arg(setting)+" AS VARCHAR)")
	if typ == segql.Text {
		v.sql, v.null = e.g.arg(setting), false
	}
	return v
}

// none is a value that is always missing.
func none(typ segql.Type) value {
	columnType := map[segql.Type]string{
		segql.Number: "DECIMAL(18, 6)", segql.DateType: "DATE", segql.Instant: "TIMESTAMP", segql.Bool: "BOOLEAN",
	}[typ]
	if columnType == "" {
		return readAs(typ, "CAST(NULL AS VARCHAR)")
	}
	return value{typ: typ, sql: "CAST(NULL AS " + columnType + ")", null: true}
}

// traitSource has the value of a customer's field as of T.
func (e *env) traitSource(name string) *source {
	g := e.g
	return e.sc.source("trait|"+name, "t", func() *source {
		s := &source{}
		s.text = func() string {
			return traitOf(g, name, s.readings...)
		}
		return s
	})
}

// traitOf is a query for everyone's value of a field as of T, and readings of it.
func traitOf(g *gen, name string, readings ...string) string {
	return "SELECT " + strings.Join(append([]string{"customer", "value"}, readings...), ", ") +
		" FROM trait WHERE name = " + g.arg(name) + " AND valid_from <= " + g.now() + " AND valid_to > " + g.now()
}

// trait is a customer's field as of T, as text.
func (e *env) trait(name string) value {
	src := e.traitSource(name)
	return value{typ: segql.Text, sql: src.alias + ".value", null: true, without: missingWithout(src)}
}

// readTrait is a customer's field read as a type. It is read where it comes
// from: conditions repeat it, and a long expression costs DuckDB's planner
// more than the whole rest of a statement.
func (e *env) readTrait(name string, typ segql.Type) value {
	src := e.traitSource(name)
	column := map[segql.Type]string{
		segql.Number: "number", segql.DateType: "day", segql.Instant: "instant", segql.Bool: "flag", segql.List: "list",
	}[typ]
	if column == "" {
		return e.trait(name)
	}
	reading := readAs(typ, "value").sql
	if typ == segql.List {
		reading = `CAST(from_json(value, '["VARCHAR"]') AS VARCHAR[])`
	}
	if reading += " AS " + column; !slices.Contains(src.readings, reading) {
		src.readings = append(src.readings, reading)
	}
	return value{typ: typ, sql: src.alias + "." + column, null: true, without: missingWithout(src)}
}
