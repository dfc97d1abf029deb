package sqlgen

import "strings"

// scope is one FROM: the customers asked about, joined with one row a
// customer from each source that the condition looks at.
type scope struct {
	g       *gen
	sources []*source
	byKey   map[string]*source
	// customers says that the condition itself needs the table customer.
	customers bool
}

func (g *gen) newScope() *scope { return &scope{g: g, byKey: map[string]*source{}} }

// source is a subquery with one row per customer. It belongs to the
// statement: scopes that look at the same source share it.
type source struct {
	alias string
	// scan is set for a scan of a fact table, grouped by customer; text for
	// any other subquery. It is written when all scopes have said what they
	// need of it.
	scan *scan
	text func() string
	// summary is set for the table summary, whose columns stand for slots.
	summary bool
	// readings are columns of a customer's field beside its value.
	readings []string
	// existing says that every customer in it exists at T.
	existing bool
	// scopes counts the scopes that look at it. What several look at is
	// computed once, as a common table expression.
	scopes int
}

// plain is a source's text that is known from the start.
func plain(text string) func() string { return func() string { return text } }

// source returns the source with this key, making it first if need be.
func (sc *scope) source(key, prefix string, create func() *source) *source {
	if s, ok := sc.byKey[key]; ok {
		return s
	}
	s, ok := sc.g.byKey[key]
	if !ok {
		s = create()
		s.alias = sc.g.name(prefix)
		sc.g.byKey[key] = s
		sc.g.sources = append(sc.g.sources, s)
	}
	s.scopes++
	sc.byKey[key] = s
	sc.sources = append(sc.sources, s)
	return s
}

// common renders the sources that several scopes look at. They are
// materialised: left to itself, DuckDB may scan a table once for each use.
func (g *gen) common() string {
	var parts []string
	for _, s := range g.sources {
		if s.scopes > 1 {
			parts = append(parts, s.alias+" AS MATERIALIZED ("+s.inner(g)+")")
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "WITH " + strings.Join(parts, ",\n") + "\n"
}

// driver is the source that a condition cannot hold without, if there is
// one: it is read first, and all customers are not read at all.
func (sc *scope) driver(c cond) *source {
	if sc.customers {
		return nil
	}
	for _, s := range sc.sources {
		if s.existing && c.without[s] == isFalse {
			return s
		}
	}
	return nil
}

func (sc *scope) driverColumn(c cond) string {
	if d := sc.driver(c); d != nil {
		return d.alias + ".customer"
	}
	return "c.customer"
}

// from renders the FROM clause. withCustomer asks for the table customer as c.
func (sc *scope) from(c cond, withCustomer bool) string {
	var b strings.Builder
	first := sc.driver(c)
	if first != nil {
		b.WriteString(first.render(sc.g))
		if withCustomer {
			b.WriteString("\nJOIN customer c ON c.customer = " + first.alias + ".customer")
		}
	} else {
		b.WriteString("(SELECT customer, id FROM customer WHERE exists_from <= " + sc.g.now() + ") c")
	}
	column := sc.driverColumn(c)
	for _, s := range sc.sources {
		if s != first {
			b.WriteString("\nLEFT JOIN " + s.render(sc.g) + " ON " + s.alias + ".customer = " + column)
		}
	}
	return b.String()
}

func (s *source) render(g *gen) string {
	if s.scopes > 1 {
		return s.alias
	}
	return "(" + s.inner(g) + ") " + s.alias
}

func (s *source) inner(g *gen) string {
	if s.scan != nil {
		return s.scan.render(g)
	}
	return s.text()
}
