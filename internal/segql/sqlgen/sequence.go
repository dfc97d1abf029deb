package sqlgen

import (
	"fmt"
	"strings"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/calendar"
)

// sequence follows the steps as a set of instants: first A's, then the
// instants of each next positive step that follow one of the set in time; a
// "no" step keeps the instants after which nothing came until its span was
// over. The nearest fact decides each time, which is what an ASOF join finds
// in one sorted pass.
func (e *env) sequence(n *segql.Sequence) cond {
	g := e.g
	window := g.span(n.Window)
	first := e.selection(n.First)
	reached := e.moments(first, window, window.since)
	for i, step := range n.Steps {
		within := calendar.Back(g.opt.Zone, g.opt.At, step.Within)
		span := g.opt.At.Sub(within)
		s := e.selection(step.Facts)
		later := s.moments(e, span2(window, g))
		switch {
		case !step.No:
			reached = fmt.Sprintf("SELECT DISTINCT b.customer, b.ts FROM (%s) b ASOF JOIN (%s) a ON a.customer = b.customer AND a.ts < b.ts WHERE b.ts <= a.ts + %s",
				later, reached, g.length(span))
		case i == 0 && window.since == nil && s.same(first):
			reached = e.quiet(first, window, span, within)
		default:
			reached = fmt.Sprintf("SELECT a.customer, a.ts FROM (%s) a ASOF LEFT JOIN (%s) b ON b.customer = a.customer AND b.ts > a.ts WHERE a.ts <= %s AND (b.ts IS NULL OR b.ts > a.ts + %s)",
				reached, later, g.instant(within), g.length(span))
		}
	}
	src := e.sc.source("sequence|"+reached, "q", func() *source {
		return &source{existing: true, text: plain("SELECT DISTINCT customer, TRUE AS hit FROM (" + reached + ")")}
	})
	c := cond{sql: src.alias + ".hit", null: true, atom: true}
	c.set(src, isFalse)
	return c
}

// span2 is where the later steps lie: after the first step's window starts, up to T.
func span2(first span, g *gen) span { return span{lo: first.lo, hasLo: first.hasLo, hi: g.opt.At} }

// length binds a length of time.
func (g *gen) length(d time.Duration) string {
	return "to_microseconds(" + g.arg(d.Microseconds()) + ")"
}

// same says that two selections are the same facts.
func (s selection) same(o selection) bool {
	return s.table.name == o.table.name && s.event == o.event && s.filter == o.filter
}

// moments is a query for the customers and instants of the selected facts.
func (s selection) moments(e *env, w span) string { return e.moments(s, w, nil) }

func (e *env) moments(s selection, w span, since *segql.SinceFact) string {
	customer, joins := s.table.customer(e.g)
	where := []string{}
	if s.event != "" {
		where = append(where, "f.event = "+e.g.arg(s.event))
	}
	if w.hasLo {
		where = append(where, "f.ts > "+e.g.instant(w.lo))
	}
	where = append(where, "f.ts <= "+e.g.instant(w.hi))
	where = append(where, s.table.valid(e.g)...)
	if s.filter != "" {
		where = append(where, s.filter)
	}
	where = append(where, customer+" > 0")
	if s.needs != 0 {
		joins += s.needs.join(e.g, s.table)
	}
	if since != nil {
		joins += "\n      JOIN (" + e.anchor(since) + ") s ON s.customer = " + customer
		where = append(where, "f.ts > s.ts")
	}
	return "SELECT " + customer + " AS customer, f.ts FROM " + s.table.name + " f" + joins + " WHERE " + strings.Join(where, " AND ")
}

// quiet is the frequent "A, no A within D": one pass over the facts in order.
// Of facts at one instant the last in order decides, as it must.
func (e *env) quiet(s selection, w span, d time.Duration, within time.Time) string {
	g := e.g
	all := s.moments(e, span2(w, g))
	end := within
	if w.hi.Before(end) {
		end = w.hi
	}
	return fmt.Sprintf("SELECT customer, ts FROM (SELECT customer, ts, lead(ts) OVER (PARTITION BY customer ORDER BY ts) AS next FROM (%s)) WHERE ts <= %s AND (next IS NULL OR next > ts + %s)",
		all, g.instant(end), g.length(d))
}

// moved is "entered segment" and "left segment": recorded transitions, in the
// temporary table transition_now.
func (e *env) moved(n *segql.Moved) cond {
	g, w := e.g, e.g.span(n.Window)
	entered := "f.entered"
	if n.Left {
		entered = "NOT f.entered"
	}
	joins, where := "", ""
	if w.since != nil {
		joins = " JOIN (" + e.anchor(w.since) + ") s ON s.customer = f.customer"
		where = " AND f.ts > s.ts"
	}
	if w.hasLo {
		where += " AND f.ts > " + g.instant(w.lo)
	}
	text := "SELECT DISTINCT f.customer, TRUE AS hit FROM transition_now f" + joins +
		" WHERE f.segment = " + g.arg(n.ID) + " AND " + entered + where +
		" AND f.ts <= " + g.instant(w.hi) + " AND f.customer > 0"
	src := e.sc.source("moved|"+text, "x", func() *source { return &source{text: plain(text)} })
	c := cond{sql: src.alias + ".hit", null: true, atom: true}
	c.set(src, isFalse)
	return c
}
