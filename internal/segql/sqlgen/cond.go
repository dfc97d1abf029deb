package sqlgen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// truth is what is known of a condition for a customer who has no row in a source.
type truth uint8

const (
	unknown truth = iota
	isFalse
	isTrue
)

func (t truth) not() truth {
	switch t {
	case isFalse:
		return isTrue
	case isTrue:
		return isFalse
	default:
		return unknown
	}
}

// cond is a condition on one customer or, within a filter, on one row.
type cond struct {
	sql string
	// null says that the SQL may be NULL, which means false.
	null bool
	// without says, for some sources, what the condition is for a customer
	// who has no row there. A source without which a segment never holds
	// can be read first instead of all customers.
	without map[*source]truth
	// atom says that the SQL needs no parentheses beside AND and OR.
	atom bool
	// heavy says that it divides numbers of 128 bits, which DuckDB does slowly.
	heavy bool
}

func (c cond) weight() int {
	if c.heavy {
		return 1
	}
	return 0
}

// always and never are the constant conditions.
func always() cond { return cond{sql: "TRUE", atom: true} }
func never() cond  { return cond{sql: "FALSE", atom: true} }

// strict returns SQL that is never NULL.
func (c cond) strict() string {
	if !c.null {
		return c.sql
	}
	return "coalesce(" + c.sql + ", FALSE)"
}

func (c cond) nested() string {
	if c.atom {
		return c.sql
	}
	return "(" + c.sql + ")"
}

func not(c cond) cond {
	r := cond{sql: "NOT " + cond{sql: c.strict(), atom: c.atom || c.null}.nested(), atom: true, heavy: c.heavy}
	for s, t := range c.without {
		r.set(s, t.not())
	}
	return r
}

func (c *cond) set(s *source, t truth) {
	if t == unknown {
		return
	}
	if c.without == nil {
		c.without = map[*source]truth{}
	}
	c.without[s] = t
}

func and(parts ...cond) cond { return join(" AND ", parts, isFalse) }
func or(parts ...cond) cond  { return join(" OR ", parts, isTrue) }

// join combines parts; one part of the truth "deciding" decides the whole.
// Heavy parts come last: DuckDB leaves them where the others decide, and does
// not change the order of what may fail.
func join(word string, parts []cond, deciding truth) cond {
	if len(parts) == 1 {
		return parts[0]
	}
	var r cond
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b cond) int { return cmp.Compare(a.weight(), b.weight()) })
	texts := make([]string, len(parts))
	seen := map[*source]bool{}
	for i, p := range parts {
		texts[i] = p.nested()
		r.heavy = r.heavy || p.heavy
		r.null = r.null || p.null
		for s := range p.without {
			seen[s] = true
		}
	}
	r.sql = strings.Join(texts, word)
	for s := range seen {
		all := true
		for _, p := range parts {
			if p.without[s] == deciding {
				r.set(s, deciding)
			}
			all = all && p.without[s] == deciding.not()
		}
		if all {
			r.set(s, deciding.not())
		}
	}
	return r
}

// atLeast holds when n or more parts do.
func atLeast(n int, parts []cond) cond {
	texts := make([]string, len(parts))
	seen := map[*source]bool{}
	for i, p := range parts {
		texts[i] = "CASE WHEN " + p.sql + " THEN 1 ELSE 0 END"
		for s := range p.without {
			seen[s] = true
		}
	}
	r := cond{sql: fmt.Sprintf("%s >= %d", strings.Join(texts, " + "), n), atom: true}
	for s := range seen {
		possible, certain := 0, 0
		for _, p := range parts {
			switch p.without[s] {
			case isTrue:
				certain++
				possible++
			case unknown:
				possible++
			case isFalse:
			}
		}
		switch {
		case possible < n:
			r.set(s, isFalse)
		case certain >= n:
			r.set(s, isTrue)
		}
	}
	return r
}
