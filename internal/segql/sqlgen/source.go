package sqlgen

import (
	"fmt"
	"strings"
	"time"
)

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

// source is a subquery with one row per customer.
type source struct {
	alias string
	// scan is set for a scan of a fact table, grouped by customer; text for
	// any other subquery.
	scan *scan
	text string
	// existing says that every customer in it exists at T.
	existing bool
}

// source returns the source with this key, making it first if need be.
func (sc *scope) source(key, prefix string, create func() *source) *source {
	if s, ok := sc.byKey[key]; ok {
		return s
	}
	s := create()
	s.alias = sc.g.name(prefix)
	sc.byKey[key] = s
	sc.sources = append(sc.sources, s)
	return s
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
	if s.scan != nil {
		return "(" + s.scan.render(g) + ") " + s.alias
	}
	return "(" + s.text + ") " + s.alias
}

// scan reads one fact table once and keeps one row a customer, with a column
// for each slot.
type scan struct {
	table  *table
	slots  []*slot
	byText map[string]*slot
	joins  []string // joined to each row, f
	wheres []string // hold for every row
}

// rows says which rows a slot looks at: lo < ts <= hi, and a filter.
type rows struct {
	event  string // of the table event: the event's key
	lo, hi time.Time
	hasLo  bool
	filter string // SQL over f; empty for all
}

// slot is one column of a scan: an aggregate over some of its rows. For an
// existence slot, aggregate is empty.
type slot struct {
	alias string
	rows  rows
	// aggregate is SQL like "sum(f.total)".
	aggregate string
	// distinct aggregates and those with a filter of their own only differ in text.
	exists bool
}

// slot returns the column for an aggregate over some rows, as "alias.column".
func (s *source) slot(g *gen, r rows, aggregate string) string {
	return s.alias + "." + s.scan.add(g, &slot{rows: r, aggregate: aggregate})
}

// exists returns a column that says whether there are such rows. It is TRUE,
// FALSE or NULL.
func (s *source) exists(g *gen, r rows) string {
	return s.alias + "." + s.scan.add(g, &slot{rows: r, exists: true})
}

func (sc *scan) add(g *gen, s *slot) string {
	key := fmt.Sprintf("%+v|%s|%v", s.rows, s.aggregate, s.exists)
	if old, ok := sc.byText[key]; ok {
		return old.alias
	}
	s.alias = g.name("a")
	if sc.byText == nil {
		sc.byText = map[string]*slot{}
	}
	sc.byText[key] = s
	sc.slots = append(sc.slots, s)
	return s.alias
}

// pruning is what all slots of a scan have in common.
type pruning struct {
	lo, hi time.Time
	hasLo  bool
	events []string
	filter string // the one filter of all slots; empty if they differ
}

func (sc *scan) prune() pruning {
	first := sc.slots[0].rows
	p := pruning{lo: first.lo, hi: first.hi, hasLo: first.hasLo, filter: first.filter}
	seen := map[string]bool{}
	for _, s := range sc.slots {
		r := s.rows
		p.hasLo = p.hasLo && r.hasLo
		if r.lo.Before(p.lo) {
			p.lo = r.lo
		}
		if r.hi.After(p.hi) {
			p.hi = r.hi
		}
		if r.filter != p.filter {
			p.filter = ""
		}
		if r.event != "" && !seen[r.event] {
			seen[r.event] = true
			p.events = append(p.events, r.event)
		}
	}
	return p
}

// render writes the scan. What all slots have in common limits the rows; the
// rest becomes the aggregates' FILTER.
func (sc *scan) render(g *gen) string {
	p := sc.prune()
	t := sc.table
	where := []string{}
	if len(p.events) > 0 {
		names := make([]string, len(p.events))
		for i, e := range p.events {
			names[i] = g.arg(e)
		}
		where = append(where, equalsOneOf("f.event", names))
	}
	if p.hasLo {
		where = append(where, "f.ts > "+g.instant(p.lo))
	}
	where = append(where, "f.ts <= "+g.instant(p.hi))
	where = append(where, t.valid(g)...)
	if p.filter != "" {
		where = append(where, p.filter)
	}
	where = append(where, sc.wheres...)
	customer, joins := t.customer(g)
	where = append(where, customer+" > 0")
	columns := []string{customer + " AS customer"}
	for _, s := range sc.slots {
		columns = append(columns, s.render(g, p)+" AS "+s.alias)
	}
	return "SELECT " + strings.Join(columns, ", ") +
		"\n      FROM " + t.name + " f" + joins + strings.Join(sc.joins, "") +
		"\n      WHERE " + strings.Join(where, " AND ") +
		"\n      GROUP BY 1"
}

func equalsOneOf(column string, values []string) string {
	if len(values) == 1 {
		return column + " = " + values[0]
	}
	return column + " IN (" + strings.Join(values, ", ") + ")"
}

// render writes a slot's column. Existence is asked of the greatest instant,
// so that "in last 30 days" and "in last 90 days" share one aggregate.
func (s *slot) render(g *gen, p pruning) string {
	if !s.exists {
		return s.aggregate + s.rows.rest(g, p, true)
	}
	if s.rows.rest(g, p, true) == "" {
		return "TRUE" // every row of the scan is one
	}
	latest := "max(f.ts)" + s.rows.rest(g, p, false)
	if s.rows.hasLo && (!p.hasLo || p.lo != s.rows.lo) {
		return latest + " > " + g.instant(s.rows.lo)
	}
	return latest + " IS NOT NULL"
}

// rest is the FILTER for what the scan's WHERE does not say already.
func (r rows) rest(g *gen, p pruning, withLo bool) string {
	var parts []string
	if len(p.events) > 1 {
		parts = append(parts, "f.event = "+g.arg(r.event))
	}
	if withLo && r.hasLo && (!p.hasLo || p.lo != r.lo) {
		parts = append(parts, "f.ts > "+g.instant(r.lo))
	}
	if r.hi != p.hi {
		parts = append(parts, "f.ts <= "+g.instant(r.hi))
	}
	if r.filter != p.filter {
		parts = append(parts, r.filter)
	}
	if len(parts) == 0 {
		return ""
	}
	return " FILTER (WHERE " + strings.Join(parts, " AND ") + ")"
}
