package commerce

import (
	"iter"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxNesting is how deep encoding/json lets objects and lists nest.
const maxNesting = 10_000

// Members goes through the members of the JSON object that a text begins with,
// in order: the name, its escapes read, and the value as it stands there, a
// part of the text without space around it. A name that comes again is gone
// through again. What is no object has no members, and one that breaks off has
// those before that place.
func Members(text string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) { members(text, yield) }
}

func members(text string, yield func(name, value string) bool) {
	s := scanner[string]{text: text}
	if !s.take('{') {
		return
	}
	for first := true; first || s.take(','); first = false {
		s.space()
		start := s.at
		if !s.string() {
			return
		}
		name := unescaped(text[start+1 : s.at-1])
		if !s.take(':') {
			return
		}
		s.space()
		start = s.at
		if !s.value(maxNesting) || !yield(name, text[start:s.at]) {
			return
		}
	}
}

// Elements lists the elements of a JSON list as they stand in the text; not ok
// if the text is no list.
func Elements(text string) (list []string, ok bool) {
	s := scanner[string]{text: text}
	if !s.take('[') {
		return nil, false
	}
	if s.take(']') {
		return nil, s.end()
	}
	for first := true; first || s.take(','); first = false {
		s.space()
		start := s.at
		if !s.value(maxNesting - 1) {
			return nil, false
		}
		list = append(list, text[start:s.at])
	}
	if !s.take(']') || !s.end() {
		return nil, false
	}
	return list, true
}

// Unquoted is the content of a JSON string; not ok if the text is none. It is
// a part of the text if there are no escapes. What is not UTF-8, or half of a
// pair of surrogates, becomes U+FFFD.
func Unquoted(text string) (string, bool) {
	s := scanner[string]{text: text}
	s.space()
	start := s.at
	if !s.string() {
		return "", false
	}
	inner := text[start+1 : s.at-1]
	return unescaped(inner), s.end()
}

// unescaped is what stands between the quotes of a JSON string that was checked.
func unescaped(inner string) string {
	if strings.IndexByte(inner, '\\') < 0 && utf8.ValidString(inner) {
		return inner
	}
	out := make([]byte, 0, len(inner)+utf8.UTFMax)
	for i := 0; i < len(inner); {
		switch c := inner[i]; {
		case c == '\\' && inner[i+1] == 'u':
			r := hex4(inner[i+2:])
			i += 6
			if utf16.IsSurrogate(r) {
				low := rune(utf8.RuneError)
				if strings.HasPrefix(inner[i:], `\u`) {
					low = hex4(inner[i+2:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
		case c == '\\':
			out = append(out, escapes[inner[i+1]])
			i += 2
		case c < utf8.RuneSelf:
			out = append(out, c)
			i++
		default:
			r, size := utf8.DecodeRuneInString(inner[i:])
			out = utf8.AppendRune(out, r)
			i += size
		}
	}
	return string(out)
}

// escapes are the characters that one letter stands for.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// hex4 is the number that four hexadecimal digits, checked before, come to.
func hex4(digits string) rune {
	var r rune
	for _, c := range []byte(digits[:4]) {
		if c > '9' {
			c = c&0xf + 9
		}
		r = r<<4 | rune(c&0xf)
	}
	return r
}

// scanner walks over JSON and checks it as it goes, as encoding/json does.
type scanner[T string | []byte] struct {
	text   T
	at     int
	spaced bool // there was space between values
}

func (s *scanner[T]) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
			s.spaced = true
		default:
			return
		}
	}
}

// end says that nothing but space is left.
func (s *scanner[T]) end() bool {
	s.space()
	return s.at == len(s.text)
}

// take takes a byte, behind space, if it is there.
func (s *scanner[T]) take(b byte) bool {
	s.space()
	return s.next(b)
}

func (s *scanner[T]) next(b byte) bool {
	if s.at < len(s.text) && s.text[s.at] == b {
		s.at++
		return true
	}
	return false
}

// value takes a value, in which objects and lists may nest so deep.
func (s *scanner[T]) value(depth int) bool {
	if s.at == len(s.text) {
		return false
	}
	switch s.text[s.at] {
	case '"':
		return s.string()
	case '{':
		return s.nested('}', depth, true)
	case '[':
		return s.nested(']', depth, false)
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		return s.number()
	}
}

// nested takes an object, whose members are named, or a list.
func (s *scanner[T]) nested(end byte, depth int, named bool) bool {
	s.at++
	if depth == 0 {
		return false
	}
	if s.take(end) {
		return true
	}
	for first := true; first || s.take(','); first = false {
		s.space()
		if named {
			if !s.string() || !s.take(':') {
				return false
			}
			s.space()
		}
		if !s.value(depth - 1) {
			return false
		}
	}
	return s.take(end)
}

// string takes a string.
func (s *scanner[T]) string() bool {
	if !s.next('"') {
		return false
	}
	text, i := s.text, s.at
	for i < len(text) {
		switch c := text[i]; {
		case !special[c]:
			i++
		case c == '"':
			s.at = i + 1
			return true
		case c == '\\':
			n := escape(text[i:])
			if n == 0 {
				return false
			}
			i += n
		default:
			return false
		}
	}
	return false
}

// special are the bytes that do not stand for themselves in a string.
var special = func() (t [256]bool) {
	for c := range byte(' ') {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()

// escape is how long the escape is that a text begins with; 0 if it is none.
func escape[T string | []byte](text T) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		const length = len(`\u0000`)
		if len(text) < length {
			return 0
		}
		for i := 2; i < length; i++ {
			if strings.IndexByte("0123456789abcdefABCDEF", text[i]) < 0 {
				return 0
			}
		}
		return length
	}
	return 0
}

func (s *scanner[T]) word(word string) bool {
	if len(s.text)-s.at < len(word) || string(s.text[s.at:s.at+len(word)]) != word {
		return false
	}
	s.at += len(word)
	return true
}

func (s *scanner[T]) number() bool {
	s.next('-')
	if !s.next('0') && !s.digits() {
		return false
	}
	if s.next('.') && !s.digits() {
		return false
	}
	if s.next('e') || s.next('E') {
		if !s.next('+') {
			s.next('-')
		}
		return s.digits()
	}
	return true
}

func (s *scanner[T]) digits() bool {
	start := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	return s.at > start
}
