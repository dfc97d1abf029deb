package insight_test

import (
	"slices"
	"strings"
	"testing"

	"kith/internal/commerce"
	"kith/internal/segment/insight"
)

func TestValueOf(t *testing.T) {
	t.Parallel()
	v := insight.ValueOf(insight.Sums{Orders: 3, Total: 100, Refunds: 40}, insight.Sums{Orders: 4, Total: 130, Refunds: 10})
	if v.Revenue != 60 || v.ShopRevenue != 120 || *v.RevenueShare != 0.5 || *v.Average != 33 || *v.ShopAverage != 33 {
		t.Errorf("%+v: average %d of %d", v, *v.Average, *v.ShopAverage)
	}
	for total, want := range map[commerce.Amount]commerce.Amount{8: 3, 7: 2, -8: -3, -7: -2, 0: 0, 9: 3} {
		if v := insight.ValueOf(insight.Sums{Orders: 3, Total: total}, insight.Sums{}); *v.Average != want {
			t.Errorf("a third of %d is %d, want %d", total, *v.Average, want)
		}
	}
	for total, want := range map[commerce.Amount]commerce.Amount{5: 3, -5: -3} { // half away from zero
		if v := insight.ValueOf(insight.Sums{Orders: 2, Total: total}, insight.Sums{}); *v.Average != want {
			t.Errorf("half of %d is %d, want %d", total, *v.Average, want)
		}
	}
	if v := insight.ValueOf(insight.Sums{}, insight.Sums{Refunds: 5}); v.Average != nil || v.ShopAverage != nil || v.RevenueShare != nil {
		t.Errorf("a shop without orders: %+v", v)
	}
}

// measured is a shop of 100,000 customers with 1,000 a revenue of 1 each, and a
// segment with some of both; another segment holds most of its members.
func measured(members int64, revenue commerce.Amount, baseline insight.Baseline) insight.Measured {
	sums := func(revenue commerce.Amount) insight.Sums { return insight.Sums{Orders: 1, Total: revenue} }
	inside := members * 96 / 100
	return insight.Measured{
		Kinds: []insight.Kind{
			{In: []uint64{0b11}, Totals: insight.Totals{Customers: inside, Year: sums(revenue)}},
			{In: []uint64{0b01}, Totals: insight.Totals{Customers: members - inside}},
			{In: []uint64{0b10}, Totals: insight.Totals{Customers: 5_000}},
			{In: []uint64{0b00}, Totals: insight.Totals{Customers: 95_000 - members, Year: sums(1000 - revenue)}},
		},
		Others:   []insight.Named{{ID: "bigger", Name: "Bigger"}},
		Baseline: baseline,
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	large := insight.NewBaseline(1000, 300)
	for name, c := range map[string]struct {
		insight.Measured
		want []insight.WarningCode
	}{
		"nobody":                             {measured(0, 0, large), []insight.WarningCode{insight.Empty}},
		"large":                              {measured(20_000, 500, large), nil},
		"few who bring much":                 {measured(900, 10, large), nil},
		"many who bring nothing":             {measured(1_000, 0, large), nil},
		"few who bring little":               {measured(999, 9, large), []insight.WarningCode{insight.Small, insight.Within}},
		"too few for a test":                 {measured(60, 500, large), []insight.WarningCode{insight.Untestable, insight.Within}},
		"one":                                {measured(1, 500, large), []insight.WarningCode{insight.Untestable}},
		"none order, enough members":         {measured(2_000, 500, insight.NewBaseline(9, 0)), nil},
		"none order":                         {measured(200, 500, insight.NewBaseline(9, 0)), []insight.WarningCode{insight.Untestable, insight.Within}},
		"all order":                          {measured(200, 500, insight.NewBaseline(9, 9)), nil},
		"nobody was a member 30 days before": {measured(200, 500, insight.Baseline{}), nil},
		"half a lift would not show":         {measured(20, 500, insight.NewBaseline(10, 9)), []insight.WarningCode{insight.Untestable, insight.Within}},
	} {
		r := insight.NewReport(c.Measured)
		var got []insight.WarningCode
		for _, w := range r.Warnings {
			got = append(got, w.Code)
			if w.Code == insight.Within && !strings.Contains(w.Message, `"bigger"`) {
				t.Errorf("%s: %s", name, w.Message)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, r.Warnings, c.want)
		}
	}
}

func TestWarningsSayTheirNumbers(t *testing.T) {
	t.Parallel()
	r := insight.NewReport(measured(500, 5, insight.NewBaseline(1000, 10)))
	var all []string
	for _, w := range r.Warnings {
		all = append(all, w.Message)
	}
	want := []string{
		"too small to matter: 0.5% of the known customers and 0.5% of the revenue of the last 12 months",
		"too small to learn from: with 250 members in a half, a test sees a lift from +440.0% on: 5.4% ordering within 30 days in place of 1.0%",
		`segment "bigger" has 5480 members and holds 96.0% of these: consider it instead`,
	}
	if !slices.Equal(all, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(all, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	for share, want := range map[float64]string{0: "0.0%", 1: "100.0%", 0.1234: "12.3%", 0.00456: "0.46%", 0.0000456: "0.0046%", -0.5: "-50.0%", 0.01: "1.0%"} {
		if got := insight.Percent(share); got != want {
			t.Errorf("%v: %s, want %s", share, got, want)
		}
	}
}
