package sqlgen

import (
	"fmt"

	"kith/internal/segql"
)

// value is a term's SQL.
type value struct {
	typ segql.Type
	// sql is the value; for a Fraction it is empty.
	sql string
	// whole says that a Number's SQL is an integer.
	whole bool
	// num and den are a Fraction in millionths: HUGEINT expressions, den above
	// zero or NULL.
	num, den string
	// sum and count are, for an avg, its cheaper form: a DECIMAL and an integer.
	sum, count string
	// smallNum and smallDen are, for some fractions, num and den as BIGINT
	// expressions: below 2**31 times a hundred million, and below 2**32.
	smallNum, smallDen string
	// heavy is that of conditions on it.
	heavy bool
	// null says that the value may be missing.
	null bool
	// literal is set for literals: what was said.
	literal segql.Term
	// without says what the value is, for a customer with no row in the source.
	without map[*source]empty
}

// empty is a value for a customer who has no row in a source: missing, or a number.
type empty struct {
	missing bool
	micros  int64
}

// missingWithout marks a value that is missing where the source has no row.
func missingWithout(s *source) map[*source]empty { return map[*source]empty{s: {missing: true}} }

// zeroWithout marks a number that is zero where the source has no row.
func zeroWithout(s *source) map[*source]empty { return map[*source]empty{s: {}} }

// millionths is a decimal as a HUGEINT of so many millionths. It is widened
// first: of two narrow types, DuckDB gives a product that ends at a million.
func millionths(x string) string {
	return "CAST(CAST(" + x + " AS DECIMAL(38, 6)) * 1000000 AS HUGEINT)"
}

// fraction is a Number or Fraction in millionths, as a pair of HUGEINT
// expressions. Constants are HUGEINT too: two small ones would be multiplied
// in their own type.
func (v value) fraction(g *gen) (num, den string) {
	if lit, ok := v.literal.(*segql.NumberLit); ok {
		return "CAST(" + g.arg(lit.Micros) + " AS HUGEINT)", one
	}
	switch {
	case v.typ == segql.Fraction:
		return v.num, v.den
	case v.whole:
		return "(CAST(" + v.sql + " AS HUGEINT) * 1000000)", one
	default:
		return millionths(v.sql), one
	}
}

const one = "CAST(1 AS HUGEINT)"

// product multiplies two HUGEINT expressions.
func product(a, b string) string {
	switch one {
	case a:
		return b
	case b:
		return a
	}
	return "(" + a + " * " + b + ")"
}

// decimal is a Number as DECIMAL(38, 6).
func (v value) decimal() string { return "CAST(" + v.sql + " AS DECIMAL(38, 6))" }

// isMissing is the condition that the value is missing.
func (v value) isMissing() cond {
	if !v.null {
		return never()
	}
	x := v.sql
	if v.sum != "" {
		x = v.sum
	} else if v.typ == segql.Fraction {
		x = v.num
		if v.den != dayUnits {
			// Either side may be what is NULL.
			x = "(" + v.num + " + " + v.den + ")"
		}
	}
	c := cond{sql: x + " IS NULL", atom: true}
	for s, e := range v.without {
		if e.missing {
			c.set(s, isTrue)
		} else {
			c.set(s, isFalse)
		}
	}
	return c
}

var compareSQL = [...]string{
	segql.Equal: "=", segql.NotEqual: "<>",
	segql.Less: "<", segql.LessEqual: "<=",
	segql.Greater: ">", segql.GreaterEqual: ">=",
}

// compare is a comparison of two values of types that fit.
func (g *gen) compare(op segql.CompareOp, l, r value) cond {
	c := g.compareSQL(op, l, r)
	c.atom = true
	c.null = l.null || r.null
	c.heavy = l.heavy || r.heavy
	for s := range l.without {
		c.set(s, emptyCompare(op, l.without[s], r, s))
	}
	for s, e := range r.without {
		if _, both := l.without[s]; !both && e.missing {
			c.set(s, isFalse)
		}
	}
	return c
}

// emptyCompare is the comparison's truth where the source has no row.
func emptyCompare(op segql.CompareOp, l empty, r value, s *source) truth {
	right, known := r.without[s]
	if l.missing || known && right.missing {
		return isFalse
	}
	if !known {
		lit, ok := r.literal.(*segql.NumberLit)
		if !ok {
			return unknown
		}
		right = empty{micros: lit.Micros}
	}
	if holds(op, l.micros, right.micros) {
		return isTrue
	}
	return isFalse
}

func holds(op segql.CompareOp, a, b int64) bool {
	switch op {
	case segql.Equal:
		return a == b
	case segql.NotEqual:
		return a != b
	case segql.Less:
		return a < b
	case segql.LessEqual:
		return a <= b
	case segql.Greater:
		return a > b
	case segql.GreaterEqual:
		return a >= b
	}
	return false
}

// compareSQL chooses the form of a comparison by the types of its sides.
func (g *gen) compareSQL(op segql.CompareOp, l, r value) cond {
	sign := compareSQL[op]
	switch {
	case l.typ == segql.List || r.typ == segql.List:
		return g.compareList(op, l, r)
	case l.typ == segql.Fraction || r.typ == segql.Fraction:
		return cond{sql: g.compareFractions(sign, l, r)}
	case l.typ == segql.Number && r.typ == segql.Number:
		return cond{sql: l.numberBeside(r, g) + " " + sign + " " + r.numberBeside(l, g)}
	case l.typ != r.typ:
		return g.compareDays(op, l, r)
	default:
		return cond{sql: l.sql + " " + sign + " " + r.sql}
	}
}

// numberBeside is a number's SQL next to another's: a whole literal beside an
// integer stays an integer, which is compared much faster.
func (v value) numberBeside(other value, g *gen) string {
	lit, ok := v.literal.(*segql.NumberLit)
	if ok && other.whole && lit.Micros%1_000_000 == 0 {
		return g.arg(lit.Micros / 1_000_000)
	}
	return v.sql
}

// compareFractions multiplies across, so that nothing is rounded.
func (g *gen) compareFractions(sign string, l, r value) string {
	if lit, ok := r.literal.(*segql.NumberLit); ok && l.sum != "" {
		return fmt.Sprintf("%s %s %s * %s", l.sum, sign, g.number(lit.Micros), l.count)
	}
	if lit, ok := l.literal.(*segql.NumberLit); ok && r.sum != "" {
		return fmt.Sprintf("%s * %s %s %s", g.number(lit.Micros), r.count, sign, r.sum)
	}
	if lit, ok := r.literal.(*segql.NumberLit); ok && l.smallNum != "" && isSmall(lit) {
		return fmt.Sprintf("%s %s %s * %s", l.smallNum, sign, g.arg(lit.Micros), l.smallDen)
	}
	if lit, ok := l.literal.(*segql.NumberLit); ok && r.smallNum != "" && isSmall(lit) {
		return fmt.Sprintf("%s * %s %s %s", g.arg(lit.Micros), r.smallDen, sign, r.smallNum)
	}
	ln, ld := l.fraction(g)
	rn, rd := r.fraction(g)
	return fmt.Sprintf("try(%s) %s try(%s)", product(ln, rd), sign, product(rn, ld))
}

// isSmall says that a number times 2**32 fits into 64 bits.
func isSmall(lit *segql.NumberLit) bool { return lit.Micros <= 1e9 && lit.Micros >= -1e9 }

// number binds a number as DECIMAL(18, 6).
func (g *gen) number(micros int64) string {
	return "CAST(" + g.arg(decimalText(micros)) + " AS DECIMAL(18, 6))"
}

func decimalText(micros int64) string {
	sign := ""
	if micros < 0 {
		sign, micros = "-", -micros
	}
	return fmt.Sprintf("%s%d.%06d", sign, micros/1_000_000, micros%1_000_000)
}

// compareList compares a list with a text: = means that one of the list's
// texts is it, != that none is.
func (g *gen) compareList(op segql.CompareOp, l, r value) cond {
	if r.typ == segql.List {
		l, r = r, l
	}
	has := "list_contains(" + l.sql + ", " + r.sql + ")"
	switch op {
	case segql.Equal:
		return cond{sql: has}
	case segql.NotEqual:
		return cond{sql: "NOT " + has}
	default:
		g.fail("lists have no order")
		return never()
	}
}
