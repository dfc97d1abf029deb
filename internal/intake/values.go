package intake

import (
	"fmt"
	"slices"
	"strings"

	"kith/internal/commerce"
)

// value is a field's value in the layers: raw is NULL where the row says
// nothing, and out the typed column. refuse is a condition under which the row is
// refused, with a reason; warn one under which the value counts as missing.
type value struct {
	raw, out     string
	shown        string // SQL for what the file says
	refuse       string
	reason       string // SQL
	warn, warned string // condition; why
}

// number adds a number in the form DECIMAL(18, 6).
func (l *layers) number(name string, in input, form numberForm) value {
	v := value{out: "v_" + name, warned: "the number " + unfitReason}
	v.raw, v.shown = l.given(name, in)
	v.warn = fmt.Sprintf("%s IS NOT NULL AND %s IS NULL", v.raw, v.out)
	switch {
	case in.typ != "VARCHAR":
		if l.typedNumber(name, in) {
			v.warn, v.warned = "", ""
		}
		return v
	case form.plain:
		l.add(typed, v.out, "TRY_CAST(%s AS DECIMAL(18, 6))", v.raw)
		v.warn, v.warned = "", ""
		return v
	}
	s := l.add(parts, "s_"+name, "%s", canonicalNumber(v.raw, form.comma))
	l.add(typed, v.out, `CASE WHEN regexp_full_match(%[1]s, '[-+]?0*([0-9]{1,12}(\.[0-9]{0,6}0*)?|\.[0-9]{1,6}0*)')
		THEN TRY_CAST(%[1]s AS DECIMAL(18, 6)) END`, s)
	v.refuse = fmt.Sprintf(`%s IS NOT NULL AND %s IS NULL AND NOT coalesce(regexp_full_match(%s, '[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)'), false)`, v.raw, v.out, s)
	v.reason = quotedText(v.shown) + " || ' is not a number'"
	return v
}

// typedNumber adds a number from a column that has a type of its own, and
// says whether every value of that type fits.
func (l *layers) typedNumber(name string, in input) (fits bool) {
	x, out := in.expr, "v_"+name
	switch {
	case in.typ == "DOUBLE" || in.typ == "FLOAT":
		// The shortest text that gives the same number decides whether it
		// fits. Below a billion, rounding and reading back says the same.
		exact := fmt.Sprintf("TRY_CAST(CAST(%s AS VARCHAR) AS DECIMAL(18, 6))", x)
		if in.typ == "DOUBLE" {
			exact = fmt.Sprintf("CASE WHEN abs(%[1]s) < 1e9 THEN TRY_CAST(%[1]s AS DECIMAL(18, 6)) ELSE %[2]s END", x, exact)
		}
		d := l.add(pieces, "d_"+name, "%s", exact)
		l.add(parts, out, "CASE WHEN CAST(%s AS %s) = %s THEN %s END", d, in.typ, x, d)
	case strings.HasPrefix(in.typ, "DECIMAL"):
		d := l.add(pieces, "d_"+name, "TRY_CAST(%s AS DECIMAL(18, 6))", x)
		l.add(parts, out, "CASE WHEN %s = %s THEN %s END", d, x, d)
	default:
		l.add(pieces, out, "TRY_CAST(%s AS DECIMAL(18, 6))", x)
		return slices.Contains([]string{"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER", "BOOLEAN"}, in.typ)
	}
	return false
}

// dirt is what may stand around a number: spaces, apostrophes and currencies.
var dirt = `[\s'’\x{00a0}\x{2009}\x{202f}]|\p{Sc}|^(` + moneyWords + `)|(` + moneyWords + `)$`

// moneyWords are currencies written in letters.
var moneyWords = strings.ReplaceAll(strings.TrimSpace(commerce.Currencies), " ", "|") + `|lei|Lei|LEI|kr\.?|Kč|zł|Ft|лв\.?|Rs\.?`

// canonicalNumber is a text as a number with a point and no separators of
// thousands; NULL or not a number when it does not follow the column's form.
func canonicalNumber(raw string, comma bool) string {
	clean := fmt.Sprintf(`CASE WHEN regexp_full_match(%[1]s, '[-+0-9.,]+') THEN %[1]s ELSE regexp_replace(%[1]s, %[2]s, '', 'g') END`, raw, lit(dirt))
	if comma {
		return fmt.Sprintf(`CASE WHEN regexp_full_match(%[1]s, '[-+]?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)?(,[0-9]*)?')
			THEN replace(replace(%[1]s, '.', ''), ',', '.') END`, "("+clean+")")
	}
	return fmt.Sprintf(`CASE WHEN regexp_full_match(%[1]s, '[-+]?[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.[0-9]*)?')
		THEN replace(%[1]s, ',', '') ELSE %[1]s END`, "("+clean+")")
}

// email adds an address in lower case.
func (l *layers) email(name string, in input) value {
	v := value{raw: "r_" + name, shown: "r_" + name, out: "v_" + name, warned: "it is not an e-mail address"}
	l.add(pieces, v.raw, "%s", in.text())
	l.add(parts, v.out, `CASE WHEN strlen(%[1]s) > 254 THEN NULL WHEN regexp_full_match(%[1]s, %[2]s) THEN %[1]s
		WHEN regexp_full_match(%[1]s, %[3]s) THEN lower(%[1]s) END`, v.raw, lit(plainAddress), lit(addressForm))
	v.warn = fmt.Sprintf("%s IS NOT NULL AND %s IS NULL", v.raw, v.out)
	return v
}

// plainAddress is what most addresses look like; they stay as they are.
const plainAddress = `[a-z0-9._+-]+@([a-z0-9-]+\.)+[a-z]{2,}`

// addressForm is what an address looks like: no quoted local part, no
// character that a mail header gives a meaning to.
const addressForm = `[^\s@<>"(),:;\\\[\]\x00-\x1f\x7f]{1,64}@([\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}`

// phone adds a number in the international form.
func (l *layers) phone(name string, in input, country string) value {
	v := value{raw: "r_" + name, shown: "r_" + name, out: "v_" + name, warned: "it is not a phone number"}
	l.add(pieces, v.raw, "%s", in.text())
	l.add(typed, v.out, "%s(%s, %s)", phoneFunction, v.raw, country)
	v.warn = fmt.Sprintf("%s IS NOT NULL AND %s IS NULL", v.raw, v.out)
	return v
}

// plainText adds a text as it is.
func (l *layers) plainText(name string, in input) value {
	v := value{raw: "v_" + name, shown: "v_" + name, out: "v_" + name}
	l.add(pieces, v.out, "%s", in.text())
	return v
}

// country adds two letters in upper case, for a name of a country too; any
// other text stays as it is.
func (l *layers) country(name string, in input) value {
	v := value{raw: "r_" + name, shown: "r_" + name, out: "v_" + name}
	l.add(pieces, v.raw, "%s", in.text())
	l.add(parts, v.out, "%s(%s)", countryFunction, v.raw)
	return v
}

// currency adds a code of ISO 4217.
func (l *layers) currency(name string, in input) value {
	v := value{raw: "r_" + name, shown: "r_" + name, out: "v_" + name}
	l.add(pieces, v.raw, "%s", in.text())
	l.add(parts, v.out, "upper(%s)", v.raw)
	v.refuse = fmt.Sprintf("NOT contains(%s, ' ' || %s || ' ')", lit(commerce.Currencies), v.out)
	v.reason = quotedText(v.shown) + " || ' is not a currency code'"
	return v
}

// yesNo adds 'true' or 'false'.
func (l *layers) yesNo(name string, in input) value {
	v := value{raw: "r_" + name, shown: "r_" + name, out: "v_" + name}
	l.add(pieces, v.raw, "%s", in.text())
	l.add(parts, v.out, `CASE WHEN lower(%[1]s) IN ('true', 'yes', 'y', '1', 't', 'on', 'subscribed') THEN 'true'
		WHEN lower(%[1]s) IN ('false', 'no', 'n', '0', 'f', 'off', 'unsubscribed', 'not_subscribed') THEN 'false' END`, v.raw)
	v.refuse = fmt.Sprintf("%s IS NOT NULL AND %s IS NULL", v.raw, v.out)
	v.reason = quotedText(v.shown) + " || ' is neither yes nor no'"
	return v
}

// tags adds a list of texts: a JSON array, or texts with commas, semicolons
// or bars between them.
func (l *layers) tags(name string, in input) value {
	v := value{raw: "r_" + name, shown: "r_" + name, out: "v_" + name}
	l.add(pieces, v.raw, "%s", in.text())
	parsed := fmt.Sprintf(`CASE WHEN %[1]s LIKE '[%%' AND json_valid(%[1]s) THEN from_json(%[1]s, '["VARCHAR"]')
		ELSE string_split_regex(%[1]s, '[,;|]') END`, v.raw)
	l.add(parts, "t_"+name, "CASE WHEN %s IS NOT NULL THEN %s END", v.raw, parsed)
	l.add(typed, v.out, `nullif(list_filter(list_transform(t_%[1]s, lambda x: trim(x, %[2]s)), lambda x: x <> ''), [])`, name, whiteSpace)
	return v
}

// object adds a JSON object as it stands.
func (l *layers) object(name string, in input) value {
	v := value{raw: "v_" + name, shown: "v_" + name, out: "v_" + name}
	l.add(pieces, v.out, "%s", in.text())
	v.refuse = fmt.Sprintf("%[1]s IS NOT NULL AND NOT CASE WHEN json_valid(%[1]s) THEN json_type(%[1]s) = 'OBJECT' ELSE false END", v.out)
	v.reason = quotedText(v.shown) + " || ' is not a JSON object'"
	return v
}
