package live_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/segment/live"
	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// TestTracker: what is refused changes nothing and leaves its message id free;
// what came before is dropped. Package warehouse compares all meanings with SQL.
func TestTracker(t *testing.T) {
	t.Parallel()
	segments := map[string]string{
		"everyone": `everyone`, "paid": `sum(order.total) = 14.929998`, "points": `points.balance = 5`, "back": `sum(refund.total) = 7`,
		"named": `traits.first_name = "Ana" and tags contains "vip"`,
	}
	var all []eval.Segment
	for id, text := range segments {
		checked, problems := segql.Compile(text, script.Catalogue(script.Shop{}, nil))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		all = append(all, eval.Segment{ID: id, Checked: checked})
	}
	engine, err := live.New(eval.Settings{Zone: time.UTC}, all, func(live.Transition) {})
	if err != nil {
		t.Fatal(err)
	}
	tracker := live.NewTracker(engine, "RON")
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for i, step := range []struct{ customer, name, message, properties, want string }{
		{"ana", "Order Completed", "m1", `{"id":"o1","total":3,"currency":"EUR"}`, "currency: no rate for EUR on 2026-03-01"},
		{"ana", "", "", ``, "event: no event"},
		{"", "rate", "", ``, ""},
		{"ana", "Order Completed", "m1", `{"id":"o1","total":3,"currency":"EUR"}`, ""},
		{"bob", "points", "m1", `{"amount":5}`, live.ErrRepeat.Error()},
		{"bob", "order", "", `{"id":"o1","total":3,"currency":"EUR"}`, "customer_id: order o1 was imported before with customer ana"},
		{"ana", "order", "", `{"id":"o1","total":4,"currency":"EUR"}`, "total: order o1 was imported before with total 14.929998"},
		{"ana", "order", "", `{"id":"o1","value":"3","currency":"eur","status":"Completed","refunded":"1.5"}`, ""},
		{"cyd", "order", "", `{"id":"o1","products":[{"product_id":"lamp","quantity":-2,"price":4,"discount":1}]}`, ""},
		{"cyd", "order", "", `{"id":"o1","products":[{"product_id":"lamp","quantity":-2,"price":4,"discount":1}]}`, ""}, // again
		{"dan", "points", "m2", `{"amount":5}`, ""},
		{"dan", "points", "m2", `{"amount":5}`, live.ErrRepeat.Error()},
		{"dan", "cancel", "", `{}`, "order_id: it is missing"},
		{"ana", "identify", "", `{"firstName":"Ana","tags":"vip"}`, ""},
	} {
		if step.name == "rate" {
			tracker.SetRate(at.Unix()/86_400, "EUR", eval.Number(4_976_666))
			continue
		}
		e := commerce.Event{At: at, Name: step.name, CustomerID: step.customer, MessageID: step.message, Properties: json.RawMessage(step.properties)}
		if step.name == "identify" {
			e.Type, e.Properties, e.Traits = "identify", nil, e.Properties
		}
		err := tracker.ArriveTracked(e, customer.Place{Seq: 1, Pos: int64(i)})
		if got := fmt.Sprint(err); err != nil && got != step.want || err == nil && step.want != "" {
			t.Errorf("%s %s: %s, want %s", step.name, step.properties, got, step.want)
		}
	}
	for id, want := range map[string]string{"everyone": "[ana cyd dan]", "paid": "[ana]", "points": "[dan]", "back": "[cyd]", "named": "[ana]"} {
		if got, err := engine.Members(id, at.UnixMicro()); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v %v, want %s", id, got, err, want)
		}
	}
}
