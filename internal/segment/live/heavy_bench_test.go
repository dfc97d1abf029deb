package live_test

import (
	"fmt"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/segment/live"
	"kith/internal/segql/eval"
)

// BenchmarkHeaviest measures an event, or an order, of one customer with a
// hundred thousand orders of two items, and the timers until then.
func BenchmarkHeaviest(b *testing.B) {
	b.Run("event", func(b *testing.B) {
		benchHeaviest(b, func(i int64) commerce.Event {
			return commerce.Event{Type: "track", Name: "Product Viewed", Properties: []byte(`{"product_id":"p1","price":12.5}`)}
		})
	})
	b.Run("order", func(b *testing.B) {
		benchHeaviest(b, func(i int64) commerce.Event {
			return commerce.Event{Type: "track", Name: "Order Completed", Properties: fmt.Appendf(nil,
				`{"order_id":"s%d","total":20,"currency":"EUR","products":[{"product_id":"p1","price":20,"quantity":1},{"product_id":"p2","price":15,"quantity":2}]}`, i)}
		})
	})
}

func benchHeaviest(b *testing.B, event func(i int64) commerce.Event) {
	b.Helper()
	e, err := live.NewLoose(eval.Settings{Zone: time.UTC}, benchSegments(b), 5*60*1_000_000, func(live.Transition) {})
	if err != nil {
		b.Fatal(err)
	}
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	c := customer.New(e.Shop())
	n := int64(100_000)
	for i := range n {
		o := &customer.Order{
			ID: fmt.Sprint("order-", i), At: start + i*730*dayMicros/n, Place: customer.Place{Seq: 1, Pos: i}, Status: "paid",
			Cancelled: eval.Never, Fields: map[string]eval.Value{"total": eval.Whole(int(i % 100)), "currency": eval.Text("EUR")},
		}
		for k := range 2 {
			o.Lines = append(o.Lines, customer.Line{Place: customer.Place{Seq: 1, Pos: i}, Number: k + 1, Product: fmt.Sprint("p", i%1000), Quantity: eval.Whole(1), Price: eval.Number(25_000_000)})
		}
		c.AddOrder(o)
	}
	e.Add(live.Known{Keys: []live.Key{{Kind: live.CustomerKey, Value: "c1"}}, Arrived: []int{0}, Customer: c})
	now := start + 730*dayMicros
	e.Begin(now, 0, nil, live.OthersAdopted)
	e.Warm(1 << 30)
	tracker := live.NewTracker(e, "EUR")
	b.ResetTimer()
	for i := range b.N {
		now += 30_000_000
		e.Clock(now)
		ev := event(int64(i))
		ev.At, ev.CustomerID, ev.MessageID = time.UnixMicro(now), "c1", fmt.Sprint("m", i)
		if err := tracker.ArriveTracked(ev, customer.Place{Seq: 2, Pos: int64(i)}); err != nil {
			b.Fatal(err)
		}
		e.Tick(1 << 30)
		e.Flush(false, func(live.Change) {})
		e.Cool(5000, 1<<30)
	}
}
