package rfm_test

import (
	"strings"
	"testing"

	"kith/internal/rfm"
)

// The table of the specification, R 5 first.
const grid = `
New         | Promising   | Active      | Loyal            | Champions
Promising   | Promising   | Active      | Loyal            | Champions
Needs attention | Needs attention | Needs attention | Loyal | Loyal
Almost lost | Almost lost | At risk     | At risk          | Previously loyal
Dormant     | Dormant     | Dormant     | Previously loyal | Previously loyal`

func TestCellsAreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	for i, line := range strings.Split(strings.TrimSpace(grid), "\n") {
		for j, want := range strings.Split(line, "|") {
			if got := rfm.Cell(5-i, j+1); string(got) != strings.TrimSpace(want) {
				t.Errorf("R %d FM %d is %s, want %s", 5-i, j+1, got, want)
			}
		}
	}
}

func TestOneOrderCountsByRecencyAlone(t *testing.T) {
	t.Parallel()
	for r, want := range map[int]rfm.Group{5: rfm.New, 4: rfm.New, 3: rfm.NeedsAttention, 2: rfm.AlmostLost, 1: rfm.Dormant} {
		for f := 1; f <= 5; f++ {
			if got := rfm.Of(r, f, 5, true); got != want {
				t.Errorf("R %d F %d with one order is %s, want %s", r, f, got, want)
			}
		}
	}
	if got := rfm.Of(5, 5, 4, false); got != rfm.Champions {
		t.Errorf("R 5 F 5 M 4 is %s", got)
	}
}

func TestTiesShareAScore(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		worse, n int64
		want     int
	}{{0, 1, 1}, {0, 5, 1}, {1, 5, 2}, {4, 5, 5}, {19, 100, 1}, {20, 100, 2}, {99, 100, 5}, {2, 3, 4}} {
		if got := rfm.Score(tc.worse, tc.n); got != tc.want {
			t.Errorf("Score(%d, %d) = %d, want %d", tc.worse, tc.n, got, tc.want)
		}
	}
	if rfm.FM(1, 2) != 2 || rfm.FM(2, 2) != 2 || rfm.FM(4, 5) != 5 || rfm.FM(1, 1) != 1 {
		t.Error("FM does not round up")
	}
}

func TestTabulateAddsUp(t *testing.T) {
	t.Parallel()
	report := rfm.Tabulate([]rfm.Row{
		{R: 5, F: 5, M: 5, Customers: 2, Orders: 20, Revenue: 200},
		{R: 5, F: 1, M: 5, OneOrder: true, Customers: 1, Orders: 1, Revenue: 50},
		{R: 1, F: 1, M: 1, OneOrder: true, Customers: 1, Orders: 1, Revenue: -10},
	})
	if report.Customers != 4 || len(report.Cells) != 25 || len(report.Groups) != 10 {
		t.Fatalf("report of %d customers, %d cells, %d groups", report.Customers, len(report.Cells), len(report.Groups))
	}
	var customers, orders int64
	var share float64
	for _, g := range report.Groups {
		customers, orders, share = customers+g.Customers, orders+g.Orders, share+g.Share
		if g.Name == rfm.Champions && (g.Customers != 2 || g.Revenue != 200 || g.Share != 0.5) {
			t.Errorf("Champions: %+v", g)
		}
	}
	if customers != 4 || orders != 22 || share != 1 {
		t.Errorf("groups come to %d customers, %d orders, share %g", customers, orders, share)
	}
	if c := report.Cells[2]; c.R != 5 || c.FM != 3 || c.Customers != 1 || c.Revenue != 50 {
		t.Errorf("cell R 5 FM 3: %+v", c)
	}
	if empty := rfm.Tabulate(nil); empty.Customers != 0 || empty.Groups[0].Share != 0 {
		t.Errorf("nothing comes to %+v", empty)
	}
}

func TestEveryGroupHasANameInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ro", "ko", "zh-Hant"} {
		for _, g := range append(rfm.Groups(), rfm.Prospects) {
			if rfm.Display(g, language) == string(g) {
				t.Errorf("%s is in English in %s", g, language)
			}
		}
	}
	if rfm.Display(rfm.AtRisk, "de") != "At risk" {
		t.Error("an unknown language is not English")
	}
}
