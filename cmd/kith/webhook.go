package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
)

func (p *program) webhookCommand() *cobra.Command {
	c := &cobra.Command{Use: "webhook", Short: "Tell other programs who enters and leaves segments"}
	c.AddCommand(p.webhookAddCommand(), p.webhookListCommand(), p.webhookTestCommand(), p.webhookEnableCommand(), p.webhookDeleteCommand())
	group(c)
	return c
}

func (p *program) webhookAddCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "add URL",
		Short: "Tell a URL of transitions from now on; prints the id, and the secret this once",
		Args:  exactly("URL"),
	})
	segments := c.Flags().StringSlice("segment", nil, "ids, separated by commas (all segments)")
	causes := c.Flags().StringSlice("cause", nil, "why memberships changed, separated by commas (event,time)")
	c.RunE = func(c *cobra.Command, args []string) error {
		for _, name := range []string{"segment", "cause"} {
			if f := c.Flags().Lookup(name); f.Changed && f.Value.String() == "[]" {
				return commerce.Errorf(commerce.CodeInvalid, "--%s is empty: name some, or leave it out", name)
			}
		}
		return p.ask(c, "adding a webhook", func(ctx context.Context, shop api.Shop) error {
			w, err := shop.AddWebhook(ctx, api.NewWebhook{URL: args[0], Segments: *segments, Causes: *causes})
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(w)
			}
			fmt.Fprintf(p.stdout, "%s\n%s\n", w.ID, w.Secret)
			p.say("the second line is the secret that messages are signed with; it is not shown again")
			return nil
		})
	}
	return c
}

func (p *program) webhookListCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "list",
		Short: "Webhooks, the oldest first, and how they fare",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.ask(c, "listing webhooks", func(ctx context.Context, shop api.Shop) error {
				list, err := shop.ListWebhooks(ctx)
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(api.WebhookList{Webhooks: list})
				}
				t := newTable("ID", "URL", "SEGMENTS", "CAUSES", "TOLD", "STATE").numbers(4)
				for _, w := range list {
					segments := strings.Join(w.Segments, ",")
					if segments == "" {
						segments = "all"
					}
					t.row(w.ID, w.URL, segments, strings.Join(w.Causes, ","), strconv.FormatInt(w.Told, 10), webhookState(w))
				}
				t.write(p.stdout)
				return nil
			})
		},
	})
}

// webhookState is how a webhook fares, in a few words.
func webhookState(w api.Webhook) string {
	switch {
	case w.Disabled != "":
		return "disabled: " + w.Disabled
	case w.Failures == 1:
		return "the last attempt failed: " + w.LastFailure.Reason
	case w.Failures > 1:
		return fmt.Sprintf("the last %d attempts failed: %s", w.Failures, w.LastFailure.Reason)
	case w.LastSuccess != nil:
		return "last told at " + w.LastSuccess.At.Format(instantFormat)
	}
	return "nothing told yet"
}

func (p *program) webhookTestCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "test ID",
		Short: "Send a message that says nothing, at once, and say what came of it",
		Args:  exactly("ID"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.ask(c, "testing webhook "+args[0], func(ctx context.Context, shop api.Shop) error {
				a, err := shop.TestWebhook(ctx, args[0])
				if err != nil {
					return err
				}
				if a.Reason != "" {
					p.status = statusFailed
				}
				switch {
				case p.json:
					return p.printJSON(a)
				case a.Reason != "":
					p.say("kith: it did not arrive: %s", a.Reason)
				default:
					fmt.Fprintf(p.stdout, "it arrived: %d\n", a.Status)
				}
				return nil
			})
		},
	})
}

func (p *program) webhookEnableCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "enable ID",
		Short: "Let a disabled webhook go on from where it stopped",
		Args:  exactly("ID"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.ask(c, "enabling webhook "+args[0], func(ctx context.Context, shop api.Shop) error {
				w, err := shop.EnableWebhook(ctx, args[0])
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(w)
				}
				fmt.Fprintln(p.stdout, "enabled")
				return nil
			})
		},
	})
}

func (p *program) webhookDeleteCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "delete ID",
		Short: "Tell a URL nothing any more",
		Args:  exactly("ID"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.ask(c, "deleting webhook "+args[0], func(ctx context.Context, shop api.Shop) error {
				d, err := shop.DeleteWebhook(ctx, args[0])
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(d)
				}
				fmt.Fprintln(p.stdout, d.Outcome)
				return nil
			})
		},
	})
}
