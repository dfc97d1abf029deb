package sqlgen

import (
	"kith/internal/segql"
)

// arith is + - * /, rounded half away from zero to six places. What does not
// fit in 128 bits on the way is missing.
func (g *gen) arith(op segql.ArithOp, l, r value) value {
	if l.typ == segql.Instant && r.typ == segql.Instant {
		return value{
			typ: segql.Fraction, num: "CAST(epoch_us(" + l.sql + ") - epoch_us(" + r.sql + ") AS HUGEINT)", den: dayUnits,
			null: l.null || r.null, without: missingSides(l, r),
		}
	}
	v := value{typ: segql.Number, null: true, heavy: true, without: g.arithWithout(op, l, r)}
	ln, ld := l.fraction(g)
	rn, rd := r.fraction(g)
	sign := " + "
	switch op {
	case segql.Subtract:
		sign = " - "
		fallthrough
	case segql.Add:
		if l.typ == segql.Number && r.typ == segql.Number {
			// Exact: nothing to round.
			v.heavy = l.heavy || r.heavy
			v.sql = "try(" + l.decimal() + sign + r.decimal() + ")"
			return v
		}
		v.sql = rounded("("+product(ln, rd)+sign+product(rn, ld)+")", product(ld, rd))
	case segql.Multiply:
		v.sql = rounded(product(ln, rn), product(product(ld, rd), million))
	case segql.Divide:
		v.sql = rounded(product(product(ln, rd), million), product(ld, rn))
	}
	return v
}

const (
	million = "CAST(1000000 AS HUGEINT)"
	// dayUnits divides microseconds into millionths of days.
	dayUnits = "CAST(86400 AS HUGEINT)"
)

// rounded divides two HUGEINT expressions and rounds half away from zero, to
// a DECIMAL(38, 6) of so many millionths: one more digit is cut, which leaves
// enough to round by. A zero below is missing.
func rounded(num, den string) string {
	return "try(CAST(round(CAST(" + num + " * 10 // nullif(" + den + ", 0) AS DECIMAL(38, 0)), -1) // 10 AS DECIMAL(38, 0)) * CAST(0.000001 AS DECIMAL(7, 6)))"
}

// roundedQuotient is the rounded quotient of two DECIMAL(18, 6) expressions.
func roundedQuotient(a, b string) string {
	return rounded("("+millionths(a)+" * "+million+")", millionths(b))
}

// missingSides is where a value is missing because one of its sides is.
func missingSides(sides ...value) map[*source]empty {
	var r map[*source]empty
	for _, v := range sides {
		for s, e := range v.without {
			if e.missing {
				if r == nil {
					r = map[*source]empty{}
				}
				r[s] = e
			}
		}
	}
	return r
}

// arithWithout is what is known of a result where a source has no row: that
// it is missing, or the sum or difference of known numbers.
func (g *gen) arithWithout(op segql.ArithOp, l, r value) map[*source]empty {
	result := missingSides(l, r)
	if op != segql.Add && op != segql.Subtract {
		return result
	}
	for s, a := range l.without {
		b, known := r.without[s]
		if lit, ok := r.literal.(*segql.NumberLit); ok {
			b, known = empty{micros: lit.Micros}, true
		}
		if !known || a.missing || b.missing {
			continue
		}
		if op == segql.Subtract {
			b.micros = -b.micros
		}
		if result == nil {
			result = map[*source]empty{}
		}
		result[s] = empty{micros: a.micros + b.micros}
	}
	return result
}
