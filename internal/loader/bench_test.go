package loader_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"kith/internal/commerce"
)

// BenchmarkAppendEvents appends batches of events of about 600 bytes, each
// durable before the next, and one caller after the other.
func BenchmarkAppendEvents(b *testing.B) {
	for _, n := range []int{1, 100, 500} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := open(b, b.TempDir(), newWarehouse(), nil)
			full := fullBatch(n)
			for b.Loop() {
				if _, _, err := s.AppendEvents(b.Context(), full); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkAdvance lets the log's events reach a warehouse that does nothing
// with them: what reading and decoding costs.
func BenchmarkAdvance(b *testing.B) {
	s := open(b, b.TempDir(), newWarehouse(), nil)
	full := fullBatch(200)
	for b.Loop() {
		b.StopTimer()
		for range 100 {
			if _, _, err := s.AppendEvents(b.Context(), full); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		if _, err := s.Advance(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(20_000*b.N)/b.Elapsed().Seconds(), "events/s")
}

func fullBatch(n int) commerce.EventBatch {
	var batch commerce.EventBatch
	for i := range n {
		batch.Events = append(batch.Events, commerce.Event{
			At: time.Date(2026, 3, 1, 10, 0, 0, i*1000, time.UTC), Type: "track", Name: "Product Viewed", CustomerID: fmt.Sprint("customer-", i),
			AnonymousID: "7c1d4a80-3f5e-4c8f-9f0b-0c2f6f4a1e11", MessageID: fmt.Sprint("0b6dd0a4-51c9-44b5-93a3-", i),
			Properties: json.RawMessage(`{"product_id":"SKU-10442","name":"Fountain pen, black <M>","category":"Pens & ink","brand":"Lamy","price":"24.90",` +
				`"currency":"EUR","quantity":1,"url":"https://shop.example/en/pens/fountain-pen-black?utm_source=newsletter&utm_campaign=spring",` +
				`"referrer":"https://shop.example/en/pens","title":"Fountain pen, black","locale":"en-GB","screen":{"width":1440,"height":900},` +
				`"list":"search results","position":7}`),
		})
	}
	return batch
}
