package sqlgen

import (
	"strings"

	"kith/internal/segql"
	"kith/internal/segql/calendar"
)

// env is where a tree's names are looked up: a segment's customer, or a
// filter's row.
type env struct {
	g       *gen
	checked *segql.Checked
	sc      *scope
	saved   bool
	// row is set within a filter.
	row *rowEnv
}

// rowEnv is one row of a fact's table.
type rowEnv struct {
	table *table
	event bool
	// needs collects what the row's fields need joined.
	needs need
}

// segment compiles a whole segment in a scope.
func (g *gen) segment(sc *scope, s Segment) cond {
	e := &env{g: g, checked: s.Checked, sc: sc, saved: s.Saved}
	return e.node(s.Checked.Root)
}

// node compiles a condition.
func (e *env) node(n segql.Node) cond {
	switch n := n.(type) {
	case *segql.And:
		return and(e.nodes(n.Parts)...)
	case *segql.Or:
		return or(e.nodes(n.Parts)...)
	case *segql.Not:
		return not(e.node(n.X))
	case *segql.AtLeast:
		return atLeast(n.N, e.nodes(n.Parts))
	case *segql.Everyone:
		return always()
	case *segql.InSegment:
		return e.inSegment(n)
	case *segql.Moved:
		return e.moved(n)
	case *segql.Has:
		return e.has(n)
	case *segql.Sequence:
		return e.sequence(n)
	case *segql.Percent:
		return e.percent(n)
	case *segql.Compare:
		if n.Op == segql.Equal || n.Op == segql.NotEqual {
			if c, ok := e.stageIn(n.L, []segql.Term{n.R}); ok {
				return negated(c, n.Op == segql.NotEqual)
			}
		}
		return e.g.compare(n.Op, e.term(n.L), e.term(n.R))
	case *segql.Between:
		x := e.term(n.X)
		return and(e.g.compare(segql.GreaterEqual, x, e.term(n.Lo)), e.g.compare(segql.LessEqual, x, e.term(n.Hi)))
	case *segql.In:
		return e.in(n)
	case *segql.Match:
		return e.match(n)
	case *segql.Missing:
		return negated(e.term(n.X).isMissing(), n.Not)
	case *segql.Anniversary:
		return e.anniversary(n)
	}
	e.g.fail("node %T is not known", n)
	return never()
}

func negated(c cond, is bool) cond {
	if is {
		return not(c)
	}
	return c
}

func (e *env) nodes(list []segql.Node) []cond {
	r := make([]cond, len(list))
	for i, n := range list {
		r[i] = e.node(n)
	}
	return r
}

// inSegment inlines the segment. A saved segment's base fields come from runs.
func (e *env) inSegment(n *segql.InSegment) cond {
	ref, ok := e.checked.Refs[n.ID]
	if !ok {
		e.g.fail("segment %q is not among the references", n.ID)
		return never()
	}
	return (&env{g: e.g, checked: ref, sc: e.sc, saved: true}).node(ref.Root)
}

// in is one comparison for each element; texts are compared in one.
func (e *env) in(n *segql.In) cond {
	if c, ok := e.stageIn(n.X, n.List); ok {
		return negated(c, n.Not)
	}
	x := e.term(n.X)
	op := segql.Equal
	if n.Not {
		op = segql.NotEqual
	}
	if c, ok := e.inTexts(n, x); ok {
		return c
	}
	parts := make([]cond, len(n.List))
	for i, t := range n.List {
		parts[i] = e.g.compare(op, x, e.term(t))
	}
	if n.Not {
		return and(parts...)
	}
	return or(parts...)
}

// inTexts is the form for texts that are all literals.
func (e *env) inTexts(n *segql.In, x value) (cond, bool) {
	if x.typ != segql.Text || len(n.List) < 2 {
		return cond{}, false
	}
	texts := make([]string, len(n.List))
	for i, t := range n.List {
		lit, ok := t.(*segql.StringLit)
		if !ok || lit.Value == "" {
			return cond{}, false
		}
		texts[i] = e.g.arg(lit.Value)
	}
	word := " IN ("
	if n.Not {
		word = " NOT IN ("
	}
	c := cond{sql: x.sql + word + strings.Join(texts, ", ") + ")", null: x.null, atom: true}
	for s, empty := range x.without {
		if empty.missing {
			c.set(s, isFalse)
		}
	}
	return c, true
}

// match is contains, starts with, ends with, matches.
func (e *env) match(n *segql.Match) cond {
	x := e.term(n.X)
	if n.Pattern == "" {
		return never() // an empty text is missing
	}
	pattern := e.g.arg(n.Pattern)
	var sql string
	switch {
	case x.typ == segql.List:
		sql = "list_contains(" + x.sql + ", " + pattern + ")"
	case n.Op == segql.Contains:
		sql = "contains(" + x.sql + ", " + pattern + ")"
	case n.Op == segql.StartsWith:
		sql = "starts_with(" + x.sql + ", " + pattern + ")"
	case n.Op == segql.EndsWith:
		sql = "ends_with(" + x.sql + ", " + pattern + ")"
	default:
		sql = "regexp_matches(" + x.sql + ", " + pattern + ")"
	}
	c := cond{sql: sql, null: x.null, atom: true}
	for s, empty := range x.without {
		if empty.missing {
			c.set(s, isFalse)
		}
	}
	return c
}

// percent is the customer's place in a hash, below n.
func (e *env) percent(n *segql.Percent) cond {
	e.sc.customers = true
	return cond{sql: "CAST('0x' || substr(sha256(" + e.g.arg(n.Seed+":") + " || c.id), 1, 16) AS UBIGINT) % 100 < " + e.g.arg(int64(n.N)), atom: true}
}

// term compiles a value.
func (e *env) term(t segql.Term) value {
	g := e.g
	switch t := t.(type) {
	case *segql.NumberLit:
		return value{typ: segql.Number, sql: g.number(t.Micros), literal: t}
	case *segql.StringLit:
		// An empty text is missing.
		if t.Value == "" {
			return value{typ: segql.Text, sql: "CAST(NULL AS VARCHAR)", null: true, literal: t}
		}
		return value{typ: segql.Text, sql: g.arg(t.Value), literal: t}
	case *segql.BoolLit:
		return value{typ: segql.Bool, sql: strings.ToUpper(boolText(t.Value)), literal: t}
	case *segql.DateLit:
		return value{typ: segql.DateType, sql: g.date(t.Date), literal: t}
	case *segql.AgoLit:
		return value{typ: segql.Instant, sql: g.instant(calendar.Back(g.opt.Zone, g.opt.At, t.Duration)), literal: t}
	case *segql.Arith:
		return g.arith(t.Op, e.term(t.L), e.term(t.R))
	case *segql.Aggregate:
		return e.aggregate(t)
	case *segql.Percentile:
		return e.percentile(t)
	case *segql.Field:
		return e.field(t)
	}
	g.fail("term %T is not known", t)
	return value{}
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
