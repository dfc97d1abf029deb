package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/user"
)

func (p *program) keyCommand() *cobra.Command {
	c := &cobra.Command{Use: "key", Short: "Keys with which programs ask"}
	c.AddCommand(p.keyCreateCommand(), p.keyListCommand(), p.keyRevokeCommand())
	group(c)
	return c
}

func (p *program) keyCreateCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "create",
		Short: "Make a key and print it, this once: public, which only sends events, or secret",
		Args:  noArgs,
	})
	secret := c.Flags().Bool("secret", false, "a secret key for servers, which may what its role may")
	name := c.Flags().String("name", "", "what it is for")
	role := c.Flags().String("role", "", "of a secret key: owner, editor, analyst or support (default editor)")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *role != "" && !*secret {
			return commerce.Errorf(commerce.CodeInvalid, "--role goes with --secret: a public key only sends events")
		}
		return p.ask(c, "making a key", func(ctx context.Context, shop api.Shop) error {
			k, err := shop.CreateKey(ctx, api.NewAccessKey{Secret: *secret, Name: *name, Role: user.Role(*role)})
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(k)
			}
			fmt.Fprintln(p.stdout, k.Key)
			p.say("%s; the key is not shown again", k.ID)
			return nil
		})
	}
	return c
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
				t := newTable("ID", "KIND", "ROLE", "CREATED", "USED", "NAME")
				for _, k := range list {
					used := "never"
					if !k.UsedAt.IsZero() {
						used = k.UsedAt.Format(time.DateOnly)
					}
					t.row(k.ID, k.Kind, string(k.Role), k.CreatedAt.Format(instantFormat), used, k.Name)
				}
				t.write(p.stdout)
				return nil
			})
		},
	})
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
