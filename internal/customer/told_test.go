package customer

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kith/internal/segql/eval"
)

// TestPointsGoOn tells of points in order and out of order, also ahead of the
// instant that the customer stands at. The facts are those of someone who was
// told everything before anyone asked, and are not made anew for the latest.
func TestPointsGoOn(t *testing.T) {
	t.Parallel()
	points := eval.Kind{Name: "points"}
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 3))
		shop := NewShop(time.UTC)
		c, now := New(shop), int64(100)
		c.Stand(now)
		var told []Event
		for i := range 40 {
			e := Event{At: now, Place: Place{1, int64(i)}, Key: "points", JSON: fmt.Sprintf(`{"amount":%d,"id":"%d"}`, i, r.IntN(5))}
			latest := r.IntN(3) > 0
			if latest {
				now += 2 * (1 + r.Int64N(5))
				e.At = now
			} else {
				e.At += 2*r.Int64N(10) - 11 // never at one instant with those
			}
			told = append(told, e)
			c.Stand(now)
			before := c.Facts(points)
			c.AddEvent(&e)
			if latest && c.Facts(points) != before {
				t.Fatalf("seed %d, event %d: all facts were made anew", seed, i)
			}
			fresh := New(shop)
			for _, e := range told {
				fresh.AddEvent(&e)
			}
			fresh.Stand(now)
			if got, want := facts(c, points, "amount"), facts(fresh, points, "amount"); got != want {
				t.Fatalf("seed %d, event %d: got %s, want %s", seed, i, got, want)
			}
		}
	}
}
