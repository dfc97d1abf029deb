package intake

import (
	"bytes"
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep objects and lists may stand in each other.
const maxDepth = 64

var (
	errJSON      = errors.New("it is not a JSON object")
	errJSONDepth = errors.New("it nests deeper than 64")
)

// jsonValue is one value of an object: raw is what stands in the text.
type jsonValue struct {
	raw []byte
}

func (v jsonValue) isNull() bool   { return len(v.raw) == 4 && v.raw[0] == 'n' }
func (v jsonValue) isObject() bool { return len(v.raw) > 0 && v.raw[0] == '{' }
func (v jsonValue) isString() bool { return len(v.raw) > 0 && v.raw[0] == '"' }
func (v jsonValue) isArray() bool  { return len(v.raw) > 0 && v.raw[0] == '[' }

// text is a string's content, and any other value as it stands. null is empty.
func (v jsonValue) text() []byte {
	switch {
	case len(v.raw) == 0, v.isNull():
		return nil
	case v.raw[0] != '"':
		return v.raw
	}
	inner := v.raw[1 : len(v.raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner
	}
	return unescapeJSON(inner)
}

// eachMember calls f with every member of the object that text is. Keys may
// repeat; f sees each.
func eachMember(text []byte, f func(key []byte, value jsonValue) error) error {
	s := scanner{text: text}
	s.space()
	if err := s.object(0, f); err != nil {
		return err
	}
	if s.space(); s.at != len(text) {
		return errJSON
	}
	return nil
}

// eachElement calls f with every element of the list that text is.
func eachElement(text []byte, f func(value jsonValue) error) error {
	s := scanner{text: text}
	return s.array(0, f)
}

// scanner walks over JSON and checks it as it goes.
type scanner struct {
	text []byte
	at   int
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// take takes one byte if it is b.
func (s *scanner) take(b byte) bool {
	if s.at < len(s.text) && s.text[s.at] == b {
		s.at++
		return true
	}
	return false
}

func (s *scanner) object(depth int, f func(key []byte, value jsonValue) error) error {
	if !s.take('{') {
		return errJSON
	}
	if s.space(); s.take('}') {
		return nil
	}
	for {
		s.space()
		key, err := s.string()
		if err != nil {
			return err
		}
		if s.space(); !s.take(':') {
			return errJSON
		}
		value, err := s.value(depth + 1)
		if err != nil {
			return err
		}
		if f != nil {
			if err := f(jsonValue{key}.text(), value); err != nil {
				return err
			}
		}
		if s.space(); s.take('}') {
			return nil
		}
		if !s.take(',') {
			return errJSON
		}
	}
}

func (s *scanner) array(depth int, f func(value jsonValue) error) error {
	if !s.take('[') {
		return errJSON
	}
	if s.space(); s.take(']') {
		return nil
	}
	for {
		value, err := s.value(depth + 1)
		if err != nil {
			return err
		}
		if f != nil {
			if err := f(value); err != nil {
				return err
			}
		}
		if s.space(); s.take(']') {
			return nil
		}
		if !s.take(',') {
			return errJSON
		}
	}
}

func (s *scanner) value(depth int) (jsonValue, error) {
	s.space()
	if s.at == len(s.text) {
		return jsonValue{}, errJSON
	}
	if depth > maxDepth {
		return jsonValue{}, errJSONDepth
	}
	start := s.at
	var err error
	switch b := s.text[s.at]; {
	case b == '"':
		_, err = s.string()
	case b == '{':
		err = s.object(depth, nil)
	case b == '[':
		err = s.array(depth, nil)
	case b == '-' || '0' <= b && b <= '9':
		err = s.number()
	default:
		err = s.word()
	}
	return jsonValue{s.text[start:s.at]}, err
}

func (s *scanner) word() error {
	for _, w := range [...]string{"true", "false", "null"} {
		if bytes.HasPrefix(s.text[s.at:], []byte(w)) {
			s.at += len(w)
			return nil
		}
	}
	return errJSON
}

func (s *scanner) digits() bool {
	start := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	return s.at > start
}

func (s *scanner) number() error {
	s.take('-')
	if !s.take('0') && !s.digits() {
		return errJSON
	}
	if s.take('.') && !s.digits() {
		return errJSON
	}
	if s.take('e') || s.take('E') {
		if !s.take('+') {
			s.take('-')
		}
		if !s.digits() {
			return errJSON
		}
	}
	return nil
}

// string takes a string and gives it with its quotes.
func (s *scanner) string() ([]byte, error) {
	start := s.at
	if !s.take('"') {
		return nil, errJSON
	}
	for s.at < len(s.text) {
		switch b := s.text[s.at]; {
		case b == '"':
			s.at++
			return s.text[start:s.at], nil
		case b < ' ':
			return nil, errJSON
		case b == '\\':
			if !s.escape() {
				return nil, errJSON
			}
		default:
			s.at++
		}
	}
	return nil, errJSON
}

func (s *scanner) escape() bool {
	if s.at+1 >= len(s.text) {
		return false
	}
	switch s.text[s.at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at += 2
		return true
	case 'u':
		if _, ok := hex4(s.text[s.at+2:]); ok {
			s.at += 6
			return true
		}
	}
	return false
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// unescapeJSON is a string's content, its escapes already checked. What is no
// character, or the zero character, becomes U+FFFD.
func unescapeJSON(inner []byte) []byte {
	out := make([]byte, 0, len(inner))
	for i := 0; i < len(inner); i++ {
		if inner[i] != '\\' {
			out = append(out, inner[i])
			continue
		}
		i++
		if inner[i] != 'u' {
			out = append(out, unescaped[inner[i]])
			continue
		}
		r, _ := hex4(inner[i+1:])
		i += 4
		if utf16.IsSurrogate(r) {
			low := rune(utf8.RuneError)
			if i+6 < len(inner) && inner[i+1] == '\\' && inner[i+2] == 'u' {
				low, _ = hex4(inner[i+3:])
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 6
			}
		}
		if r == 0 {
			r = utf8.RuneError
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// unescaped are the characters that one letter stands for.
var unescaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}
