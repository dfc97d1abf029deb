package segql

import (
	"fmt"
	"strings"
)

// unary = "not" unary | primary
func (p *parser) unary() operand {
	p.step()
	p.enter()
	defer p.leave()
	start := p.peek()
	if start.isWord("not") && !p.isName() {
		p.next()
		x := p.question(p.unary())
		return operand{node: &Not{At: p.from(start.place), X: x}}
	}
	if n := p.primary(); n != nil {
		return operand{node: n}
	}
	return p.comparison()
}

// primary reads the questions that begin with a word of their own; it
// returns nil when the next words do not begin one.
func (p *parser) primary() Node {
	switch t := p.peek(); {
	case t.isWord("everyone") && !p.isName():
		p.next()
		return p.withoutWindow(&Everyone{At: p.from(t.place)})
	case t.isWord("at") && p.ahead(1).isWord("least"):
		return p.withoutWindow(p.atLeast())
	case t.isWord("in") && p.ahead(1).isWord("segment"):
		return p.withoutWindow(p.inSegment())
	case (t.isWord("entered") || t.isWord("left")) && p.ahead(1).isWord("segment"):
		return p.moved()
	case (t.isWord("has") || t.isWord("no")) && !p.isName():
		return p.has()
	case t.isWord("sequence") && p.ahead(1).isSign("("):
		return p.sequence()
	case t.isWord("percent") && p.ahead(1).isSign("("):
		return p.withoutWindow(p.percent())
	}
	return nil
}

// beginsQuestion says whether a word is a keyword where a term may begin, if
// not followed by what only a name can be followed by. ("everyone" is one
// too, but never followed by an operator.)
func beginsQuestion(word string) bool {
	switch word {
	case "and", "or", "not", "has", "no":
		return true
	}
	return false
}

// isName tells a name from a keyword where either may stand: it is a name if
// an operator follows, or if it stands in parentheses alone.
func (p *parser) isName() bool {
	if p.operatorAt(1) {
		return true
	}
	return beginsQuestion(p.peek().lower) && p.pos > 0 && p.tokens[p.pos-1].isSign("(") && p.ahead(1).isSign(")")
}

// operatorAt says whether the token i places on can only be an operator.
func (p *parser) operatorAt(i int) bool {
	t, following := p.ahead(i), p.ahead(i+1)
	switch {
	case t.isSign("-"):
		return following.kind != tokenNumber || following.place.Start > t.place.End
	case t.kind == tokenSign:
		_, compares := compareOp(t)
		_, computes := arithOp(t)
		return compares || computes
	}
	switch t.lower {
	case "contains", "matches":
		return following.kind == tokenString
	case "starts", "ends":
		return following.isWord("with")
	case "is":
		return following.isWord("missing") || following.isWord("not") && p.ahead(i+2).isWord("missing")
	case "in":
		return following.isSign("(")
	case "not":
		return following.isWord("in") && p.ahead(i+2).isSign("(")
	case "between":
		return following.kind != tokenEnd && !p.operatorAt(i+1)
	case "anniversary":
		return following.isWord("today") || following.isWord("in")
	}
	return false
}

func (p *parser) atLeast() Node {
	start := p.next().place
	p.next()
	n := p.integer()
	p.expect("of")
	p.expect("(")
	parts := bracketed(p, ")", func() []Node {
		parts := []Node{p.question(p.or())}
		for p.accept(",") {
			parts = append(parts, p.question(p.or()))
		}
		return parts
	})
	return &AtLeast{At: p.from(start), N: n, Parts: parts}
}

func (p *parser) inSegment() Node {
	start := p.next().place
	p.next()
	id, at := p.quoted("the segment's id in double quotes")
	return &InSegment{At: p.from(start), ID: id, IDAt: at}
}

func (p *parser) moved() Node {
	start := p.next()
	p.next()
	id, at := p.quoted("the segment's id in double quotes")
	window := p.window(onFacts)
	if window == nil {
		p.expected("a window, such as in last 30 days")
	}
	return &Moved{At: p.from(start.place), Left: start.isWord("left"), ID: id, IDAt: at, Window: window}
}

func (p *parser) has() Node {
	start := p.next()
	facts := p.factsAlone()
	return &Has{No: start.isWord("no"), Facts: facts, Window: p.window(onFacts), At: p.from(start.place)}
}

func (p *parser) sequence() Node {
	s := &Sequence{}
	start := p.next().place
	p.next()
	bracketed(p, ")", func() any {
		if p.isNoStep() {
			p.problem(p.next().place, `the first step of a sequence cannot be a "no" step`)
		}
		s.First = p.factsAlone()
		for p.accept(",") {
			s.Steps = append(s.Steps, p.sequenceStep())
		}
		return nil
	})
	s.Window = p.window(onFacts)
	s.At = p.from(start)
	return s
}

// isNoStep tells the keyword from a tracked event of that name.
func (p *parser) isNoStep() bool {
	if !p.peek().isWord("no") || p.ahead(1).kind != tokenWord {
		return false
	}
	return !p.ahead(1).isWord("within") || p.ahead(2).kind != tokenNumber
}

func (p *parser) sequenceStep() Step {
	var s Step
	if p.isNoStep() {
		p.next()
		s.No = true
	}
	s.Facts = p.factsAlone()
	p.expect("within")
	var at Span
	s.Within, at = p.duration()
	if s.Within.Unit.Calendar() {
		p.problem(at, "the spans of a sequence are in minutes, hours, days or weeks")
	}
	return s
}

func (p *parser) percent() Node {
	x := &Percent{}
	start := p.next().place
	p.next()
	bracketed(p, ")", func() any {
		at := p.peek().place
		x.N = p.integer()
		if x.N > 100 {
			p.problem(at, "a share is from 0 to 100 percent")
		}
		if p.accept(",") {
			x.Seed, _ = p.quoted("a seed in double quotes")
		}
		return nil
	})
	x.At = p.from(start)
	return x
}

// withoutWindow reports a window after something that takes none.
func (p *parser) withoutWindow(n Node) Node {
	p.refuseWindow()
	return n
}

// comparison reads a term and what it is compared with. What stands in
// parentheses may turn out to be a question, and a lone term is returned as
// such: whoever called knows what was expected.
func (p *parser) comparison() operand {
	x := p.sum(inQuestion)
	if x.term == nil {
		return x
	}
	start, t := x.term.Span(), p.peek()
	if op, ok := compareOp(t); ok {
		p.next()
		right := p.value()
		return operand{node: &Compare{Op: op, L: x.term, R: right, At: p.from(start)}}
	}
	switch {
	case t.isWord("between"):
		return operand{node: p.between(x.term)}
	case t.isWord("in"), t.isWord("not") && p.ahead(1).isWord("in"):
		return operand{node: p.in(x.term)}
	case t.isWord("contains"), t.isWord("starts"), t.isWord("ends"), t.isWord("matches"):
		return operand{node: p.match(x.term)}
	case t.isWord("is"):
		p.next()
		not := p.accept("not")
		p.expect("missing")
		return operand{node: &Missing{Not: not, X: x.term, At: p.from(start)}}
	case t.isWord("anniversary"):
		return operand{node: p.anniversary(x.term)}
	}
	return x
}

func compareOp(t token) (CompareOp, bool) {
	if t.kind != tokenSign {
		return 0, false
	}
	return find(t.text, GreaterEqual)
}

func (p *parser) between(x Term) Node {
	p.next()
	lo := p.value()
	p.expect("and")
	hi := p.value()
	return &Between{X: x, Lo: lo, Hi: hi, At: p.from(x.Span())}
}

func (p *parser) in(x Term) Node {
	not := p.accept("not")
	p.next()
	if !p.expect("(") {
		return &hole{At: p.from(x.Span()), Inside: []Term{x}}
	}
	list := bracketed(p, ")", func() []Term {
		list := []Term{p.value()}
		for p.accept(",") {
			list = append(list, p.value())
		}
		return list
	})
	return &In{Not: not, X: x, List: list, At: p.from(x.Span())}
}

func (p *parser) match(x Term) Node {
	word := p.next().lower
	if word == "starts" || word == "ends" {
		p.expect("with")
		word += " with"
	}
	op, _ := find(word, Matches)
	pattern, at := p.quoted("a text in double quotes")
	return &Match{Op: op, X: x, Pattern: pattern, PatternAt: at, At: p.from(x.Span())}
}

func (p *parser) anniversary(x Term) Node {
	p.next()
	n := &Anniversary{X: x}
	switch {
	case p.accept("today"):
	case p.accept("in"):
		p.anniversaryDays(n)
	default:
		p.expected(`"today", "in last" or "in next"`)
	}
	n.At = p.from(x.Span())
	return n
}

func (p *parser) anniversaryDays(n *Anniversary) {
	switch {
	case p.accept("next"):
		n.When = AnniversaryInNext
	case p.accept("last"):
		n.When = AnniversaryInLast
	default:
		p.expected(`"last" or "next"`)
		return
	}
	at := p.peek().place
	n.Days = p.integer()
	switch {
	case p.recovering:
	case n.Days < 1:
		p.problem(at, "expected at least 1 day")
	case n.Days > maxAnniversaryDays:
		p.problem(at, fmt.Sprintf("expected at most %d days", maxAnniversaryDays))
	}
	if !p.accept("day") {
		p.expect("days")
	}
}

// quoted reads a string.
func (p *parser) quoted(what string) (string, Span) {
	t := p.peek()
	if t.kind == tokenBroken {
		p.next()
		return "", t.place
	}
	if t.kind != tokenString {
		return "", p.expected(what).Place
	}
	p.next()
	return t.text, t.place
}

// integer reads an INT.
func (p *parser) integer() int {
	t := p.peek()
	switch {
	case t.kind == tokenBroken:
		p.next()
	case t.kind != tokenNumber:
		p.expected("a whole number")
	case strings.Contains(t.text, "."):
		p.next()
		p.problem(t.place, "expected a whole number")
	case t.micros > maxCount*micro:
		p.next()
		p.problem(t.place, fmt.Sprintf("expected a number up to %d", maxCount))
	default:
		p.next()
		return int(t.micros / micro)
	}
	return 0
}
