package intake

import "fmt"

// numberForm is how the columns of a field write numbers.
func (t *table) numberForm(columns []int) numberForm {
	var siblings int64
	for _, c := range t.columns {
		if c != nil {
			siblings += c.numbers.vote()
		}
	}
	form := t.columns[columns[0]].numbers.form(siblings)
	for _, i := range columns[1:] {
		if next := t.columns[i].numbers.form(siblings); next != form {
			form.plain = false
		}
	}
	return form
}

// instantForm is how the columns of a field write instants.
func (t *table) instantForm(cfg *Config, columns []int) instantForm {
	monthFirst := writesMonthFirst(cfg.Country, cfg.Zone)
	form := t.columns[columns[0]].instants.form(monthFirst)
	for _, i := range columns[1:] {
		next := t.columns[i].instants.form(monthFirst)
		form.minYear, form.maxYear = min(form.minYear, next.minYear), max(form.maxYear, next.maxYear)
		if next.plain != form.plain {
			form.plain = "?"
		}
	}
	return form
}

// describe tells which column became which field, and in which form.
func (t *table) describe(cfg *Config, report *FileReport) {
	for _, f := range fields(cfg.Kind) {
		columns := t.mapping.fields[f.name]
		if len(columns) == 0 || t.form.Type == "json" && !t.seen(columns) {
			continue
		}
		m := Mapped{Field: f.name, Column: printable(t.headers[columns[0]]), Found: t.mapping.found[f.name]}
		for _, i := range columns[1:] {
			m.Column += ", " + printable(t.headers[i])
		}
		var note string
		m.Form, note = t.shownForm(cfg, f.role, columns)
		if note != "" {
			report.Notes = append(report.Notes, fmt.Sprintf("%s: %s", m.Column, note))
		}
		report.Columns = append(report.Columns, m)
	}
	for _, e := range t.mapping.traits {
		report.Columns = append(report.Columns, Mapped{Field: traitPrefix + e.name, Column: printable(t.headers[e.column]), Found: e.found})
	}
	for _, e := range t.mapping.props {
		report.Columns = append(report.Columns, Mapped{Field: propertyPrefix + e.name, Column: printable(t.headers[e.column]), Found: e.found})
	}
	for _, i := range t.mapping.unused {
		report.Ignored = append(report.Ignored, printable(t.headers[i]))
	}
	report.Notes = append(report.Notes, t.mapping.notes...)
	report.Notes = append(report.Notes, t.notes...)
}

func (t *table) seen(columns []int) bool {
	for _, i := range columns {
		if t.columns[i].filled > 0 {
			return true
		}
	}
	return false
}

func (t *table) shownForm(cfg *Config, r role, columns []int) (form, note string) {
	c := t.columns[columns[0]]
	switch surveyed(r) {
	case asNumber:
		if c.numbers.seen == 0 {
			return "", ""
		}
		f := t.numberForm(columns)
		if f.unsure {
			note = "every value can be read with a decimal point and with a comma; read as " + f.name()
		}
		return f.name(), note
	case asInstant:
		if c.instants.seen == 0 {
			return "", ""
		}
		f := t.instantForm(cfg, columns)
		if f.unsure {
			note = "no value says whether the day or the month comes first; read as " + f.name()
		}
		if r == roleDate {
			return f.name(), note
		}
		return f.shown(), note
	default:
	}
	return "", ""
}
