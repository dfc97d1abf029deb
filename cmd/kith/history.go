package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

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
	c.Flags().IntVarP(&q.Limit, "limit", "n", 20, "so many transitions, the newest; up to 10000")
	c.Flags().StringVar(&q.From, "from", "", "the first day, YYYY-MM-DD (for transitions the first of all, for days 30 before the last)")
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
	fmt.Fprintf(p.stdout, "%s: %s\n", escaped(h.Segment), standing(h))
	if len(h.Days) > 0 {
		t := newTable("DAY", "ENTERED", "LEFT", "SIZE").numbers(1, 2, 3)
		for _, d := range h.Days {
			t.row(d.Date, shownCount(d.Entered), shownCount(d.Left), strconv.FormatInt(d.Size, 10))
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

// shownCount says how many entered or left on a day; "-" where nobody kept count.
func shownCount(n *int64) string {
	if n == nil {
		return "-"
	}
	return strconv.FormatInt(*n, 10)
}

// standing says how many are in a segment, or why nobody can say.
func standing(h api.History) string {
	switch {
	case h.NotKept == "deleted":
		return "was deleted"
	case h.NotKept == "hidden":
		return "is hidden, and its memberships are not kept"
	case h.NotKept == "template":
		return "is a template: nobody is in it before it is saved with values"
	case len(h.Missing) > 0:
		return "needs " + needs(h.Missing) + ", and the shop has none"
	case h.Size == nil:
		return "its memberships are not worked out yet"
	}
	return fmt.Sprintf("%s in it as of %s", customers(*h.Size), shownInstant(h.AsOf))
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
	c.Flags().StringVar(&q.After, "after", "", "begin after the transition with this id, or with this number; otherwise with what comes next")
	c.RunE = func(c *cobra.Command, args []string) error {
		if q.Segment = args[0]; q.Segment == "-" {
			q.Segment = ""
		}
		return p.ask(c, "watching segment "+args[0], func(ctx context.Context, shop api.Shop) error {
			return p.watch(ctx, shop, q)
		})
	}
	return c
}

// watch prints transitions until it is interrupted or the server ends, and
// says in that case how to go on without losing any.
func (p *program) watch(ctx context.Context, shop api.Shop, q api.WatchQuestion) error {
	p.warnOfNobody(ctx, shop, q.Segment)
	last := ""
	err := shop.WatchSegment(ctx, q, func(after string) { last = after }, func(t api.Transition) error {
		if err := p.printTransition(t); err != nil {
			return err
		}
		last = t.ID
		return nil
	})
	switch {
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return nil // interrupted, which is how it ends
	case errors.Is(err, api.ErrEnded) && last != "":
		return commerce.Errorf(commerce.CodeBusy, "the server ended, or gave up waiting; go on with --after %s", last)
	}
	return err
}

// warnOfNobody says why a segment that is watched has no transitions to come.
func (p *program) warnOfNobody(ctx context.Context, shop api.Shop, id string) {
	if id == "" {
		return // all are watched
	}
	id = strings.TrimPrefix(id, "@")
	s, err := shop.GetSegment(ctx, id)
	switch {
	case err != nil: // watching says it
	case s.Hidden:
		p.say("warning: %s %s", id, standing(api.History{NotKept: "hidden"}))
	case s.Text == "":
		p.say("warning: %s %s", id, standing(api.History{NotKept: "template"}))
	default:
		p.warn(ctx, shop, "@"+id)
	}
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
	_, err := fmt.Fprintln(p.stdout, escaped(line))
	return err
}
