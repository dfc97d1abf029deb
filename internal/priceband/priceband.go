package priceband

import (
	"cmp"
	"slices"
)

// Band is where a customer's prices lie.
type Band string

// Bands.
const (
	Value   Band = "value"
	Mid     Band = "mid"
	Premium Band = "premium"
)

// Unit is what a customer bought of one kind at one price. Units come in the
// order of their customers.
type Unit struct {
	Customer int32
	Category int32 // below zero: none
	Price    int64 // paid per unit, in millionths
	Quantity int64 // in millionths
}

// minUnits is the quantity from which a customer has a band, in millionths.
const minUnits = 3_000_000

// Bands calls yield with each customer that has a band. The units must be
// grouped by customer.
func Bands(units []Unit, yield func(customer int32, band Band) error) error {
	groups := grouped(units)
	for _, g := range groups {
		if err := g.bands(groups, yield); err != nil {
			return err
		}
	}
	return nil
}

// customer is one customer's units, ordered by price.
type customer struct {
	id    int32
	units []Unit
}

// group is the customers who bought in the same set of categories.
type group struct {
	categories []int32 // ordered
	members    []customer
	// medians holds, for a subset of the categories, the members' doubled
	// medians over it, ordered. Keys are the subset's bits.
	medians map[string][]int64
}

func grouped(units []Unit) []*group {
	byKey := map[string]*group{}
	var order []*group
	for start := 0; start < len(units); {
		end := start
		for end < len(units) && units[end].Customer == units[start].Customer {
			end++
		}
		c := customer{id: units[start].Customer, units: slices.Clone(units[start:end])}
		slices.SortFunc(c.units, func(a, b Unit) int { return cmp.Compare(a.Price, b.Price) })
		categories := categoriesOf(c.units)
		key := string(bytesOf(categories))
		g, ok := byKey[key]
		if !ok {
			g = &group{categories: categories, medians: map[string][]int64{}}
			byKey[key] = g
			order = append(order, g)
		}
		g.members = append(g.members, c)
		start = end
	}
	return order
}

func categoriesOf(units []Unit) []int32 {
	var all []int32
	for _, u := range units {
		if u.Category >= 0 {
			all = append(all, u.Category)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func bytesOf(categories []int32) []byte {
	b := make([]byte, 0, 4*len(categories))
	for _, c := range categories {
		b = append(b, byte(c), byte(c>>8), byte(c>>16), byte(c>>24))
	}
	return b
}

// bands finds the bands of one group's members.
func (g *group) bands(groups []*group, yield func(int32, Band) error) error {
	if len(g.categories) == 0 {
		return nil
	}
	var others [][]int64
	var among int64
	for _, o := range groups {
		if shared := intersection(g.categories, o.categories); len(shared) > 0 {
			medians := o.over(shared)
			others = append(others, medians)
			among += int64(len(medians))
		}
	}
	for _, c := range g.members {
		if quantity(c.units) < minUnits {
			continue
		}
		own := doubledMedian(c.units, nil)
		var lower int64
		for _, medians := range others {
			n, _ := slices.BinarySearch(medians, own)
			lower += int64(n)
		}
		if doubledMedian(c.units, g.categories) < own {
			lower-- // nobody is lower than they are themselves
		}
		if err := yield(c.id, bandOf(lower, among)); err != nil {
			return err
		}
	}
	return nil
}

func bandOf(lower, among int64) Band {
	switch {
	case 100*lower < 33*among:
		return Value
	case 100*lower < 80*among:
		return Mid
	default:
		return Premium
	}
}

// over returns the members' doubled medians over some of the categories, ordered.
func (g *group) over(categories []int32) []int64 {
	key := string(bytesOf(categories))
	if m, ok := g.medians[key]; ok {
		return m
	}
	m := make([]int64, len(g.members))
	for i, c := range g.members {
		m[i] = doubledMedian(c.units, categories)
	}
	slices.Sort(m)
	g.medians[key] = m
	return m
}

// doubledMedian is twice the median price per unit, so that it is whole, over
// the units in some categories, or over all with nil. Units are ordered by price.
func doubledMedian(units []Unit, categories []int32) int64 {
	counts := func(u Unit) bool {
		if categories == nil {
			return true
		}
		_, ok := slices.BinarySearch(categories, u.Category)
		return ok
	}
	var total int64
	for _, u := range units {
		if counts(u) {
			total += u.Quantity
		}
	}
	var seen, low int64
	foundLow := false
	for _, u := range units {
		if !counts(u) {
			continue
		}
		seen += u.Quantity
		if !foundLow && 2*seen >= total {
			low, foundLow = u.Price, true
		}
		if 2*seen > total {
			return low + u.Price
		}
	}
	return 2 * low
}

func quantity(units []Unit) int64 {
	var q int64
	for _, u := range units {
		q += u.Quantity
	}
	return q
}

// intersection of two ordered lists.
func intersection(a, b []int32) []int32 {
	var r []int32
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			r = append(r, a[i])
			i++
			j++
		}
	}
	return r
}
