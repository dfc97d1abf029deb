package eval

import "kith/internal/segql"

// Customer is what the evaluator asks of one person. Instants are in
// microseconds since 1970.
type Customer interface {
	// ID is the customer's id; empty for an anonymous visitor.
	ID() string
	// Facts are all facts of a kind up to the instant asked about, in order
	// of instant and id.
	Facts(k Kind) []Fact
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

// Fact is one fact. It does not change; a fact that changed is another one.
// Facts are compared with ==.
type Fact interface {
	// At is the fact's instant.
	At() int64
	// Field is one of the fact's fields but "at", read as a type. An order
	// has one more than the language: "discounted", 1 or 0.
	Field(name string, as segql.Type) Value
}

// Memo holds what was worked out of a customer's facts. The zero Memo is empty.
type Memo struct {
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

// Append notes a fact of a kind that comes after all others. With last, it
// takes the place of that fact, which was the last.
func (m *Memo) Append(c Customer, k Kind, last, f Fact) {
	if m.program == nil {
		return
	}
	a := &m.asking
	*a = asking{program: m.program, customer: c, zone: m.program.zone, next: Never}
	for _, i := range m.program.byKind[k] {
		r := m.matched[i]
		if r == nil {
			continue
		}
		if n := len(r.facts); last != nil && n > 0 && r.facts[n-1] == last {
			r.removeLast()
		}
		if a.fits(m.program.matchers[i], f) {
			r.add(f)
		}
	}
}

// ForgetAll empties the memo.
func (m *Memo) ForgetAll() { m.program, m.matched = nil, nil }
