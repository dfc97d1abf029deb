package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segment/insight"
)

func (p *program) insightCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "insight ID|'TEXT'",
		Short: "What sets a segment apart: revenue, purchases, kin, whether it is worth it",
		Args:  exactly("ID or 'TEXT'"),
	})
	at := atFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		text := idOrText(args[0])
		return p.ask(c, "looking into the segment", func(ctx context.Context, shop api.Shop) error {
			i, err := shop.Insight(ctx, api.Question{Text: text, At: *at})
			if err != nil {
				return err
			}
			p.warn(ctx, shop, text)
			if p.json {
				return p.printJSON(i)
			}
			drawInsight(p.stdout, i)
			for _, w := range i.Warnings {
				p.say("warning: %s", w.Message)
			}
			return nil
		})
	}
	return c
}

// idOrText reads an id as "@id": no text of the language but "everyone" has
// the form of one.
func idOrText(arg string) string {
	if segment.CheckID(arg) == nil && arg != "everyone" {
		return "@" + arg
	}
	return arg
}

// drawInsight writes a report: who, worth, purchases, kin, test.
func drawInsight(w io.Writer, i api.Insight) {
	if i.ID != "" {
		fmt.Fprintln(w, strings.TrimSuffix(i.ID+": "+i.Name, ": "))
	}
	fmt.Fprintln(w, i.Text)
	fmt.Fprintf(w, "%d members, %s of %d known customers, as of %s\n", i.Members, insight.Percent(i.Share), i.Customers, i.AsOf.Format(time.RFC3339))
	fmt.Fprintln(w)
	drawValue(w, i)
	if i.Members == 0 {
		return
	}
	fmt.Fprintln(w)
	drawPurchases(w, i)
	if len(i.Similar) > 0 {
		fmt.Fprintln(w)
		drawRelations(w, i.Report)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, testLine(i.Test))
}

func drawValue(w io.Writer, i api.Insight) {
	t := newTable("", "MEMBERS", "SHOP", "SHARE").numbers(1, 2, 3)
	for _, x := range []struct {
		title string
		insight.Value
	}{{"last 12 months", i.Year}, {"all time", i.Ever}} {
		t.row(x.title)
		t.row("  net revenue "+i.Currency, x.Revenue.Cents(), x.ShopRevenue.Cents(), percentOrDash(x.RevenueShare))
		orders := "-"
		if x.ShopOrders > 0 {
			orders = insight.Percent(float64(x.Orders) / float64(x.ShopOrders))
		}
		t.row("  orders", strconv.FormatInt(x.Orders, 10), strconv.FormatInt(x.ShopOrders, 10), orders)
		t.row("  average order "+i.Currency, cents(x.Average), cents(x.ShopAverage), times(x.Average, x.ShopAverage))
	}
	t.write(w)
}

func percentOrDash(share *float64) string {
	if share == nil {
		return "-"
	}
	return insight.Percent(*share)
}

func cents(a *commerce.Amount) string {
	if a == nil {
		return "-"
	}
	return a.Cents()
}

// times says how many times the shop's average the members' is.
func times(members, shop *commerce.Amount) string {
	if members == nil || shop == nil || *shop <= 0 {
		return "-"
	}
	return multiple(float64(*members) / float64(*shop))
}

func multiple(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) + "x" }

// Lists are shorter on a screen than in JSON.
const (
	purchasesShown = 5
	relationsShown = 5
	pairsShown     = 20
	nameWidth      = 40
)

func drawPurchases(w io.Writer, i api.Insight) {
	t := newTable("BOUGHT IN THE LAST 12 MONTHS", "MEMBERS", "", "OTHERS", "", "LIFT", "AT LEAST").numbers(1, 2, 3, 4, 5, 6)
	itemRow(t, "anything", i.Anything)
	for _, list := range []struct {
		title string
		items []insight.Item
	}{
		{"categories bought most", i.Categories.MostBought},
		{"categories that stand out", i.Categories.StandOut},
		{"products bought most", i.Products.MostBought},
		{"products that stand out", i.Products.StandOut},
	} {
		if len(list.items) == 0 {
			continue
		}
		t.row(list.title)
		for _, item := range list.items[:min(len(list.items), purchasesShown)] {
			name := item.Value
			if item.Name != "" {
				name += " " + item.Name
			}
			itemRow(t, "  "+clip(name, nameWidth), item)
		}
	}
	t.write(w)
}

func itemRow(t *table, name string, item insight.Item) {
	lift, atLeast := "-", "-"
	if item.AtLeast != nil {
		lift, atLeast = "only members", multiple(*item.AtLeast)
	}
	if item.Lift != nil {
		lift = multiple(*item.Lift)
	}
	t.row(name, strconv.FormatInt(item.Members, 10), insight.Percent(item.MembersShare),
		strconv.FormatInt(item.Others, 10), insight.Percent(item.OthersShare), lift, atLeast)
}

// clip cuts a text to what fits a width on a screen, on one line.
func clip(text string, width int) string {
	text = oneLineText(text)
	if lipgloss.Width(text) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && lipgloss.Width(string(runes)) > width-1 {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + "…"
}

func drawRelations(w io.Writer, r insight.Report) {
	t := newTable("OTHER SEGMENTS", "MEMBERS", "IN BOTH", "OF THESE", "OF THOSE", "JACCARD").numbers(1, 2, 3, 4, 5)
	for _, list := range []struct {
		title string
		all   []insight.Relation
	}{{"most similar", r.Similar}, {"contain at least 95% of these", r.Containing}, {"at least 95% contained in these", r.Contained}} {
		if len(list.all) == 0 {
			continue
		}
		t.row(list.title)
		for _, x := range list.all[:min(len(list.all), relationsShown)] {
			t.row("  "+clip(x.ID, nameWidth), strconv.FormatInt(x.Members, 10), strconv.FormatInt(x.Both, 10),
				insight.Percent(x.Share), insight.Percent(x.Reverse), strconv.FormatFloat(x.Jaccard, 'f', 3, 64))
		}
	}
	t.write(w)
}

// testLine says what a test with half of the members held out could see.
func testLine(t insight.Test) string {
	line := fmt.Sprintf("test, %d members in each half: ", t.PerHalf)
	switch t.Outcome {
	case insight.NoBaseline:
		return line + fmt.Sprintf("not known, since nobody was a member %d days before", insight.RateDays)
	case insight.NothingToLift:
		return line + fmt.Sprintf("nothing to lift, since all order within %d days anyway", insight.RateDays)
	case insight.TooFew:
		return line + "sees no lift at all"
	case insight.Visible:
	}
	line += fmt.Sprintf("sees %s ordering within %d days in place of %s", insight.Percent(*t.Rate), insight.RateDays, insight.Percent(t.Baseline.Rate))
	if t.Lift != nil {
		line += ", a lift of +" + insight.Percent(*t.Lift)
	}
	return line
}

func (p *program) overlapCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "overlap",
		Short: "How many customers saved segments and presets share: the closest pairs; all with --json",
		Args:  noArgs,
	})
	at := atFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return p.ask(c, "comparing segments", func(ctx context.Context, shop api.Shop) error {
			o, err := shop.Overlap(ctx, *at)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(o)
			}
			drawOverlap(p.stdout, o)
			return nil
		})
	}
	return c
}

func drawOverlap(w io.Writer, o api.Overlap) {
	members := map[string]int64{}
	for _, s := range o.Segments {
		members[s.ID] = s.Members
	}
	t := newTable("A", "B", "A", "B", "IN BOTH", "OF A", "OF B", "JACCARD").numbers(2, 3, 4, 5, 6, 7)
	shared := 0
	for _, x := range o.Pairs {
		if x.Both == 0 {
			continue
		}
		if shared++; shared > pairsShown {
			continue
		}
		t.row(clip(x.A, nameWidth), clip(x.B, nameWidth), strconv.FormatInt(members[x.A], 10), strconv.FormatInt(members[x.B], 10),
			strconv.FormatInt(x.Both, 10), insight.Percent(x.ShareA), insight.Percent(x.ShareB), strconv.FormatFloat(x.Jaccard, 'f', 3, 64))
	}
	if shared > 0 {
		t.write(w)
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%d of %d pairs of %d segments share customers", shared, len(o.Pairs), len(o.Segments))
	if shared > pairsShown {
		fmt.Fprintf(w, "; the %d closest are shown", pairsShown)
	}
	fmt.Fprintf(w, ", as of %s\n", o.AsOf.Format(time.RFC3339))
}
