package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"kith/internal/api"
	"kith/internal/intake"
)

// previewImport shows how files would be read.
func (p *program) previewImport(ctx context.Context, shop api.Shop, r api.ImportRequest) error {
	content, err := shop.Preview(ctx, r)
	if err != nil {
		return err
	}
	var preview intake.Previewed
	if err := json.Unmarshal(content, &preview); err != nil {
		return err
	}
	if preview.Refused > 0 {
		p.status = statusRefused
	}
	if p.json {
		return p.printJSON(content)
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
			fmt.Fprintf(p.stdout, "warning: %s in %d rows: %s\n", w.Field, w.Rows, w.Reason)
		}
		fmt.Fprintln(p.stdout)
	}
	p.previewRows(preview)
	p.say("rows %d accepted %d refused %d; nothing was changed", preview.Rows, preview.Accepted, preview.Refused)
	return nil
}

// previewRows shows the first records, one under the other: most records have
// more columns than a terminal.
func (p *program) previewRows(preview intake.Previewed) {
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
