package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
)

type importFlags struct {
	format, rejects, timezone, currency string
	mapping                             []string
	dryRun                              bool
}

func (p *program) importCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "import",
		Short: "Bring a shop's files in",
	}
	for _, kind := range commerce.Kinds {
		c.AddCommand(p.importKindCommand(kind))
	}
	group(c)
	return c
}

func (p *program) importKindCommand(kind commerce.Kind) *cobra.Command {
	var flags importFlags
	c := p.reads(&cobra.Command{
		Use:   string(kind) + " FILE...",
		Short: "Import " + string(kind) + " from CSV, TSV, JSON lines or Parquet, plain or gzip",
		Args:  atLeastOne("FILE"),
		RunE: func(c *cobra.Command, files []string) error {
			return during("importing "+string(kind), p.importFiles(c.Context(), kind, files, flags))
		},
	})
	c.Flags().StringVar(&flags.format, "format", "", "generic, shopify, woocommerce or online-retail (default generic)")
	c.Flags().StringArrayVar(&flags.mapping, "map", nil, "FIELD=COLUMN,...: which column a field is read from")
	c.Flags().StringVar(&flags.timezone, "timezone", "", "of times that do not say (default the shop's)")
	c.Flags().StringVar(&flags.currency, "currency", "", "of amounts that do not say (default the shop's)")
	c.Flags().StringVar(&flags.rejects, "rejects", "", "the file that takes the rows that cannot be used (default KIND.rejects.txt in the shop's folder)")
	c.Flags().BoolVar(&flags.dryRun, "dry-run", false, "show how the files would be read, and the first rows; change nothing")
	return c
}

func (p *program) importFiles(ctx context.Context, kind commerce.Kind, files []string, flags importFlags) error {
	r, err := p.importRequest(kind, files, flags)
	if err != nil {
		return err
	}
	shop, err := p.open(ctx, mayMake)
	if err != nil {
		return err
	}
	do := p.runImport
	if flags.dryRun {
		do = p.previewImport
	}
	return errors.Join(do(ctx, shop, r), shop.Close())
}

func (p *program) importRequest(kind commerce.Kind, files []string, flags importFlags) (api.ImportRequest, error) {
	r := api.ImportRequest{
		Kind: string(kind), Format: flags.format, Timezone: flags.timezone, Currency: strings.ToUpper(flags.currency),
	}
	var err error
	if r.Map, err = parseMapping(flags.mapping); err != nil {
		return r, err
	}
	// The server that reads them may stand in another directory.
	for _, name := range files {
		path, err := filepath.Abs(name)
		if err != nil {
			return r, err
		}
		if _, err := os.Stat(path); err != nil {
			return r, fmt.Errorf("%w; nothing was changed", err)
		}
		r.Files = append(r.Files, path)
	}
	rejects := flags.rejects
	if rejects == "" {
		rejects = filepath.Join(p.data, string(kind)+".rejects.txt")
	}
	if r.Rejects, err = filepath.Abs(rejects); err != nil {
		return r, err
	}
	return r, notAnInput(r.Rejects, r.Files)
}

// notAnInput sees to it that the rejects do not replace what is imported.
func notAnInput(rejects string, files []string) error {
	there, err := os.Stat(rejects)
	if err != nil {
		return nil // it is not there yet
	}
	for _, name := range files {
		if input, err := os.Stat(name); err == nil && os.SameFile(there, input) {
			return commerce.Errorf(commerce.CodeInvalid, "--rejects names %s, which is imported: name another file", name)
		}
	}
	return nil
}

// parseMapping reads field=Column pairs. A comma within a column's name is
// written by giving --map once for each field.
func parseMapping(given []string) (map[string]string, error) {
	mapping := map[string]string{}
	for _, pairs := range given {
		list := []string{pairs}
		if strings.Count(pairs, "=") > 1 {
			list = strings.Split(pairs, ",")
		}
		for _, pair := range list {
			field, column, ok := strings.Cut(pair, "=")
			if !ok || strings.TrimSpace(field) == "" {
				return nil, commerce.Errorf(commerce.CodeInvalid, "--map takes FIELD=COLUMN, not %q", pair)
			}
			mapping[strings.TrimSpace(field)] = strings.TrimSpace(column)
		}
	}
	return mapping, nil
}

func (p *program) runImport(ctx context.Context, shop api.Shop, r api.ImportRequest) error {
	bar := newProgress(p.stderr)
	answer, err := shop.Import(ctx, r, api.Watch{
		Begin: func(prelude api.Prelude) {
			p.say("times without an offset are read in %s, amounts without a currency in %s", prelude.Timezone, prelude.Currency)
		},
		Progress: bar.update,
	})
	bar.end()
	if err != nil {
		return err
	}
	if answer.Refused > 0 {
		p.status = statusRefused
	}
	p.sayReport(answer.Report)
	if answer.Unchanged {
		p.say("this was imported before: nothing changed")
	}
	if answer.Rejects != "" {
		p.say("refused rows are in %s", answer.Rejects)
	}
	p.say("rows %d accepted %d refused %d customers %d orders %d items %d refunds %d seconds %.3f",
		answer.Rows, answer.Accepted, answer.Refused, answer.Customers, answer.Orders, answer.Items, answer.Refunds, answer.Seconds)
	if !p.json {
		return nil
	}
	return p.printJSON(answer)
}

// sayReport says how each file was read, and what may have been meant otherwise.
func (p *program) sayReport(report *api.ImportReport) {
	if report == nil {
		return
	}
	for _, f := range report.Files {
		p.say("%s: %s", filepath.Base(f.File), describeForm(f))
		for _, note := range f.Notes {
			p.say("  note: %s", note)
		}
		for _, w := range f.Warnings {
			p.say("  %s", describeWarning(w))
		}
		if len(f.Ignored) > 0 {
			p.say("  not used: %s", strings.Join(f.Ignored, ", "))
		}
	}
}

// describeWarning says in one line what was read as missing.
func describeWarning(w api.FileWarning) string {
	return fmt.Sprintf("warning: %s in %s, first in line %d (\"%s\"): %s; it counts as missing",
		w.Field, counted(w.Rows, "row"), w.Line, w.Value, w.Reason)
}

// counted is a number with the noun it counts.
func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// describeForm says in one line how a file is written.
func describeForm(f api.FileReport) string {
	parts := []string{f.Form.Type}
	if f.Form.Gzip {
		parts = append(parts, "gzip")
	}
	if f.Form.Encoding != "" {
		parts = append(parts, f.Form.Encoding)
	}
	if f.Form.Delimiter != "" {
		parts = append(parts, "delimiter "+f.Form.Delimiter)
	}
	if f.Form.Quote != "" {
		parts = append(parts, "quote "+f.Form.Quote)
	}
	for _, c := range f.Columns {
		if c.Form != "" {
			parts = append(parts, c.Field+" as "+c.Form)
		}
	}
	return strings.Join(parts, ", ")
}
