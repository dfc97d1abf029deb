package insight_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"kith/internal/commerce"
	"kith/internal/segment/insight"
)

// crowd is customers with the segments they are in, for counting one by one.
type crowd [][]bool

func (c crowd) both(i, j int) (n int64) {
	for _, in := range c {
		if in[i] && in[j] {
			n++
		}
	}
	return n
}

func (c crowd) either(i, j int) (n int64) {
	for _, in := range c {
		if in[i] || in[j] {
			n++
		}
	}
	return n
}

// kinds puts the customers who are in the same segments together.
func (c crowd) kinds(n int) []insight.Kind {
	var kinds []insight.Kind
	for _, in := range c {
		words := make([]uint64, (n+63)/64)
		for i := range n {
			if in[i] {
				words[i/64] |= 1 << (i % 64)
			}
		}
		at := slices.IndexFunc(kinds, func(k insight.Kind) bool { return slices.Equal(k.In, words) })
		if at < 0 {
			at = len(kinds)
			kinds = append(kinds, insight.Kind{In: words})
		}
		kinds[at].Customers++
		kinds[at].Year.Orders += 2
		kinds[at].Ever.Total += 3
	}
	return kinds
}

// random puts customers into segments of very different sizes; one is empty,
// one has everybody, two are the same.
func random(r *rand.Rand, customers, n int) crowd {
	c := make(crowd, customers)
	for x := range c {
		c[x] = make([]bool, n)
		for i := range n {
			c[x][i] = r.Float64() < float64(i)/float64(n-1)*1.1-0.05
		}
		c[x][0], c[x][n-1], c[x][n-2] = false, true, c[x][n-3]
	}
	return c
}

func TestOverlapIsThatOfCountingOneByOne(t *testing.T) {
	t.Parallel()
	for _, n := range []int{4, 63, 64, 65, 130} {
		c := random(rand.New(rand.NewPCG(uint64(n), 1)), 200, n)
		o := insight.NewOverlap(n, c.kinds(n))
		if o.Customers != 200 {
			t.Errorf("%d customers", o.Customers)
		}
		for i := range n {
			for j := range n {
				if i != j {
					comparePair(t, o, c, i, j)
				}
			}
		}
		pairs := o.Closest()
		if len(pairs) != n*(n-1)/2 || o.Jaccard(pairs[0].A, pairs[0].B) != 1 {
			t.Errorf("%d pairs of %d, the closest %v", len(pairs), n, pairs[0])
		}
		if !slices.IsSortedFunc(pairs, func(x, y insight.Pair) int {
			return -compare(o.Jaccard(x.A, x.B), o.Jaccard(y.A, y.B))
		}) {
			t.Error("the closest pairs do not come first")
		}
	}
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func comparePair(t *testing.T, o insight.Overlap, c crowd, i, j int) {
	t.Helper()
	both, either, members := c.both(i, j), c.either(i, j), c.both(i, i)
	jaccard, part := 0.0, 0.0
	if either > 0 {
		jaccard = float64(both) / float64(either)
	}
	if members > 0 {
		part = float64(both) / float64(members)
	}
	if o.Both(i, j) != both || o.Members(i) != members || o.Jaccard(i, j) != jaccard || o.Share(i, j) != part {
		t.Errorf("%d and %d: %d %d %v %v, want %d %d %v %v", i, j, o.Both(i, j), o.Members(i), o.Jaccard(i, j), o.Share(i, j), both, members, jaccard, part)
	}
}

func TestRelations(t *testing.T) {
	t.Parallel()
	// Segment 0 has customers 0 to 99.
	in := func(i, from, to int) bool { return i >= from && i < to }
	var c crowd
	for x := range 400 {
		c = append(c, []bool{in(x, 0, 100), in(x, 5, 200), in(x, 6, 200), in(x, 0, 19), in(x, 0, 100), in(x, 100, 300), false, x < 400, in(x, 82, 102)})
	}
	got := insight.NewOverlap(9, c.kinds(9)).RelationsOf(0)
	// Number 4 is the same customers; 5 shares none; 6 is empty; of 8 only 90 % are in 0.
	if want := []int{4, 1, 2, 7, 3, 8}; !slices.Equal(got.Similar, want) {
		t.Errorf("similar %v, want %v", got.Similar, want)
	}
	if want := []int{4, 1, 7}; !slices.Equal(got.Containing, want) {
		t.Errorf("containing %v, want %v", got.Containing, want)
	}
	if want := []int{4, 3}; !slices.Equal(got.Contained, want) {
		t.Errorf("contained %v, want %v", got.Contained, want)
	}
	if of6 := insight.NewOverlap(9, c.kinds(9)).RelationsOf(6); len(of6.Similar)+len(of6.Containing)+len(of6.Contained) > 0 {
		t.Errorf("an empty segment has relations: %+v", of6)
	}
}

func TestTotalsOf(t *testing.T) {
	t.Parallel()
	c := random(rand.New(rand.NewPCG(1, 2)), 100, 70)
	kinds := c.kinds(70)
	for _, i := range []int{0, 35, 69} {
		members, all := insight.TotalsOf(i, kinds)
		n := c.both(i, i)
		want := insight.Totals{Customers: n, Year: insight.Sums{Orders: 2 * n}, Ever: insight.Sums{Total: commerce.Amount(3 * n)}}
		if members != want || all.Customers != 100 || all.Year.Orders != 200 {
			t.Errorf("segment %d: %+v of %+v, want %+v", i, members, all, want)
		}
	}
}
