package sqlgen

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kith/internal/segql"
)

// Options says when and for which shop a segment is asked.
type Options struct {
	// At is T, the instant asked about, in whole microseconds.
	At time.Time
	// Zone is the shop's time zone.
	Zone *time.Location
	// Settings are the shop's settings by the names behind "shop.": text,
	// or for reward_points and shipping_step a number in decimal form. What
	// is not in it is missing.
	Settings map[string]string
	// Moved says that some keys belong to another customer's key: the table
	// moved is not empty.
	Moved bool
	// Zones are the time zones that customers have, by their names, for age
	// and anniversaries; customers in another one are asked in the shop's.
	Zones []*time.Location
	// Run is the latest scoring run at or before At, 0 if there is none.
	// Saved segments take base fields from it.
	Run int
	// RunPercentiles are the terms that the run ranked customers by, in
	// canonical text; other percentiles are computed as of T.
	RunPercentiles map[string]bool
	// Sums says that the table summary serves: few customers have an order or a
	// cancellation after At.
	Sums bool
}

func (o Options) check() error {
	switch {
	case o.At.IsZero():
		return errors.New("sqlgen: Options.At is required")
	case o.Zone == nil:
		return errors.New("sqlgen: Options.Zone is required")
	}
	return nil
}

// Statement is one SQL statement with its arguments, $1 first.
type Statement struct {
	SQL  string
	Args []any
}

// Segment is one segment to compile.
type Segment struct {
	Checked *segql.Checked
	// Saved says that base fields come from the latest scoring run, as they
	// do for a saved segment and a preset; otherwise they are computed as of T.
	Saved bool
}

// Count returns a statement with one row and one column: how many known
// customers are in the segment.
func Count(s Segment, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		sc := g.newScope()
		c := g.segment(sc, s)
		return "SELECT count(*)\nFROM " + sc.from(c, false) + where(c)
	})
}

// Members returns a statement with one column, the customers' ids in order.
func Members(s Segment, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		sc := g.newScope()
		c := g.segment(sc, s)
		from := sc.from(c, true)
		return "SELECT c.id\nFROM " + from + where(c) + "\nORDER BY c.id"
	})
}

// Keys returns a statement with one column, the customers' numbers, in no order.
func Keys(s Segment, o Options) (Statement, error) {
	return compile(o, func(g *gen) string { return g.keys(s) })
}

// Counts returns a statement with one row and a column for each segment, in
// their order: all are counted in one pass over each table.
func Counts(segments []Segment, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		sc := g.newScope()
		var inner, outer []string
		for i, s := range segments {
			inner = append(inner, whether(g.segment(sc, s), i+1))
			outer = append(outer, fmt.Sprintf("count(b%d) AS n%d", i+1, i+1))
		}
		return twoSteps(outer, inner, sc)
	})
}

// twoSteps computes every segment's condition once, below, and aggregates
// above: to plan a condition costs as much as to answer it in a small shop.
func twoSteps(outer, inner []string, sc *scope) string {
	return "SELECT " + strings.Join(outer, ",\n       ") +
		"\nFROM (SELECT " + strings.Join(inner, ",\n             ") + "\nFROM " + sc.from(cond{}, false) + ")"
}

// whether is a column that is TRUE in a segment and else NULL. In a CASE
// DuckDB leaves the rest of an AND where a part failed. The columns are not
// the FILTERs of aggregates: for each of those DuckDB keeps a copy of all that
// is aggregated, which is slow to set up for many segments.
func whether(c cond, n int) string { return fmt.Sprintf("CASE WHEN %s THEN TRUE END AS b%d", c.sql, n) }

// Holding returns a statement with at most one row and a column for each
// segment, in their order: whether the known customer with this id is in it.
func Holding(segments []Segment, customer string, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		sc := g.newScope()
		columns := make([]string, len(segments))
		for i, s := range segments {
			columns[i] = g.segment(sc, s).strict()
		}
		return "SELECT " + strings.Join(columns, ",\n       ") + "\nFROM " + sc.from(cond{}, true) + "\nWHERE c.id = " + g.arg(customer)
	})
}

// Sizes returns a statement with one row: for each segment, in their order,
// how many customers are in it and what they bought in the last 12 months,
// less refunds; then the same for all known customers.
func Sizes(segments []Segment, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		sc := g.newScope()
		inner := []string{g.netLastYear(sc) + " AS net"}
		var outer []string
		for i, s := range segments {
			inner = append(inner, whether(g.segment(sc, s), i+1))
			outer = append(outer, fmt.Sprintf("count(b%d)", i+1), fmt.Sprintf("coalesce(sum(CASE WHEN b%d THEN net END), 0)", i+1))
		}
		return twoSteps(append(outer, "count(*)", "coalesce(sum(net), 0)"), inner, sc)
	})
}

// netLastYear is a customer's orders less refunds of the last 12 months.
func (g *gen) netLastYear(sc *scope) string {
	e := &env{g: g, sc: sc}
	year := g.span(lastYear())
	sum := func(fact string) string {
		s := e.selection(&segql.Facts{Name: fact})
		return "coalesce(" + e.scanOf(s, 0, span{}).slot(g, s.rows(year), "sum(f.total)") + ", 0)"
	}
	return "(" + sum("order") + " - " + sum("refund") + ")"
}

// where renders the condition of a statement.
func where(c cond) string { return "\nWHERE " + c.sql }

// compile runs build with a fresh generator and turns its findings into an error.
func compile(o Options, build func(*gen) string) (Statement, error) {
	if err := o.check(); err != nil {
		return Statement{}, err
	}
	g := &gen{opt: o, places: map[any]int{}, byKey: map[string]*source{}}
	g.opt.At = o.At.UTC().Truncate(time.Microsecond)
	sql := build(g)
	if g.err != nil {
		return Statement{}, fmt.Errorf("compiling a segment to SQL: %w", g.err)
	}
	return g.statement(g.common() + sql), nil
}

var placeholder = regexp.MustCompile(`\$\d+`)

// statement numbers the arguments by where they first stand; what was bound
// for SQL that another form replaced is left out.
func (g *gen) statement(sql string) Statement {
	var s Statement
	renamed := map[string]string{}
	s.SQL = placeholder.ReplaceAllStringFunc(sql, func(old string) string {
		if _, ok := renamed[old]; !ok {
			n, _ := strconv.Atoi(old[1:])
			s.Args = append(s.Args, g.args[n-1])
			renamed[old] = "$" + strconv.Itoa(len(s.Args))
		}
		return renamed[old]
	})
	return s
}

// gen builds one statement.
type gen struct {
	opt    Options
	args   []any
	places map[any]int
	names  int
	err    error
	// sources are those of all scopes, in the order they were first looked at.
	sources []*source
	byKey   map[string]*source
}

// fail records the first thing that could not be compiled. The checker lets
// none of these through, so that a caller sees one only for a tree that was
// not checked.
func (g *gen) fail(format string, a ...any) {
	if g.err == nil {
		g.err = fmt.Errorf(format, a...)
	}
}

// arg binds a value and returns its place; equal values share one.
func (g *gen) arg(v any) string {
	n, ok := g.places[v]
	if !ok {
		g.args = append(g.args, v)
		n = len(g.args)
		g.places[v] = n
	}
	return fmt.Sprintf("$%d", n)
}

// instant binds an instant.
func (g *gen) instant(t time.Time) string { return g.arg(t.UTC()) }

// now binds T.
func (g *gen) now() string { return g.instant(g.opt.At) }

// name makes a name that is new in this statement.
func (g *gen) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}
