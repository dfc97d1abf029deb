package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
)

func (p *program) letterCommand() *cobra.Command {
	c := &cobra.Command{Use: "dead-letter", Short: "Events that have no effect as they are"}
	c.AddCommand(p.letterListCommand(), p.letterShowCommand(), p.letterReplayCommand(), p.letterDismissCommand())
	group(c)
	return c
}

func (p *program) letterListCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "list",
		Short: "Dead letters, the newest first",
		Args:  noArgs,
	})
	var q api.DeadLetterQuestion
	c.Flags().StringVar(&q.State, "state", "open", "only those: open, replayed or dismissed; \"\" for all")
	c.Flags().StringVar(&q.Kind, "kind", "", "only those: refused, late or conflict")
	c.Flags().StringVar(&q.Key, "key", "", "only those that came with the key of this id")
	c.Flags().StringVar(&q.After, "after", "", "only those older than this one")
	c.Flags().IntVar(&q.Limit, "limit", 50, "so many, at most 1000")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return p.ask(c, "listing dead letters", func(ctx context.Context, shop api.Shop) error {
			page, err := shop.DeadLetters(ctx, q)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(page)
			}
			t := newTable("ID", "AT", "KIND", "STATE", "KEY", "EVENT", "REASON")
			for _, l := range page.Letters {
				t.row(l.ID, l.At.Format(instantFormat), l.Kind, l.State, l.Key, l.Event, l.Column+": "+l.Reason)
			}
			t.write(p.stdout)
			if page.Next != "" {
				p.say("there are older ones: --after %s", page.Next)
			}
			if page.LeftOut > 0 {
				p.say("%d more had no room and are not kept", page.LeftOut)
			}
			return nil
		})
	}
	return c
}

func (p *program) letterShowCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "show ID",
		Short: "One dead letter, with the event as it came",
		Args:  exactly("ID"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.ask(c, "showing dead letter "+args[0], func(ctx context.Context, shop api.Shop) error {
				l, err := shop.DeadLetter(ctx, args[0])
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(l)
				}
				fmt.Fprintf(p.stdout, "%s came at %s, %s, %s\n%s: %s\n", l.ID, l.At.Format(instantFormat), l.Kind, l.State, l.Column, l.Reason)
				if l.State != "open" {
					fmt.Fprintf(p.stdout, "%s at %s by %s\n", l.State, l.StateAt.Format(instantFormat), l.By)
				}
				body, err := json.MarshalIndent(l.Body, "", "  ")
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.stdout, "%s\n", body)
				return err
			})
		},
	})
}

func (p *program) letterReplayCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "replay [ID]",
		Short: "Send an event again, as it came or mended; or all that are open",
		Args:  cobra.MaximumNArgs(1),
	})
	var all bool
	var f api.DeadLetterFilter
	var file string
	c.Flags().BoolVar(&all, "all", false, "all open ones as they came, the oldest first, such as after rates were imported")
	c.Flags().StringVar(&f.Kind, "kind", "", "with --all, only those: refused, late or conflict")
	c.Flags().StringVar(&f.Key, "key", "", "with --all, only those that came with the key of this id")
	c.Flags().StringVar(&file, "event", "", "the event mended, as a file of JSON; - for what is piped in")
	c.RunE = func(c *cobra.Command, args []string) error {
		if all == (len(args) == 1) || all && file != "" {
			return commerce.Errorf(commerce.CodeInvalid, "say which one, by its id, or --all; --event goes with an id")
		}
		if all {
			return p.ask(c, "replaying dead letters", func(ctx context.Context, shop api.Shop) error { return p.replayLetters(ctx, shop, f) })
		}
		var mended []byte
		if file != "" {
			var err error
			if mended, err = p.readAll(file); err != nil {
				return err
			}
			if !json.Valid(mended) {
				return fmt.Errorf("reading %s: this is not JSON", file)
			}
		}
		return p.ask(c, "replaying dead letter "+args[0], func(ctx context.Context, shop api.Shop) error {
			l, err := shop.ReplayDeadLetter(ctx, args[0], mended)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(l)
			}
			_, err = fmt.Fprintf(p.stdout, "replayed as entry %d\n", l.Replay)
			return err
		})
	}
	return c
}

func (p *program) readAll(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(p.stdin)
	}
	return os.ReadFile(file)
}

func (p *program) replayLetters(ctx context.Context, shop api.Shop, f api.DeadLetterFilter) error {
	r, err := shop.ReplayDeadLetters(ctx, f)
	if err != nil {
		return err
	}
	if r.Wrong > 0 {
		p.status = statusRefused
	}
	if p.json {
		return p.printJSON(r)
	}
	for _, x := range r.Reasons {
		p.say("%s: %s: %s", x.ID, x.Column, x.Reason)
	}
	_, err = fmt.Fprintf(p.stdout, "replayed %d wrong %d\n", r.Replayed, r.Wrong)
	return err
}

func (p *program) letterDismissCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "dismiss ID",
		Short: "Put an event away: it is not wanted",
		Args:  exactly("ID"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.ask(c, "dismissing dead letter "+args[0], func(ctx context.Context, shop api.Shop) error {
				l, err := shop.DismissDeadLetter(ctx, args[0])
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(l)
				}
				_, err = fmt.Fprintln(p.stdout, "dismissed")
				return err
			})
		},
	})
}
