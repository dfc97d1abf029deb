package segql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// setting says what may stand around a term, which decides two things that the
// grammar leaves open.
type setting uint8

const (
	// inQuestion is the left of a comparison that is still to come:
	// parentheses may hold a question.
	inQuestion setting = iota
	// inSum is further to the right in it: parentheses hold terms.
	inSum
	// inValue is where no comparison follows: the right of one, an argument,
	// a term in parentheses. "between DATE and DATE" is always a window here.
	inValue
	// onFacts is after the facts of has, no, sequence, entered and left: a
	// window and no comparison follows.
	onFacts
)

// value reads a sum after which no comparison follows.
func (p *parser) value() Term { return p.sum(inValue).term }

// sum = product { ("+"|"-") product }
func (p *parser) sum(where setting) operand {
	x := p.product(where)
	for x.term != nil && (p.peek().isSign("+") || p.peek().isSign("-")) {
		op, _ := arithOp(p.next())
		right := p.product(max(where, inSum)).term
		x = operand{term: &Arith{Op: op, L: x.term, R: right, At: p.from(x.term.Span())}}
	}
	return x
}

// product = term { ("*"|"/") term }
func (p *parser) product(where setting) operand {
	x := p.term(where)
	for x.term != nil && (p.peek().isSign("*") || p.peek().isSign("/")) {
		op, _ := arithOp(p.next())
		right := p.term(max(where, inSum)).term
		x = operand{term: &Arith{Op: op, L: x.term, R: right, At: p.from(x.term.Span())}}
	}
	return x
}

func arithOp(t token) (ArithOp, bool) {
	if t.kind != tokenSign {
		return 0, false
	}
	return find(t.text, Divide)
}

// term = field | literal | "(" sum ")" | function
func (p *parser) term(where setting) operand {
	p.step()
	if t := p.peek(); t.isSign("(") {
		return p.parenthesis(where)
	} else if fn, ok := find(t.lower, Last); ok && p.ahead(1).isSign("(") {
		return operand{term: p.aggregate(fn, where)}
	}
	x := p.plainTerm()
	p.refuseWindow()
	if h, ok := x.(*hole); ok {
		return operand{node: h, term: h}
	}
	return operand{term: x}
}

func (p *parser) parenthesis(where setting) operand {
	p.next()
	p.enter()
	defer p.leave()
	var x operand
	if where == inQuestion {
		p.groups++
		x = p.or()
		p.groups--
	} else {
		x = p.sum(inValue)
	}
	p.expect(")")
	p.refuseWindow()
	return x
}

// plainTerm reads a term that takes no window.
func (p *parser) plainTerm() Term {
	t := p.peek()
	switch {
	case t.kind == tokenBroken:
		p.next()
		return &hole{At: At{t.place}}
	case t.kind == tokenNumber && p.unitAt(1):
		return p.ago()
	case t.kind == tokenNumber:
		p.next()
		return &NumberLit{At{t.place}, t.micros}
	case t.isSign("-") && p.ahead(1).kind == tokenNumber && p.ahead(1).place.Start == t.place.End:
		p.next()
		n := p.next()
		return &NumberLit{p.from(t.place), -n.micros}
	case t.kind == tokenString:
		p.next()
		return &StringLit{At{t.place}, t.text}
	case t.kind == tokenDate:
		p.next()
		return &DateLit{At{t.place}, t.date}
	case t.kind == tokenWord:
		return p.wordTerm()
	}
	return p.expected("a value")
}

// wordTerm reads true, false, percentile or a field.
func (p *parser) wordTerm() Term {
	t := p.peek()
	call := p.ahead(1).isSign("(")
	switch {
	case t.isWord("true"), t.isWord("false"):
		p.next()
		return &BoolLit{At{t.place}, t.isWord("true")}
	case t.isWord("percentile") && call:
		p.next()
		p.next()
		x := bracketed(p, ")", p.value)
		return &Percentile{X: x, At: p.from(t.place)}
	case call:
		return p.unknownFunction()
	case beginsQuestion(t.lower) && !p.isName():
		return p.expected("a value")
	}
	p.next()
	return &Field{At{t.place}, fieldName(t.text)}
}

// ago = DURATION "ago"
func (p *parser) ago() Term {
	start := p.peek().place
	d, _ := p.duration()
	if !p.expect("ago") {
		return &hole{At: p.from(start)}
	}
	return &AgoLit{p.from(start), d}
}

// unknownFunction skips a call of what is no function.
func (p *parser) unknownFunction() Term {
	t := p.next()
	message := fmt.Sprintf("unknown function %q", t.lower)
	if t.isWord("event") {
		message = `event("...") names facts: it stands after "has" and "no" and in functions`
	} else if near := nearest(t.lower, functionNames()); near != "" {
		message += didYouMean(near)
	}
	p.problem(t.place, message)
	p.next()
	p.skip()
	for p.peek().isSign(",") || p.isJoin() {
		p.pos++
		p.skip()
	}
	p.accept(")")
	return &hole{At: p.from(t.place)}
}

// aggregate = FUNC "(" facts [ "." FIELD ] ")" [ window ]
func (p *parser) aggregate(fn AggregateFunc, where setting) Term {
	a := &Aggregate{Func: fn}
	start := p.next().place
	p.next()
	bracketed(p, ")", func() any {
		a.Facts, a.Field, a.FieldAt = p.facts()
		if a.Field == "" {
			a.FieldAt = p.peek().place // where it is missing
		}
		return nil
	})
	a.Window = p.window(where)
	a.At = p.from(start)
	return a
}

// factsAlone reads facts where no field may follow.
func (p *parser) factsAlone() *Facts {
	f, field, at := p.facts()
	if field != "" {
		p.problem(at, "a field stands only in a function, as in sum(order.total)")
	}
	return f
}

// facts reads facts and the field after them, if there is one. The name is
// empty if nothing could be read.
func (p *parser) facts() (f *Facts, field string, fieldAt Span) {
	t := p.peek()
	switch {
	case t.isWord("event") && p.ahead(1).isSign("("):
		f = p.event()
	case t.kind == tokenWord:
		p.next()
		f, field, fieldAt = splitName(t)
	default:
		return &Facts{At: p.expected("facts, such as order or product_viewed").At}, "", Span{}
	}
	if p.peek().isSign("[") && field == "" {
		p.next()
		f.Filter = bracketed(p, "]", func() Node { return p.question(p.or()) })
		f.At = p.from(f.Place)
	}
	if p.peek().isSign(".") && field == "" {
		p.next()
		field, fieldAt = p.factField()
	}
	return f, field, fieldAt
}

func (p *parser) factField() (string, Span) {
	t := p.peek()
	if t.kind != tokenWord {
		return "", p.expected("a field").Place
	}
	p.next()
	return strings.ToLower(t.text), t.place
}

// event = "event" "(" STRING ")"
func (p *parser) event() *Facts {
	start := p.next().place
	p.next()
	written := p.peek().kind == tokenString
	name, at := p.quoted("the event's name in double quotes")
	if written && EventKey(name) == "" {
		p.problem(at, "an event's name has a letter or a digit")
	}
	p.expect(")")
	return &Facts{Event: true, Name: name, At: p.from(start)}
}

// splitName takes "order.total" apart.
func splitName(t token) (f *Facts, field string, fieldAt Span) {
	name, field, dotted := strings.Cut(t.text, ".")
	f = &Facts{At: At{t.place}, Event: true, Name: name}
	if fact := strings.ToLower(name); IsFact(fact) {
		f.Event, f.Name = false, fact
	}
	if !dotted {
		return f, "", Span{}
	}
	n := utf8.RuneCountInString(name)
	f.Place.End = t.place.Start + n
	fieldAt = t.place
	fieldAt.Column += n + 1
	fieldAt.Start += n + 1
	return f, strings.ToLower(field), fieldAt
}
