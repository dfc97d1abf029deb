package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"image/color"
	"io"
	"strconv"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/rfm"
	"kith/internal/segment/preset"
)

func (p *program) rfmCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "rfm",
		Short: "Customers by recency, and by frequency and monetary: the 5×5 grid and the groups",
		Args:  noArgs,
	})
	at := atFlag(c)
	asCSV := c.Flags().Bool("csv", false, "the groups as CSV")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *asCSV && p.json {
			return commerce.Errorf(commerce.CodeInvalid, "scoring customers: choose one of --csv and --json")
		}
		return p.ask(c, "scoring customers", func(ctx context.Context, shop api.Shop) error {
			report, err := shop.RFM(ctx, *at)
			switch {
			case err != nil:
				return err
			case p.json:
				return p.printJSON(report)
			case *asCSV:
				return writeRFM(p.stdout, report)
			}
			settings, err := shop.Settings(ctx)
			if err != nil {
				return err
			}
			return drawRFM(p.stdout, report, preset.Match(settings.Language))
		})
	}
	return c
}

// writeRFM writes the groups as CSV.
func writeRFM(w io.Writer, report api.RFM) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"group", "customers", "orders", "revenue", "share"}}
	for _, g := range report.Groups {
		rows = append(rows, []string{
			string(g.Name), strconv.FormatInt(g.Customers, 10), strconv.FormatInt(g.Orders, 10),
			g.Revenue.String(), strconv.FormatFloat(g.Share, 'f', 6, 64),
		})
	}
	return out.WriteAll(rows)
}

const cellWidth = 18

// drawRFM draws the grid, recency down and frequency with monetary across,
// and below it the groups.
func drawRFM(w io.Writer, report api.RFM, language string) error {
	grid := []string{axis()}
	for r := 5; r >= 1; r-- {
		row := []string{lipgloss.NewStyle().Width(5).Height(3).AlignVertical(lipgloss.Center).Render(fmt.Sprintf("R %d", r))}
		for _, cell := range report.Cells {
			if cell.R == r {
				row = append(row, drawCell(cell, report.Customers, language))
			}
		}
		grid = append(grid, lipgloss.JoinHorizontal(lipgloss.Top, row...))
	}
	// Colours are left out where nobody sees them, or the environment asks for it.
	if _, err := lipgloss.Fprintln(w, lipgloss.JoinVertical(lipgloss.Left, grid...)); err != nil {
		return err
	}
	fmt.Fprintln(w)
	t := newTable("GROUP", "CUSTOMERS", "SHARE", "ORDERS", "REVENUE "+report.Currency).numbers(1, 2, 3, 4)
	for _, g := range report.Groups {
		t.row(rfm.Display(g.Name, language), strconv.FormatInt(g.Customers, 10), percent(g.Share), strconv.FormatInt(g.Orders, 10), g.Revenue.Cents())
	}
	t.row(rfm.Display(rfm.Prospects, language), strconv.FormatInt(report.Prospects, 10), "", "0", "0.00")
	t.write(w)
	_, err := fmt.Fprintf(w, "\n%d customers with orders, as of %s\n", report.Customers, report.AsOf.Format(time.RFC3339))
	return err
}

func axis() string {
	cells := []string{lipgloss.NewStyle().Width(5).Render("")}
	for fm := 1; fm <= 5; fm++ {
		cells = append(cells, lipgloss.NewStyle().Width(cellWidth).Padding(0, 1).Render(fmt.Sprintf("FM %d", fm)))
	}
	return lipgloss.JoinHorizontal(lipgloss.Top, cells...)
}

func drawCell(cell rfm.CellRow, all int64, language string) string {
	name := rfm.Cell(cell.R, cell.FM)
	share := 0.0
	if all > 0 {
		share = float64(cell.Customers) / float64(all)
	}
	text := fmt.Sprintf("%s\n%d (%s)\n%s", rfm.Display(name, language), cell.Customers, percent(share), cell.Revenue.Cents())
	// Both colours are given, so that the terminal's own do not matter.
	return lipgloss.NewStyle().Width(cellWidth).Height(3).Padding(0, 1).
		Background(colourOf(name)).Foreground(lipgloss.Color("#111111")).Render(text)
}

// colourOf gives each group a light colour, from green over yellow to grey,
// on which dark text can be read.
func colourOf(g rfm.Group) color.Color {
	switch g {
	case rfm.Champions:
		return lipgloss.Color("#7ccf8a")
	case rfm.Loyal:
		return lipgloss.Color("#a8dca0")
	case rfm.Active:
		return lipgloss.Color("#c8e6b0")
	case rfm.Promising:
		return lipgloss.Color("#bfe3e8")
	case rfm.New:
		return lipgloss.Color("#b4d3f2")
	case rfm.NeedsAttention:
		return lipgloss.Color("#f7e59a")
	case rfm.PreviouslyLoyal:
		return lipgloss.Color("#f5b7a0")
	case rfm.AtRisk:
		return lipgloss.Color("#f7c99a")
	case rfm.AlmostLost:
		return lipgloss.Color("#e3cfc0")
	case rfm.Dormant, rfm.Prospects:
	}
	return lipgloss.Color("#cfd3d6")
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 1, 64) + "%" }
