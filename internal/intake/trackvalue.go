package intake

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"kith/internal/commerce"
)

// verdict is the first thing that is wrong with an event.
type verdict struct{ column, reason string }

func (v *verdict) refuse(column, reason string) {
	if v.reason == "" {
		v.column, v.reason = column, reason
	}
}

// given is an event's values as texts, trimmed; empty is missing.
type given [evCount]string

// canonical makes an event of what was given, or says what is wrong with it:
// the same, in the same order, as shape does in SQL.
func (t *tracker) canonical(ev *event) (_ commerce.Event, column, reason string) {
	var g given
	for i, v := range ev.values {
		if i == evProperties {
			g[i] = string(trimmed(ev.properties()))
		} else {
			g[i] = string(trimmed(v.text()))
		}
	}
	out := commerce.Event{
		At: t.at, Type: "track", Name: g[evEvent], CustomerID: g[evCustomerID], AnonymousID: g[evAnonymousID], MessageID: g[evMessageID],
		Email: normalEmail(g[evEmail]), Phone: normalPhone(g[evPhone], t.Country),
		Properties: objectOf(g[evProperties]), Traits: objectOf(g[evTraits]),
	}
	if g[evType] != "" {
		out.Type = strings.ToLower(g[evType])
	}
	var v verdict
	at, problem := t.instant(g[evAt], string(trimmed(ev.sent.text())))
	if out.Name == "" && out.Type == "track" {
		v.refuse("event", "it is missing")
	}
	if out.CustomerID == "" && out.AnonymousID == "" && out.Email == "" && out.Phone == "" {
		v.refuse("customer_id", "it is missing")
	}
	if problem != "" {
		v.refuse("at", problem)
	}
	for _, i := range [...]int{evEvent, evCustomerID, evAnonymousID, evEmail, evPhone, evMessageID} {
		v.refuse(eventFields[i].name, notOneLine(eventFields[i], ev.values[i], g[i]))
	}
	for _, i := range [...]int{evProperties, evTraits} {
		if g[i] != "" && !isJSONObject(g[i]) {
			v.refuse(eventFields[i].name, quoted(g[i])+" is not a JSON object")
		}
	}
	if !slices.Contains(eventTypes[:], out.Type) {
		v.refuse("type", quoted(g[evType])+" is no type that is known: track, page, screen, identify, group, alias")
	}
	out.At = at
	return out, v.column, v.reason
}

var eventTypes = [...]string{"track", "page", "screen", "identify", "group", "alias"}

// notOneLine says why a value cannot be an id or a name, or nothing: see
// shape.oneLine.
func notOneLine(f field, v jsonValue, text string) string {
	switch {
	case v.isObject(), v.isArray():
		return quoted(text) + f.role.nested()
	case !plainASCII(text) && controls.MatchString(text):
		return quoted(text) + f.role.controls()
	case slices.Contains(shortFields[:], f.name) && utf8.RuneCountInString(text) > maxShort:
		return quoted(text) + tooLong
	}
	return ""
}

// plainASCII says whether a text is printable ASCII, as most are.
func plainASCII(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

var (
	controls = regexp.MustCompile(controlForm)
	address  = regexp.MustCompile(`^(?:` + addressForm + `)$`)
)

// normalEmail is an address in lower case; empty for what is none.
func normalEmail(text string) string {
	if len(text) > 254 || !address.MatchString(text) {
		return ""
	}
	return strings.ToLower(text)
}

// quoted is a value in a reason: quotedText in Go.
func quoted(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most]) + "…"
	}
	return `"` + text + `"`
}

// objectOf is a JSON object as the log keeps it, or nil.
func objectOf(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(roundedNumbers(text))
}

// isJSONObject says whether a text is an object, by the rules of DuckDB: in
// strings no half of a pair of surrogates stands alone.
func isJSONObject(text string) bool {
	raw := []byte(text)
	if raw[0] != '{' || eachMember(raw, func([]byte, jsonValue) error { return nil }) != nil {
		return false
	}
	return bytes.IndexByte(raw, '\\') < 0 || wholeSurrogates(raw)
}

// wholeSurrogates says whether every surrogate among the escapes of valid JSON
// is one of a pair.
func wholeSurrogates(raw []byte) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		if i++; raw[i] != 'u' {
			continue
		}
		r, _ := hex4(raw[i+1:])
		i += 4
		switch {
		case 0xdc00 <= r && r < 0xe000:
			return false
		case r < 0xd800 || r >= 0xe000:
			continue
		case i+2 >= len(raw) || raw[i+1] != '\\' || raw[i+2] != 'u':
			return false
		}
		if low, _ := hex4(raw[i+3:]); low < 0xdc00 || low >= 0xe000 {
			return false
		}
		i += 6
	}
	return true
}
