package live

import (
	"bytes"
	"encoding/json"
	"iter"
	"math/big"
	"slices"
	"strings"

	"kith/internal/commerce"
	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// object is a JSON object of an event, as SQL sees it: of members with the
// same name the first counts.
type object struct {
	members []member
	byName  map[string]string // where there are many members
}

// member is a member of an object. Its value is never empty.
type member struct{ name, value string }

// fewMembers is up to how many members are looked through one by one.
const fewMembers = 32

// readObject reads an object; what is none has no members. Names and values
// are parts of the text.
func readObject(text string) object { return readInto(nil, text) }

// readInto reads an object, with room for its members.
func readInto(room []member, text string) object {
	o := object{members: room}
	for name, value := range commerce.Members(text) {
		o.members = append(o.members, member{name, value})
	}
	if len(o.members) > fewMembers {
		o.byName = make(map[string]string, len(o.members))
		o.members = slices.DeleteFunc(o.members, func(m member) bool {
			_, again := o.byName[m.name]
			if !again {
				o.byName[m.name] = m.value
			}
			return again
		})
	}
	return o
}

// value is a member as it stands in the text; empty for none.
func (o object) value(name string) string {
	if o.byName != nil {
		return o.byName[name]
	}
	for i := range o.members {
		if o.members[i].name == name {
			return o.members[i].value
		}
	}
	return ""
}

// names goes through the names of the members in order, each once.
func (o object) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, m := range o.members {
			again := o.byName == nil && slices.ContainsFunc(o.members[:i], func(before member) bool { return before.name == m.name })
			if !again && !yield(m.name) {
				return
			}
		}
	}
}

// has says whether there is a member, null or not.
func (o object) has(name string) bool { return o.value(name) != "" }

// first is the first of some names that is there.
func (o object) first(names ...string) (string, bool) {
	for _, name := range names {
		if o.has(name) {
			return name, true
		}
	}
	return "", false
}

// text is a member as json_extract_string gives it; empty for null and for
// none. It may be a part of the object's text: what is kept is a copy of it.
func (o object) text(name string) string { return textOf(o.value(name)) }

func textOf(raw string) string {
	if raw == "" {
		return ""
	}
	switch raw[0] {
	case '"':
		s, _ := commerce.Unquoted(raw)
		return s
	case '{', '[':
		if !strings.ContainsAny(raw, " \t\r\n") {
			return raw
		}
		var b bytes.Buffer
		if json.Compact(&b, []byte(raw)) != nil {
			return ""
		}
		return b.String()
	case 'n':
		return ""
	case 't', 'f':
		return raw
	}
	return eval.NumberText(raw)
}

// scalar is the first of some members that is a text, a number or a truth
// value, and not empty. It is a copy.
func (o object) scalar(names ...string) string {
	for _, name := range names {
		raw := o.value(name)
		if raw == "" || raw[0] == '{' || raw[0] == '[' {
			continue
		}
		if s := textOf(raw); s != "" && s[0] != '{' && s[0] != '[' {
			return strings.Clone(s)
		}
	}
	return ""
}

// given is the first of some members that is not empty, and its text.
func (o object) given(names ...string) (name, text string) {
	for _, name := range names {
		if s := o.text(name); s != "" {
			return name, s
		}
	}
	return "", ""
}

// number is the first of some members that is a number that fits.
func (o object) number(names ...string) decimal {
	for _, name := range names {
		if d := readDecimal(o.text(name)); d.given() {
			return d
		}
	}
	return decimal{}
}

// numberValue is a member that is a number that fits.
func (o object) numberValue(name string) eval.Value {
	micros, ok := readMicros(o.text(name))
	if !ok {
		return eval.Value{}
	}
	return eval.Number(micros)
}

// instant is a member as an instant; not ok when it cannot be read as one.
func (o object) instant(name string) (int64, bool) {
	return eval.RawText(o.text(name)).Read(segql.Instant).AsInstant()
}

// list is what a list holds; nothing if the member is no list.
func (o object) list(name string) []string {
	parts, _ := commerce.Elements(o.value(name))
	return parts
}

// texts is a list of texts, or one text.
func (o object) texts(name string) eval.Value {
	if raw := o.value(name); raw != "" && (raw[0] == '[' || raw[0] == '"') {
		return eval.RawJSON([]byte(raw)).Read(segql.List)
	}
	return eval.Value{}
}

// decimal is a number in millionths; the zero decimal is missing.
type decimal struct{ micros *big.Int }

var (
	million  = big.NewInt(1_000_000)
	tooLarge = new(big.Int).Exp(big.NewInt(10), big.NewInt(18), nil)
)

func readDecimal(s string) decimal {
	micros, ok := readMicros(s)
	if !ok {
		return decimal{}
	}
	return decimal{big.NewInt(micros)}
}

// readMicros reads [+-]?[0-9]{1,12}(\.[0-9]{1,6})? in millionths.
func readMicros(s string) (micros int64, ok bool) {
	const mostWhole, mostDecimals = 12, 6
	unsigned := s
	if s != "" && (s[0] == '+' || s[0] == '-') {
		unsigned = s[1:]
	}
	whole, decimals, point := strings.Cut(unsigned, ".")
	if whole == "" || len(whole) > mostWhole || len(decimals) > mostDecimals || point && decimals == "" {
		return 0, false
	}
	for i := range len(whole) + mostDecimals {
		digit := byte('0')
		if i < len(whole) {
			digit = whole[i]
		} else if i-len(whole) < len(decimals) {
			digit = decimals[i-len(whole)]
		}
		if digit < '0' || digit > '9' {
			return 0, false
		}
		micros = micros*10 + int64(digit-'0')
	}
	if s[0] == '-' {
		micros = -micros
	}
	return micros, true
}

// No decimal changes once it is made.
var (
	zero = decimal{new(big.Int)}
	one  = decimal{million}
)

func (d decimal) given() bool { return d.micros != nil }

// sign is 0 for what is missing.
func (d decimal) sign() int {
	if d.micros == nil {
		return 0
	}
	return d.micros.Sign()
}

// fitting is d, missing where it has more than twelve digits.
func (d decimal) fitting() decimal {
	if d.given() && d.micros.CmpAbs(tooLarge) >= 0 {
		return decimal{}
	}
	return d
}

// or is d, or another where it is missing.
func (d decimal) or(other decimal) decimal {
	if d.given() {
		return d
	}
	return other
}

func (d decimal) plus(other decimal) decimal {
	return decimal{new(big.Int).Add(d.micros, other.micros)}
}

func (d decimal) minus() decimal { return decimal{new(big.Int).Neg(d.micros)} }

// times is a product rounded half away from zero.
func (d decimal) times(other decimal) decimal {
	if !d.given() || !other.given() {
		return decimal{}
	}
	n := new(big.Int).Mul(d.micros, other.micros)
	q, r := new(big.Int).QuoRem(n, million, new(big.Int))
	if r.Lsh(r, 1).CmpAbs(million) >= 0 {
		q.Add(q, big.NewInt(int64(n.Sign())))
	}
	return decimal{q}
}

// money is an amount in the shop's currency, if it fits.
func (d decimal) money(rate decimal) decimal {
	if rate.micros.Cmp(million) == 0 {
		return d
	}
	return d.times(rate).fitting()
}

func (d decimal) same(other decimal) bool {
	if !d.given() || !other.given() {
		return d.given() == other.given()
	}
	return d.micros.Cmp(other.micros) == 0
}

// value is the number; missing where it does not fit.
func (d decimal) value() eval.Value {
	if !d.fitting().given() {
		return eval.Value{}
	}
	return eval.Number(d.micros.Int64())
}

// raw is the number as an event that is told keeps it.
func (d decimal) raw() eval.Raw {
	if !d.fitting().given() {
		return eval.Raw{}
	}
	return eval.RawText(d.text(6))
}

// String is the number; empty for what is missing.
func (d decimal) String() string {
	if !d.given() {
		return ""
	}
	return d.text(0)
}

// text is the number with at least so many places.
func (d decimal) text(places int) string {
	n := new(big.Int).Abs(d.micros)
	digits := n.String()
	if len(digits) < 7 {
		digits = strings.Repeat("0", 7-len(digits)) + digits
	}
	whole, decimals := digits[:len(digits)-6], digits[len(digits)-6:]
	for len(decimals) > places && decimals[len(decimals)-1] == '0' {
		decimals = decimals[:len(decimals)-1]
	}
	if d.sign() < 0 {
		whole = "-" + whole
	}
	return whole + "." + decimals
}

// decimalOf is the number of a value.
func decimalOf(v eval.Value) decimal { return readDecimal(v.String()) }

// textRaw is a text as an event that is told keeps it; an empty one is missing.
func textRaw(s string) eval.Raw {
	if s == "" {
		return eval.Raw{}
	}
	return eval.RawText(s)
}
