package priceband_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"kith/internal/priceband"
)

// TestBandsEqualDefinition compares with the definition, customer by customer
// and unit by unit.
func TestBandsEqualDefinition(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		units := randomUnits(r)
		got := map[int32]priceband.Band{}
		if err := priceband.Bands(units, func(c int32, b priceband.Band) error { got[c] = b; return nil }); err != nil {
			t.Fatal(err)
		}
		want := plain(units)
		if len(got) != len(want) {
			t.Fatalf("seed %d: %d customers have a band, want %d", seed, len(got), len(want))
		}
		for c, b := range want {
			if got[c] != b {
				t.Errorf("seed %d: customer %d is %q, want %q", seed, c, got[c], b)
			}
		}
	}
}

func randomUnits(r *rand.Rand) []priceband.Unit {
	var units []priceband.Unit
	for c := range int32(1 + r.IntN(30)) {
		for range r.IntN(6) {
			units = append(units, priceband.Unit{
				Customer: c, Category: int32(r.IntN(5) - 1),
				Price: int64(1+r.IntN(8)) * 1_000_000, Quantity: int64(1+r.IntN(3)) * 1_000_000,
			})
		}
	}
	return units
}

// plain is the definition with units written out one by one.
func plain(units []priceband.Unit) map[int32]priceband.Band {
	paid := map[int32]map[int32][]int64{} // customer, category, prices
	for _, u := range units {
		if paid[u.Customer] == nil {
			paid[u.Customer] = map[int32][]int64{}
		}
		for range u.Quantity / 1_000_000 {
			paid[u.Customer][u.Category] = append(paid[u.Customer][u.Category], u.Price)
		}
	}
	bands := map[int32]priceband.Band{}
	for c, mine := range paid {
		var all []int64
		for _, prices := range mine {
			all = append(all, prices...)
		}
		if len(all) < 3 {
			continue
		}
		own, lower, among := median(all), 0, 0
		for other, theirs := range paid {
			var shared []int64
			for category := range mine {
				if category >= 0 {
					shared = append(shared, theirs[category]...)
				}
			}
			if len(shared) == 0 {
				continue
			}
			among++
			if other != c && median(shared) < own {
				lower++
			}
		}
		switch share := float64(lower) / float64(among); {
		case among == 0:
		case share < 0.33:
			bands[c] = priceband.Value
		case share < 0.80:
			bands[c] = priceband.Mid
		default:
			bands[c] = priceband.Premium
		}
	}
	return bands
}

// median, doubled.
func median(prices []int64) int64 {
	slices.Sort(prices)
	n := len(prices)
	return prices[(n-1)/2] + prices[n/2]
}

func BenchmarkBands(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	var units []priceband.Unit
	for c := range int32(20_000) {
		for range 1 + r.IntN(12) {
			units = append(units, priceband.Unit{
				Customer: c, Category: int32(r.ExpFloat64() * 3),
				Price: int64(1+r.IntN(80)) * 1_000_000, Quantity: 1_000_000,
			})
		}
	}
	for b.Loop() {
		_ = priceband.Bands(units, func(int32, priceband.Band) error { return nil })
	}
}
