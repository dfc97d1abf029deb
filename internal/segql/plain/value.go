package plain

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"kith/internal/segql"
)

// value is what a term or a field has. A nil *value is missing.
type value struct {
	typ segql.Type
	// num and den are a Number or a Fraction: num/den millionths. den is
	// above zero, and 1 for a Number.
	num, den *big.Int
	text     string
	yes      bool
	date     segql.Date
	at       time.Time
	list     []string
}

// million is one, in millionths.
var million = big.NewInt(1_000_000)

func integer(n int64) *big.Int { return big.NewInt(n) }

func times(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }

// numberOf is a Number of so many millionths.
func numberOf(micros *big.Int) *value {
	return &value{typ: segql.Number, num: micros, den: integer(1)}
}

func number(micros int64) *value { return numberOf(integer(micros)) }

// whole is a Number without decimals.
func whole(n int) *value { return numberOf(times(integer(int64(n)), million)) }

func fraction(num, den *big.Int) *value {
	return &value{typ: segql.Fraction, num: num, den: den}
}

// days is the length of time between two instants: microseconds divided by
// 86,400,000,000, in millionths.
func days(from, to time.Time) *value {
	return fraction(integer(to.UnixMicro()-from.UnixMicro()), integer(86_400))
}

// text is a Text; an empty one is missing.
func text(s string) *value {
	if s == "" {
		return nil
	}
	return &value{typ: segql.Text, text: s}
}

func boolean(b bool) *value { return &value{typ: segql.Bool, yes: b} }

func moment(t time.Time) *value { return &value{typ: segql.Instant, at: t} }

func list(texts []string) *value {
	if len(texts) == 0 {
		return nil
	}
	return &value{typ: segql.List, list: texts}
}

// compare is below, at or above zero as a is less than, equal to or greater
// than b. Both have a value, and types that fit. An instant beside a date
// is compared by its day.
func (w *world) compare(a, b *value) int {
	switch {
	case a.den != nil && b.den != nil:
		return times(a.num, b.den).Cmp(times(b.num, a.den))
	case a.typ == segql.Instant && b.typ == segql.Instant:
		return a.at.Compare(b.at)
	case a.typ == segql.Instant || a.typ == segql.DateType:
		return compareDates(w.day(a), w.day(b))
	case a.typ == segql.Bool:
		if a.yes == b.yes {
			return 0
		}
		return 1
	default:
		return strings.Compare(a.text, b.text)
	}
}

// day is the calendar day of an instant or a date.
func (w *world) day(v *value) segql.Date {
	if v.typ == segql.DateType {
		return v.date
	}
	return w.shop.dayOf(v.at)
}

func compareDates(a, b segql.Date) int {
	return dayNumber(a) - dayNumber(b)
}

// dayNumber counts days since 1970-01-01.
func dayNumber(d segql.Date) int {
	return int(time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86_400)
}

// equal says whether a and b are the same; of a list, whether one of its
// texts is.
func (w *world) equal(a, b *value) bool {
	if a.typ == segql.List {
		return slices.Contains(a.list, b.text)
	}
	return w.compare(a, b) == 0
}

// arith is + - * / of two numbers as the package's page says: exact, with
// all its parts and ten times the numerator in 127 bits, then rounded.
func arith(op segql.ArithOp, a, b *value) *value {
	if a == nil || b == nil {
		return nil
	}
	if a.typ == segql.Instant {
		return days(b.at, a.at)
	}
	var parts []*big.Int // what has to fit, besides num and den
	var num, den *big.Int
	switch op {
	case segql.Add, segql.Subtract:
		l, r := times(a.num, b.den), times(b.num, a.den)
		parts = []*big.Int{l, r}
		if op == segql.Subtract {
			r = new(big.Int).Neg(r)
		}
		num, den = new(big.Int).Add(l, r), times(a.den, b.den)
	case segql.Multiply:
		num, den = times(a.num, b.num), times(times(a.den, b.den), million)
	case segql.Divide:
		if b.num.Sign() == 0 {
			return nil
		}
		num, den = times(times(a.num, b.den), million), times(a.den, b.num)
	}
	// One more digit of the numerator is needed to round by.
	for _, part := range append(parts, times(num, integer(10)), den) {
		if part.CmpAbs(limit) > 0 {
			return nil
		}
	}
	return numberOf(rounded(num, den))
}

// limit is 2^127 − 1.
var limit = new(big.Int).Sub(new(big.Int).Lsh(integer(1), 127), integer(1))

// rounded is num/den rounded to a whole number, half away from zero.
func rounded(num, den *big.Int) *big.Int {
	n, d := new(big.Int).Abs(num), new(big.Int).Abs(den)
	n.Lsh(n, 1).Add(n, d).Quo(n, new(big.Int).Lsh(d, 1))
	if num.Sign()*den.Sign() < 0 {
		n.Neg(n)
	}
	return n
}
