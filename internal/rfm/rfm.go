package rfm

import (
	"fmt"

	"kith/internal/commerce"
)

// Group is a name for customers with alike scores, as the language knows it.
type Group string

// Groups, best first.
const (
	Champions       Group = "Champions"
	Loyal           Group = "Loyal"
	Active          Group = "Active"
	Promising       Group = "Promising"
	New             Group = "New"
	NeedsAttention  Group = "Needs attention"
	PreviouslyLoyal Group = "Previously loyal"
	AtRisk          Group = "At risk"
	AlmostLost      Group = "Almost lost"
	Dormant         Group = "Dormant"
	Prospects       Group = "Prospects" // no orders, hence no scores
)

// Groups lists the groups of customers with orders, best first.
func Groups() []Group {
	return []Group{Champions, Loyal, Active, Promising, New, NeedsAttention, PreviouslyLoyal, AtRisk, AlmostLost, Dormant}
}

// Score of a value for which worse of n customers have a strictly worse one:
// ties always share a score, 5 is best.
func Score(worse, n int64) int { return 1 + int(5*worse/n) }

// FM is what frequency and monetary come to together.
func FM(f, m int) int { return (f + m + 1) / 2 }

// Of returns the group of scores from 1 to 5. Whoever has exactly one order
// is judged by recency alone.
func Of(r, f, m int, oneOrder bool) Group {
	if oneOrder {
		return [...]Group{Dormant, AlmostLost, NeedsAttention, New, New}[r-1]
	}
	return Cell(r, FM(f, m))
}

// Cell returns the group of a cell of the grid.
func Cell(r, fm int) Group {
	grid := [5][5]Group{
		{Dormant, Dormant, Dormant, PreviouslyLoyal, PreviouslyLoyal},
		{AlmostLost, AlmostLost, AtRisk, AtRisk, PreviouslyLoyal},
		{NeedsAttention, NeedsAttention, NeedsAttention, Loyal, Loyal},
		{Promising, Promising, Active, Loyal, Champions},
		{New, Promising, Active, Loyal, Champions},
	}
	return grid[r-1][fm-1]
}

// Row counts customers with the same scores.
type Row struct {
	R, F, M   int // 1 to 5
	OneOrder  bool
	Customers int64
	Orders    int64
	Revenue   commerce.Amount // totals less refunds
}

// Report is the grid and the groups.
type Report struct {
	Customers int64      `json:"customers" doc:"known customers with at least one order"`
	Groups    []GroupRow `json:"groups"`
	Cells     []CellRow  `json:"cells"`
}

// GroupRow is one group; Share is its part of the customers.
type GroupRow struct {
	Name      Group           `json:"name"`
	Customers int64           `json:"customers"`
	Orders    int64           `json:"orders"`
	Revenue   commerce.Amount `json:"revenue"`
	Share     float64         `json:"share" doc:"part of the customers, from 0 to 1"`
	Text      string          `json:"text" doc:"the segment of just these customers, as of the same instant"`
}

// CellRow is one cell of the grid.
type CellRow struct {
	R         int             `json:"r"`
	FM        int             `json:"fm"`
	Group     Group           `json:"group" doc:"of those in the cell with two orders or more; whoever has one order is judged by recency alone"`
	Customers int64           `json:"customers"`
	Revenue   commerce.Amount `json:"revenue"`
	Text      string          `json:"text" doc:"the segment of just these customers, as of the same instant"`
}

// GroupText is the segment that has just a group's customers, in the segment
// language.
func GroupText(g Group) string { return fmt.Sprintf("rfm.group = %q", string(g)) }

// CellText is the segment that has just a cell's customers. That FM is k says
// that F + M is 2k - 1 or 2k.
func CellText(r, fm int) string {
	return fmt.Sprintf("rfm.recency = %d and rfm.frequency + rfm.monetary between %d and %d", r, 2*fm-1, 2*fm)
}

// Tabulate makes the report. Every group and every cell is in it, empty ones
// too: groups from the best on, cells from R 5 down and FM 1 up.
func Tabulate(rows []Row) Report {
	var report Report
	for _, name := range Groups() {
		report.Groups = append(report.Groups, GroupRow{Name: name, Text: GroupText(name)})
	}
	for r := 5; r >= 1; r-- {
		for fm := 1; fm <= 5; fm++ {
			report.Cells = append(report.Cells, CellRow{R: r, FM: fm, Group: Cell(r, fm), Text: CellText(r, fm)})
		}
	}
	for _, row := range rows {
		report.Customers += row.Customers
		cell := &report.Cells[(5-row.R)*5+FM(row.F, row.M)-1]
		cell.Customers += row.Customers
		cell.Revenue += row.Revenue
		name := Of(row.R, row.F, row.M, row.OneOrder)
		for i := range report.Groups {
			if g := &report.Groups[i]; g.Name == name {
				g.Customers += row.Customers
				g.Orders += row.Orders
				g.Revenue += row.Revenue
			}
		}
	}
	for i := range report.Groups {
		if report.Customers > 0 {
			report.Groups[i].Share = float64(report.Groups[i].Customers) / float64(report.Customers)
		}
	}
	return report
}
