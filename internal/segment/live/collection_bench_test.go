package live_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"kith/internal/customer"
	"kith/internal/segment/live"
	"kith/internal/segql/eval"
)

// BenchmarkCollection measures a collection of garbage while the engine holds
// packed customers of one event each: what is kept per customer, and what
// marking it costs, which all else has to wait for.
func BenchmarkCollection(b *testing.B) {
	const customers = 300_000
	e, err := live.NewLoose(eval.Settings{Zone: time.UTC}, []eval.Segment{defined(b, "everyone", `has product_viewed`)}, 0, func(live.Transition) {})
	if err != nil {
		b.Fatal(err)
	}
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range customers {
		c := customer.New(e.Shop())
		c.AddEvent(&customer.Event{
			At: start + int64(i), Place: customer.Place{Seq: 1, Pos: int64(i)}, Key: "product_viewed", ID: fmt.Sprint("m", i),
			Product: fmt.Sprint("p", i%1000), JSON: `{"product_id":"p1","price":12.5,"category":"shoes","name":"A shoe of some kind"}`,
		})
		e.Add(live.Known{Keys: []live.Key{{Kind: live.CustomerKey, Value: fmt.Sprint("c", i)}}, Arrived: []int{i}, Customer: c})
	}
	e.Begin(start+731*dayMicros, 0, nil, live.OthersAdopted)
	e.Flush(true, func(live.Change) {})
	runtime.GC()
	runtime.ReadMemStats(&after)
	work := processorTime()
	b.ResetTimer()
	for range b.N {
		runtime.GC()
	}
	b.ReportMetric(float64((processorTime()-work).Nanoseconds())/float64(b.N*customers), "cpu-ns/customer")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/customers, "B/customer")
	b.ReportMetric(float64(after.HeapObjects-before.HeapObjects)/customers, "objects/customer")
	runtime.KeepAlive(e)
}
