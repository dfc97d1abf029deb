package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"kith/internal/api"
)

func (p *program) exportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "export ID|@ID|'TEXT'",
		Short: "A segment's members as CSV, for the shop, a mail tool or an advertising network",
		Args:  exactly("ID or 'TEXT'"),
	}
	purpose := c.Flags().String("for", "list", "list: everybody; mail: who agreed to marketing by e-mail; ads: who agreed to advertising, hashed")
	network := c.Flags().String("network", "", "of ads: meta or google (default meta)")
	file := c.Flags().StringP("output", "o", "", "FILE to write; standard output without it")
	c.RunE = func(c *cobra.Command, args []string) error {
		q := api.ExportQuestion{Text: idOrText(args[0]), For: *purpose, Network: *network}
		return p.ask(c, "exporting the segment", func(ctx context.Context, shop api.Shop) error {
			p.warn(ctx, shop, q.Text)
			if *file == "" {
				return shop.ExportSegment(ctx, q, p.sayExport, p.stdout)
			}
			return writeWhole(*file, func(to io.Writer) error { return shop.ExportSegment(ctx, q, p.sayExport, to) })
		})
	}
	return c
}

// leftOutTexts say why members are not on a list.
var leftOutTexts = map[string]string{
	"no_consent": "did not agree, or took it back",
	"no_email":   "have no e-mail",
	"no_key":     "have neither an e-mail nor a phone with its country's code",
}

// sayExport says who is on the list and who is not.
func (p *program) sayExport(s api.ExportSummary) error {
	p.say("%d of %d members for %s", s.Included, s.Members, s.For)
	for _, x := range s.LeftOut {
		p.say("left out: %d %s", x.Customers, leftOutTexts[string(x.Reason)])
	}
	return nil
}

// writeWhole writes a file that takes its name once it is complete: whoever
// finds one finds all of it.
func writeWhole(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close() // it may be closed
			err = errors.Join(err, remove(f.Name()))
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close(), os.Rename(f.Name(), name)); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}
