package commerce_test

import (
	"encoding/json"
	"testing"
	"time"

	"kith/internal/commerce"
)

// TestContent: what two attempts to send an event may differ in is left out,
// and nothing else is.
func TestContent(t *testing.T) {
	t.Parallel()
	base := func() commerce.Event {
		return commerce.Event{
			At: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Type: "track", Name: "Order Completed", CustomerID: "c1", Email: "a@x.ro", Phone: "+4071", AnonymousID: "v",
			MessageID: "m1", Properties: json.RawMessage(`{"order_id":"o1","products":[{"id":"a","price":1},{"id":"b"}],"note":"é"}`), Traits: json.RawMessage(`{"a":1}`),
		}
	}
	want := base()
	same := map[string]func(e *commerce.Event){
		"instant":    func(e *commerce.Event) { e.At = e.At.Add(time.Hour) },
		"message id": func(e *commerce.Event) { e.MessageID = "m2" },
		"order of members": func(e *commerce.Event) {
			e.Properties = json.RawMessage(` { "note":"\u00e9", "products" : [{"price":1,"id":"a"}, {"id":"b"}],"order_id":"o1"} `)
		},
	}
	for name, change := range same {
		e := base()
		if change(&e); e.Content() != want.Content() {
			t.Errorf("another %s is other content", name)
		}
	}
	other := map[string]func(e *commerce.Event){
		"type":           func(e *commerce.Event) { e.Type = "page" },
		"name":           func(e *commerce.Event) { e.Name = "order completed" },
		"customer":       func(e *commerce.Event) { e.CustomerID = "c2" },
		"customer moved": func(e *commerce.Event) { e.CustomerID, e.Email = e.Email, e.CustomerID },
		"e-mail":         func(e *commerce.Event) { e.Email = "" },
		"phone":          func(e *commerce.Event) { e.Phone = "+4072" },
		"visitor":        func(e *commerce.Event) { e.AnonymousID = "w" },
		"a value": func(e *commerce.Event) {
			e.Properties = json.RawMessage(`{"order_id":"o2","products":[{"id":"a","price":1},{"id":"b"}],"note":"é"}`)
		},
		"a list's order": func(e *commerce.Event) {
			e.Properties = json.RawMessage(`{"order_id":"o1","products":[{"id":"b"},{"id":"a","price":1}],"note":"é"}`)
		},
		"between lists": func(e *commerce.Event) {
			e.Properties = json.RawMessage(`{"order_id":"o1","products":[{"id":"a"},{"id":"b","price":1}],"note":"é"}`)
		},
		"a kind": func(e *commerce.Event) {
			e.Properties = json.RawMessage(`{"order_id":"o1","products":[{"id":"a","price":"1"},{"id":"b"}],"note":"é"}`)
		},
		"traits": func(e *commerce.Event) { e.Traits = json.RawMessage(`{"a":2}`) },
		"moved":  func(e *commerce.Event) { e.Properties, e.Traits = e.Traits, e.Properties },
	}
	for name, change := range other {
		e := base()
		if change(&e); e.Content() == want.Content() {
			t.Errorf("another event (%s) is the same content", name)
		}
	}
	// It is kept, so that it must not change with the program.
	if got := (&commerce.Event{Name: "a", Properties: json.RawMessage(`{"b":[1]}`)}).Content(); got != 16838987021973525313 {
		t.Errorf("content %d", got)
	}
}
