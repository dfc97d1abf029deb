package customer

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kith/internal/segql/eval"
)

// TestEventsALittleBehind: what was worked out goes on when an event comes that
// is older than others, and is what is worked out of all events anew.
func TestEventsALittleBehind(t *testing.T) {
	t.Parallel()
	const minute = 60_000_000
	kinds := []eval.Kind{
		{Name: "visit"}, {Name: "cart_item"}, {Event: true, Name: "page"}, {Event: true, Name: "product_added"}, {Event: true, Name: "quiz"},
	}
	look := func(c *Customer) string {
		all := ""
		for _, k := range kinds {
			all += fmt.Sprint(k, facts(c, k, "pages", "duration", "product", "quantity"), "\n")
		}
		return all + fmt.Sprint(c.Newest())
	}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 9))
		shop := NewShop(time.UTC)
		c := New(shop)
		now := int64(1000 * minute)
		var events []*Event
		c.Stand(now)
		for n := range 60 {
			now += r.Int64N(20) * minute
			e := &Event{At: now - r.Int64N(4)*r.Int64N(20)*minute, Place: Place{Seq: int64(n/3 + 1), Pos: int64(n)}, Key: []string{"page", "page", "product_added", "quiz"}[r.IntN(4)], Product: fmt.Sprint("p", r.IntN(3))}
			if r.IntN(10) == 0 {
				e.At = now + minute // announced
			}
			if r.IntN(5) == 0 && len(events) > 0 {
				e.At = events[r.IntN(len(events))].At // at one instant
			}
			if r.IntN(2) == 0 {
				e.ID = fmt.Sprint("m", r.IntN(1000))
			}
			c.Stand(now)
			if r.IntN(3) > 0 {
				look(c)
			}
			events = append(events, e)
			c.AddEvent(e)
			anew := New(shop)
			for _, e := range events {
				anew.AddEvent(e)
			}
			anew.Stand(now)
			if got, want := look(c), look(anew); got != want {
				t.Fatalf("seed %d, event %d %+v:\n%s\nanew:\n%s", seed, n, e, got, want)
			}
		}
	}
}
