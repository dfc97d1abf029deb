package simulate

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Scores over all customers, each in its plainest form.

func atof(s string) float64 {
	x, _ := strconv.ParseFloat(s, 64)
	return x
}

// percentile gives, for who has a value, the share that is strictly lower.
func (s *readShop) percentile(of func(c *readCustomer) (float64, bool)) map[*readCustomer]float64 {
	values := map[*readCustomer]float64{}
	var sorted []float64
	for _, c := range s.list {
		if x, ok := of(c); ok {
			values[c] = x
			sorted = append(sorted, x)
		}
	}
	slices.Sort(sorted)
	for c, x := range values {
		lower, _ := slices.BinarySearch(sorted, x)
		values[c] = 100 * float64(lower) / float64(len(sorted))
	}
	return values
}

// rfm names everybody's group.
func (s *readShop) rfm() map[*readCustomer]string {
	score := func(of func(c *readCustomer) float64) map[*readCustomer]int {
		out := map[*readCustomer]int{}
		for c, x := range s.percentile(func(c *readCustomer) (float64, bool) { return of(c), len(c.orders) > 0 }) {
			out[c] = 1 + int(math.Floor(5*x/100+1e-9))
		}
		return out
	}
	r := score(func(c *readCustomer) float64 { return float64(c.last().Unix()) })
	f := score(func(c *readCustomer) float64 { return float64(len(c.orders)) })
	m := score(func(c *readCustomer) float64 { return c.net(ever) })
	grid := [6][6]string{
		5: {1: "New", "Promising", "Active", "Loyal", "Champions"},
		4: {1: "Promising", "Promising", "Active", "Loyal", "Champions"},
		3: {1: "Needs attention", "Needs attention", "Needs attention", "Loyal", "Loyal"},
		2: {1: "Almost lost", "Almost lost", "At risk", "At risk", "Previously loyal"},
		1: {1: "Dormant", "Dormant", "Dormant", "Previously loyal", "Previously loyal"},
	}
	single := [6]string{1: "Dormant", "Almost lost", "Needs attention", "New", "New"}
	out := map[*readCustomer]string{}
	for _, c := range s.list {
		switch len(c.orders) {
		case 0:
			out[c] = "Prospects"
		case 1:
			out[c] = single[r[c]]
		default:
			out[c] = grid[r[c]][(f[c]+m[c]+1)/2]
		}
	}
	return out
}

// alive is the BG/NBD probability, with parameters near those that this
// shop's orders fit: the test needs the presets to have members, not a fit.
func (c *readCustomer) alive() (float64, bool) {
	on := c.orderDays()
	if len(on) == 0 {
		return 0, false
	}
	const r, alpha, a, b = 0.75, 73.0, 0.69, 5.4 // days
	x := float64(len(on) - 1)
	if x == 0 {
		return 1, true
	}
	tx := on[len(on)-1].Sub(on[0]).Hours() / 24
	age := testEnd.Sub(on[0]).Hours() / 24
	odds := a / (b + x - 1) * math.Pow((alpha+age)/(alpha+tx), r+x)
	return 1 / (1 + odds), true
}

// priceBand compares each customer's median paid price with the medians of
// all others over the categories that the customer bought in.
func (s *readShop) priceBand() map[*readCustomer]string {
	bought := map[*readCustomer]*basket{}
	for _, c := range s.list {
		if b := s.basket(c); len(b.all) > 0 {
			bought[c] = b
		}
	}
	medians := map[string][]float64{} // by categories: everybody's, sorted
	out := map[*readCustomer]string{}
	for c, b := range bought {
		if len(b.all) < 3 {
			continue
		}
		cats := slices.Sorted(maps.Keys(b.by))
		key := strings.Join(cats, "|")
		if medians[key] == nil {
			for _, other := range bought {
				if prices := other.over(cats); len(prices) > 0 {
					medians[key] = append(medians[key], median(prices))
				}
			}
			slices.Sort(medians[key])
		}
		lower, _ := slices.BinarySearch(medians[key], median(b.all))
		switch share := float64(lower) / float64(len(medians[key])); {
		case share < 0.33:
			out[c] = "value"
		case share < 0.8:
			out[c] = "mid"
		default:
			out[c] = "premium"
		}
	}
	return out
}

// basket holds the paid price of every unit somebody bought.
type basket struct {
	all []float64
	by  map[string][]float64 // by category
}

func (b *basket) over(cats []string) []float64 {
	var list []float64
	for _, cat := range cats {
		list = append(list, b.by[cat]...)
	}
	return list
}

func (s *readShop) basket(c *readCustomer) *basket {
	b := &basket{by: map[string][]float64{}}
	for _, it := range c.items() {
		cat := s.products[it.product].fields["category"]
		for range int(it.quantity) {
			b.all = append(b.all, it.price)
			b.by[cat] = append(b.by[cat], it.price)
		}
	}
	return b
}
