package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"kith/internal/api"
)

func (p *program) auditCommand() *cobra.Command {
	c := &cobra.Command{Use: "audit", Short: "Who did what"}
	c.AddCommand(p.auditListCommand(), p.auditVerifyCommand())
	group(c)
	return c
}

func (p *program) auditListCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "list",
		Short: "Entries of the audit log, the newest first",
		Args:  noArgs,
	})
	var q api.AuditQuestion
	c.Flags().IntVar(&q.Limit, "limit", 50, "so many, at most 1000")
	c.Flags().Int64Var(&q.After, "after", 0, "only those older than this number")
	c.Flags().StringVar(&q.Actor, "actor", "", "only what this e-mail, key:ID or \"command\" did")
	c.Flags().StringVar(&q.Action, "action", "", "only this, like user.change, or user for all that begin with it")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return p.ask(c, "reading the audit log", func(ctx context.Context, shop api.Shop) error {
			page, err := shop.Audit(ctx, q)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(page)
			}
			t := newTable("NUMBER", "AT", "ACTOR", "ACTION", "OBJECT", "DETAIL").numbers(0)
			for _, e := range page.Entries {
				t.row(strconv.FormatInt(e.Number, 10), e.At.Format(instantFormat), e.Actor, e.Action, e.Object, e.Detail)
			}
			t.write(p.stdout)
			if page.Next != 0 {
				p.say("there are older ones: --after %d", page.Next)
			}
			return nil
		})
	}
	return c
}

func (p *program) auditVerifyCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "verify",
		Short: "Whether the audit log is what was recorded",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.ask(c, "verifying the audit log", func(ctx context.Context, shop api.Shop) error {
				state, err := shop.VerifyAudit(ctx)
				if err != nil {
					return err
				}
				if state.Broken != nil {
					p.status = statusFailed
				}
				switch {
				case p.json:
					return p.printJSON(state)
				case state.Broken != nil:
					p.say("kith: the audit log is broken at entry %d: %s", state.Broken.Number, state.Broken.Reason)
				default:
					fmt.Fprintf(p.stdout, "%d entries, whole; the last hash is %s\n", state.Number, state.Hash)
				}
				return nil
			})
		},
	})
}
