package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/intake"
	"kith/internal/loader"
)

// reader lets intake read files for the loader.
type reader struct {
	temp     string
	settings *api.LiveSettings
	facts    *facts
}

func (r *reader) config(q loader.Request) intake.Config {
	settings := r.settings.Get()
	c := intake.Config{
		Kind: q.Kind, Files: q.Files, Names: q.Names, Format: q.Format, Map: q.Map, Zone: q.Zone, Currency: q.Currency,
		ShopCurrency: settings.Currency, Country: settings.Country, Temp: r.temp, Rejects: q.Rejects,
	}
	if c.Zone == nil {
		c.Zone = settings.Zone()
	}
	if q.Progress != nil {
		c.Progress = func(p intake.Progress) {
			q.Progress(loader.Progress{Bytes: p.Bytes, Total: p.Total, Rows: p.Rows})
		}
	}
	return c
}

// read implements loader.Config.Read.
func (r *reader) read(ctx context.Context, q loader.Request, out, temp string) (loader.Reading, error) {
	c := r.config(q)
	c.Out, c.Temp = out, temp
	report, err := intake.Read(ctx, c)
	if err != nil {
		return loader.Reading{}, withUsage(err, q)
	}
	reading := loader.Reading{Rows: report.Rows, Refused: report.Refused, Hash: report.Hash}
	for _, f := range report.Files {
		reading.Records = append(reading.Records, f.Records)
	}
	for i := range report.Files {
		report.Files[i].Records = "" // where they were staged is nobody's business
	}
	reading.Lines = func(refused []loader.Refusal) []string { return sourceLines(q.Files, refused) }
	reading.Report, err = json.Marshal(report)
	return reading, err
}

// readEvents reads a body of events that arrived.
func readEvents(reader *intake.Reader, from api.Sender, body []byte, at time.Time, settings commerce.Settings) (commerce.EventBatch, api.Tracked, error) {
	tracked, err := reader.Track(body, intake.TrackConfig{
		At: at, Zone: settings.Zone(), Country: settings.Country, Type: from.Type, Public: from.Public, UserAgent: from.UserAgent,
	})
	if err != nil {
		return commerce.EventBatch{}, api.Tracked{}, commerce.WithCode(commerce.CodeInvalid, fmt.Errorf("reading events: %w", err))
	}
	batch := commerce.EventBatch{Source: from.Key, Events: tracked.Events}
	var answer api.Tracked
	for _, r := range tracked.Refused {
		answer.Refused = append(answer.Refused, api.RefusedEvent{Index: r.Index, Column: r.Column, Reason: r.Reason})
		batch.Refused = append(batch.Refused, commerce.RefusedEvent{Column: r.Column, Reason: r.Reason, Body: withType(r.Body, from.Type)})
	}
	for _, w := range tracked.Warnings {
		answer.Warnings = append(answer.Warnings, api.EventWarning(w))
	}
	return batch, answer, nil
}

// withType is the body of a refused event with the type of the call that it came
// with, if it does not say one: it is to mean the same when it is sent again.
func withType(body json.RawMessage, kind string) json.RawMessage {
	text := strings.TrimSpace(string(body))
	if kind == "" || !strings.HasPrefix(text, "{") {
		return body
	}
	empty := true
	for name := range commerce.Members(text) {
		if name == "type" {
			return body
		}
		empty = false
	}
	member := `{"type":` + strconv.Quote(kind)
	if !empty {
		member += ","
	}
	return json.RawMessage(member + text[1:])
}

// withUsage gives mistakes in what was asked their code. Whoever uploaded a
// file is told what is wrong with it; to a command that is a failure, because
// it named the file rightly.
func withUsage(err error, q loader.Request) error {
	file := len(q.Names) > 0 && errors.As(err, new(*intake.FileError))
	if file || errors.As(err, new(*intake.UsageError)) {
		return commerce.WithCode(commerce.CodeInvalid, err)
	}
	return explain(err)
}
