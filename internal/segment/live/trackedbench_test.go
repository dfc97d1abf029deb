package live

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// benchEvents are events of about 600 bytes, as kith-bench sends them.
func benchEvents() map[string]commerce.Event {
	filler := strings.Repeat("abcdefghijklmnopqrstuvwxyz", 12)
	view := `{"product_id":"p10442","category":"shoes","price":43.42,"url":"https://shop.example/p/10442?ref=` + filler[:200] + `"}`
	order := `{"order_id":"s1000","total":70,"currency":"EUR","products":[{"product_id":"p442","price":20,"quantity":1},{"product_id":"p222","price":15,"quantity":2}],"note":"` + filler[:150] + `"}`
	page := `{"path":"/` + filler[:100] + `","referrer":"https://search.example/` + filler[:120] + `"}`
	wide := `{"product_id":"SKU-10442","name":"Fountain pen, black","category":"Pens \u0026 ink","brand":"Lamy","price":"24.90","currency":"EUR","quantity":1,` +
		`"url":"https://shop.example/en/pens/fountain-pen-black?utm_source=newsletter\u0026utm_campaign=spring","referrer":"https://shop.example/en/pens","title":"Stilou negru, vârf fin","locale":"en-GB","screen":{"width":1440,"height":900},"list":"search results","position":7}`
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	const message = "0b6dd0a4-0000-4000-8000-00000000a001"
	return map[string]commerce.Event{
		"view":     {At: at, Type: "track", Name: "Product Viewed", CustomerID: "c1042", MessageID: message, Properties: json.RawMessage(view)},
		"wide":     {At: at, Type: "track", Name: "Product Viewed", CustomerID: "c1042", MessageID: message, Properties: json.RawMessage(wide)},
		"page":     {At: at, Type: "page", Name: "Home", AnonymousID: "v1042", MessageID: message, Properties: json.RawMessage(page)},
		"order":    {At: at, Type: "track", Name: "Order Completed", CustomerID: "c1042", MessageID: message, Properties: json.RawMessage(order)},
		"identify": {At: at, Type: "identify", CustomerID: "c1042", MessageID: message, Traits: json.RawMessage(`{"city":"c400","note":"` + filler[:250] + `"}`)},
	}
}

// BenchmarkTracked measures what a Tracker does with an event beside the engine.
func BenchmarkTracked(b *testing.B) {
	engine, err := New(eval.Settings{Zone: time.UTC}, nil, func(Transition) {})
	if err != nil {
		b.Fatal(err)
	}
	t := NewTracker(engine, "EUR")
	for name, ev := range benchEvents() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				taken := t.read(&ev, customer.Place{})
				f := &taken
				if err := t.check(f); err != nil {
					b.Fatal(err)
				}
				switch f.class {
				case customer.TrackedEvent:
					t.tracked(f)
				case customer.OrderEvent:
					o := t.readOrder(f)
					t.orderOf(f, o)
				default:
					f.identified()
				}
			}
		})
	}
}
