package warehouse_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segql"
	"kith/internal/warehouse"
	"kith/internal/warehouse/warehousetest"
)

// vocabularyShop has some of everything, and questions over it.
func vocabularyShop(t *testing.T) *warehouse.Questions {
	t.Helper()
	shop := warehousetest.Open(t, "RON", "Europe/Bucharest")
	var customers, orders, events []warehouse.Row
	for i := range 40 {
		id := fmt.Sprintf("c%02d", i)
		country := []string{"RO", "RO", "RO", "MD"}[i%4]
		customers = append(customers, warehouse.Row{
			"customer_id": id, "fields": []warehouse.Field{
				{Name: "country", Value: country},
				{Name: "tags", Value: `["vip","n` + fmt.Sprint(i%2) + `"]`},
				{Name: "subscribed.email", Value: fmt.Sprint(i%2 == 0)},
				{Name: "traits.shoe_size", Value: fmt.Sprint(36 + i%3)},
				{Name: "traits.fan", Value: "true"},
				{Name: "traits.since", Value: "2020-01-02"},
				{Name: "traits.note", Value: fmt.Sprintf("note %d", i)},
			},
		})
		orders = append(orders, warehouse.Row{
			"order_id": "o" + id, "customer_id": id, "ts": "2026-01-01T10:00:00Z", "coupon": []string{"SPRING", ""}[i%2],
			"product_id": fmt.Sprintf("p%d", i%5), "category": []string{"shoes", "hats"}[i%2], "quantity": "1", "unit_price": "10", "total": "10",
		})
	}
	for i := range 30 {
		events = append(events, warehouse.Row{
			"ts": fmt.Sprintf("2026-01-02T10:%02d:00Z", i), "event": []string{"Quiz Finished", "Product Viewed"}[i%2], "customer_id": "c01",
			"properties": fmt.Sprintf(`{"product_id":"p%d","score":%d,"mood":"good","list":[1]}`, i%3, i%2),
		})
	}
	shop.Add(commerce.Customers, customers...)
	shop.Add(commerce.Orders, orders...)
	shop.Add(commerce.Events, events...)
	return shop.Questions(func() commerce.Settings { return commerce.Settings{}.Filled() })
}

var vocabularyAt = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)

func askValues(t *testing.T, q *warehouse.Questions, name string, limit int) segment.Values {
	t.Helper()
	facts, info, ok := segql.LookupName(name)
	if !ok {
		t.Fatalf("%s is not a name", name)
	}
	v, err := q.Values(t.Context(), facts, info, vocabularyAt, limit)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func TestValues(t *testing.T) {
	t.Parallel()
	q := vocabularyShop(t)
	for name, want := range map[string][]segment.Value{
		"country":                        {{Value: "RO", Count: 30}, {Value: "MD", Count: 10}},
		"tags":                           {{Value: "vip", Count: 40}, {Value: "n0", Count: 20}, {Value: "n1", Count: 20}},
		"subscribed.email":               {{Value: "false", Count: 20}, {Value: "true", Count: 20}},
		"traits.shoe_size":               {{Value: "36", Count: 14}, {Value: "37", Count: 13}, {Value: "38", Count: 13}},
		"order.coupon":                   {{Value: "SPRING", Count: 20}},
		"item.category":                  {{Value: "hats", Count: 20}, {Value: "shoes", Count: 20}},
		"item.product":                   {{Value: "p0", Count: 8}, {Value: "p1", Count: 8}, {Value: "p2", Count: 8}, {Value: "p3", Count: 8}, {Value: "p4", Count: 8}},
		"product_viewed.product":         {{Value: "p0", Count: 5}, {Value: "p1", Count: 5}, {Value: "p2", Count: 5}},
		`event("Quiz Finished").score`:   {{Value: "0", Count: 15}},
		"quiz_finished.mood":             {{Value: "good", Count: 15}},
		"quiz_finished.list":             {},
		"quiz_finished.nothing":          {},
		"never_seen.x":                   {},
		"traits.nothing":                 {},
		"message.status":                 {},
		"message.opened":                 {},
		"favourite.category":             {},
		"cart_item.tags":                 {},
		"ticket.topic":                   {},
		"coupon.code":                    {},
		"points.reason":                  {},
		"refund.reason":                  {},
		"visit.source":                   {},
		"rfm.group":                      {},
		`quiz_finished.a'b\"c $.*[0] --`: nil,
	} {
		if want == nil {
			continue // not a name, which LookupName says
		}
		if diff := cmp.Diff(segment.Values{List: want}, askValues(t, q, name, 20)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if v := askValues(t, q, "item.product", 2); len(v.List) != 2 || !v.Sampled {
		t.Errorf("of five products two were asked for: %+v", v)
	}
	for _, name := range []string{"order.total", "age", "birth_date", "created_at", "cart.value", "stage", "shop.country", "discount.share"} {
		facts, info, _ := segql.LookupName(name)
		if _, err := q.Values(t.Context(), facts, info, vocabularyAt, 5); commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryFieldHasValuesOrIsRefused goes over the catalogue.
func TestEveryFieldHasValuesOrIsRefused(t *testing.T) {
	t.Parallel()
	q := vocabularyShop(t)
	ask := func(facts *segql.Facts, info segql.FieldInfo) {
		if _, err := q.Values(t.Context(), facts, info, vocabularyAt, 5); err != nil && commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("%v %s: %v", facts, info.Name, err)
		}
	}
	for _, info := range segql.Fields() {
		ask(nil, info)
	}
	for _, name := range segql.FactNames() {
		facts := &segql.Facts{Name: name}
		for _, info := range segql.FactFields(facts) {
			ask(facts, info)
		}
	}
	event := &segql.Facts{Name: "x", Event: true}
	for _, info := range segql.FactFields(event) {
		ask(event, info)
	}
}

func TestSeen(t *testing.T) {
	t.Parallel()
	q := vocabularyShop(t)
	events, err := q.SeenEvents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []segment.SeenEvent{
		{Key: "product_viewed", Name: "Product Viewed", Count: 15, LastSeen: time.Date(2026, 1, 2, 10, 29, 0, 0, time.UTC), Properties: []string{"list", "mood", "product_id", "score"}},
		{Key: "quiz_finished", Name: "Quiz Finished", Count: 15, LastSeen: time.Date(2026, 1, 2, 10, 28, 0, 0, time.UTC), Properties: []string{"list", "mood", "product_id", "score"}},
	}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	traits, err := q.SeenTraits(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wanted := []segment.SeenTrait{
		{Name: "traits.fan", Customers: 40, Type: segql.Bool}, {Name: "traits.note", Customers: 40, Type: segql.Text}, {Name: "traits.shoe_size", Customers: 40, Type: segql.Number}, {Name: "traits.since", Customers: 40, Type: segql.DateType},
	}
	if diff := cmp.Diff(wanted, traits); diff != "" {
		t.Errorf("traits (-want +got):\n%s", diff)
	}
}

func TestSample(t *testing.T) {
	t.Parallel()
	q := vocabularyShop(t)
	for _, text := range []string{`country = "MD"`, "everyone", "has order[coupon is missing]", "no order", `rfm.group = "Prospects"`} {
		checked, problems := segql.Compile(text, nil)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		var members []string
		if err := q.Members(t.Context(), checked, vocabularyAt, false, func(id string) error { members = append(members, id); return nil }); err != nil {
			t.Fatal(err)
		}
		for _, limit := range []int{0, 1, 7, 50} {
			got, err := q.Sample(t.Context(), segment.Question{Checked: checked}, vocabularyAt, limit)
			if err != nil {
				t.Fatal(err)
			}
			first := members[:min(limit, len(members))]
			if got.Count != int64(len(members)) || got.Everyone != 40 || !slices.Equal(got.First, first) {
				t.Errorf("%s, %d: %+v, want %d and %v", text, limit, got, len(members), first)
			}
		}
	}
}
