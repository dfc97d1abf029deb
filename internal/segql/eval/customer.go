package eval

import "kith/internal/segql"

// Customer is what the evaluator asks of one person. Instants are in
// microseconds since 1970.
type Customer interface {
	// ID is the customer's id; empty for an anonymous visitor.
	ID() string
	// Facts are all facts of a kind up to the instant asked about.
	Facts(k Kind) Facts
	// Field is a customer field or a trait, read as a type. Age is asked as
	// birth_date, and as age only without one.
	Field(name string, as segql.Type) Value
	// Base is a base field: of the latest scoring run for a saved segment, else
	// as of the instant.
	Base(name string, saved bool) Value
	// Percentile is the customer's percentile of a term in canonical text, from
	// where Base has its fields.
	Percentile(term string, saved bool) Value
	// Zone is the customer's time zone; nil for the shop's.
	Zone() *Zone
	// CartUpdated is the instant of the cart's latest change, or missing.
	CartUpdated() Value
	// Transitions are the instants of the recorded transitions of a segment
	// up to the instant asked about, in order.
	Transitions(segment string, left bool) []int64
	// Memo holds what the evaluator keeps with the customer.
	Memo() *Memo
}

// Kind is a built-in fact, or a tracked event by its key.
type Kind struct {
	Event bool
	Name  string
}

// KindOf is the kind of facts.
func KindOf(f *segql.Facts) Kind {
	if f.Event {
		return Kind{Event: true, Name: segql.EventKey(f.Name)}
	}
	return Kind{Name: f.Name}
}

// Facts are one person's facts of a kind, in order of instant and id. A fact
// does not change; but they may grow at their end, see Memo.Append.
type Facts interface {
	// Times are the facts' instants, not to be changed.
	Times() []int64
	// Field is one of a fact's fields but "at", read as a type. An order has
	// one more than the language: "discounted", 1 or 0.
	Field(i int, name string, as segql.Type) Value
}

// Fact is one of Facts.
type Fact struct {
	Among Facts
	I     int
}

// At is the fact's instant.
func (f Fact) At() int64 { return f.Among.Times()[f.I] }

// Field is one of the fact's fields, read as a type.
func (f Fact) Field(name string, as segql.Type) Value {
	if name == "at" {
		return Instant(f.At())
	}
	return f.Among.Field(f.I, name, as)
}

// Memo holds what was worked out of a customer's facts. The zero Memo is empty.
type Memo struct {
	// Once says that little is asked before the memo is emptied: rows are found
	// for what is asked alone. Else facts are gone through once for all
	// matchers of their kind.
	Once bool

	program *Program
	matched []*rows
	asking  asking // the one question on its way
}

// Forget empties what was worked out of facts of a kind.
func (m *Memo) Forget(k Kind) {
	if m.program == nil {
		return
	}
	for _, i := range m.program.byKind[k] {
		m.matched[i] = nil
	}
}

// Append notes that one more of the facts of a kind comes after all others, or
// that the last became another.
func (m *Memo) Append(c Customer, k Kind, facts Facts, replaced bool) {
	if m.program == nil {
		return
	}
	a := &m.asking
	*a = asking{program: m.program, customer: c, zone: m.program.zone, next: Never}
	for _, i := range m.program.byKind[k] {
		if r := m.matched[i]; r != nil {
			a.append(r, m.program.matchers[i], facts, replaced)
		}
	}
}

// Drop notes that the last of the facts of a kind was taken away, which had a
// number.
func (m *Memo) Drop(k Kind, last int) {
	if m.program == nil {
		return
	}
	for _, i := range m.program.byKind[k] {
		if r := m.matched[i]; r != nil {
			r.forget(last)
		}
	}
}

// use goes on with another program. Matchers that it has too keep their rows.
func (m *Memo) use(p *Program) {
	was, matched := m.program, m.matched
	if was == p {
		return
	}
	m.program, m.matched = p, make([]*rows, len(p.matchers))
	if was == nil || !was.sameSettings(p) {
		return
	}
	for i, matcher := range p.matchers {
		if old := was.byText[matcher.text]; old != nil {
			m.matched[i] = matched[old.index]
		}
	}
}

// Reset empties the memo for another customer.
func (m *Memo) Reset() { clear(m.matched) }

// ForgetAll empties the memo.
func (m *Memo) ForgetAll() { m.program, m.matched = nil, nil }
