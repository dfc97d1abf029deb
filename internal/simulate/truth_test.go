package simulate

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// labelled returns the customers whose truth carries a label.
func (s *readShop) labelled(label string) []*readCustomer {
	var list []*readCustomer
	for _, c := range s.list {
		if slices.Contains(c.truth.Labels, label) {
			list = append(list, c)
		}
	}
	return list
}

// TestTruthAgrees checks one by one what must hold without exception.
func TestTruthAgrees(t *testing.T) {
	t.Parallel()
	s := testLoaded(t)
	for _, c := range s.list {
		tr := c.truth
		if tr.ID != c.id {
			t.Fatalf("%s has no truth", c.id)
		}
		if tr.Orders != len(c.orders) {
			t.Errorf("%s: %d orders, truth says %d", c.id, len(c.orders), tr.Orders)
		}
		bought := tr.Kind == "buyer" || tr.Kind == "guest"
		if bought != (len(c.all) > 0) || bought != (tr.Alive != nil) {
			t.Errorf("%s: kind %s with %d orders", c.id, tr.Kind, len(c.all))
		}
		if tr.DropoutAt != "" {
			if last := c.all[len(c.all)-1].at; !last.Equal(instant(t, tr.DropoutAt)) || *tr.Alive || *tr.ExpectedOrders != 0 {
				t.Errorf("%s: dropped out at %s, ordered at %s", c.id, tr.DropoutAt, last)
			}
		}
		for _, need := range tr.Replenishes {
			if !slices.ContainsFunc(c.all, func(o readOrder) bool {
				return slices.ContainsFunc(o.items, func(it readItem) bool { return it.product == need.ProductID })
			}) {
				t.Errorf("%s never bought %s", c.id, need.ProductID)
			}
		}
		if cart := c.cart(s); tr.CartAt != "" && cart.items == 0 && tr.CartReason != "no_longer_wanted" {
			t.Errorf("%s: left a cart at %s for %s, and there is none", c.id, tr.CartAt, tr.CartReason)
		}
	}
}

// TestLabels checks that habits show in the data: as averages over all who
// carry the label, against all others.
func TestLabels(t *testing.T) {
	t.Parallel()
	s := testLoaded(t)
	coupons := func(c *readCustomer) (part, whole float64) {
		return c.sum(func(o *readOrder) float64 { return math.Min(float64(len(o.coupon)), 1) }), float64(len(c.orders))
	}
	pieces := func(c *readCustomer) (part, whole float64) {
		return c.sum((*readOrder).pieces), float64(len(c.orders))
	}
	items := func(is func(it readItem) bool) func(c *readCustomer) (part, whole float64) {
		return func(c *readCustomer) (part, whole float64) {
			for _, it := range c.items() {
				if whole++; is(it) {
					part++
				}
			}
			return part, whole
		}
	}
	gift := items(func(it readItem) bool { return strings.Contains(s.products[it.product].fields["tags"], "gift") })
	fresh := items(func(it readItem) bool { return it.at.Sub(s.products[it.product].released) <= 30*days })
	for _, test := range []struct {
		label       string
		of          func(c *readCustomer) (part, whole float64)
		least, most float64
	}{
		{"coupon_lover", coupons, .88, 1},
		{"full_price", coupons, 0, .03},
		{"frugal", pieces, 1, 1.5},
		{"big_basket", pieces, 4, 9},
		{"gift_buyer", gift, .65, 1},
		{"trend_follower", fresh, .4, .9},
	} {
		part, whole := 0.0, 0.0
		for _, c := range s.labelled(test.label) {
			p, w := test.of(c)
			part, whole = part+p, whole+w
		}
		if got := part / whole; got < test.least || got > test.most || whole < 50 {
			t.Errorf("%s: %.3f over %.0f, not within %.2f to %.2f", test.label, got, whole, test.least, test.most)
		}
	}
}

// Who buys in a season buys in its months.
func TestSeasons(t *testing.T) {
	t.Parallel()
	s := testLoaded(t)
	months := map[string][]time.Month{
		"christmas": {time.November, time.December},
		"valentine": {time.January, time.February},
		"summer":    {time.June, time.July, time.August},
		"school":    {time.August, time.September},
	}
	in, all := map[string]int{}, map[string]int{}
	for _, c := range s.list {
		for _, o := range c.orders {
			all[c.truth.Season]++
			if slices.Contains(months[c.truth.Season], o.at.Month()) {
				in[c.truth.Season]++
			}
		}
	}
	for season := range months {
		if share := float64(in[season]) / float64(all[season]); share < .8 || all[season] < 15 {
			t.Errorf("%s: %.2f of %d orders in season", season, share, all[season])
		}
	}
}

// The price band is what people pay for one kind of thing, over the middle.
func TestPriceBands(t *testing.T) {
	t.Parallel()
	s := testLoaded(t)
	paid := map[string][]float64{}
	for _, c := range s.list {
		for _, it := range c.items() {
			if s.products[it.product].fields["category"] == "home" {
				paid[c.truth.PriceBand] = append(paid[c.truth.PriceBand], it.price)
			}
		}
	}
	low, middle, high := median(paid["value"]), median(paid["mid"]), median(paid["premium"])
	if !(1.2*low < middle && 1.4*middle < high) {
		t.Errorf("median prices at home: %.2f, %.2f, %.2f", low, middle, high)
	}
}

// The intervals of somebody who has not dropped out have the mean that they
// were made with: long histories of regular people show it.
func TestIntervals(t *testing.T) {
	t.Parallel()
	s := testLoaded(t)
	ratio, n := 0.0, 0.0
	for _, c := range s.labelled("replenisher") {
		if len(c.all) < 5 {
			continue
		}
		first, last := c.all[0].at, c.all[len(c.all)-1].at
		mean := last.Sub(first).Hours() / 24 / float64(len(c.all)-1)
		ratio += mean / c.truth.MeanInterval
		n++
	}
	if got := ratio / n; n < 30 || got < .85 || got > 1.15 {
		t.Errorf("intervals are %.2f of what they were made with, over %.0f people", got, n)
	}
}

func TestDistributions(t *testing.T) {
	t.Parallel()
	s := testLoaded(t)
	sold := map[string]float64{}
	var totals []float64
	buyers, once, december, june := 0.0, 0.0, 0.0, 0.0
	for _, c := range s.list {
		if len(c.orders) > 0 {
			buyers++
		}
		if len(c.orders) == 1 {
			once++
		}
		for _, o := range c.orders {
			totals = append(totals, o.total)
			switch {
			case o.at.Year() == 2025 && o.at.Month() == time.December:
				december++
			case o.at.Year() == 2025 && o.at.Month() == time.June:
				june++
			}
		}
		for _, it := range c.items() {
			sold[it.product] += it.quantity
		}
	}
	within(t, "share of buyers who bought once", once/buyers, .28, .45)
	within(t, "December over June", december/june, 1.5, 5)
	within(t, "median order", median(totals), 30, 60)
	within(t, "90th percentile of orders", totals[len(totals)*9/10], 90, 220)

	var units []float64
	all, top := 0.0, 0.0
	for _, n := range sold {
		units = append(units, n)
		all += n
	}
	slices.Sort(units)
	slices.Reverse(units)
	for _, n := range units[:len(s.products)/10] {
		top += n
	}
	within(t, "units of the best tenth", top/all, .35, .7)
	within(t, "slope of units over rank", math.Log(units[199]/units[4])/math.Log(200.0/5), -1.2, -.5)
}

func within(t *testing.T, what string, got, least, most float64) {
	t.Helper()
	t.Logf("%s: %.3f", what, got)
	if got < least || got > most {
		t.Errorf("%s: %.3f, not within %.2f to %.2f", what, got, least, most)
	}
}

// Complements are in the same order far more often than chance.
func TestComplements(t *testing.T) {
	t.Parallel()
	files := shopFiles(t)
	s := testLoaded(t)
	var doc shop
	if err := json.Unmarshal(files[ShopFile], &doc); err != nil {
		t.Fatal(err)
	}
	with := map[string][]string{}
	for _, c := range doc.Truth.Complements {
		with[c.ProductID] = c.With
	}
	pairs, matched := 0, 0
	for _, c := range s.list {
		for _, o := range c.orders {
			for _, a := range o.items {
				for _, b := range o.items {
					if a.product == b.product || with[a.product] == nil {
						continue
					}
					pairs++
					if slices.Contains(with[a.product], b.product) {
						matched++
					}
				}
			}
		}
	}
	// By chance it would be three products of six hundred.
	within(t, "pairs that are complements", float64(matched)/float64(pairs), .1, .6)
}
