package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"kith/internal/commerce"
	"kith/internal/loader"
)

// Import implements Shop.
func (s *Service) Import(ctx context.Context, r ImportRequest, watch Watch) (answer Import, err error) {
	start := s.config.Now()
	request, err := s.request(r)
	if err != nil {
		return Import{}, err
	}
	answer = Import{Kind: r.Kind, Timezone: request.Zone.String(), Currency: s.currency(r)}
	if watch.Begin != nil {
		watch.Begin(Prelude{Timezone: answer.Timezone, Currency: answer.Currency})
	}
	request.Progress = watch.Progress
	rejects := &rejectsFile{path: r.Rejects}
	request.Rejects = rejects
	defer func() { err = errors.Join(err, rejects.close()) }()
	answer.Outcome, answer.Report, err = s.config.Loader.Import(ctx, request)
	if err != nil {
		return Import{}, err
	}
	if rejects.file != nil {
		answer.Rejects = r.Rejects
	}
	if !answer.Unchanged && answer.Accepted > 0 {
		if _, err := s.Score(ctx); err != nil {
			return Import{}, fmt.Errorf("everything was imported, but scoring failed; \"kith score\" does it again: %w", err)
		}
	}
	answer.Seconds = s.since(start)
	return answer, nil
}

// Preview implements Shop.
func (s *Service) Preview(ctx context.Context, r ImportRequest) (json.RawMessage, error) {
	request, err := s.request(r)
	if err != nil {
		return nil, err
	}
	return s.config.Preview(ctx, request)
}

func (s *Service) request(r ImportRequest) (loader.Request, error) {
	kind := commerce.Kind(r.Kind)
	if !slices.Contains(commerce.Kinds[:], kind) {
		return loader.Request{}, commerce.Errorf(commerce.CodeInvalid, "there is nothing called %q to import: choose one of %v", r.Kind, commerce.Kinds)
	}
	request := loader.Request{
		Kind: kind, Files: r.Files, Format: r.Format, Map: r.Map, Zone: s.current().Zone(), Currency: r.Currency,
	}
	if r.Timezone != "" {
		zone, err := commerce.ParseZone(r.Timezone)
		if err != nil {
			return loader.Request{}, err
		}
		request.Zone = zone
	}
	return request, nil
}

func (s *Service) currency(r ImportRequest) string {
	if r.Currency != "" {
		return r.Currency
	}
	return s.current().Currency
}

// rejectsFile is made when the first row is refused.
type rejectsFile struct {
	path string
	file *os.File
}

func (f *rejectsFile) Write(b []byte) (int, error) {
	if f.path == "" {
		return io.Discard.Write(b)
	}
	if f.file == nil {
		// Refused rows are as personal as the others.
		file, err := os.OpenFile(f.path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return 0, fmt.Errorf("writing the rejects file: %w", err)
		}
		f.file = file
	}
	return f.file.Write(b)
}

func (f *rejectsFile) close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}
