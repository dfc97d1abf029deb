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

// Unit is what a customer bought of one kind at one price.
type Unit struct {
	Customer int32
	Category int32 // -1: none
	Price    int64 // paid per unit, in millionths
	Quantity int64 // above zero, in millionths
}

const (
	// minUnits is the quantity from which a customer has a band, in millionths.
	minUnits = 3_000_000
	// mostVisits is how many units of peers are looked at before peers are
	// sampled: a few seconds of one core for each thousand million.
	mostVisits = 8_000_000_000
	// leastPeers is the smallest sample.
	leastPeers = 5_000
)

// Bands calls yield with each customer that has a band, in the order of the
// units, which must be grouped by customer. It reorders the units.
func Bands(units []Unit, yield func(customer int32, band Band) error) error {
	s := newShop(units)
	s.sample(mostVisits, leastPeers)
	for i, band := range s.bands() {
		if band == "" {
			continue
		}
		if err := yield(s.customers[i].id, band); err != nil {
			return err
		}
	}
	return nil
}

// shop is the customers who are compared with each other.
type shop struct {
	customers []customer
	// sets are the different sets of categories that customers with a band
	// bought in.
	sets []*set
	// single holds, by category, the doubled medians of those who bought in
	// that category alone, ordered.
	single map[int32][]int64
	// several are those who bought in more than one category, and peers are
	// those of them that are looked at.
	several, peers []int32
	// categories is above every category.
	categories int32
}

// customer is one customer's units, ordered by price.
type customer struct {
	id     int32
	units  []Unit
	own    int64 // doubled median over all units
	within int64 // doubled median over the units with a category
	among  bool  // whether the customer is among the peers
}

// set is a set of categories, and the customers who bought in just these.
type set struct {
	categories []int32 // ordered
	members    []int32 // by their own median
}

func newShop(units []Unit) *shop {
	s := &shop{single: map[int32][]int64{}}
	sets := map[string]*set{}
	for start := 0; start < len(units); {
		end := start + 1
		for end < len(units) && units[end].Customer == units[start].Customer {
			end++
		}
		s.add(sets, units[start:end:end])
		start = end
	}
	for _, medians := range s.single {
		slices.Sort(medians)
	}
	for _, set := range s.sets {
		slices.SortFunc(set.members, func(a, b int32) int { return cmp.Compare(s.customers[a].own, s.customers[b].own) })
	}
	return s
}

func (s *shop) add(sets map[string]*set, units []Unit) {
	slices.SortFunc(units, func(a, b Unit) int { return cmp.Compare(a.Price, b.Price) })
	categories := categoriesOf(units)
	if len(categories) == 0 {
		return
	}
	s.categories = max(s.categories, categories[len(categories)-1]+1)
	i := int32(len(s.customers))
	c := customer{id: units[0].Customer, units: units}
	in := s.membership(categories)
	c.within, _ = doubledMedian(units, in)
	in[0] = -1
	c.own, _ = doubledMedian(units, in)
	if len(categories) == 1 {
		c.among = true
		s.single[categories[0]] = append(s.single[categories[0]], c.within)
	} else {
		s.several = append(s.several, i)
	}
	s.customers = append(s.customers, c)
	if quantity(units) < minUnits {
		return
	}
	key := string(bytesOf(categories))
	of, ok := sets[key]
	if !ok {
		of = &set{categories: categories}
		sets[key] = of
		s.sets = append(s.sets, of)
	}
	of.members = append(of.members, i)
}

// membership holds all bits for each category of a set, at the category plus
// one; at zero for units without a category.
type membership []int64

func (s *shop) membership(categories []int32) membership {
	in := make(membership, s.categories+1)
	for _, c := range categories {
		in[c+1] = -1
	}
	return in
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

// doubledMedian is twice the median price per unit, so that it is whole, over
// the units in some categories; false when there are none. Units are ordered
// by price. It is where the time goes: a quantity is masked, not branched on.
func doubledMedian(units []Unit, in membership) (int64, bool) {
	var total int64
	var counted int64
	for i := range units {
		mask := in[units[i].Category+1]
		total += units[i].Quantity & mask
		counted |= mask
	}
	if counted == 0 {
		return 0, false
	}
	var seen int64
	for i := range units {
		mask := in[units[i].Category+1]
		seen += units[i].Quantity & mask
		if mask == 0 || 2*seen < total {
			continue
		}
		if 2*seen > total {
			return 2 * units[i].Price, true
		}
		return units[i].Price + nextPrice(units[i+1:], in, units[i].Price), true
	}
	return 0, false
}

// nextPrice is the price of the first unit in some categories, or else the
// price before it.
func nextPrice(units []Unit, in membership, before int64) int64 {
	for _, u := range units {
		if in[u.Category+1] != 0 && u.Quantity > 0 {
			return u.Price
		}
	}
	return before
}

func quantity(units []Unit) int64 {
	var q int64
	for _, u := range units {
		q += u.Quantity
	}
	return q
}
