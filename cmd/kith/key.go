package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/user"
)

func (p *program) keyCommand() *cobra.Command {
	c := &cobra.Command{Use: "key", Short: "Keys with which programs ask"}
	c.AddCommand(p.keyCreateCommand(), p.keyListCommand(), p.keySetCommand(), p.keyRotateCommand(), p.keyRevokeCommand())
	group(c)
	return c
}

func (p *program) keyCreateCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "create",
		Short: "Make a key and print it, this once: public, which only sends events, or secret",
		Args:  noArgs,
	})
	var n api.NewAccessKey
	c.Flags().BoolVar(&n.Secret, "secret", false, "a secret key for servers, which may what its role may")
	c.Flags().StringVar(&n.Name, "name", "", "what it is for")
	role := c.Flags().String("role", "", "of a secret key: owner, editor, analyst or support (default editor)")
	c.Flags().StringArrayVar(&n.Origins, "origin", nil, "a site that a public key may be used from, like https://shop.example or https://*.shop.example; may be repeated (default any)")
	c.Flags().IntVar(&n.EventsPerMinute, "per-minute", 0, "how many events may be sent with it in a minute; 0 for the limit that all keys have")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *role != "" && !n.Secret {
			return commerce.Errorf(commerce.CodeInvalid, "--role goes with --secret: a public key only sends events")
		}
		n.Role = user.Role(*role)
		return p.ask(c, "making a key", func(ctx context.Context, shop api.Shop) error {
			k, err := shop.CreateKey(ctx, n)
			if err != nil {
				return err
			}
			return p.printNewKey(k)
		})
	}
	return c
}

// printNewKey prints the key alone, so that it can be piped.
func (p *program) printNewKey(k api.AccessKey) error {
	if p.json {
		return p.printJSON(k)
	}
	fmt.Fprintln(p.stdout, k.Key)
	p.say("%s; the key is not shown again", k.ID)
	return nil
}

func (p *program) keyListCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "list",
		Short: "Keys, the oldest first",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.ask(c, "listing keys", func(ctx context.Context, shop api.Shop) error {
				list, err := shop.ListKeys(ctx)
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(api.AccessKeyList{Keys: list})
				}
				t := newTable("ID", "KIND", "ROLE", "CREATED", "USED", "ENDS", "PER MINUTE", "ORIGINS", "NAME")
				for _, k := range list {
					t.row(k.ID, k.Kind, string(k.Role), k.CreatedAt.Format(instantFormat), shownUse(k), shownEnd(k), shownQuota(k), shownOrigins(k), k.Name)
				}
				t.write(p.stdout)
				return nil
			})
		},
	})
}

func shownUse(k api.AccessKey) string {
	if k.UsedAt.IsZero() {
		return "never"
	}
	return k.UsedAt.Format(time.DateOnly)
}

func shownEnd(k api.AccessKey) string {
	switch {
	case k.ExpiresAt.IsZero():
		return "-"
	case k.Ended:
		return "ended"
	}
	return k.ExpiresAt.Format(time.RFC3339)
}

func shownQuota(k api.AccessKey) string {
	if k.EventsPerMinute == 0 {
		return "-"
	}
	return strconv.Itoa(k.EventsPerMinute)
}

func shownOrigins(k api.AccessKey) string {
	switch {
	case k.Kind == "secret":
		return "-"
	case len(k.Origins) == 0:
		return anyOrigin
	}
	return strings.Join(k.Origins, " ")
}

// anyOrigin stands for no origins at all. No origin is written like it.
const anyOrigin = "any"

func (p *program) keySetCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "set ID",
		Short: "Change which sites a key is for and how many events it may send, at once; the key stays",
		Args:  exactly("ID"),
	})
	origins := c.Flags().StringArray("origin", nil, "a site that a public key may be used from, in place of those before; may be repeated; any for all sites")
	perMinute := c.Flags().Int("per-minute", 0, "how many events may be sent with it in a minute; 0 for the limit that all keys have")
	c.RunE = func(c *cobra.Command, args []string) error {
		var change api.AccessKeyChange
		if c.Flags().Changed("origin") {
			change.Origins = origins
			if slices.Equal(*origins, []string{anyOrigin}) {
				change.Origins = &[]string{}
			}
		}
		if c.Flags().Changed("per-minute") {
			change.EventsPerMinute = perMinute
		}
		if change == (api.AccessKeyChange{}) {
			return commerce.Errorf(commerce.CodeInvalid, "there is nothing to change: give --origin or --per-minute")
		}
		return p.ask(c, "changing key "+args[0], func(ctx context.Context, shop api.Shop) error {
			k, err := shop.ChangeKey(ctx, args[0], change)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(k)
			}
			fmt.Fprintf(p.stdout, "%s: origins %s, per minute %s\n", k.ID, shownOrigins(k), shownQuota(k))
			return nil
		})
	}
	return c
}

func (p *program) keyRotateCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "rotate ID",
		Short: "Make a key in place of this one and print it, this once; the old one works beside it for a while, and then ends",
		Args:  exactly("ID"),
	})
	overlap := c.Flags().Duration("overlap", user.Overlap, "how long the old key goes on working, up to 720h; 0 for no longer")
	c.RunE = func(c *cobra.Command, args []string) error {
		seconds := int(overlap.Seconds())
		return p.ask(c, "rotating key "+args[0], func(ctx context.Context, shop api.Shop) error {
			k, err := shop.RotateKey(ctx, args[0], api.KeyRotation{OverlapSeconds: &seconds})
			if err != nil {
				return err
			}
			return p.printNewKey(k)
		})
	}
	return c
}

func (p *program) keyRevokeCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "revoke ID",
		Short: "End a key, at once",
		Args:  exactly("ID"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.ask(c, "revoking key "+args[0], func(ctx context.Context, shop api.Shop) error {
				d, err := shop.RevokeKey(ctx, args[0])
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(d)
				}
				fmt.Fprintln(p.stdout, "revoked")
				return nil
			})
		},
	})
}
