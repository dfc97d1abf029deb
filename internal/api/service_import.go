package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kith/internal/audit"
	"kith/internal/commerce"
	"kith/internal/job"
	"kith/internal/loader"
	"kith/internal/upload"
)

// Import implements Shop. It is part of the history of imports.
func (s *Service) Import(ctx context.Context, r ImportRequest, watch Watch) (Import, error) {
	begin := s.config.Now().UTC().Truncate(time.Microsecond)
	if err := s.config.Jobs.Begin(ctx); err != nil { // or this one would be found in the log too
		return Import{}, err
	}
	request, done, err := s.request(r, s.claim)
	if err != nil {
		return Import{}, err
	}
	rejects := &rejectsFile{path: r.Rejects}
	request.Rejects = rejects
	imported, err := s.importNow(ctx, request, watch)
	if err = errors.Join(err, rejects.close(), done()); rejects.file != nil {
		imported.Rejects = r.Rejects
	}
	if recording := s.record(ctx, begin, request, imported, err); recording != nil {
		err = errors.Join(err, fmt.Errorf("noting it in the history of imports: %w", recording))
	}
	return imported, err
}

// importNow imports and scores. An import that happened is told with the error
// of what failed behind it.
func (s *Service) importNow(ctx context.Context, request loader.Request, watch Watch) (answer Import, err error) {
	start := s.config.Now()
	answer = Import{Kind: string(request.Kind), Timezone: s.zoneOf(request), Currency: cmp.Or(request.Currency, s.current().Currency)}
	if watch.Begin != nil {
		watch.Begin(Prelude{Timezone: answer.Timezone, Currency: answer.Currency})
	}
	request.Progress = watch.Progress
	outcome, report, err := s.config.Loader.Import(ctx, request)
	err = s.noted(ctx, err, "import", string(request.Kind), fmt.Sprintf("%d rows, %d accepted, of %s", outcome.Rows, outcome.Accepted, strings.Join(fileNames(request), ", ")))
	if err != nil {
		return Import{}, err
	}
	answer.Outcome = outcome
	if len(report) > 0 {
		answer.Report = new(ImportReport)
		if err := json.Unmarshal(report, answer.Report); err != nil {
			return answer, err
		}
	}
	if !answer.Unchanged && answer.Accepted > 0 {
		if _, err := s.score(ctx); err != nil {
			answer.Seconds = s.since(start)
			return answer, fmt.Errorf("everything was imported, but scoring failed; \"kith score\" does it again: %w", err)
		}
	}
	answer.Seconds = s.since(start)
	return answer, nil
}

// record notes an import that a command asked for, or the demo.
func (s *Service) record(ctx context.Context, begin time.Time, r loader.Request, imported Import, err error) error {
	j := job.Job{
		Kind: string(r.Kind), Files: fileNames(r), Actor: audit.ActorOf(ctx), State: job.Done, CreatedAt: begin, StartedAt: begin,
		EndedAt: s.config.Now().UTC().Truncate(time.Microsecond), Result: resultOf(imported),
	}
	switch {
	case err == nil:
	case imported.Seq > 0:
		j.Problem = err.Error()
	case ctx.Err() != nil:
		j.State, j.Problem, j.Result = job.Cancelled, "it was called off", job.Result{}
	default:
		j.State, j.Problem, j.Code, j.Result = job.Failed, err.Error(), commerce.CodeOf(err), job.Result{}
	}
	return s.config.Jobs.Record(context.WithoutCancel(ctx), j)
}

func resultOf(i Import) job.Result {
	return job.Result{
		Seq: i.Seq, Seconds: i.Seconds,
		Counts: &job.Counts{
			Unchanged: i.Unchanged, Rows: i.Rows, Accepted: i.Accepted, Refused: i.Refused,
			Customers: i.Customers, Orders: i.Orders, Items: i.Items, Refunds: i.Refunds,
		},
	}
}

func fileNames(r loader.Request) []string {
	if len(r.Names) > 0 {
		return r.Names
	}
	names := make([]string, len(r.Files))
	for i, file := range r.Files {
		names[i] = filepath.Base(file)
	}
	return names
}

// Preview implements Shop.
func (s *Service) Preview(ctx context.Context, r ImportRequest) (_ Preview, err error) {
	request, done, err := s.request(r, s.use)
	if err != nil {
		return Preview{}, err
	}
	defer func() { err = errors.Join(err, done()) }()
	p, err := s.config.Preview(ctx, request)
	p.Kind, p.Timezone, p.Currency = r.Kind, s.zoneOf(request), cmp.Or(request.Currency, s.current().Currency)
	return p, err
}

func (s *Service) zoneOf(r loader.Request) string {
	if r.Zone != nil {
		return r.Zone.String()
	}
	return s.current().Timezone
}

// take gives the uploads that a request names, until done is called.
type take func(ids []string) (files []upload.File, done func() error, err error)

// claim is take for an import, which removes them.
func (s *Service) claim(ids []string) ([]upload.File, func() error, error) {
	return s.config.Uploads.Claim(ids)
}

// use is take for a look at them.
func (s *Service) use(ids []string) ([]upload.File, func() error, error) {
	files, done, err := s.config.Uploads.Use(ids)
	return files, func() error { done(); return nil }, err
}

// request says what to import and where that is.
func (s *Service) request(r ImportRequest, take take) (_ loader.Request, done func() error, err error) {
	kind := commerce.Kind(r.Kind)
	if !slices.Contains(commerce.Kinds[:], kind) {
		return loader.Request{}, nil, commerce.Errorf(commerce.CodeInvalid, "there is nothing called %q to import: choose one of %v", r.Kind, commerce.Kinds)
	}
	if (len(r.Files) == 0) == (len(r.Uploads) == 0) {
		return loader.Request{}, nil, commerce.Errorf(commerce.CodeInvalid, "name either files or uploads")
	}
	request := loader.Request{Kind: kind, Files: r.Files, Format: r.Format, Map: r.Map, Currency: r.Currency}
	if r.Timezone != "" {
		if request.Zone, err = commerce.ParseZone(r.Timezone); err != nil {
			return loader.Request{}, nil, err
		}
	}
	if len(r.Uploads) == 0 {
		return request, func() error { return nil }, nil
	}
	files, done, err := take(r.Uploads)
	for _, f := range files {
		request.Files, request.Names = append(request.Files, f.Path), append(request.Names, f.Name)
	}
	return request, done, err
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

// remove removes the file, if it was made.
func (f *rejectsFile) remove() error {
	if f.file == nil {
		return nil
	}
	return os.Remove(f.path)
}
