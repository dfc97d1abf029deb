package eval

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"kith/internal/commerce"
	"kith/internal/segql"
)

// Raw is an event's property or a trait as it came. It takes its type from
// what it is compared with. The zero Raw is missing.
type Raw struct {
	text   string
	list   []string
	nested bool // a list or an object of JSON
	given  bool
}

// RawText is a trait's text.
func RawText(s string) Raw { return Raw{text: s, given: true} }

// RawJSON is a property. What is null, or an empty text or list, is missing.
// Numbers keep the digits they came with.
func RawJSON(m []byte) Raw { return rawJSON(string(m)) }

func rawJSON(m string) Raw {
	s := strings.TrimSpace(m)
	switch {
	case s == "null" || s == `""` || s == "":
		return Raw{}
	case s[0] == '"':
		t, ok := commerce.Unquoted(m)
		if !ok {
			return Raw{}
		}
		return RawText(t)
	case s[0] == '[':
		return rawList(m)
	case s[0] == '{':
		return Raw{nested: true, given: true}
	}
	return RawText(s)
}

// RawMember reads a member of a JSON object as a property; ok says that there is
// one. Of several with one name the first counts, as in SQL.
func RawMember(m, name string) (_ Raw, ok bool) {
	for n, value := range commerce.Members(m) {
		if n != name {
			continue
		}
		if b := value[0]; b == '-' || '0' <= b && b <= '9' {
			return RawText(NumberText(value)), true
		}
		return rawJSON(value), true
	}
	return Raw{}, false
}

// NumberText is a JSON number as SQL reads it, without needless digits.
func NumberText(s string) string {
	if !strings.ContainsAny(s, ".eE") {
		if s == "-0" {
			return "0"
		}
		return s
	}
	if short, ok := shortDecimal(s); ok {
		return short
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s // too large
	}
	b, err := json.Marshal(f)
	if err != nil {
		return s
	}
	if !bytes.ContainsAny(b, ".e") {
		return string(b) + ".0"
	}
	return string(b)
}

// shortDecimal cuts the zeros at the end of a JSON number with decimals, and
// leaves one. It is ok for numbers of so few digits that no other of them is
// the same float64, and so few decimals that none is written with an exponent.
func shortDecimal(s string) (string, bool) {
	const mostDigits, mostDecimals = 15, 6
	point := strings.IndexByte(s, '.')
	if point < 0 || len(s) > mostDigits+1 || len(s)-point-1 > mostDecimals || strings.ContainsAny(s, "eE") {
		return "", false
	}
	cut := strings.TrimRight(s, "0")
	if cut[len(cut)-1] == '.' {
		cut = s[:len(cut)+1] // one zero stays
	}
	return cut, true
}

func rawList(m string) Raw {
	parts, ok := commerce.Elements(m)
	if !ok {
		return Raw{}
	}
	r := Raw{nested: true, given: true}
	for _, part := range parts {
		if part[0] == '[' || part[0] == '{' {
			continue
		}
		if x := rawJSON(part); x.given {
			r.list = append(r.list, x.text)
		}
	}
	if r.list == nil {
		return Raw{}
	}
	return r
}

// Given says that there is a value, of whatever type.
func (r Raw) Given() bool { return r.given }

// Plain is the text of a value that is neither a list nor an object.
func (r Raw) Plain() string {
	if r.nested {
		return ""
	}
	return r.text
}

// Read is the value as a type; missing when it cannot be read so.
func (r Raw) Read(as segql.Type) Value {
	switch {
	case !r.given:
		return Value{}
	case as == segql.List && r.nested:
		return List(r.list)
	case r.nested:
		return Value{}
	}
	switch as {
	case segql.Number, segql.Fraction:
		return readNumber(r.text)
	case segql.Bool:
		if r.text == "true" || r.text == "false" {
			return Bool(r.text == "true")
		}
		return Value{}
	case segql.DateType:
		return readDate(r.text)
	case segql.Instant:
		return readInstant(r.text)
	case segql.List:
		return List([]string{r.text})
	default:
		return Text(r.text)
	}
}

// ReadMoment reads an instant, or a date as its first instant in the zone.
func (r Raw) ReadMoment(z *Zone) Value {
	if !r.given || r.nested {
		return Value{}
	}
	if d := readDate(r.text); !d.Missing() {
		return Instant(z.startOfDay(d.num))
	}
	return readInstant(r.text)
}

// readNumber reads [+-]?[0-9]{1,12}(\.[0-9]{1,6})?
func readNumber(s string) Value {
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 {
		return Value{}
	}
	whole, decimals, point := strings.Cut(digits, ".")
	if len(whole) < 1 || len(whole) > 12 || point && (len(decimals) < 1 || len(decimals) > 6) {
		return Value{}
	}
	var micros int64
	for _, c := range []byte(whole + (decimals + "000000")[:6]) {
		if c < '0' || c > '9' {
			return Value{}
		}
		micros = micros*10 + int64(c-'0')
	}
	if s[0] == '-' {
		micros = -micros
	}
	return Number(micros)
}

// readDate reads YYYY-MM-DD of a day that exists.
func readDate(s string) Value {
	if len(s) != 10 {
		return Value{}
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Value{}
	}
	return Value{typ: segql.DateType, num: floorDiv(t.Unix(), 86_400)}
}

// readInstant reads RFC 3339 with T and Z in upper case, and cuts to
// microseconds, towards the past.
func readInstant(s string) Value {
	if !instantForm(s) {
		return Value{}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return Value{}
	}
	return Instant(t.UnixMicro())
}

// AsInstant is the instant in microseconds since 1970; not ok for anything else.
func (v Value) AsInstant() (micros int64, ok bool) { return v.num, v.typ == segql.Instant }

// instantForm is what time.Parse is too lenient about: a comma before the
// decimals, one digit of the hour, an offset of 24 hours.
func instantForm(s string) bool {
	if len(s) < 20 || s[10] != 'T' {
		return false
	}
	rest := s[19:]
	if rest[0] == '.' {
		rest = strings.TrimLeft(rest[1:], "0123456789")
		if rest == "" || s[20] < '0' || s[20] > '9' {
			return false
		}
	}
	if rest == "Z" {
		return true
	}
	return len(rest) == 6 && (rest[0] == '+' || rest[0] == '-') && rest[1:3] < "24" && rest[4:6] < "60"
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
