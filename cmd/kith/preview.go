package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"kith/internal/api"
	"kith/internal/commerce"
)

// previewImport shows how files would be read.
func (p *program) previewImport(ctx context.Context, shop api.Shop, r api.ImportRequest) error {
	preview, err := shop.Preview(ctx, r)
	if err == nil && preview.Problem != "" {
		err = errors.New(preview.Problem)
	}
	if err != nil {
		return err
	}
	if preview.Refused > 0 {
		p.status = statusRefused
	}
	if p.json {
		return p.printJSON(preview)
	}
	for _, f := range preview.Files {
		fmt.Fprintf(p.stdout, "%s: %s\n", filepath.Base(f.File), describeForm(f))
		t := newTable("FIELD", "COLUMN", "READ AS")
		for _, c := range f.Columns {
			t.row(c.Field, c.Column, c.Form)
		}
		t.write(p.stdout)
		if len(f.Ignored) > 0 {
			fmt.Fprintf(p.stdout, "not used: %s\n", strings.Join(f.Ignored, ", "))
		}
		for _, note := range f.Notes {
			fmt.Fprintf(p.stdout, "note: %s\n", note)
		}
		for _, w := range f.Warnings {
			fmt.Fprintln(p.stdout, describeWarning(w))
		}
		fmt.Fprintln(p.stdout)
	}
	p.previewRows(preview)
	p.previewRefused(preview)
	if preview.Unchanged {
		p.say("this was imported before: importing it again changes nothing")
	}
	if kind := commerce.Kind(preview.Kind); kind == commerce.Orders || kind == commerce.Events {
		p.say("exchange rates and earlier orders are checked by the import itself")
	}
	p.say("rows %d accepted %d refused %d; nothing was changed", preview.Rows, preview.Accepted, preview.Refused)
	return nil
}

// previewRows shows the first records, one under the other: most records have
// more columns than a terminal.
func (p *program) previewRows(preview api.Preview) {
	for i, record := range preview.Records {
		fmt.Fprintf(p.stdout, "record %d\n", i+1)
		t := newTable("", "")
		for j, value := range record {
			if value != nil {
				t.row("  "+preview.Columns[j], *value)
			}
		}
		t.write(p.stdout)
	}
}

// previewRefused shows the first rows that would be refused, as the rejects
// file names them, and how many more there are.
func (p *program) previewRefused(preview api.Preview) {
	if preview.Refused == 0 {
		return
	}
	if len(preview.Records) > 0 {
		fmt.Fprintln(p.stdout)
	}
	fmt.Fprintf(p.stdout, "refused %s\n", counted(preview.Refused, "row"))
	for _, row := range preview.RefusedRows {
		fmt.Fprintf(p.stdout, "  %s:%d: %s: %s\n", row.File, row.Line, row.Column, row.Reason)
	}
	if more := preview.Refused - int64(len(preview.RefusedRows)); more > 0 {
		fmt.Fprintf(p.stdout, "  and %d more\n", more)
	}
}
