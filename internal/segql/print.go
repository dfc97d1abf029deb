package segql

import (
	"fmt"
	"strconv"
	"strings"
)

// Print returns the canonical text of a question, on one line. Parsed again
// it gives the same tree.
func Print(n Node) string {
	var p printer
	p.node(n)
	return p.b.String()
}

// PrintTerm returns the canonical text of a term, as Print does of a question.
func PrintTerm(t Term) string {
	var p printer
	p.term(t)
	return p.b.String()
}

// printer writes a tree. It puts parentheses only where the tree needs them.
type printer struct {
	b strings.Builder
	// places, if not nil, is filled with where each part begins and ends, in
	// bytes.
	places map[any][2]int
}

// place notes where x is, which begins at from and was just written.
func (p *printer) place(x any, from int) {
	if p.places != nil {
		p.places[x] = [2]int{from, p.b.Len()}
	}
}

func (p *printer) text(s string) { p.b.WriteString(s) }

func (p *printer) node(n Node) {
	defer p.place(n, p.b.Len())
	switch n := n.(type) {
	case *And:
		p.joined(n.Parts, " and ")
	case *Or:
		p.joined(n.Parts, " or ")
	case *Not:
		p.text("not ")
		p.part(n.X, "")
	case *AtLeast:
		fmt.Fprintf(&p.b, "at least %d of (", n.N)
		list(p, n.Parts, p.node)
		p.text(")")
	case *Everyone:
		p.text("everyone")
	case *InSegment:
		p.text("in segment " + quote(n.ID))
	case *Moved:
		p.text(choose(n.Left, "left", "entered") + " segment " + quote(n.ID))
		p.window(n.Window)
	case *Has:
		p.text(choose(n.No, "no ", "has "))
		p.facts(n.Facts)
		p.window(n.Window)
	case *Sequence:
		p.sequence(n)
	case *Percent:
		p.text("percent(" + strconv.Itoa(n.N))
		if n.Seed != "" {
			p.text(", " + quote(n.Seed))
		}
		p.text(")")
	default:
		p.comparison(n)
	}
}

// joined writes the parts of "and" and "or". A part of the same kind keeps
// its parentheses, so that it stays a part.
func (p *printer) joined(parts []Node, word string) {
	for i, part := range parts {
		if i > 0 {
			p.text(word)
		}
		p.part(part, word)
	}
}

// part writes a question after "not" or between "and" or "or" (the word).
// Only "and" between "or" binds tighter than what is around it.
func (p *printer) part(n Node, word string) {
	brackets := false
	switch n.(type) {
	case *And:
		brackets = word != " or "
	case *Or:
		brackets = true
	}
	if !brackets {
		p.node(n)
		return
	}
	p.text("(")
	p.node(n)
	p.text(")")
}

func (p *printer) sequence(n *Sequence) {
	p.text("sequence(")
	p.facts(n.First)
	for _, s := range n.Steps {
		p.text(choose(s.No, ", no ", ", "))
		p.facts(s.Facts)
		p.text(" within " + s.Within.String())
	}
	p.text(")")
	p.window(n.Window)
}

func (p *printer) comparison(n Node) {
	switch n := n.(type) {
	case *Compare:
		p.term(n.L)
		p.text(" " + n.Op.String() + " ")
		p.term(n.R)
	case *Between:
		p.between(n)
	case *In:
		p.term(n.X)
		p.text(choose(n.Not, " not in (", " in ("))
		list(p, n.List, p.term)
		p.text(")")
	case *Match:
		p.term(n.X)
		p.text(" " + n.Op.String() + " " + quote(n.Pattern))
	case *Missing:
		p.term(n.X)
		p.text(choose(n.Not, " is not missing", " is missing"))
	case *Anniversary:
		p.term(n.X)
		p.text(" anniversary" + anniversaryWords(n))
	default:
		p.text("?") // a hole
	}
}

func anniversaryWords(n *Anniversary) string {
	days := Duration{N: int64(n.Days), Unit: Days}.String()
	switch n.When {
	case AnniversaryInLast:
		return " in last " + days
	case AnniversaryInNext:
		return " in next " + days
	default:
		return " today"
	}
}

// between keeps a high end that begins with a date apart, so that
// "between DATE and DATE" after a function is not read as its window.
func (p *printer) between(n *Between) {
	p.term(n.X)
	p.text(" between ")
	p.term(n.Lo)
	p.text(" and ")
	p.bracketed(n.Hi, beginsWithDate(n.Hi))
}

func beginsWithDate(t Term) bool {
	a, ok := t.(*Arith)
	for ; ok; a, ok = a.L.(*Arith) {
		if _, date := a.L.(*DateLit); date {
			return true
		}
	}
	return false
}

func (p *printer) term(t Term) {
	defer p.place(t, p.b.Len())
	switch t := t.(type) {
	case *Field:
		p.field(t)
	case *NumberLit:
		p.text(formatMicros(t.Micros))
	case *StringLit:
		p.text(quote(t.Value))
	case *BoolLit:
		p.text(strconv.FormatBool(t.Value))
	case *DateLit:
		p.text(t.Date.String())
	case *AgoLit:
		p.text(t.Duration.String() + " ago")
	case *Arith:
		p.bracketed(t.L, binding(t.L) < binding(t))
		p.text(" " + t.Op.String() + " ")
		p.bracketed(t.R, binding(t.R) <= binding(t))
	case *Aggregate:
		p.aggregate(t)
	case *Percentile:
		p.text("percentile(")
		p.term(t.X)
		p.text(")")
	default:
		p.text("?")
	}
}

// binding is greater the tighter a term holds together.
func binding(t Term) int {
	a, ok := t.(*Arith)
	switch {
	case !ok:
		return 3
	case a.Op == Multiply || a.Op == Divide:
		return 2
	default:
		return 1
	}
}

func (p *printer) bracketed(t Term, brackets bool) {
	if !brackets {
		p.term(t)
		return
	}
	p.text("(")
	p.term(t)
	p.text(")")
}

// field writes a name. In parentheses it is not read as a keyword.
func (p *printer) field(f *Field) {
	if beginsQuestion(f.Name) {
		p.text("(" + f.Name + ")")
	} else {
		p.text(f.Name)
	}
}

func (p *printer) aggregate(a *Aggregate) {
	p.text(a.Func.String() + "(")
	p.facts(a.Facts)
	if a.Field != "" {
		p.text("." + a.Field)
	}
	p.text(")")
	p.window(a.Window)
}

func (p *printer) facts(f *Facts) {
	defer p.place(f, p.b.Len())
	if f.Event && !isPlainEvent(f.Name) {
		p.text("event(" + quote(f.Name) + ")")
	} else {
		p.text(f.Name)
	}
	if f.Filter != nil {
		p.text("[")
		p.node(f.Filter)
		p.text("]")
	}
}

// isPlainEvent says whether an event's name may stand as a word. Keywords may
// by the grammar, but nobody could read them.
func isPlainEvent(name string) bool {
	lower := strings.ToLower(name)
	if IsFact(lower) || isKeyword(lower) {
		return false
	}
	for i, r := range name {
		if i == 0 && !isNameStart(r) || !isNameRune(r) {
			return false
		}
	}
	return name != ""
}

func isKeyword(word string) bool {
	switch word {
	case "and", "or", "not", "at", "everyone", "in", "has", "no", "entered", "left", "sequence", "percent", "event",
		"between", "contains", "starts", "ends", "matches", "is", "missing", "anniversary", "percentile",
		"count", "days", "sum", "avg", "min", "max", "distinct", "first", "last",
		"before", "since", "today", "yesterday", "this", "previous", "ago", "within", "true", "false":
		return true
	}
	return false
}

func (p *printer) window(w Window) {
	if w == nil {
		return
	}
	p.text(" ")
	defer p.place(w, p.b.Len())
	switch w := w.(type) {
	case *InLast:
		p.text("in last " + w.D.String())
	case *BetweenAgo:
		p.text("between " + w.From.String() + " and " + w.To.String() + " ago")
	case *BeforeAgo:
		p.text("before " + w.D.String() + " ago")
	case *SinceDate:
		p.text("since " + w.Date.String())
	case *SinceFact:
		p.text("since " + choose(w.Last, "last ", "first "))
		p.facts(w.Facts)
	case *BeforeDate:
		p.text("before " + w.Date.String())
	case *BetweenDates:
		p.text("between " + w.From.String() + " and " + w.To.String())
	case *CalendarWindow:
		p.text(calendarWords(w))
	}
}

func calendarWords(w *CalendarWindow) string {
	if w.Unit == CalendarDay {
		return choose(w.Previous, "yesterday", "today")
	}
	return choose(w.Previous, "previous ", "this ") + w.Unit.String()
}

// quote writes a text. A backslash is doubled only where it would be read as
// an escape, so that patterns stay readable.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		escaped := r == '\\' && (i+1 == len(s) || s[i+1] == '\\' || s[i+1] == '"')
		if r == '"' || escaped {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	return b.String()
}

func list[T any](p *printer, xs []T, write func(T)) {
	for i, x := range xs {
		if i > 0 {
			p.text(", ")
		}
		write(x)
	}
}

func choose(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
