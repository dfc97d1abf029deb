package live_test

import (
	"fmt"
	"testing"
	"time"

	"kith/internal/customer"
	"kith/internal/segment/live"
	"kith/internal/segql/eval"
)

// BenchmarkHeaviest measures an event of one customer with a hundred thousand
// orders of two items, and the timers until then.
func BenchmarkHeaviest(b *testing.B) {
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
	b.ResetTimer()
	for i := range b.N {
		now += 30_000_000
		e.Clock(now)
		ev := &customer.Event{At: now, Place: customer.Place{Seq: 2, Pos: int64(i)}, Key: "product_viewed", Product: "p1", JSON: `{"product_id":"p1","price":12.5}`}
		e.ArriveEvent([]live.Key{{Kind: live.CustomerKey, Value: "c1"}}, ev, live.CauseEvent)
		e.Tick(1 << 30)
		e.Flush(false, func(live.Change) {})
		e.Cool(5000)
	}
}
