package live

import (
	"bytes"
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// object is a JSON object of an event, as SQL sees it: of members with the
// same name the first counts.
type object struct {
	names  []string // in order
	values map[string]json.RawMessage
}

// readObject reads an object; what is none has no members.
func readObject(raw json.RawMessage) object {
	o := object{values: map[string]json.RawMessage{}}
	d := json.NewDecoder(bytes.NewReader(raw))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return o
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return o
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return o
		}
		if _, again := o.values[name.(string)]; !again {
			o.names = append(o.names, name.(string))
			o.values[name.(string)] = value
		}
	}
	return o
}

// has says whether there is a member, null or not.
func (o object) has(name string) bool { return o.values[name] != nil }

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
// none.
func (o object) text(name string) string { return textOf(o.values[name]) }

func textOf(raw json.RawMessage) string {
	switch {
	case len(raw) == 0:
		return ""
	case raw[0] == '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return ""
		}
		return s
	case raw[0] == '{', raw[0] == '[':
		var b bytes.Buffer
		if json.Compact(&b, raw) != nil {
			return ""
		}
		return b.String()
	case raw[0] == 'n':
		return ""
	case raw[0] == 't', raw[0] == 'f':
		return string(raw)
	}
	return eval.NumberText(string(raw))
}

// scalar is the first of some members that is a text, a number or a truth
// value, and not empty.
func (o object) scalar(names ...string) string {
	for _, name := range names {
		if s := o.text(name); s != "" && s[0] != '{' && s[0] != '[' {
			return s
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

// instant is a member as an instant; not ok when it cannot be read as one.
func (o object) instant(name string) (int64, bool) {
	s := o.text(name)
	if eval.RawText(s).Read(segql.Instant).Missing() {
		return 0, false
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	return at.UnixMicro(), err == nil
}

// list is a list of objects; anything else in it is an object without members.
func (o object) list(name string) []json.RawMessage {
	var parts []json.RawMessage
	if raw := o.values[name]; len(raw) > 0 && raw[0] == '[' && json.Unmarshal(raw, &parts) != nil {
		return nil
	}
	return parts
}

// texts is a list of texts, or one text.
func (o object) texts(name string) eval.Value {
	if raw := o.values[name]; len(raw) > 0 && (raw[0] == '[' || raw[0] == '"') {
		return eval.RawJSON(raw).Read(segql.List)
	}
	return eval.Value{}
}

// decimal is a number in millionths; the zero decimal is missing.
type decimal struct{ micros *big.Int }

var (
	decimalForm = regexp.MustCompile(`^[+-]?([0-9]{1,12})(?:\.([0-9]{1,6}))?$`)
	million     = big.NewInt(1_000_000)
	tooLarge    = new(big.Int).Exp(big.NewInt(10), big.NewInt(18), nil)
)

func readDecimal(s string) decimal {
	m := decimalForm.FindStringSubmatch(s)
	if m == nil {
		return decimal{}
	}
	n, ok := new(big.Int).SetString(m[1]+(m[2] + "000000")[:6], 10)
	if ok && s[0] == '-' {
		n.Neg(n)
	}
	return decimal{n}
}

func whole(n int64) decimal { return decimal{new(big.Int).Mul(big.NewInt(n), million)} }

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
