package warehouse

import (
	"fmt"
	"strings"
	"testing"
)

// TestEventsAreCheckedLikeFiles: an order, a cancellation, a refund or points
// that come as an event are refused for what a row of a file is refused for.
func TestEventsAreCheckedLikeFiles(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	cases := []struct{ event, properties, want string }{
		{"order", `{"id":"o","status":"bogus"}`, `status: "bogus" is no status that is known: paid, `},
		{"order", `{"id":"o","total":-5}`, `total: "-5" is negative: a return is a refund`},
		{"order", `{"id":"o","revenue":"-5"}`, `revenue: "-5" is negative`},
		{"order", `{"id":"o","total":"abc"}`, `total: "abc" is not a number`},
		{"order", `{"id":"o","total":{"a":1}}`, `total: "{"a":1}" is not a number`},
		{"order", `{"id":"o","tax":"1,5"}`, `tax: "1,5" is not a number`},
		{"order", `{"id":"o","refunded":-5}`, `refunded: "-5" is negative`},
		{"order", `{"id":"o","cancelled_at":"soon"}`, `cancelled_at: "soon" is not an instant`},
		{"order", `{"id":"o","currency":"dollars"}`, `currency: "dollars" is not a currency code`},
		{"order", `{"id":"o","currency":"usd"}`, `currency: no rate for USD on 2026-03-01`},
		{"order", `{"id":"a\nb"}`, `order_id: "a` + "\n" + `b" holds a line break`},
		{"order", `{"id":"o","products":{"product_id":"lamp"}}`, `products: it is not a list of products`},
		{"order", `{"id":"o","items":3}`, `items: it is not a list of products`},
		{"order", `{"id":"o","products":["lamp"]}`, `products: a product in it is not an object`},
		{"order", `{"id":"o","products":[{"product_id":"lamp","price":1},{"product_id":"rug","price":-1}]}`, `price: "-1" is negative`},
		{"order", `{"id":"o","products":[{"product_id":"lamp","unit_price":"abc","price":1}]}`, `unit_price: "abc" is not a number`},
		{"order", `{"id":"o","products":[{"product_id":"lamp","quantity":"two"}]}`, `quantity: "two" is not a number`},
		{"order", `{"id":"o","products":[{"product_id":"lamp","discount":"ten"}]}`, `discount: "ten" is not a number`},
		{"order", `{"id":"o","products":[{"product_id":"la\tmp"}]}`, `product_id: "la` + "\t" + `mp" holds a line break`},
		{"cancel", `{}`, `order_id: it is missing`},
		{"cancel", ``, `order_id: it is missing`},
		{"refund", `{"order_id":"o","total":-5}`, `total: "-5" is negative`},
		{"refund", `{"order_id":"o","amount":"five"}`, `amount: "five" is not a number`},
		{"refund", `{"order_id":"o","total":5,"quantity":"two"}`, `quantity: "two" is not a number`},
		{"refund", `{"order_id":"o","total":5,"currency":"dollars"}`, `currency: "dollars" is not a currency code`},
		{"refund", `{"order_id":"o","total":5,"currency":"USD"}`, `currency: no rate for USD on 2026-03-01`},
		{"points", `{"points":"many"}`, `points: "many" is not a number`},
		{"points_earned", `{"reason":"order"}`, `amount: it is missing`},
	}
	var rows []Row
	for i, c := range cases {
		rows = append(rows, track(fmt.Sprintf("c%d", i), c.event, "2026-03-01T10:00:00Z", c.properties))
	}
	r := s.events(rows...)
	if r.Accepted != 0 || r.Customers != 0 || len(r.Refusals) != len(cases) {
		t.Fatalf("accepted %d, customers %d: %s", r.Accepted, r.Customers, refusals(r))
	}
	for i, f := range r.Refusals {
		if got := f.Column + ": " + f.Reason; f.Pos != int64(i) || !strings.HasPrefix(got, cases[i].want) {
			t.Errorf("%s %s\n got: %s\nwant: %s", cases[i].event, cases[i].properties, got, cases[i].want)
		}
	}
	for _, table := range []string{"orders", "item", "refund", "points", "cancellation", "person_key", "customer", "event"} {
		s.want("SELECT count(*) FROM "+table, "0")
	}
}

// TestEventsThatAreJustRight: what only looks like a mistake is taken.
func TestEventsThatAreJustRight(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	r := s.events(
		track("ana", "order", "2026-03-01T10:00:00Z", `{"id":"o1","status":"On hold","total":"","value":"12.50","currency":"ron","products":[]}`),
		track("ana", "order", "2026-03-01T10:00:00Z", `{"id":"o2","total":-8,"products":[{"product_id":"lamp","quantity":-1,"price":8}]}`),
		track("ana", "order", "2026-03-01T10:00:00Z", `{"id":"o3","total":null,"products":null,"items":[{"product_id":"lamp","price":0}]}`),
		track("ana", "points_spent", "2026-03-01T10:00:00Z", `{"amount":-4}`),
	)
	if r.Accepted != 4 {
		t.Fatal(refusals(r))
	}
	s.want("SELECT id, total, status FROM orders ORDER BY id", "o1 12.5 on_hold", "o3 0 -")
	s.want("SELECT order_id, total FROM refund", "o2 8")
	s.want("SELECT amount FROM points", "-4")
}

// TestRefusedEventsMakeNobodyKnown: neither their customers nor their message
// ids are taken down, whatever they are refused for.
func TestRefusedEventsMakeNobodyKnown(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	order := func(customer, message, properties string) Row {
		r := track(customer, "order", "2026-03-01T10:00:00Z", properties)
		r["message_id"], r["email"] = message, customer+"@x.ro"
		return r
	}
	r := s.events(
		order("ana", "m1", `{"id":"o1","total":5}`),
		order("bob", "m2", `{"id":"o1","total":5}`),
		order("cyd", "m3", `{"id":"o2","total":"abc"}`),
		order("ana", "m4", `{"id":"o3","total":7}`),
		order("dan", "m5", `{"id":"o4","total":7,"currency":"USD"}`),
	)
	if got := refusals(r); got != `2 customer_id: order o1 was imported before with customer ana; 3 total: "abc" is not a number; 5 currency: no rate for USD on 2026-03-01` {
		t.Error(got)
	}
	if r.Customers != 1 || r.Orders != 2 || r.Accepted != 2 {
		t.Errorf("%+v", r)
	}
	s.want("SELECT DISTINCT value FROM person_key ORDER BY value", "ana", "ana@x.ro")
	s.rates(Row{"date": "2026-03-01", "currency": "USD", "rate": 5})
	r = s.events(
		order("eve", "m3", `{"id":"o2","total":1}`),
		order("dan", "m5", `{"id":"o4","total":7,"currency":"USD"}`),
		order("fay", "m6", `{"id":"o3","total":8}`),
	)
	if got := refusals(r); got != "3 customer_id: order o3 was imported before with customer ana" {
		t.Error(got)
	}
	s.want("SELECT id, total FROM orders ORDER BY id", "o1 5", "o2 1", "o3 7", "o4 35")
	s.want("SELECT count(*) FROM person_key WHERE value LIKE 'fay%'", "0")
}
