package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
)

func (p *program) userCommand() *cobra.Command {
	c := &cobra.Command{Use: "user", Short: "Who logs in to the console"}
	c.AddCommand(p.userListCommand(), p.userLinkCommand())
	group(c)
	return c
}

func (p *program) userListCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "list",
		Short: "Users, the oldest first",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.ask(c, "listing users", func(ctx context.Context, shop api.Shop) error {
				list, err := shop.ListUsers(ctx)
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(api.UserList{Users: list})
				}
				t := newTable("E-MAIL", "ROLE", "STATE", "NAME")
				for _, u := range list {
					t.row(u.Email, string(u.Role), userState(u), u.Name)
				}
				t.write(p.stdout)
				return nil
			})
		},
	})
}

func userState(u api.User) string {
	switch {
	case u.DisabledAt != nil:
		return "disabled"
	case u.Invited:
		return "invited"
	case u.MFA:
		return "active, with a second factor"
	}
	return "active"
}

func (p *program) userLinkCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "link E-MAIL",
		Short: "A one-time link with which a user chooses another password, or accepts their invitation",
		Args:  exactly("E-MAIL"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.ask(c, "making a link", func(ctx context.Context, shop api.Shop) error {
				list, err := shop.ListUsers(ctx)
				if err != nil {
					return err
				}
				for _, u := range list {
					if u.Email == strings.ToLower(args[0]) {
						return p.printLink(ctx, shop, u)
					}
				}
				return commerce.Errorf(commerce.CodeNotFound, "there is no user %s", args[0])
			})
		},
	})
}

func (p *program) printLink(ctx context.Context, shop api.Shop, u api.User) error {
	link, err := shop.UserLink(ctx, u.ID)
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(link)
	}
	fmt.Fprintln(p.stdout, link.Link)
	p.say("it works once, until %s, while the shop is served", link.ExpiresAt.Format(instantFormat))
	return nil
}
