package segql

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Parse reads a segment from its text. It goes on after an error, so that all
// errors are found in one pass, and returns them in the order of the text.
// A tree that comes with problems may have holes: it is fit for Check, which
// then finds what else is wrong, and for nothing more. The node is nil when
// there is nothing to check.
func Parse(text string) (Node, Problems) {
	if problem, ok := unreadable(text); ok {
		return nil, Problems{problem}
	}
	tokens, problems := lex(text)
	p := &parser{tokens: tokens, problems: problems}
	root := p.segment()
	if len(p.problems) == 0 {
		p.problems = tooMuch(root, text)
	}
	if h, ok := root.(*hole); ok && h.Inside == nil {
		root = nil
	}
	return root, p.problems.sorted()
}

// unreadable looks for what keeps a text from being cut into tokens.
func unreadable(text string) (Problem, bool) {
	start := Span{Line: 1, Column: 1}
	if len(text) > MaxText {
		return Problem{Place: start, Message: fmt.Sprintf("the text is longer than %d bytes", MaxText)}, true
	}
	if utf8.ValidString(text) {
		return Problem{}, false
	}
	return Problem{Place: start, Message: "the text is not valid UTF-8"}, true
}

// sorted puts problems in the order of the text, keeps the first at each
// place (a second one there follows from it), and cuts off what nobody reads.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int { return a.Place.Start - b.Place.Start })
	p = slices.CompactFunc(p, func(a, b Problem) bool { return a.Place.Line > 0 && a.Place.Start == b.Place.Start })
	return p[:min(len(p), maxProblems)]
}

// parser reads tokens by recursive descent, one function for each production
// of the grammar.
type parser struct {
	tokens   []token
	pos      int
	problems Problems
	// recovering is set from an error to the next token that is understood:
	// what does not fit in between follows from that error.
	recovering bool
	stopped    bool // a limit was passed
	nesting    int  // of productions
	steps      int  // questions and terms read
	groups     int  // plain parentheses open since the last bracket of another kind
}

// hole stands for a question or term that could not be read. Inside are the
// terms of it that could, so that their names are still checked.
type hole struct {
	At
	Inside []Term
}

func (*hole) node() {}
func (*hole) term() {}

// operand is what stands between operators: a question or a term. Which of
// them parentheses hold is not known before they are read. A hole is both.
type operand struct {
	node Node
	term Term
}

// segment = or, to the end of the text.
func (p *parser) segment() Node {
	start := p.peek().place
	parts := []Node{p.question(p.or())}
	for p.peek().kind != tokenEnd {
		p.expected(`"and", "or" or the end`)
		for p.peek().kind != tokenEnd && !p.isJoin() {
			p.pos++
		}
		if p.isJoin() {
			p.next()
			parts = append(parts, p.question(p.or()))
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return &And{At: p.from(start), Parts: parts}
}

// or = and { "or" and }
func (p *parser) or() operand {
	first := p.and()
	if !p.peek().isWord("or") {
		return first
	}
	parts := []Node{p.question(first)}
	for p.accept("or") {
		parts = append(parts, p.question(p.and()))
	}
	return operand{node: &Or{At: p.from(parts[0].Span()), Parts: parts}}
}

// and = unary { "and" unary }
func (p *parser) and() operand {
	first := p.unary()
	if !p.peek().isWord("and") {
		return first
	}
	parts := []Node{p.question(first)}
	for p.accept("and") {
		parts = append(parts, p.question(p.unary()))
	}
	return operand{node: &And{At: p.from(parts[0].Span()), Parts: parts}}
}

// question makes sure that an operand is a question.
func (p *parser) question(x operand) Node {
	if x.node != nil {
		return x.node
	}
	p.expected("a comparison")
	return &hole{At: At{x.term.Span()}, Inside: []Term{x.term}}
}

// peek returns the token to read next.
func (p *parser) peek() token { return p.tokens[p.pos] }

// ahead returns the token i places on; past the last it is the end.
func (p *parser) ahead(i int) token { return p.tokens[min(p.pos+i, len(p.tokens)-1)] }

func (p *parser) next() token {
	t := p.peek()
	if t.kind != tokenEnd {
		p.pos++
		p.recovering = false
	}
	return t
}

// accept reads the sign or word if it is next.
func (p *parser) accept(what string) bool {
	if t := p.peek(); t.isSign(what) || t.isWord(what) {
		p.next()
		return true
	}
	return false
}

func (p *parser) expect(what string) bool {
	if p.accept(what) {
		return true
	}
	p.expected(fmt.Sprintf("%q", what))
	return false
}

// isJoin says whether "and" or "or" is next.
func (p *parser) isJoin() bool { return p.peek().isWord("and") || p.peek().isWord("or") }

// from is the place from start to the last token read.
func (p *parser) from(start Span) At {
	if p.pos > 0 {
		start.End = max(start.End, p.tokens[p.pos-1].place.End)
	}
	return At{start}
}

func (p *parser) problem(at Span, message string) {
	if !p.stopped {
		p.problems = append(p.problems, Problem{Place: at, Message: message})
	}
}

// expected reports that the next token is not what the grammar wants, and
// skips to where it may be understood again.
func (p *parser) expected(what string) *hole {
	t := p.peek()
	if !p.recovering && t.kind != tokenBroken {
		p.problem(t.place, fmt.Sprintf("expected %s, found %s", what, t.shown()))
	}
	p.recovering = true
	p.skip()
	return &hole{At: At{t.place}}
}

// skip goes to the next "and", "or", comma or closing bracket that is not
// inside brackets opened on the way.
func (p *parser) skip() {
	open := 0
	for ; p.peek().kind != tokenEnd; p.pos++ {
		t := p.peek()
		switch {
		case t.isSign("(") || t.isSign("["):
			open++
		case open > 0 && (t.isSign(")") || t.isSign("]")):
			open--
		case open == 0 && (t.isSign(")") || t.isSign("]") || t.isSign(",") || p.isJoin()):
			return
		}
	}
}

// stop gives up: a limit was passed.
func (p *parser) stop(message string) {
	p.problem(p.peek().place, message)
	p.stopped, p.recovering = true, true
	p.pos = len(p.tokens) - 1
}

// enter guards the recursion; each call is paired with one of leave.
func (p *parser) enter() {
	p.nesting++
	if p.nesting > maxNesting {
		p.stop("nested too deeply")
	}
}

func (p *parser) leave() { p.nesting-- }

// step counts questions and terms.
func (p *parser) step() {
	p.steps++
	if p.steps == MaxParts+1 {
		p.stop(fmt.Sprintf("more than %d parts", MaxParts))
	}
}

// bracketed reads what stands in brackets that are not plain parentheses.
func bracketed[T any](p *parser, closing string, read func() T) T {
	groups := p.groups
	p.groups = 0
	p.enter()
	x := read()
	p.leave()
	p.groups = groups
	p.expect(closing)
	return x
}

// fieldName is a word as the tree has it: in lower case, but for what follows "traits.".
func fieldName(written string) string {
	head, tail, dotted := strings.Cut(written, ".")
	head = strings.ToLower(head)
	if dotted && head+"." == traitPrefix {
		return traitPrefix + tail
	}
	return strings.ToLower(written)
}
