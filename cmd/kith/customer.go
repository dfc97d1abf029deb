package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kith/internal/api"
)

func (p *program) customerCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "customer ID",
		Short: "One customer: traits, orders, scores, segments, timeline",
		Args:  exactly("CUSTOMER"),
	})
	at := atFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return p.ask(c, "showing customer "+args[0], func(ctx context.Context, shop api.Shop) error {
			customer, err := shop.Customer(ctx, args[0], *at)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(customer)
			}
			showCustomer(p.stdout, customer)
			return nil
		})
	}
	return c
}

func showCustomer(w io.Writer, c api.Customer) {
	t := newTable("", "")
	t.row("id", c.ID)
	for _, k := range c.Keys {
		t.row(k.Kind, k.Value)
	}
	t.row("known from", instant(c.ExistsFrom, "always"))
	t.row("orders", fmt.Sprintf("%d, %s %s less refunds, average %s", c.Orders.Count, c.Orders.Revenue.Cents(), c.Currency, c.Orders.Average.Cents()))
	if c.Orders.Count > 0 {
		t.row("first order", instant(c.Orders.First, ""))
		t.row("last order", instant(c.Orders.Last, ""))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Scores)) {
		t.row(name, c.Scores[name])
	}
	t.row("segments", strings.Join(c.Segments, ", "))
	t.write(w)
	if len(c.Traits) > 0 {
		fmt.Fprintln(w)
		t = newTable("TRAIT", "VALUE", "SINCE")
		for _, x := range c.Traits {
			t.row(x.Name, x.Value, instant(x.Since, "always"))
		}
		t.write(w)
	}
	if len(c.Timeline) > 0 {
		fmt.Fprintln(w)
		t = newTable("WHEN", "WHAT", "", c.Currency).numbers(3)
		for _, e := range c.Timeline {
			amount := ""
			if e.Amount != nil {
				amount = e.Amount.Cents()
			}
			t.row(e.At.Format(time.RFC3339), e.Kind, e.Name, amount)
		}
		t.write(w)
	}
}

func instant(t *time.Time, otherwise string) string {
	if t == nil {
		return otherwise
	}
	return t.Format(time.RFC3339)
}

func (p *program) scoreCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "score",
		Short: "Make a scoring run: store all scores as of now",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.ask(c, "scoring customers", func(ctx context.Context, shop api.Shop) error {
				run, err := shop.Score(ctx)
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(run)
				}
				fmt.Fprintf(p.stdout, "scored as of %s in %s s\n", run.AsOf.Format(time.RFC3339), strconv.FormatFloat(run.Seconds, 'f', 3, 64))
				return nil
			})
		},
	})
}
