package sqlgen

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// scan reads one fact table once and keeps one row a customer, with a column
// for each slot.
type scan struct {
	table  *table
	slots  []*slot
	byText map[string]*slot
	needs  need     // joined to each row, f
	joins  []string // joined to each row besides
	wheres []string // hold for every row
}

// rows says which rows a slot looks at: lo < ts <= hi, and a filter.
type rows struct {
	table  string
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
	if s.summary {
		return s.alias + "." + sums[r.table][aggregate]
	}
	return s.alias + "." + s.scan.add(g, &slot{rows: r, aggregate: aggregate})
}

// exists returns a column that says whether there are such rows. It is TRUE,
// FALSE or NULL.
func (s *source) exists(g *gen, r rows) string {
	switch {
	case s.summary && r.hasLo:
		return s.alias + ".last_at > " + g.instant(r.lo)
	case s.summary:
		return s.alias + ".orders > 0"
	}
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
	if seen := sc.anySlot(g, p); seen != "" {
		where = append(where, seen)
	}
	customer, joins := t.customer(g)
	where = append(where, customer+" > 0")
	columns := []string{customer + " AS customer"}
	for _, s := range sc.slots {
		columns = append(columns, s.render(g, p)+" AS "+s.alias)
	}
	return "SELECT " + strings.Join(columns, ", ") +
		"\n      FROM " + t.name + " f" + joins + sc.needs.join(g, t) + strings.Join(sc.joins, "") +
		"\n      WHERE " + strings.Join(where, " AND ") +
		"\n      GROUP BY 1"
}

// anySlot is the condition that some slot looks at the row, where each slot
// has a condition of its own: rows that none looks at need not be grouped.
func (sc *scan) anySlot(g *gen, p pruning) string {
	whole := map[string]bool{} // events of which a slot looks at every row
	for _, s := range sc.slots {
		if s.rows.own(g, p, true) == nil {
			whole[s.rows.event] = true
		}
	}
	if len(whole) == max(1, len(p.events)) {
		return "" // the rest of the scan says it
	}
	var parts []string
	for _, s := range sc.slots {
		own := s.rows.own(g, p, true)
		if whole[s.rows.event] && own != nil {
			continue
		}
		if len(p.events) > 1 {
			own = append([]string{"f.event = " + g.arg(s.rows.event)}, own...)
		}
		if part := strings.Join(own, " AND "); !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return "(" + strings.Join(parts, " OR ") + ")"
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
	parts := r.own(g, p, withLo)
	if len(p.events) > 1 {
		parts = append([]string{"f.event = " + g.arg(r.event)}, parts...)
	}
	if len(parts) == 0 {
		return ""
	}
	return " FILTER (WHERE " + strings.Join(parts, " AND ") + ")"
}

// own is what a slot asks of its event's rows beyond what all slots do.
func (r rows) own(g *gen, p pruning, withLo bool) []string {
	var parts []string
	if withLo && r.hasLo && (!p.hasLo || p.lo != r.lo) {
		parts = append(parts, "f.ts > "+g.instant(r.lo))
	}
	if r.hi != p.hi {
		parts = append(parts, "f.ts <= "+g.instant(r.hi))
	}
	if r.filter != p.filter {
		parts = append(parts, r.filter)
	}
	return parts
}
