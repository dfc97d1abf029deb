package priceband

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSampleIsNear says what a sample may change: few customers, and none by
// two bands.
func TestSampleIsNear(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	var units []Unit
	for c := range int32(6_000) {
		for range 1 + r.IntN(10) {
			units = append(units, Unit{Customer: c, Category: int32(r.IntN(20)) - 1, Price: 1 + int64(r.ExpFloat64()*1e6), Quantity: 1_000_000})
		}
	}
	bands := func(visits, least int) ([]Band, int) {
		s := newShop(slices.Clone(units))
		s.sample(visits, least)
		return s.bands(), len(s.peers)
	}
	exact, all := bands(mostVisits, leastPeers)
	if all < 4_000 {
		t.Fatalf("%d peers without a sample", all)
	}
	sampled, some := bands(1, 1_500)
	if some != 1_500 {
		t.Fatalf("%d peers in the sample, want 1500", some)
	}
	differ := 0
	for i := range exact {
		if exact[i] == sampled[i] {
			continue
		}
		differ++
		if exact[i] != Mid && sampled[i] != Mid {
			t.Errorf("customer %d is %q, and %q by the sample", i, exact[i], sampled[i])
		}
	}
	if differ == 0 || differ > len(exact)/25 {
		t.Errorf("the sample changes %d of %d customers", differ, len(exact))
	}
	again, _ := bands(1, 1_500)
	if !slices.Equal(sampled, again) {
		t.Error("another sample, another answer")
	}
}
