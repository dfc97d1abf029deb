package warehouse_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer/eventtest"
	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/warehouse"
)

// TestLargeAmounts: in won and forint a million is little.
func TestLargeAmounts(t *testing.T) {
	t.Parallel()
	db, err := warehouse.Open(t.Context(), warehouse.Config{Currency: "KRW", Zone: time.UTC, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	day := eventtest.Begin
	event := func(name, properties string) commerce.Event {
		return commerce.Event{At: day, Name: name, CustomerID: "kim", Properties: json.RawMessage(properties)}
	}
	for i, b := range []warehouse.Batch{
		{Kind: commerce.Rates, Rows: []warehouse.Row{{"date": day, "currency": "EUR", "rate": "1500.5"}}},
		{Kind: commerce.Orders, Rows: []warehouse.Row{
			{"order_id": "o1", "ts": day, "customer_id": "kim", "product_id": "lamp", "category": "home", "quantity": 2, "unit_price": 1_200_000},
			{"order_id": "o2", "ts": day, "customer_id": "lee", "product_id": "lamp", "category": "home", "quantity": -1, "unit_price": 1_200_000},
		}},
		{Kind: commerce.Events, Rows: warehouse.EventRows([]commerce.Event{
			event("order", `{"id":"o3","currency":"EUR","products":[{"product_id":"cup","quantity":3,"price":1000}]}`),
			event("product_added", `{"product_id":"lamp","price":1200000,"quantity":1000001}`),
			event("product_added_to_wishlist", `{"product_id":"lamp","price":1200000}`),
		})},
		{Kind: commerce.Products, Rows: []warehouse.Row{{"product_id": "lamp", "price": 900_000}}},
	} {
		b.Seq, b.At = int64(i+1), eventtest.End
		if r, err := db.Load(t.Context(), b); err != nil || r.Refused > 0 {
			t.Fatal(err, r.Refusals)
		}
	}
	q := db.Questions(func() commerce.Settings { return commerce.Settings{Currency: "KRW"}.Filled() })
	for text, want := range map[string]string{
		`sum(order.total) = 6901500`: "[kim]", `has order[total / 2 = 1200000]`: "[kim]", `avg(order.total) > 3450749`: "[kim]",
		`sum(item.revenue) = 6901500`: "[kim]", `cart.value > 1000000`: "[kim]", `has cart_item[revenue > 1000000]`: "[kim]", `has favourite[price_drop = 0.25]`: "[kim]",
		`max(order.total) * 2 - 1 = 9002999`: "[kim]", `sum(refund.total) = 1200000`: "[lee]", `price_band is not missing`: "[kim]", `spend.net < 0`: "[lee]",
		`rfm.group is not missing`: "[kim lee]", `discount.share = 0`: "[kim]", `last(order.total) between 1 and 9000000`: "[kim]",
	} {
		checked, problems := segql.Compile(text, script.Catalogue(script.Shop{}, nil))
		if len(problems) > 0 {
			t.Fatalf("%s: %v", text, problems)
		}
		var got []string
		err := q.Members(t.Context(), checked, eventtest.End, false, func(id string) error {
			got = append(got, id)
			return nil
		})
		if slices.Sort(got); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v %v, want %s", text, got, err, want)
		}
	}
}
