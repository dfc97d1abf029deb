package segql

import (
	"fmt"
	"strings"
	"unicode"
)

// shownColumns is how much of a long line is shown around an error.
const shownColumns = 160

// Pointed writes each problem with the line it is on and carets under its
// place:
//
//	1:11: unknown field "order.totl": did you mean "order.total"?
//	  | sum(order.totl) > 100
//	  |           ^^^^
func Pointed(text string, p Problems) string {
	lines := strings.Split(text, "\n")
	var b strings.Builder
	for _, x := range p {
		line := []rune{}
		if n := x.Place.Line; 1 <= n && n <= len(lines) {
			line = []rune(strings.TrimRight(lines[n-1], "\r"))
		}
		from := min(max(x.Place.Column-1, 0), len(line))
		to := min(from+max(x.Place.End-x.Place.Start, 1), max(len(line), from+1))
		start := 0
		if len(line) > shownColumns {
			start = max(0, from-shownColumns/2)
			line = line[:min(len(line), start+shownColumns)]
			to = min(to, max(len(line), from+1))
		}
		fmt.Fprintf(&b, "%d:%d: %s\n", x.Place.Line, x.Place.Column, x.Message)
		fmt.Fprintf(&b, "  | %s\n", string(line[start:]))
		fmt.Fprintf(&b, "  | %s%s\n", blank(line[start:from]), carets(line[from:min(to, len(line))]))
	}
	return b.String()
}

// blank is as wide as the text: a tab stays a tab, and a character that takes
// two columns of a terminal is two spaces.
func blank(text []rune) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\t' {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Repeat(" ", columns(r)))
	}
	return b.String()
}

// carets is as wide as the text, and at least one caret.
func carets(text []rune) string {
	n := 0
	for _, r := range text {
		n += columns(r)
	}
	return strings.Repeat("^", max(n, 1))
}

// columns is how many columns of a terminal a character takes.
func columns(r rune) int {
	switch {
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) || r == '\u200d':
		return 0
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana),
		'\u3000' <= r && r <= '\u303e', '\uff01' <= r && r <= '\uff60', '\U0001f300' <= r && r <= '\U0001faff':
		return 2
	default:
		return 1
	}
}
