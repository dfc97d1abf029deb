package insight

import (
	"cmp"
	"math/bits"
	"slices"

	"kith/internal/commerce"
)

// Sums is what customers ordered and were refunded.
type Sums struct {
	Orders  int64
	Total   commerce.Amount // of the orders
	Refunds commerce.Amount
}

func (s *Sums) add(x Sums) {
	s.Orders += x.Orders
	s.Total += x.Total
	s.Refunds += x.Refunds
}

// Kind is the customers who are in exactly the same segments. There are far
// fewer kinds than customers, and all that is asked of segments together
// follows from them.
type Kind struct {
	// In is a bitmap: segment i is bit i % 64 of word i / 64.
	In []uint64
	Totals
}

// Totals counts customers and adds up what they ordered.
type Totals struct {
	Customers int64
	Year      Sums // the last 12 months
	Ever      Sums
}

func (t *Totals) add(x Totals) {
	t.Customers += x.Customers
	t.Year.add(x.Year)
	t.Ever.add(x.Ever)
}

// has says whether the customers are in segment i.
func (k Kind) has(i int) bool { return k.In[i/64]>>(i%64)&1 == 1 }

// eachIn calls do with the segments that the customers are in, in order.
func (k Kind) eachIn(do func(i int)) {
	for w, word := range k.In {
		for ; word != 0; word &= word - 1 {
			do(w*64 + bits.TrailingZeros64(word))
		}
	}
}

// Overlap says how many customers each two of some segments share.
type Overlap struct {
	Customers int64
	// both holds, for i <= j, how many are in i and in j; both[i][i] is how
	// many are in i.
	both [][]int64
}

// NewOverlap counts all pairs of n segments in one pass over the kinds.
func NewOverlap(n int, kinds []Kind) Overlap {
	o := Overlap{both: make([][]int64, n)}
	for i := range o.both {
		o.both[i] = make([]int64, n)
	}
	var in []int
	for _, k := range kinds {
		o.Customers += k.Customers
		in = in[:0]
		k.eachIn(func(i int) { in = append(in, i) })
		for a, i := range in {
			for _, j := range in[a:] {
				o.both[i][j] += k.Customers
			}
		}
	}
	return o
}

// Members is how many are in segment i.
func (o Overlap) Members(i int) int64 { return o.both[i][i] }

// Both is how many are in i and in j.
func (o Overlap) Both(i, j int) int64 { return o.both[min(i, j)][max(i, j)] }

// Jaccard is the share of those in i or j who are in both; of two empty
// segments it is 0.
func (o Overlap) Jaccard(i, j int) float64 {
	both := o.Both(i, j)
	return share(both, o.Members(i)+o.Members(j)-both)
}

// Share is the share of i's members who are in j; 0 if i is empty.
func (o Overlap) Share(i, j int) float64 { return share(o.Both(i, j), o.Members(i)) }

// Pair is two segments, by their numbers.
type Pair struct{ A, B int }

// Closest lists all pairs, the highest Jaccard first, then those that share
// more customers, then in the order of the segments.
func (o Overlap) Closest() []Pair {
	pairs := []Pair{}
	for i := range o.both {
		for j := i + 1; j < len(o.both); j++ {
			pairs = append(pairs, Pair{i, j})
		}
	}
	slices.SortStableFunc(pairs, func(x, y Pair) int {
		return cmp.Or(cmp.Compare(o.Jaccard(y.A, y.B), o.Jaccard(x.A, x.B)), cmp.Compare(o.Both(y.A, y.B), o.Both(x.A, x.B)))
	})
	return pairs
}

// NearlyAll is the share of a segment's members from which on another one
// contains it nearly.
const NearlyAll = 0.95

// Relations is how other segments lie to one, by their numbers, the highest
// Jaccard first.
type Relations struct {
	Similar    []int // that share members with it
	Containing []int // that hold NearlyAll of its members
	Contained  []int // of whose members it holds NearlyAll
}

// RelationsOf compares segment i with all others.
func (o Overlap) RelationsOf(i int) Relations {
	var r Relations
	for j := range o.both {
		if j != i && o.Both(i, j) > 0 {
			r.Similar = append(r.Similar, j)
		}
	}
	slices.SortStableFunc(r.Similar, func(x, y int) int {
		return cmp.Or(cmp.Compare(o.Jaccard(i, y), o.Jaccard(i, x)), cmp.Compare(o.Both(i, y), o.Both(i, x)))
	})
	for _, j := range r.Similar {
		if o.Share(i, j) >= NearlyAll {
			r.Containing = append(r.Containing, j)
		}
		if o.Share(j, i) >= NearlyAll {
			r.Contained = append(r.Contained, j)
		}
	}
	r.Similar = r.Similar[:min(len(r.Similar), listLength)]
	return r
}

// TotalsOf adds up segment i's members, and everybody.
func TotalsOf(i int, kinds []Kind) (members, all Totals) {
	for _, k := range kinds {
		all.add(k.Totals)
		if k.has(i) {
			members.add(k.Totals)
		}
	}
	return members, all
}
