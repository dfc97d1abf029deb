package segql

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenNumber
	tokenString
	tokenDate
	tokenSign
	// tokenBroken is a value that was reported and stands for any value, so
	// that the parser can go on without a second report.
	tokenBroken
)

// token is a word, value or sign of the text. A word may have dots in it
// ("order.total"); the parser takes it apart where it must.
type token struct {
	kind   tokenKind
	text   string // as written; of a string its value
	lower  string // of a word
	micros int64  // of a number
	date   Date   // of a date
	place  Span
}

func (t token) isSign(sign string) bool { return t.kind == tokenSign && t.text == sign }
func (t token) isWord(word string) bool { return t.kind == tokenWord && t.lower == word }

// shown is the token as it appears in a message.
func (t token) shown() string {
	switch t.kind {
	case tokenEnd:
		return "the end"
	case tokenString:
		return "a text"
	default:
		return fmt.Sprintf("%q", t.text)
	}
}

// lexer cuts a text into tokens. Places count characters, so it works on runes.
type lexer struct {
	text         []rune
	pos          int
	line, column int
	tokens       []token
	problems     Problems
}

// lex returns the tokens, the last of which is the end: one past the last
// token, so that a missing rest is pointed at where it should begin.
func lex(text string) ([]token, Problems) {
	l := &lexer{text: []rune(text), line: 1, column: 1}
	end := Span{Line: 1, Column: 1}
	for l.skipSpace(); l.pos < len(l.text); l.skipSpace() {
		l.next()
		end = Span{Line: l.line, Column: l.column, Start: l.pos, End: l.pos}
	}
	l.tokens = append(l.tokens, token{kind: tokenEnd, place: end})
	return l.tokens, l.problems
}

// peek returns the rune i places on, or 0 past the end; the text holds no 0.
func (l *lexer) peek(i int) rune {
	if l.pos+i < len(l.text) {
		return l.text[l.pos+i]
	}
	return 0
}

func (l *lexer) advance(n int) {
	for range n {
		l.column++
		if l.text[l.pos] == '\n' {
			l.line++
			l.column = 1
		}
		l.pos++
	}
}

func (l *lexer) skipSpace() {
	for l.pos < len(l.text) {
		switch {
		case unicode.IsSpace(l.peek(0)):
			l.advance(1)
		case l.peek(0) == '#':
			for l.pos < len(l.text) && l.peek(0) != '\n' {
				l.advance(1)
			}
		default:
			return
		}
	}
}

func (l *lexer) next() {
	switch r := l.peek(0); {
	case r == '"':
		l.quoted()
	case strings.ContainsRune(otherQuotes, r):
		l.otherQuoted()
	case isDigit(r) && l.dateAhead():
		l.dateToken()
	case isDigit(r):
		l.number()
	case isNameStart(r):
		l.word()
	default:
		l.sign()
	}
}

// take makes a token of the next n runes.
func (l *lexer) take(kind tokenKind, n int) token {
	t := token{kind: kind, text: string(l.text[l.pos : l.pos+n])}
	t.place = Span{Line: l.line, Column: l.column, Start: l.pos, End: l.pos + n}
	l.advance(n)
	return t
}

func (l *lexer) add(t token) { l.tokens = append(l.tokens, t) }

func (l *lexer) broken(t token, message string) {
	t.kind = tokenBroken
	l.add(t)
	l.problems = append(l.problems, Problem{Place: t.place, Message: message})
}

// quoted reads a string. It ends on its line: there is no way to write a line
// break in a string, and so a forgotten quote does not swallow the rest.
func (l *lexer) quoted() {
	var value strings.Builder
	n := 1
	for {
		switch r := l.peek(n); {
		case r == 0 || unicode.IsControl(r) && r != '\t':
			l.unclosed(n)
			return
		case r == '"':
			t := l.take(tokenString, n+1)
			t.text = value.String()
			l.add(t)
			return
		case r == '\\' && (l.peek(n+1) == '"' || l.peek(n+1) == '\\'):
			value.WriteRune(l.peek(n + 1))
			n += 2
		default:
			value.WriteRune(r)
			n++
		}
	}
}

func (l *lexer) unclosed(n int) {
	t := l.take(tokenBroken, n)
	l.add(t)
	at := Span{Line: l.line, Column: l.column, Start: l.pos, End: l.pos}
	l.problems = append(l.problems, Problem{Place: at, Message: `expected the closing " of the text`})
}

const dateLength = len("2006-01-02")

func (l *lexer) dateAhead() bool {
	for i, p := range "dddd-dd-dd" {
		if r := l.peek(i); p == 'd' && !isDigit(r) || p == '-' && r != '-' {
			return false
		}
	}
	return !isDigit(l.peek(dateLength))
}

func (l *lexer) dateToken() {
	t := l.take(tokenDate, dateLength)
	day, err := time.Parse(time.DateOnly, t.text)
	if err != nil || day.Year() < 1 {
		l.broken(t, fmt.Sprintf("%s is not a day of the calendar", t.text))
		return
	}
	t.date = Date{Year: day.Year(), Month: int(day.Month()), Day: day.Day()}
	l.add(t)
}

// number reads digits, with decimals if a digit follows the point.
func (l *lexer) number() {
	n := l.digits(0)
	if l.peek(n) == '.' && isDigit(l.peek(n+1)) {
		n = l.digits(n + 1)
	}
	t := l.take(tokenNumber, n)
	micros, message := parseMicros(t.text)
	if message != "" {
		l.broken(t, message)
		return
	}
	t.micros = micros
	l.add(t)
}

func (l *lexer) digits(from int) int {
	for isDigit(l.peek(from)) {
		from++
	}
	return from
}

// word reads a name, and the names joined to it by dots.
func (l *lexer) word() {
	n := 0
	for isNameRune(l.peek(n)) || n > 0 && l.peek(n) == '.' && isNameRune(l.peek(n+1)) {
		n++
	}
	t := l.take(tokenWord, n)
	t.lower = strings.ToLower(t.text)
	l.add(t)
}

func (l *lexer) sign() {
	switch pair := string(l.peek(0)) + string(l.peek(1)); pair {
	case "!=", "<=", ">=":
		l.add(l.take(tokenSign, 2))
		return
	}
	t := l.take(tokenSign, 1)
	if strings.Contains("=<>+-*/()[],.", t.text) {
		l.add(t)
		return
	}
	l.broken(t, fmt.Sprintf("unexpected character %q", t.text))
}

const otherQuotes = "“”„‘’'"

// otherQuoted takes a text in quotes of another kind as one mistake.
func (l *lexer) otherQuoted() {
	n := 1
	for r := l.peek(n); r != 0 && r != '\n' && !strings.ContainsRune(otherQuotes, r); r = l.peek(n) {
		n++
	}
	if r := l.peek(n); r == 0 || r == '\n' {
		n = 0
	}
	l.broken(l.take(tokenBroken, n+1), "texts are in straight double quotes")
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isNameStart(r rune) bool { return r == '_' || unicode.IsLetter(r) }

func isNameRune(r rune) bool { return r == '_' || isWordRune(r) }
