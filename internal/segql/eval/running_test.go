package eval

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kith/internal/segql"
)

// numbers are facts with one field, which some of them do not have.
type numbers struct {
	at     []int64
	values []Value
}

func (n *numbers) Times() []int64 { return n.at }

func (n *numbers) Field(i int, _ string, _ segql.Type) Value { return n.values[i] }

// TestRunning adds rows, asks about ranges of them, and compares with what
// going through the range gives.
func TestRunning(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	value := segql.Number
	for shop := range 30 {
		facts, at := &numbers{}, int64(0)
		kinds, gaps := 1+r.IntN(60), int64(1)<<r.IntN(44)
		fact := func() Value {
			switch {
			case r.IntN(10) == 0:
				return Value{}
			case shop%20 == 0 && r.IntN(50) == 0:
				return Number([]int64{mostSummed + 1, math.MinInt64}[r.IntN(2)]) // the sum stops to go on
			}
			return Whole(r.IntN(kinds) - kinds/4)
		}
		a := &asking{zone: NewZone(time.UTC)}
		all, some := &matcher{}, &matcher{filter: &cond{eval: func(a *asking) bool { return !a.fact.Field("n", value).Missing() }}}
		matched := map[*matcher]*rows{all: {}, some: {}}
		none, other, others := &matcher{}, &numbers{}, &rows{}
		for range 30 {
			for range r.IntN(40) {
				a.addOther(other, others, r.Int64N(gaps), r.IntN(5) == 0)
			}
			for range r.IntN(40) {
				replaced := len(facts.at) > 0 && r.IntN(5) == 0
				if replaced {
					facts.values[len(facts.values)-1] = fact()
				} else {
					at += r.Int64N(gaps)
					facts.at, facts.values = append(facts.at, at), append(facts.values, fact())
				}
				for m, x := range matched {
					a.append(x, m, facts, replaced)
				}
			}
			for _, x := range matched {
				n := len(x.at)
				low := r.IntN(n + 1)
				high := n
				if r.IntN(4) == 0 {
					high = low + r.IntN(n-low+1)
				}
				a.compareRange(t, x, low, high)
				for by, of := range map[*matcher]*rows{all: matched[all], none: others} {
					for _, within := range []int64{0, gaps / 2, gaps * 9 / 10} {
						a.at = at + r.Int64N(gaps)
						a.compareStep(t, x, low, high, step{facts: by, within: within}, of)
						a.compareStep(t, x, low, high, step{facts: by, within: within, no: true}, of)
					}
				}
			}
		}
	}
}

// addOther adds a fact of another kind, or takes the last away first.
func (a *asking) addOther(facts *numbers, r *rows, later int64, instead bool) {
	n := len(facts.at)
	if n > 0 && instead {
		n--
		facts.at, facts.values = facts.at[:n], facts.values[:n]
		r.forget(n)
	}
	if n > 0 {
		later += facts.at[n-1]
	}
	facts.at, facts.values = append(facts.at, later), append(facts.values, Value{})
	a.append(r, &matcher{}, facts, false)
}

// compareStep asks for one step after rows, and compares with what going
// through them gives.
func (a *asking) compareStep(t *testing.T, r *rows, low, high int, s step, of *rows) {
	t.Helper()
	a.next = Never
	var left []int64
	if s.no {
		left = a.quiet(r.at[low:high], of.at, s.within)
	} else {
		left = followed(r.at[low:high], of.at, s.within)
	}
	wantNext := a.next
	a.next = Never
	got := a.passes(r, low, high, s, of)
	if got != (len(left) > 0) || !got && a.next != wantNext {
		t.Fatalf("rows %d to %d of %d: %v until %d, want %v, %d", low, high, len(r.at), got, a.next, left, wantNext)
	}
	var want []int32
	for i, at := range r.at {
		if next := of.after(at); next < len(of.at) && (of.at[next]-at <= s.within) != s.no {
			want = append(want, int32(i))
		}
	}
	if x := r.followedBy(s, of); !slices.Equal(x.rows, want) {
		t.Fatalf("of %d rows %v, want %v", len(r.at), x.rows, want)
	}
}

func (a *asking) compareRange(t *testing.T, r *rows, low, high int) {
	t.Helper()
	of := read{"n", segql.Number}
	sum, n := r.sum(low, high, of)
	plainSum, plainN := r.sumExactly(low, high, of)
	if n != plainN || sum.String() != plainSum.String() {
		t.Fatalf("rows %d to %d sum up to %v of %d, want %v of %d", low, high, sum, n, plainSum, plainN)
	}
	seen, days := map[string]bool{}, map[int64]bool{}
	var least, most Value
	for i := low; i < high; i++ {
		days[a.zone.Day(r.at[i])] = true
		v := r.fact(i).Field("n", segql.Number)
		if v.Missing() {
			continue
		}
		seen[v.String()] = true
		if least.Missing() || compareNumbers(v, least) < 0 {
			least = v
		}
		if most.Missing() || compareNumbers(v, most) > 0 {
			most = v
		}
	}
	if got := r.countDistinct(low, high, of); got != len(seen) {
		t.Fatalf("rows %d to %d have %d different values, want %d", low, high, got, len(seen))
	}
	if got := a.countDays(r, low, high); got != len(days) {
		t.Fatalf("rows %d to %d are of %d days, want %d", low, high, got, len(days))
	}
	if got := a.extreme(r, low, high, of, -1); got != least {
		t.Fatalf("the least of rows %d to %d is %v, want %v", low, high, got, least)
	}
	if got := a.extreme(r, low, high, of, 1); got != most {
		t.Fatalf("the greatest of rows %d to %d is %v, want %v", low, high, got, most)
	}
	if !slices.IsSorted(r.at) {
		t.Fatal("rows are not in order")
	}
}
