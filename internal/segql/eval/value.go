package eval

import (
	"math"
	"math/big"
	"slices"
	"strings"

	"kith/internal/segql"
)

// Value is what a term or a field has. The zero Value is missing.
//
// A Number or a Fraction is num/den in millionths. den is above zero, and 1
// for a Number; fractions are not reduced. An Instant is microseconds since
// 1970, a date days since 1970.
type Value struct {
	typ  segql.Type
	yes  bool
	num  int64
	den  int64
	text string
	more *more
}

// more is what few values have.
type more struct {
	num  *big.Int // where int64 does not hold num; not changed once made
	list []string
}

// Missing says that there is no value.
func (v Value) Missing() bool { return v.typ == segql.Invalid }

// Type is the value's type; Invalid if it is missing.
func (v Value) Type() segql.Type { return v.typ }

// Number is a decimal of so many millionths.
func Number(micros int64) Value { return Value{typ: segql.Number, num: micros, den: 1} }

// Micros are the millionths of a Number; not ok for anything else, and where
// int64 does not hold them.
func (v Value) Micros() (micros int64, ok bool) {
	return v.num, v.typ == segql.Number && v.den == 1 && v.small()
}

// Whole is a Number without decimals.
func Whole(n int) Value {
	if int64(n) > math.MaxInt64/million {
		return numberOf(new(big.Int).Mul(big.NewInt(int64(n)), bigMillion))
	}
	return Number(int64(n) * million)
}

// Text is a text; an empty one is missing.
func Text(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{typ: segql.Text, text: s}
}

// Bool is a truth value.
func Bool(b bool) Value { return Value{typ: segql.Bool, yes: b} }

// Instant is an instant, in microseconds since 1970.
func Instant(micros int64) Value { return Value{typ: segql.Instant, num: micros} }

// Date is a calendar day.
func Date(d segql.Date) Value { return Value{typ: segql.DateType, num: dayNumber(d)} }

// List is a list of texts; an empty one is missing.
func List(texts []string) Value {
	if len(texts) == 0 {
		return Value{}
	}
	return Value{typ: segql.List, more: &more{list: texts}}
}

// AsList is the list of texts.
func (v Value) AsList() []string {
	if v.more == nil {
		return nil
	}
	return v.more.list
}

// Positive says that a number is above zero.
func (v Value) Positive() bool { return !v.Missing() && v.sign() > 0 }

const million = 1_000_000

var bigMillion = big.NewInt(million)

func fraction(num, den int64) Value { return Value{typ: segql.Fraction, num: num, den: den} }

// Fraction is num/den millionths, exactly; den is above zero.
func Fraction(num *big.Int, den int64) Value {
	v := numberOf(num)
	v.typ, v.den = segql.Fraction, den
	return v
}

func numberOf(num *big.Int) Value {
	v := Value{typ: segql.Number, den: 1}
	if num.IsInt64() {
		v.num = num.Int64()
	} else {
		v.more = &more{num: num}
	}
	return v
}

// big is num as a whole number of any size, not to be changed.
func (v Value) big() *big.Int {
	if v.more != nil && v.more.num != nil {
		return v.more.num
	}
	return big.NewInt(v.num)
}

// small says that num is an int64.
func (v Value) small() bool { return v.more == nil }

func (v Value) sign() int {
	if v.small() {
		switch {
		case v.num < 0:
			return -1
		case v.num > 0:
			return 1
		}
		return 0
	}
	return v.big().Sign()
}

// days is the length of time between two instants, in days.
func days(from, to int64) Value { return fraction(to-from, 86_400) }

// compare is below, at or above zero as a is less than, equal to or greater
// than b. Both have a value, and types that fit. An instant beside a date is
// compared by its day.
func (z *Zone) compare(a, b Value) int {
	switch {
	case a.den != 0 && b.den != 0:
		return compareNumbers(a, b)
	case a.typ == segql.Instant && b.typ == segql.Instant:
		return compareInts(a.num, b.num)
	case a.typ == segql.Instant || a.typ == segql.DateType:
		return compareInts(z.dayOf(a), z.dayOf(b))
	case a.typ == segql.Bool:
		if a.yes == b.yes {
			return 0
		}
		return 1
	default:
		return strings.Compare(a.text, b.text)
	}
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func compareNumbers(a, b Value) int {
	if a.den == b.den && a.small() && b.small() {
		return compareInts(a.num, b.num)
	}
	l := new(big.Int).Mul(a.big(), big.NewInt(b.den))
	return l.Cmp(new(big.Int).Mul(b.big(), big.NewInt(a.den)))
}

// equal says whether a and b are the same; of a list, whether one of its
// texts is.
func (z *Zone) equal(a, b Value) bool {
	if a.typ == segql.List {
		return slices.Contains(a.AsList(), b.text)
	}
	return z.compare(a, b) == 0
}

// add is a + b of Numbers as sums are: exact, and never missing for size.
func add(a, b Value) Value {
	if a.small() && b.small() && a.den == b.den {
		if s := a.num + b.num; (s > a.num) == (b.num > 0) {
			a.num = s
			return a
		}
	}
	sum := numberOf(new(big.Int).Add(a.big(), b.big()))
	sum.typ, sum.den = a.typ, a.den
	return sum
}

// minus is −v of a Number.
func (v Value) minus() Value {
	n := numberOf(new(big.Int).Neg(v.big()))
	n.typ, n.den = v.typ, v.den
	return n
}

// Arith is + - * / of two numbers, or − of two instants in days: exact, then
// rounded half away from zero to millionths. It is missing when a side is,
// when it divides by zero, and when ten times the numerator of the exact
// fraction, its denominator or a part of it is above 2^127 − 1.
func Arith(op segql.ArithOp, a, b Value) Value {
	switch {
	case a.Missing() || b.Missing():
		return Value{}
	case a.typ == segql.Instant:
		return days(b.num, a.num)
	case a.den == 1 && b.den == 1 && a.small() && b.small():
		if v, ok := arithSmall(op, a.num, b.num); ok {
			return v
		}
	}
	return arithBig(op, a, b)
}

// arithSmall does what fits in int64 on the way.
func arithSmall(op segql.ArithOp, a, b int64) (Value, bool) {
	switch op {
	case segql.Add:
		s := a + b
		return Number(s), (s > a) == (b > 0)
	case segql.Subtract:
		s := a - b
		return Number(s), (s < a) == (b > 0)
	case segql.Multiply:
		if abs(a) < 3_000_000_000 && abs(b) < 3_000_000_000 {
			return Number(roundedInt(a*b, million)), true
		}
	case segql.Divide:
		if b != 0 && abs(a) < math.MaxInt64/million/4 && abs(b) < math.MaxInt64/4 {
			if b < 0 {
				a, b = -a, -b
			}
			return Number(roundedInt(a*million, b)), true
		}
	}
	return Value{}, false
}

// abs is how far a number is from zero; of the least one, one less.
func abs(n int64) int64 {
	if n < 0 {
		return -max(n, -math.MaxInt64)
	}
	return n
}

// roundedInt is n/d rounded half away from zero; d is above zero.
func roundedInt(n, d int64) int64 {
	q, r := n/d, n%d
	switch {
	case 2*r >= d:
		return q + 1
	case 2*r <= -d:
		return q - 1
	}
	return q
}

// mostArith is 2^127 − 1.
var mostArith = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 127), big.NewInt(1))

func arithBig(op segql.ArithOp, a, b Value) Value {
	times := func(x, y *big.Int) *big.Int { return new(big.Int).Mul(x, y) }
	aNum, aDen, bNum, bDen := a.big(), big.NewInt(a.den), b.big(), big.NewInt(b.den)
	var num, den *big.Int
	parts := make([]*big.Int, 0, 4) // what has to fit
	switch op {
	case segql.Add, segql.Subtract:
		l, r := times(aNum, bDen), times(bNum, aDen)
		parts = append(parts, l, r)
		if op == segql.Add {
			num = new(big.Int).Add(l, r)
		} else {
			num = new(big.Int).Sub(l, r)
		}
		den = times(aDen, bDen)
	case segql.Multiply:
		num, den = times(aNum, bNum), times(times(aDen, bDen), bigMillion)
	case segql.Divide:
		if bNum.Sign() == 0 {
			return Value{}
		}
		num, den = times(times(aNum, bDen), bigMillion), times(aDen, bNum)
	}
	for _, part := range append(parts, times(num, big.NewInt(10)), den) {
		if part.CmpAbs(mostArith) > 0 {
			return Value{}
		}
	}
	return numberOf(rounded(num, den))
}

// rounded is num/den rounded to a whole number, half away from zero.
func rounded(num, den *big.Int) *big.Int {
	n, d := new(big.Int).Abs(num), new(big.Int).Abs(den)
	n.Lsh(n, 1).Add(n, d).Quo(n, new(big.Int).Lsh(d, 1))
	if num.Sign()*den.Sign() < 0 {
		n.Neg(n)
	}
	return n
}

// key tells values of one type apart.
func (v Value) key() string {
	switch {
	case v.typ == segql.Text:
		return v.text
	case v.typ == segql.Bool && v.yes:
		return "true"
	case v.typ == segql.List:
		return strings.Join(v.AsList(), "\x00")
	}
	return v.big().String()
}
