package segment

import (
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"kith/internal/segql"
)

// source is a file's text, in which places are found.
type source struct {
	text  string
	runes []rune
	// lines are where lines begin, as YAML counts them; shown as editors do.
	lines, shown []int
}

func newSource(content string) source {
	s := source{text: strings.TrimPrefix(content, "\ufeff"), lines: []int{0}, shown: []int{0}}
	s.runes = []rune(s.text)
	for i, r := range s.runes {
		switch {
		case r == '\n':
			s.shown = append(s.shown, i+1)
			s.lines = append(s.lines, i+1)
		case r == '\r' && i+1 < len(s.runes) && s.runes[i+1] == '\n':
		case strings.ContainsRune("\r\u0085\u2028\u2029", r):
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// offset is where a line and column of YAML's are; what is beyond the end is
// at the end.
func (s *source) offset(line, column int) int {
	if line > len(s.lines) {
		return len(s.runes)
	}
	return min(s.lines[max(line, 1)-1]+max(column, 1)-1, len(s.runes))
}

// span is a stretch of the file, with lines as people count them.
func (s *source) span(from, to int) segql.Span {
	line, starts := slices.BinarySearch(s.shown, from)
	if !starts {
		line--
	}
	return segql.Span{Line: line + 1, Column: from - s.shown[line] + 1, Start: from, End: max(to, from+1)}
}

// line is what stands in a line of YAML's.
func (s *source) line(n int) segql.Span {
	from, to := s.offset(n, 1), s.offset(n+1, 1)
	for from < to && unicode.IsSpace(s.runes[from]) {
		from++
	}
	for to > from && unicode.IsSpace(s.runes[to-1]) {
		to--
	}
	return s.span(from, to)
}

// node is where a value begins; of one that is a single word, all of it.
func (s *source) node(n *yaml.Node) segql.Span {
	from := s.offset(n.Line, n.Column)
	to := from + 1
	if n.Kind == yaml.ScalarNode && n.Style == 0 && !strings.ContainsAny(n.Value, "\r\n") {
		to = from + len([]rune(n.Value))
	}
	return s.span(from, min(to, len(s.runes)))
}

// inside is where a place in a value's text is in the file. YAML folds lines
// and takes away indentation and escapes; the characters that are not white
// stay, in their order, so that counting them finds the place again.
func (s *source) inside(n *yaml.Node, at segql.Span) segql.Span {
	text := []rune(n.Value)
	start, end := min(at.Start, len(text)), min(at.End, len(text))
	begin, marks := s.marks(n)
	before := marked(text[:start])
	from := begin
	switch {
	case start < len(text) && !unicode.IsSpace(text[start]) && before < len(marks):
		from = marks[before]
	case before > 0 && before <= len(marks): // the end, or a gap: behind what is before it
		from = marks[before-1] + 1
	}
	to := from + 1
	if last := marked(text[:max(end, start)]); last > before && last <= len(marks) {
		to = marks[last-1] + 1
	}
	return s.span(from, to)
}

// marked counts the characters that are not white.
func marked(text []rune) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// marks returns where a value begins, and where in the file each of its
// characters is that is not white.
func (s *source) marks(n *yaml.Node) (begin int, marks []int) {
	begin = s.offset(n.Line, n.Column)
	quote := n.Style & (yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle)
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		begin = s.offset(n.Line+1, 1) // behind the line of "|" and what belongs to it
	case quote != 0:
		begin++
	}
	want := marked([]rune(n.Value))
	for i := begin; i < len(s.runes) && len(marks) < want; {
		length, white := s.character(i, quote)
		if !white {
			marks = append(marks, i)
		}
		i += length
	}
	return begin, marks
}

// character says how one character of a value is written: in how many of the
// file's, and whether it is white.
func (s *source) character(i int, quote yaml.Style) (length int, white bool) {
	r := s.runes[i]
	next := ' '
	if i+1 < len(s.runes) {
		next = s.runes[i+1]
	}
	switch {
	case quote == yaml.SingleQuotedStyle && r == '\'':
		return 2, false // '' is one quote
	case quote != yaml.DoubleQuotedStyle || r != '\\':
		return 1, unicode.IsSpace(r)
	case strings.ContainsRune("tnrvfNLP_", next):
		return 2, true
	case strings.ContainsRune("xuU", next):
		digits := map[rune]int{'x': 2, 'u': 4, 'U': 8}[next]
		return 2 + digits, unicode.IsSpace(hex(s.runes[i+2 : min(i+2+digits, len(s.runes))]))
	}
	return 2, unicode.IsSpace(next)
}

func hex(digits []rune) rune {
	var r rune
	for _, d := range digits {
		r = r*16 + rune(strings.IndexRune("0123456789abcdef", unicode.ToLower(d)))
	}
	return r
}
