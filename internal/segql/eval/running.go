package eval

import (
	"slices"

	"kith/internal/segql"
)

// running is what was worked out of rows from the first one on, and goes on as
// rows are added: a customer with very many facts is not gone through for each
// question. Most windows end with the last row.
type running struct {
	sums []*runningSum
	next []*runningNext
	rest *runningRest // nil as long as nobody asked
	cuts int          // how often it went back
}

type runningRest struct {
	distinct []*runningDistinct
	extremes []*runningExtreme
	days     runningDays
	// cadence is that of the first cadenceOf rows.
	cadence   Value
	cadenceOf int
}

func (r *running) more() *runningRest {
	if r.rest == nil {
		r.rest = &runningRest{}
	}
	return r.rest
}

// cut goes back to the first n rows.
func (r *running) cut(n int) {
	for _, s := range r.sums {
		s.sums = s.sums[:min(len(s.sums), n+1)]
		s.counts = s.counts[:min(len(s.counts), n+1)]
	}
	for _, x := range r.next {
		x.cut(n)
	}
	r.cuts++
	r.rest = nil
}

// runningNext holds those rows after which another fact came within a span, or
// none did: of the rows before the last of the other facts, since what becomes
// of those does not change any more.
type runningNext struct {
	step

	of   *rows // the other facts
	cuts int   // of them
	seen int   // rows
	rows []int32
}

// cut goes back to the first n rows.
func (x *runningNext) cut(n int) {
	x.seen = min(x.seen, n)
	for len(x.rows) > 0 && int(x.rows[len(x.rows)-1]) >= n {
		x.rows = x.rows[:len(x.rows)-1]
	}
}

// followedBy brings up what is known of a step after rows.
func (r *rows) followedBy(s step, of *rows) *runningNext {
	i := slices.IndexFunc(r.next, func(x *runningNext) bool { return x.step == s })
	if i < 0 {
		i = len(r.next)
		r.next = append(r.next, &runningNext{step: s})
	}
	x := r.next[i]
	if x.of != of || x.cuts != of.cuts {
		*x = runningNext{step: s, of: of, cuts: of.cuts, rows: x.rows[:0]}
	}
	for ; x.seen < len(r.at); x.seen++ {
		t := r.at[x.seen]
		next := of.after(t)
		if next == len(of.at) {
			break
		}
		if (of.at[next]-t <= s.within) != s.no {
			x.rows = append(x.rows, int32(x.seen))
		}
	}
	return x
}

// fewRows are gone through for each question.
const fewRows = 32

// read is a field as it is read.
type read struct {
	field string
	as    segql.Type
}

// runningSum is a sum as it grows: of sums[i], the rows before i. It stops
// where int64 does not hold it.
type runningSum struct {
	read

	sums   []int64
	counts []int32 // how many of them have the field; nil if all do
	den    int64
	fell   bool // a value was below zero
}

// count is how many of the first n rows have the field.
func (s *runningSum) count(n int) int {
	if s.counts == nil {
		return n
	}
	return int(s.counts[n])
}

// add takes the value of the next row; ok says that the sum fits.
func (s *runningSum) add(v Value) (ok bool) {
	rows := len(s.sums) - 1
	sum, count := s.sums[rows], s.count(rows)
	if v.Missing() {
		for i := len(s.counts); i <= rows; i++ {
			s.counts = append(s.counts, int32(i)) // all had it until now
		}
	} else {
		if !v.small() || abs(v.num) > mostSummed || abs(sum) > mostSummed {
			return false
		}
		sum, count, s.den = sum+v.num, count+1, v.den
		s.fell = s.fell || v.num < 0
	}
	s.sums = append(s.sums, sum)
	if s.counts != nil {
		s.counts = append(s.counts, int32(count))
	}
	return true
}

// sum is the sum of a field over rows [low, high), and how many have it.
func (r *rows) sum(low, high int, of read) (sum Value, n int) {
	if s := r.summed(high, of); s != nil {
		sum = zeroOf(of.as)
		sum.num, sum.den = s.sums[high]-s.sums[low], s.den
		return sum, s.count(high) - s.count(low)
	}
	return r.sumExactly(low, high, of)
}

// summed brings a field's sums up to the first n rows; nil if they do not fit.
func (r *rows) summed(n int, of read) *runningSum {
	i := slices.IndexFunc(r.sums, func(s *runningSum) bool { return s.read == of })
	if i < 0 {
		i = len(r.sums)
		r.sums = append(r.sums, &runningSum{read: of, sums: make([]int64, 1, n+1), den: 1})
	}
	s := r.sums[i]
	for i := len(s.sums) - 1; i < n; i++ {
		if !s.add(r.fact(i).Field(of.field, of.as)) {
			return nil
		}
	}
	return s
}

// mostSummed is small enough that two of it, and their difference, fit.
const mostSummed = 1 << 61

func (r *rows) sumExactly(low, high int, of read) (sum Value, n int) {
	sum = zeroOf(of.as)
	for i := low; i < high; i++ {
		v := r.fact(i).Field(of.field, of.as)
		if v.Missing() {
			continue
		}
		n++
		if n == 1 {
			sum = v
		} else {
			sum = add(sum, v)
		}
	}
	return sum, n
}

func zeroOf(as segql.Type) Value {
	v := Number(0)
	v.typ = as
	return v
}

// runningDays are the calendar days that rows fall on.
type runningDays struct {
	days []int64 // each day once
	of   []int32 // by row: the place of its day
}

// daysUpTo brings the days up to the first n rows.
func (a *asking) daysUpTo(r *rows, n int) *runningDays {
	d := &r.more().days
	for _, at := range r.at[min(len(d.of), n):n] {
		if day := a.zone.Day(at); len(d.days) == 0 || day != d.days[len(d.days)-1] {
			d.days = append(d.days, day)
		}
		d.of = append(d.of, int32(len(d.days)-1))
	}
	return d
}

// countDays counts the days of rows [low, high).
func (a *asking) countDays(r *rows, low, high int) int {
	if low >= high {
		return 0
	}
	d := a.daysUpTo(r, high)
	return int(d.of[high-1]-d.of[low]) + 1
}

// runningDistinct marks, of each value of a field, the last row that has it.
type runningDistinct struct {
	read

	last map[string]int
	// marks is a Fenwick tree (Fenwick 1994, "A new data structure for
	// cumulative frequency tables"): marks[i] is how many of the rows
	// [i+1-lowest bit of i+1, i] are marked.
	marks []int32
}

// countDistinct counts the different values of a field in rows [low, high).
func (r *rows) countDistinct(low, high int, of read) int {
	if high < len(r.at) || high-low <= fewRows {
		seen := make(map[string]bool, high-low)
		for i := low; i < high; i++ {
			if v := r.fact(i).Field(of.field, of.as); !v.Missing() {
				seen[v.key()] = true
			}
		}
		return len(seen)
	}
	rest := r.more()
	i := slices.IndexFunc(rest.distinct, func(d *runningDistinct) bool { return d.read == of })
	if i < 0 {
		i = len(rest.distinct)
		rest.distinct = append(rest.distinct, &runningDistinct{read: of, last: map[string]int{}})
	}
	d := rest.distinct[i]
	for i := len(d.marks); i < high; i++ {
		d.add(i, r.fact(i).Field(of.field, of.as))
	}
	return len(d.last) - d.before(low)
}

// add takes the value of the next row.
func (d *runningDistinct) add(row int, v Value) {
	mark := int32(0)
	if !v.Missing() {
		key := v.key()
		if last, ok := d.last[key]; ok {
			for i := last; i < len(d.marks); i |= i + 1 {
				d.marks[i]--
			}
		}
		d.last[key], mark = row, 1
	}
	for i := row - 1; i >= row&(row+1); i = i&(i+1) - 1 {
		mark += d.marks[i]
	}
	d.marks = append(d.marks, mark)
}

// before is how many of the first n rows are marked.
func (d *runningDistinct) before(n int) (marked int) {
	for i := n - 1; i >= 0; i = i&(i+1) - 1 {
		marked += int(d.marks[i])
	}
	return marked
}

// runningExtreme holds the rows that no later row exceeds, in order.
type runningExtreme struct {
	read

	sign int
	seen int // rows
	rows []int32
}

// extreme is the smallest value of a field in rows [low, high), or with sign 1
// the greatest.
func (a *asking) extreme(r *rows, low, high int, of read, sign int) Value {
	if high < len(r.at) || high-low <= fewRows {
		var best Value
		for i := low; i < high; i++ {
			v := r.fact(i).Field(of.field, of.as)
			if !v.Missing() && (best.Missing() || sign*a.zone.compare(v, best) > 0) {
				best = v
			}
		}
		return best
	}
	rest := r.more()
	i := slices.IndexFunc(rest.extremes, func(x *runningExtreme) bool { return x.read == of && x.sign == sign })
	if i < 0 {
		i = len(rest.extremes)
		rest.extremes = append(rest.extremes, &runningExtreme{read: of, sign: sign})
	}
	x := rest.extremes[i]
	for ; x.seen < high; x.seen++ {
		x.add(a.zone, r)
	}
	if i, _ := slices.BinarySearch(x.rows, int32(low)); i < len(x.rows) {
		return r.fact(int(x.rows[i])).Field(of.field, of.as)
	}
	return Value{}
}

// add takes the next row.
func (x *runningExtreme) add(z *Zone, r *rows) {
	v := r.fact(x.seen).Field(x.field, x.as)
	if v.Missing() {
		return
	}
	n := len(x.rows)
	for n > 0 && x.sign*z.compare(v, r.fact(int(x.rows[n-1])).Field(x.field, x.as)) > 0 {
		n--
	}
	x.rows = append(x.rows[:n], int32(x.seen))
}
