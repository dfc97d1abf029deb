package figures_test

import (
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/figures"
)

func TestMostMoved(t *testing.T) {
	t.Parallel()
	all := []figures.Moved{
		{ID: "tiny", Size: 6, Before: 3}, // doubled, and yet against a floor of 20
		{ID: "large", Size: 15_000, Before: 10_000},
		{ID: "still", Size: 900, Before: 900},
		{ID: "gone", Size: 0, Before: 400},
		{ID: "new", Size: 30, Before: 0},
	}
	got := figures.MostMoved(all, 1000)
	want := []string{"new", "gone", "large", "tiny"}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, id := range want {
		if got[i].ID != id {
			t.Errorf("place %d is %s, want %s", i, got[i].ID, id)
		}
	}
	if got := figures.MostMoved(all, 1_000_000); got[0].ID != "large" {
		t.Errorf("in a large shop %s comes first", got[0].ID) // the floor is 1,000
	}
	if list := figures.MostMoved(nil, 0); list == nil || len(list) != 0 {
		t.Errorf("of nothing: %v", list)
	}
	if list := figures.Shrinking(got, 1000); len(list) != 1 || list[0].ID != "gone" {
		t.Errorf("shrinking: %+v", list)
	}
}

func TestQuiet(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC)
	before := func(d time.Duration) *time.Time { x := at.Add(-d); return &x }
	const week = 7 * 24 * time.Hour
	for name, tc := range map[string]struct {
		f    figures.Freshness
		want int
	}{
		"never begun":   {figures.Freshness{}, 0},
		"a week":        {figures.Freshness{LastOrderAt: before(week)}, 1},
		"not quite":     {figures.Freshness{LastOrderAt: before(week - time.Microsecond)}, 0},
		"an event came": {figures.Freshness{LastOrderAt: before(2 * week), LastEventAt: before(time.Hour)}, 0},
	} {
		if got := tc.f.Quiet(at); len(got) != tc.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestFinishRounds(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		sold   int64
		orders int64
		want   int64
	}{{30_000, 2, 20_000}, {-30_000, 2, -20_000}, {1_000_000, 3, 330_000}, {0, 4, 0}} {
		f := figures.Figures{Orders: tc.orders}
		f.Finish(figures.Totals{Sold: amount(tc.sold)}, 0)
		if *f.AverageOrder != amount(tc.want) {
			t.Errorf("%d / %d is %v", tc.sold, tc.orders, *f.AverageOrder)
		}
	}
}

func amount(millionths int64) commerce.Amount { return commerce.Amount(millionths) }
