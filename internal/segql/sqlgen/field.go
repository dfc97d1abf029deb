package sqlgen

import (
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
		return e.customerField(f.Name, typ)
	case segql.TraitField:
		return e.customerField(f.Name, typ)
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
		return readAs(typ, "CAST(NULL AS VARCHAR)")
	}
	v := readAs(typ, "CAST("+e.g.arg(setting)+" AS VARCHAR)")
	if typ == segql.Text {
		v.sql, v.null = e.g.arg(setting), false
	}
	return v
}

// trait is a customer's field as of T, as text.
func (e *env) trait(name string) value {
	g := e.g
	src := e.sc.source("trait|"+name, "t", func() *source {
		return &source{text: traitOf(g, name)}
	})
	return value{typ: segql.Text, sql: src.alias + ".value", null: true, without: missingWithout(src)}
}

// customerField is a customer's field read as a type.
func (e *env) customerField(name string, typ segql.Type) value {
	raw := e.trait(name)
	var v value
	switch typ {
	case segql.List:
		v = value{typ: segql.List, sql: "CAST(from_json(" + raw.sql + `, '["VARCHAR"]') AS VARCHAR[])`, null: true}
	case segql.Text:
		v = raw
	default:
		v = readAs(typ, raw.sql)
	}
	v.without = raw.without
	return v
}

// traitOf is a query for everyone's value of a field as of T.
func traitOf(g *gen, name string) string {
	return "SELECT customer, value FROM trait WHERE name = " + g.arg(name) +
		" AND valid_from <= " + g.now() + " AND valid_to > " + g.now()
}
