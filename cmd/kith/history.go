package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
)

func (p *program) historyCommand() *cobra.Command {
	var q api.HistoryQuestion
	c := p.reads(&cobra.Command{
		Use:   "history ID",
		Short: "Who entered and left a segment, when and why, and how many each day",
		Args:  exactly("ID"),
	})
	c.Flags().StringVar(&q.Customer, "customer", "", "only this customer's transitions")
	c.Flags().IntVarP(&q.Limit, "limit", "n", 20, "so many transitions, the newest")
	c.Flags().StringVar(&q.From, "from", "", "the first day, YYYY-MM-DD (30 days before the last)")
	c.Flags().StringVar(&q.To, "to", "", "the last day (today)")
	c.RunE = func(c *cobra.Command, args []string) error {
		q.Segment = args[0]
		return p.ask(c, "reading the history of segment "+args[0], func(ctx context.Context, shop api.Shop) error {
			h, err := shop.History(ctx, q)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(h)
			}
			p.printHistory(h)
			return nil
		})
	}
	return c
}

func (p *program) printHistory(h api.History) {
	fmt.Fprintf(p.stdout, "%s: %s in it\n", h.Segment, customers(h.Size))
	if len(h.Days) > 0 {
		t := newTable("DAY", "ENTERED", "LEFT", "SIZE").numbers(1, 2, 3)
		for _, d := range h.Days {
			t.row(d.Date, strconv.FormatInt(d.Entered, 10), strconv.FormatInt(d.Left, 10), strconv.FormatInt(d.Size, 10))
		}
		fmt.Fprintln(p.stdout)
		t.write(p.stdout)
	}
	if len(h.Transitions) > 0 {
		t := newTable("AT", "CUSTOMER", "CHANGE", "CAUSE", "FACT")
		for _, x := range h.Transitions {
			t.row(x.At.Format(instantFormat), x.Customer, x.Change, x.Cause, x.Fact)
		}
		fmt.Fprintln(p.stdout)
		t.write(p.stdout)
	}
	if len(h.Days)+len(h.Transitions) == 0 {
		fmt.Fprintln(p.stdout, "nobody entered or left it in this time")
	}
}

// instantFormat shows an instant as exactly as it is recorded.
const instantFormat = "2006-01-02T15:04:05.999999Z"

func customers(n int64) string {
	if n == 1 {
		return "1 customer"
	}
	return strconv.FormatInt(n, 10) + " customers"
}

func (p *program) watchCommand() *cobra.Command {
	var q api.WatchQuestion
	c := p.reads(&cobra.Command{
		Use:   "watch ID",
		Short: "Transitions of a segment as they happen, until interrupted; ID may be - for all segments",
		Args:  exactly("ID"),
	})
	c.Flags().Int64Var(&q.After, "after", -1, "begin after the transition with this number, not with what comes next")
	c.RunE = func(c *cobra.Command, args []string) error {
		if q.Segment = args[0]; q.Segment == "-" {
			q.Segment = ""
		}
		return p.ask(c, "watching segment "+args[0], func(ctx context.Context, shop api.Shop) error {
			last := max(0, q.After)
			err := shop.WatchSegment(ctx, q, func(t api.Transition) error {
				last = t.Number
				return p.printTransition(t)
			})
			switch {
			case errors.Is(err, context.Canceled) && ctx.Err() != nil:
				return nil // interrupted, which is how it ends
			case errors.Is(err, io.ErrUnexpectedEOF):
				return commerce.Errorf(commerce.CodeBusy, "the server ended; when it is back, go on with --after %d", last)
			}
			return err
		})
	}
	return c
}

// printTransition prints one line, so that it can be piped.
func (p *program) printTransition(t api.Transition) error {
	if p.json {
		return json.NewEncoder(p.stdout).Encode(t) // a document a line
	}
	line := fmt.Sprintf("%s %s %s %s %s", t.At.Format(instantFormat), t.Segment, t.Customer, t.Change, t.Cause)
	if t.Fact != "" {
		line += " " + t.Fact
	}
	_, err := fmt.Fprintln(p.stdout, line)
	return err
}
