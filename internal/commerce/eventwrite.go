package commerce

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// AppendEvent appends an event's JSON, as json.Marshal writes it to the letter.
// It fails where json.Marshal fails, and then appends nothing.
func AppendEvent(to []byte, e *Event) ([]byte, error) {
	at, err := e.At.AppendText(append(to, `{"at":"`...))
	if err != nil {
		return to, err
	}
	out := append(at, '"')
	for _, text := range [...]struct{ name, value string }{
		{`,"type":`, e.Type},
		{`,"event":`, e.Name},
		{`,"customer_id":`, e.CustomerID},
		{`,"email":`, e.Email},
		{`,"phone":`, e.Phone},
		{`,"anonymous_id":`, e.AnonymousID},
		{`,"message_id":`, e.MessageID},
	} {
		if text.value != "" {
			out = appendText(append(out, text.name...), text.value)
		}
	}
	for _, object := range [...]struct {
		name  string
		value json.RawMessage
	}{{`,"properties":`, e.Properties}, {`,"traits":`, e.Traits}} {
		if len(object.value) > 0 {
			if out, err = appendPart(append(out, object.name...), object.value); err != nil {
				return to, err
			}
		}
	}
	return append(out, '}'), nil
}

// appendText appends a JSON string.
func appendText(to []byte, text string) []byte {
	ascii := true
	for i := range len(text) {
		if written[text[i]] {
			quoted, _ := json.Marshal(text) // a text can be written
			return append(to, quoted...)
		}
		ascii = ascii && text[i] < utf8.RuneSelf
	}
	if !ascii && (!utf8.ValidString(text) || strings.Contains(text, "\u2028") || strings.Contains(text, "\u2029")) {
		quoted, _ := json.Marshal(text)
		return append(to, quoted...)
	}
	return append(append(append(to, '"'), text...), '"')
}

// written are the bytes that json.Marshal writes otherwise in a string, which
// makes it fit for HTML.
var written = func() (t [256]bool) {
	t = special
	t['<'], t['>'], t['&'] = true, true, true
	return t
}()

// appendPart appends a value that is JSON already.
func appendPart(to []byte, value json.RawMessage) ([]byte, error) {
	s := scanner[[]byte]{text: value}
	if s.value(maxNesting-1) && s.at == len(value) && !s.spaced && asWritten(value) {
		return append(to, value...), nil
	}
	text, err := json.Marshal(value)
	return append(to, text...), err
}

// asWritten says that json.Marshal would escape nothing more.
func asWritten(value []byte) bool {
	return bytes.IndexByte(value, '<') < 0 && bytes.IndexByte(value, '>') < 0 && bytes.IndexByte(value, '&') < 0 &&
		!bytes.Contains(value, []byte("\u2028")) && !bytes.Contains(value, []byte("\u2029"))
}
