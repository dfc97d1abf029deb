package warehouse_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segql"
	"kith/internal/warehouse"
	"kith/internal/warehouse/warehousetest"
)

// checkedIn checks a text in a shop with saved segments.
func checkedIn(t *testing.T, text string, saved map[string]string) *segql.Checked {
	t.Helper()
	c, problems := segql.Compile(text, &segql.Catalogue{Segment: func(id string) (segql.Node, bool) {
		node, problems := segql.Parse(saved[id])
		return node, len(problems) == 0
	}})
	if len(problems) > 0 {
		t.Fatalf("%s: %v", text, problems)
	}
	return c
}

func TestCompare(t *testing.T) {
	t.Parallel()
	shop := warehousetest.Open(t, "RON", "UTC")
	var rows []warehouse.Row
	for i := range 30 {
		total := warehouse.Micros(i) * 1_000_000
		rows = append(rows, warehouse.Row{
			"order_id": fmt.Sprint(i), "customer_id": fmt.Sprintf("c%02d", i), "total": total,
			"ts": time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC), "file": int64(0), "line": int64(i), "pos": int64(i),
		})
	}
	shop.Add(commerce.Orders, rows...)
	at := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	settings := commerce.Settings{Currency: "RON"}.Filled()
	q := shop.Questions(func() commerce.Settings { return settings })

	small, large := checkedIn(t, "sum(order.total) < 20", nil), checkedIn(t, "sum(order.total) >= 15", nil)
	// One id with two meanings: each side follows its own reference.
	before := checkedIn(t, `in segment "x"`, map[string]string{"x": "sum(order.total) >= 28"})
	after := checkedIn(t, `in segment "x"`, map[string]string{"x": "sum(order.total) >= 29"})
	pairs := []segment.Pair{{Before: small, After: large}, {After: before}, {Before: before}, {Before: small, After: small}, {Before: before, After: after}}
	for range 30 { // more than one statement holds
		pairs = append(pairs, segment.Pair{Before: before, After: after})
	}
	got, err := q.Compare(t.Context(), pairs, at, 3)
	if err != nil {
		t.Fatal(err)
	}
	referred := segment.Difference{Before: 2, After: 1, Leaving: 1, FirstEntering: []string{}, FirstLeaving: []string{"c28"}}
	want := []segment.Difference{
		{Before: 20, After: 15, Entering: 10, Leaving: 15, FirstEntering: []string{"c20", "c21", "c22"}, FirstLeaving: []string{"c00", "c01", "c02"}},
		{After: 2, Entering: 2, FirstEntering: []string{"c28", "c29"}, FirstLeaving: []string{}},
		{Before: 2, Leaving: 2, FirstEntering: []string{}, FirstLeaving: []string{"c28", "c29"}},
		{Before: 20, After: 20, FirstEntering: []string{}, FirstLeaving: []string{}},
		referred,
	}
	for range 30 {
		want = append(want, referred)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Compare (-want +got):\n%s", diff)
	}
}

func TestCompareUsesTheLatestRun(t *testing.T) {
	t.Parallel()
	shop := warehousetest.Open(t, "RON", "UTC")
	order := func(id, customer string, total int64, ts time.Time) warehouse.Row {
		return warehouse.Row{
			"order_id": id, "customer_id": customer, "total": warehouse.Micros(total * 1_000_000), "ts": ts,
			"file": int64(0), "line": int64(1), "pos": int64(1),
		}
	}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	shop.Add(commerce.Orders, order("1", "ana", 10, day), order("2", "bob", 20, day))
	if err := shop.Score(t.Context(), 2, day.AddDate(0, 0, 1), nil); err != nil {
		t.Fatal(err)
	}
	later := warehouse.Batch{Seq: 3, Kind: commerce.Orders, At: day, Rows: []warehouse.Row{order("3", "ana", 1000, day.AddDate(0, 0, 2))}}
	if _, err := shop.Load(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	settings := commerce.Settings{Currency: "RON"}.Filled()
	q := shop.Questions(func() commerce.Settings { return settings })
	top := checkedIn(t, "rfm.monetary >= 3", nil)
	var members []string
	err := q.Members(t.Context(), top, day.AddDate(0, 0, 3), true, func(id string) error {
		members = append(members, id)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := q.Compare(t.Context(), []segment.Pair{{After: top}}, day.AddDate(0, 0, 3), 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"bob"}, {"bob"}}, [][]string{members, got[0].FirstEntering}); diff != "" {
		t.Errorf("the members of the saved segment and those that would enter (-want +got):\n%s", diff)
	}
}
