package stream

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"kith/internal/commerce"
)

// batchOf returns an entry with events of about 600 bytes each.
func batchOf(t testing.TB, events int) commerce.Entry {
	t.Helper()
	var batch commerce.EventBatch
	for i := range events {
		batch.Events = append(batch.Events, commerce.Event{
			At: time.Date(2026, 3, 1, 10, 0, 0, i*1000, time.UTC), Type: "track", Name: "Product Viewed",
			CustomerID: fmt.Sprint("customer-", i), AnonymousID: "7c1d4a80-3f5e-4c8f-9f0b-0c2f6f4a1e11", MessageID: fmt.Sprint("0b6dd0a4-51c9-44b5-93a3-", i),
			Properties: json.RawMessage(`{"product_id":"SKU-10442","name":"Fountain pen, black <M>","category":"Pens & ink","brand":"Lamy","price":"24.90","currency":"EUR","quantity":1,` +
				`"url":"https://shop.example/en/pens/fountain-pen-black?utm_source=newsletter&utm_campaign=spring","referrer":"https://shop.example/en/pens","title":"Fountain pen, black","locale":"en-GB","screen":{"width":1440,"height":900},"list":"search results","position":7}`),
		})
	}
	body, err := json.Marshal(batch)
	if err != nil {
		t.Fatal(err)
	}
	return commerce.Entry{Type: commerce.EventsEntry, At: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Body: body}
}

func BenchmarkRecord(b *testing.B) {
	e := batchOf(b, 200)
	b.SetBytes(int64(len(e.Body)))
	for b.Loop() {
		record, err := encode(7, e)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := decode(7, record); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppendAndRead appends a batch of 200 events and reads it again.
func BenchmarkAppendAndRead(b *testing.B) {
	l, err := Open(b.Context(), Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	e := batchOf(b, 200)
	b.SetBytes(int64(len(e.Body)))
	for b.Loop() {
		seq, err := l.Append(b.Context(), e)
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range l.Read(b.Context(), seq) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
