package intake

import (
	"fmt"
	"strings"
	"time"
)

// Instants that are taken: earlier ones are mistakes (a zero, a two-digit
// year), later ones do not fit RFC 3339.
const (
	firstInstant = -2208988800_000000  // 1900-01-01
	lastInstant  = 253402300799_999999 // 9999-12-31
)

// instant adds a TIMESTAMP in UTC. Times without an offset are read in zone.
func (l *layers) instant(name string, in input, form instantForm, zone *time.Location) value {
	v := value{out: "v_" + name}
	v.raw, v.shown = l.given(name, in)
	v.refuse = fmt.Sprintf("%s IS NOT NULL AND %s IS NULL", v.raw, v.out)
	v.reason = quotedText(v.shown) + " || " + lit(" is not an instant as this column writes them ("+form.shown()+"), from 1900 on")
	local, utc := l.localTime(name, in, form)
	list := segments(zone, max(min(form.minYear, 2200), 1900), min(max(form.maxYear, 1900), 2200))
	us := "u_" + name
	switch {
	case local == "":
		us = utc
	case utc == "":
		l.add(typed, us, "%s", inUTC(local, list))
	default:
		l.add(typed, us, "coalesce(%s, %s)", utc, inUTC(local, list))
	}
	l.add(checked, v.out, "CASE WHEN %s BETWEEN %d AND %d THEN make_timestamp(%s) END", us, firstInstant, lastInstant, us)
	return v
}

// localTime adds columns with the microseconds of the local time as written
// and of the instant where an offset says it. A name is empty when no value
// has one; utc is NULL where only local is known.
func (l *layers) localTime(name string, in input, form instantForm) (local, utc string) {
	micros := func(layer int, prefix, stamp string) string {
		return l.add(layer, prefix+name, "CASE WHEN isfinite(%[1]s) THEN epoch_us(%[1]s) END", stamp)
	}
	cast := func(typ string) string { return l.add(pieces, "p_"+name, "TRY_CAST(%s AS %s)", in.text(), typ) }
	switch {
	case strings.HasPrefix(in.typ, "TIMESTAMP WITH"):
		return "", micros(parts, "i_", in.expr)
	case strings.HasPrefix(in.typ, "TIMESTAMP"), in.typ == "DATE":
		return micros(parts, "l_", l.add(pieces, "p_"+name, "TRY_CAST(%s AS TIMESTAMP)", in.expr)), ""
	case form.family >= familySeconds:
		return "", l.sinceEpoch(name, in, form.family)
	case form.family == familyDigits:
		s := in.text()
		l.add(pieces, "p_"+name, `CASE WHEN regexp_full_match(%[1]s, '[0-9]{8}')
			THEN TRY_CAST(left(%[1]s, 4) || '-' || substr(%[1]s, 5, 2) || '-' || right(%[1]s, 2) AS TIMESTAMP) END`, s)
		return micros(parts, "l_", "p_"+name), ""
	case form.plain == "":
		return micros(parts, "l_", cast("TIMESTAMP")), ""
	case form.plain == "Z":
		return "", micros(parts, "i_", cast("TIMESTAMP"))
	case form.plain == "+":
		return "", micros(parts, "i_", cast("TIMESTAMPTZ"))
	}
	return l.takenApart(name, in, form)
}

// sinceEpoch adds microseconds from a count of some unit since 1970.
func (l *layers) sinceEpoch(name string, in input, f family) string {
	unit := map[family]int64{familySeconds: 1_000_000, familyMillis: 1000, familyMicros: 1}[f]
	s := l.add(pieces, "p_"+name, "%s", in.text())
	if f == familyNanos {
		return l.add(parts, "i_"+name, "CASE WHEN regexp_full_match(%[1]s, '-?[0-9]{1,19}') THEN TRY_CAST(TRY_CAST(%[1]s AS HUGEINT) // 1000 AS BIGINT) END", s)
	}
	// Decimals behind the sixth are cut, as everywhere.
	return l.add(parts, "i_"+name, `CASE WHEN regexp_full_match(%[1]s, '-?[0-9]{1,16}(\.[0-9]*)?')
		THEN TRY_CAST(trunc(TRY_CAST(%[1]s AS DECIMAL(38, 12)) * %[2]d) AS BIGINT) END`, s, unit)
}

// takenApart adds local time and instant from the parts of a text.
func (l *layers) takenApart(name string, in input, form instantForm) (local, utc string) {
	date := `(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})`
	names := `['y', 'm', 'd', 'h', 'mi', 's', 'f', 'ap', 'z']`
	if form.family == familyYearLast {
		date = `(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})`
		names = strings.Replace(names, `'y', 'm', 'd'`, `'d', 'm', 'y'`, 1)
		if form.monthFirst {
			names = strings.Replace(names, `'d', 'm'`, `'m', 'd'`, 1)
		}
	}
	pattern := `^` + date + `(?:(?:[Tt]|,? +)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)? ?([AaPp][Mm])?)? ?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$`
	p := l.add(pieces, "p_"+name, "regexp_extract(%s, %s, %s)", in.text(), lit(pattern), names)
	day := fmt.Sprintf("TRY_CAST(CASE WHEN length(%[1]s.y) = 2 THEN CASE WHEN %[1]s.y < '70' THEN '20' ELSE '19' END ELSE '' END || %[1]s.y || '-' || %[1]s.m || '-' || %[1]s.d AS TIMESTAMP)", p)
	number := func(part string) string { return fmt.Sprintf("coalesce(TRY_CAST(%s.%s AS BIGINT), 0)", p, part) }
	hour := fmt.Sprintf(`CASE WHEN %[1]s.ap = '' THEN %[2]s WHEN %[2]s NOT BETWEEN 1 AND 12 THEN NULL
		ELSE %[2]s %% 12 + CASE WHEN lower(%[1]s.ap) = 'pm' THEN 12 ELSE 0 END END`, p, number("h"))
	l.add(parts, "l_"+name, `epoch_us(%s) + CASE WHEN %s < 60 AND %s < 60 AND (%s) < 24
		THEN ((%s) * 3600 + %s * 60 + %s) * 1000000 + CAST(rpad(left(%s.f, 6), 6, '0') AS BIGINT) END`,
		day, number("mi"), number("s"), hour, hour, number("mi"), number("s"), p)
	l.add(offsets, "i_"+name, `CASE WHEN %[1]s.z = '' THEN NULL WHEN %[1]s.z IN ('Z', 'z', 'UTC', 'GMT') THEN l_%[2]s
		ELSE l_%[2]s - CASE WHEN %[1]s.z LIKE '-%%' THEN -1 ELSE 1 END * (CAST(substr(%[1]s.z, 2, 2) AS BIGINT) * 3600
		+ coalesce(TRY_CAST(substr(replace(%[1]s.z, ':', ''), 4, 2) AS BIGINT), 0) * 60) * 1000000 END`, p, name)
	return "l_" + name, "i_" + name
}

// date adds a DATE: the calendar day as it is written, whatever the offset.
func (l *layers) date(name string, in input, form instantForm) value {
	v := value{out: "v_" + name}
	v.raw, v.shown = l.given(name, in)
	v.refuse = fmt.Sprintf("%s IS NOT NULL AND %s IS NULL", v.raw, v.out)
	v.reason = quotedText(v.shown) + " || " + lit(" is not a date as this column writes them ("+form.name()+")")
	switch {
	case in.typ == "DATE", strings.HasPrefix(in.typ, "TIMESTAMP"):
		l.add(typed, v.out, "TRY_CAST(%s AS DATE)", in.expr)
	case form.family == familyYearFirst && form.plain != "?":
		l.add(typed, v.out, "TRY_CAST(left(%s, 10) AS DATE)", v.shown)
	default:
		us, utc := l.localTime(name, in, form)
		if us == "" {
			us = utc
		}
		l.add(typed, v.out, "CAST(make_timestamp(%s) AS DATE)", us)
	}
	return v
}
