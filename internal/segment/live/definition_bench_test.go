package live_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kith/internal/customer"
	"kith/internal/segment/live"
	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// BenchmarkDefinition measures a new segment worked out for everyone: packed
// customers with ten orders of two items and twenty views each.
func BenchmarkDefinition(b *testing.B) {
	e := packedShop(b, definitionCustomers)
	base := defined(b, "everyone", `has order`)
	b.ResetTimer()
	for i := range b.N {
		further := defined(b, "further", fmt.Sprintf("sum(order.total) in last 365 days >= %d", 200+i))
		if err := e.Prepare(eval.Settings{Zone: time.UTC}, []eval.Segment{base, further}); err != nil {
			b.Fatal(err)
		}
		e.Redefine(func(id string) bool { return id == "everyone" })
		e.Flush(e.MostChanged(), func(live.Change) {})
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*definitionCustomers), "µs/customer")
}

const definitionCustomers = 50_000

func defined(b *testing.B, id, text string) eval.Segment {
	b.Helper()
	checked, problems := segql.Compile(text, &segql.Catalogue{})
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	return eval.Segment{ID: id, Checked: checked, Saved: true}
}

func packedShop(b *testing.B, customers int) *live.Engine {
	b.Helper()
	e, err := live.NewLoose(eval.Settings{Zone: time.UTC}, []eval.Segment{defined(b, "everyone", `has order`)}, 0, func(live.Transition) {})
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	pos := int64(0)
	for i := range customers {
		c := customer.New(e.Shop())
		for range 10 {
			pos++
			o := &customer.Order{
				ID: fmt.Sprint("order-", pos), At: start + r.Int64N(730*dayMicros), Place: customer.Place{Seq: 1, Pos: pos}, Status: "paid",
				Cancelled: eval.Never, Fields: map[string]eval.Value{"total": eval.Whole(r.IntN(100)), "currency": eval.Text("EUR")},
			}
			for n := range 2 {
				o.Lines = append(o.Lines, customer.Line{
					Place: customer.Place{Seq: 1, Pos: pos}, Number: n + 1, Product: fmt.Sprint("p", r.IntN(1000)),
					Quantity: eval.Whole(1), Price: eval.Number(25_000_000),
				})
			}
			c.AddOrder(o)
		}
		for range 20 {
			pos++
			c.AddEvent(&customer.Event{
				At: start + r.Int64N(730*dayMicros), Place: customer.Place{Seq: 1, Pos: pos}, Key: "product_viewed", ID: fmt.Sprint("m", pos),
				Product: fmt.Sprint("p", r.IntN(1000)), JSON: `{"product_id":"p1","price":12.5,"category":"shoes","name":"A shoe of some kind"}`,
			})
		}
		e.Add(live.Known{Keys: []live.Key{{Kind: live.CustomerKey, Value: fmt.Sprint("c", i)}}, Arrived: []int{i}, Customer: c})
	}
	e.Begin(start+731*dayMicros, 0, nil, live.OthersAdopted)
	return e
}
