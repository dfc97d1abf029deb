package main

import (
	"context"
	"slices"
	"time"

	"kith/internal/api"
	"kith/internal/intake"
	"kith/internal/loader"
)

// previewRows is how many records a preview shows.
const previewRows = 5

// previewSample is how many rows of an upload are looked at: whoever corrects
// its columns waits for each look. A command looks at all of them.
const previewSample = 20_000

// preview lets intake look at files.
func (r *reader) preview(ctx context.Context, q loader.Request) (api.Preview, error) {
	c := r.config(q)
	if len(q.Names) > 0 {
		c.Rows = previewSample
	}
	p, err := intake.Preview(ctx, c, previewRows)
	if err != nil {
		return api.Preview{}, withUsage(err, q)
	}
	shown := showPreview(p)
	describeFields(&shown, q)
	if p.Problem == "" && !p.Cut {
		shown.Unchanged, err = r.facts.Imported(ctx, q.Kind, p.Hash)
	}
	return shown, err
}

func showPreview(p intake.Previewed) api.Preview {
	shown := api.Preview{
		Problem: p.Problem, Complete: p.Problem == "" && !p.Cut, Rows: p.Rows, Accepted: p.Accepted, Refused: p.Refused, Hash: p.Hash, From: given(p.From), To: given(p.To),
		Ordered: p.Ordered, Files: []api.FileReport{}, Sources: []api.Source{}, Columns: append([]string{}, p.Columns...), Records: p.Records,
		RefusedRows: []api.RejectedRow{},
	}
	if shown.Records == nil {
		shown.Records = [][]*string{}
	}
	if p.Problem == "" {
		for _, f := range p.Files {
			shown.Files = append(shown.Files, showFile(f))
		}
	}
	for _, s := range p.Sketches {
		source := api.Source{File: s.File, Form: api.FileForm(s.Form), Columns: []api.SourceColumn{}}
		for _, c := range s.Columns {
			source.Columns = append(source.Columns, api.SourceColumn{
				Column: c.Name, Number: c.Number, Fields: append([]string{}, c.Fields...), Samples: append([]string{}, c.Samples...),
			})
		}
		shown.Sources = append(shown.Sources, source)
	}
	for _, row := range p.RefusedRows {
		shown.RefusedRows = append(shown.RefusedRows, api.RejectedRow(row))
	}
	return shown
}

func showFile(f intake.FileReport) api.FileReport {
	shown := api.FileReport{
		File: f.File, Form: api.FileForm(f.Form), Columns: []api.MappedField{}, Ignored: f.Ignored, Notes: f.Notes,
		Rows: f.Rows, Accepted: f.Accepted, Refused: f.Refused, From: f.From, To: f.To, Ordered: f.Ordered,
	}
	for _, c := range f.Columns {
		shown.Columns = append(shown.Columns, api.MappedField{Field: c.Field, Column: c.Column, Form: c.Form, Found: string(c.Found)})
	}
	for _, w := range f.Warnings {
		shown.Warnings = append(shown.Warnings, api.FileWarning(w))
	}
	return shown
}

// describeFields says what files of the kind can say.
func describeFields(p *api.Preview, q loader.Request) {
	fields, needs, others := intake.Fields(q.Kind, len(q.Map) > 0)
	p.Needs, p.Others, p.Fields = needs, others, []api.Field{}
	for _, f := range fields {
		required := slices.ContainsFunc(needs, func(group []string) bool { return len(group) == 1 && group[0] == f.Name })
		p.Fields = append(p.Fields, api.Field{Name: f.Name, Type: f.Type, Required: required})
	}
}

func given(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}
