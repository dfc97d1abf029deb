package live_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/segment/live"
	"kith/internal/segment/script"
	"kith/internal/segql/eval"
)

// tracking is an engine that is told of events of an online shop.
type tracking struct {
	*live.Engine
	t        *testing.T
	tracker  *live.Tracker
	now      time.Time
	pos      int64
	recorded []live.Transition
}

func newTracking(t *testing.T, segments ...script.Segment) *tracking {
	s := &tracking{t: t, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	var err error
	s.Engine, err = live.NewLoose(eval.Settings{Zone: time.UTC}, live.Segments(script.Shop{Segments: segments}), 5*60*1_000_000,
		func(t live.Transition) { s.recorded = append(s.recorded, t) })
	if err != nil {
		t.Fatal(err)
	}
	s.Begin(s.now.UnixMicro(), 0, nil, live.OthersAdopted)
	s.tracker = live.NewTracker(s.Engine, "EUR")
	return s
}

// track lets an event arrive a second later.
func (s *tracking) track(customerID, name, properties string) {
	s.t.Helper()
	s.pos++
	s.now = s.now.Add(time.Second)
	s.Clock(s.now.UnixMicro())
	e := commerce.Event{
		Type: "track", Name: name, At: s.now, CustomerID: customerID, MessageID: fmt.Sprint("m", s.pos), Properties: []byte(properties),
	}
	if err := s.tracker.ArriveTracked(e, customer.Place{Seq: 2, Pos: s.pos}); err != nil {
		s.t.Fatal(err)
	}
}

// version is a product as it is from now on.
func (s *tracking) version(id, category string, price, stock int) live.ProductVersion {
	s.pos++
	v := live.ProductVersion{ID: id, ProductVersion: customer.ProductVersion{At: s.now.UnixMicro(), Place: customer.Place{Seq: 3, Pos: s.pos}}}
	for field, x := range map[string]eval.Value{"category": eval.Text(category), "price": eval.Whole(price), "stock": eval.Whole(stock)} {
		v.Fields[slices.Index(customer.ProductFields[:], field)] = x
	}
	return v
}

// Products that arrive together take effect as one by one, for people who are
// packed and people who are open, and whoever is touched by one of them alone
// is told which.
func TestProductsTakeEffectTogether(t *testing.T) {
	t.Parallel()
	for _, open := range []bool{true, false} {
		t.Run(fmt.Sprintf("open: %t", open), func(t *testing.T) {
			t.Parallel()
			s := newTracking(t,
				script.Segment{ID: "shoes", Text: `has item[category = "shoes"]`},
				script.Segment{ID: "low", Text: `has favourite[stock < 5]`},
				script.Segment{ID: "viewed", Text: `has product_viewed[category = "hats"]`},
				script.Segment{ID: "seven", Text: `has favourite[price = 7]`},
			)
			s.track("ana", "Order Completed", `{"order_id":"o1","total":5,"products":[{"product_id":"p1","price":5,"quantity":1}]}`)
			s.track("bob", "Product Added to Wishlist", `{"product_id":"p2"}`)
			s.track("cid", "Product Viewed", `{"product_id":"p3"}`)
			s.track("dan", "Product Added to Wishlist", `{"product_id":"p2"}`)
			s.track("dan", "Product Viewed", `{"product_id":"p3"}`)
			s.track("eva", "Product Viewed", `{"product_id":"p9"}`)
			if !open {
				s.Cool(0, 0)
			}
			s.now = s.now.Add(time.Hour)
			s.Clock(s.now.UnixMicro())
			s.recorded = nil
			s.ArriveProducts([]live.ProductVersion{
				s.version("p1", "shoes", 5, 9), s.version("p2", "bags", 9, 1), s.version("p3", "hats", 3, 3), s.version("p4", "hats", 3, 3),
				s.version("p2", "bags", 7, 1),
			})
			var got []string
			for _, x := range s.recorded {
				got = append(got, fmt.Sprintf("%s %s %s %s %s", x.Customer, x.Segment, x.Cause, x.Behind.Kind, x.Behind.ID))
			}
			slices.Sort(got)
			want := []string{
				"ana shoes product product p1", "bob low product product p2", "bob seven product product p2", "cid viewed product product p3",
				"dan low product import ", "dan seven product import ", "dan viewed product import ",
			}
			if !slices.Equal(got, want) {
				t.Errorf("recorded %q, want %q", got, want)
			}
			// What is younger than the facts touches who holds the product alone.
			s.now = s.now.Add(time.Hour)
			s.Clock(s.now.UnixMicro())
			s.recorded = nil
			s.ArriveProducts([]live.ProductVersion{s.version("p2", "shoes", 7, 50), s.version("p1", "bags", 5, 9)})
			for _, x := range s.recorded {
				if x.Segment != "low" || !x.Left || x.Behind.ID != "p2" {
					t.Errorf("recorded %+v", x)
				}
			}
			if len(s.recorded) != 2 {
				t.Errorf("%d transitions, want 2", len(s.recorded))
			}
		})
	}
}

// Who grew while open counts for what they are now, and is packed when that is
// too much.
func TestCoolKnowsHowPeopleGrew(t *testing.T) {
	t.Parallel()
	s := newTracking(t, script.Segment{ID: "buyers", Text: `has order`})
	for i := range 300 {
		s.track("ana", "Order Completed", fmt.Sprintf(`{"order_id":"o%d","total":5,"products":[{"product_id":"p1","price":5,"quantity":1}]}`, i))
	}
	const least = 300 * 100
	if s.Warmth() < least {
		t.Errorf("who has 300 orders counts for %d bytes", s.Warmth())
	}
	for range 10 { // who is heavy is passed over some times
		s.Cool(100, least)
	}
	if s.Warmth() != 0 {
		t.Errorf("%d bytes are still open, of at most %d", s.Warmth(), least)
	}
}

// A segment that is read, not read and read again tells its transitions once.
func TestTransitionsAreRememberedOnce(t *testing.T) {
	t.Parallel()
	both := []script.Segment{{ID: "buyers", Text: `has order in last 30 days`}, {ID: "left", Text: `entered segment "buyers" in last 7 days`}}
	s := newTracking(t, both[0])
	s.track("ana", "Order Completed", `{"order_id":"o1","total":5}`)
	for range 3 {
		for _, segments := range [][]script.Segment{both, both[:1]} {
			if err := s.Prepare(eval.Settings{Zone: time.UTC}, live.Segments(script.Shop{Segments: segments})); err != nil {
				t.Fatal(err)
			}
			err := s.Remember(func(note func(record int64, segment string, left bool, at int64)) error {
				for _, x := range s.recorded {
					note(x.Person, x.Segment, x.Left, x.At)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			s.Redefine(func(string) bool { return true })
		}
	}
	if n := s.Told(live.Key{Kind: live.CustomerKey, Value: "ana"}, "buyers"); n != 1 {
		t.Errorf("ana knows of %d transitions, want 1", n)
	}
}
