package api

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"kith/internal/audit"
	"kith/internal/commerce"
	"kith/internal/job"
	"kith/internal/loader"
)

// importConsole is what the console asks of imports.
type importConsole interface {
	Upload(ctx context.Context, name string, size int64, from io.Reader) (Upload, error)
	DeleteUpload(ctx context.Context, id string) (Deletion, error)
	StartImport(ctx context.Context, r JobRequest) (StartedJob, error)
	StartDemo(ctx context.Context, d DemoRequest) (StartedJob, error)
	GetImport(ctx context.Context, id string) (ImportJob, error)
	// WatchImport calls yield with an import as it is, then whenever it changed,
	// until it is over.
	WatchImport(ctx context.Context, id string, yield func(ImportJob) error) error
	CancelImport(ctx context.Context, id string) (ImportJob, error)
	ListImports(ctx context.Context, after string, limit int) (ImportList, error)
	OpenRejects(ctx context.Context, id string) (io.ReadCloser, error)
	FirstRejects(ctx context.Context, id string) (Rejects, error)
}

// JobRequest says what to import beside whoever asks.
type JobRequest struct {
	Kind     string            `json:"kind" enum:"customers,orders,products,events,rates"`
	Uploads  []string          `json:"uploads" minItems:"1" maxItems:"100" doc:"ids; they are removed when the import is over"`
	Format   string            `json:"format,omitempty" doc:"generic if absent; shopify, woocommerce or online-retail"`
	Map      map[string]string `json:"map,omitempty" doc:"field to column"`
	Timezone string            `json:"timezone,omitempty" doc:"of times without an offset; the shop's if absent"`
	Currency string            `json:"currency,omitempty" doc:"of amounts without one; the shop's if absent"`
}

// StartedJob says where a job can be watched.
type StartedJob struct {
	ID string `json:"id"`
}

// ImportJob is an import, or the making of the demo shop.
type ImportJob struct {
	ID        string       `json:"id"`
	Kind      string       `json:"kind" enum:"customers,orders,products,events,rates,demo"`
	Files     []string     `json:"files" doc:"names"`
	State     string       `json:"state" enum:"waiting,running,done,failed,cancelled,interrupted"`
	Actor     string       `json:"actor,omitempty" doc:"who asked for it; absent where that is not known"`
	CreatedAt time.Time    `json:"created_at"`
	StartedAt *time.Time   `json:"started_at,omitempty"`
	EndedAt   *time.Time   `json:"ended_at,omitempty"`
	Seconds   *float64     `json:"seconds,omitempty"`
	Ahead     *int         `json:"ahead,omitempty" doc:"while it waits: how many come before it"`
	Progress  *JobProgress `json:"progress,omitempty" doc:"while it runs"`
	Result    *JobResult   `json:"result,omitempty" doc:"once anything was imported"`
	Problem   *JobProblem  `json:"problem,omitempty" doc:"why it failed, or what failed behind it"`
	Rejects   *JobRejects  `json:"rejects,omitempty" doc:"refused rows that can be had"`
}

// JobProgress is how far a running job is.
type JobProgress struct {
	Stage string `json:"stage" enum:"making,customers,orders,products,events,rates" doc:"what is being done"`
	Step  int    `json:"step" doc:"from 1"`
	Steps int    `json:"steps"`
	Bytes int64  `json:"bytes" doc:"read of the files; when all are, the facts are loaded"`
	Total int64  `json:"total"`
	Rows  int64  `json:"rows"`
}

// JobResult is what the files held and what was taken.
type JobResult struct {
	Unchanged bool  `json:"unchanged" doc:"it was imported before: nothing changed"`
	Rows      int64 `json:"rows"`
	Accepted  int64 `json:"accepted"`
	Refused   int64 `json:"refused"`
	Customers int64 `json:"customers"`
	Orders    int64 `json:"orders"`
	Items     int64 `json:"items"`
	Refunds   int64 `json:"refunds"`
}

// JobProblem is why a job failed.
type JobProblem struct {
	Code    commerce.Code `json:"code,omitempty"`
	Message string        `json:"message" words:"message"`
}

// JobRejects are the refused rows that are kept.
type JobRejects struct {
	Bytes int64 `json:"bytes"`
	Cut   bool  `json:"cut" doc:"there were too many to keep all of them"`
}

// ImportList is a page of the history, the newest first.
type ImportList struct {
	Imports []ImportJob `json:"imports"`
	Next    string      `json:"next,omitempty" doc:"what to go on after; absent at the end"`
}

// StartImport lets an import begin when those before it are over.
func (s *Service) StartImport(ctx context.Context, r JobRequest) (StartedJob, error) {
	request, done, err := s.request(ImportRequest{
		Kind: r.Kind, Uploads: r.Uploads, Format: r.Format, Map: r.Map, Timezone: r.Timezone, Currency: strings.ToUpper(r.Currency),
	}, s.claim)
	if err != nil {
		return StartedJob{}, err
	}
	actor := audit.ActorOf(ctx)
	work := func(ctx context.Context, id string, tell func(job.Progress)) (job.Result, error) {
		return s.importJob(audit.WithActor(ctx, actor), id, request, tell)
	}
	j, err := s.config.Jobs.Start(ctx, r.Kind, request.Names, actor, work, func() {
		_ = done() // what could not be removed is when the folder is next opened
	})
	if err != nil {
		s.config.Uploads.Release(r.Uploads)
	}
	return StartedJob{j.ID}, err
}

// importJob is the work of a job.
func (s *Service) importJob(ctx context.Context, id string, r loader.Request, tell func(job.Progress)) (job.Result, error) {
	rejects := s.keptRejects(id)
	r.Rejects, r.Job = rejects, id
	imported, err := s.importNow(ctx, r, Watch{Progress: telling(tell, string(r.Kind), 1, 1)})
	if closing := rejects.close(); err == nil {
		err = closing
	}
	if err != nil && imported.Seq == 0 {
		return job.Result{}, errors.Join(err, rejects.remove())
	}
	result := resultOf(imported)
	result.Rejects, result.RejectsCut = rejects.size, rejects.cut
	return result, err
}

// telling turns the progress of a reading into that of a job.
func telling(tell func(job.Progress), stage string, step, steps int) func(loader.Progress) {
	tell(job.Progress{Stage: stage, Step: step, Steps: steps})
	return func(p loader.Progress) {
		tell(job.Progress{Stage: stage, Step: step, Steps: steps, Bytes: min(p.Bytes, p.Total), Total: p.Total, Rows: p.Rows})
	}
}

// GetImport returns an import as it is.
func (s *Service) GetImport(ctx context.Context, id string) (ImportJob, error) {
	j, p, err := s.config.Jobs.Get(ctx, id)
	if err != nil {
		return ImportJob{}, err
	}
	return s.showJob(j, p), nil
}

// WatchImport implements importConsole.
func (s *Service) WatchImport(ctx context.Context, id string, yield func(ImportJob) error) error {
	return s.config.Jobs.Watch(ctx, id, func(j job.Job, p job.Progress) error { return yield(s.showJob(j, p)) })
}

// CancelImport calls an import off that is not over. One that runs ends soon.
func (s *Service) CancelImport(ctx context.Context, id string) (ImportJob, error) {
	if err := s.config.Jobs.Cancel(ctx, id); err != nil {
		return ImportJob{}, err
	}
	return s.GetImport(ctx, id)
}

// ListImports lists a page of the history.
func (s *Service) ListImports(ctx context.Context, after string, limit int) (ImportList, error) {
	before, err := parseJobPlace(after)
	if err != nil {
		return ImportList{}, err
	}
	jobs, err := s.config.Jobs.List(ctx, before, limit+1)
	if err != nil {
		return ImportList{}, err
	}
	page := ImportList{Imports: []ImportJob{}}
	for i, j := range jobs {
		if i == limit {
			last := jobs[i-1]
			page.Next = strconv.FormatInt(last.CreatedAt.UnixMicro(), 10) + "-" + strconv.FormatInt(last.Number, 10)
			break
		}
		_, p, err := s.config.Jobs.Get(ctx, j.ID)
		if err != nil {
			return ImportList{}, err
		}
		page.Imports = append(page.Imports, s.showJob(j, p))
	}
	return page, nil
}

func parseJobPlace(text string) (job.Place, error) {
	if text == "" {
		return job.Place{}, nil
	}
	at, number, _ := strings.Cut(text, "-")
	micros, err := strconv.ParseInt(at, 10, 64)
	n, err2 := strconv.ParseInt(number, 10, 64)
	if err != nil || err2 != nil {
		return job.Place{}, commerce.Errorf(commerce.CodeInvalid, "after is %q, not what next said", text)
	}
	return job.Place{At: time.UnixMicro(micros).UTC(), Number: n}, nil
}

func (s *Service) showJob(j job.Job, p job.Progress) ImportJob {
	shown := ImportJob{
		ID: j.ID, Kind: j.Kind, Files: append([]string{}, j.Files...), State: string(j.State), Actor: j.Actor, CreatedAt: j.CreatedAt,
		StartedAt: instantOrNil(j.StartedAt), EndedAt: instantOrNil(j.EndedAt), Result: (*JobResult)(j.Counts),
	}
	switch {
	case j.State == job.Waiting:
		shown.Ahead = new(s.config.Jobs.Ahead(j.ID))
	case j.State == job.Running && p != job.Progress{}:
		shown.Progress = new(JobProgress(p))
	}
	if j.Seconds > 0 {
		shown.Seconds = new(j.Seconds)
	}
	if j.Problem != "" {
		shown.Problem = &JobProblem{Code: j.Code, Message: j.Problem}
	}
	if j.Rejects > 0 {
		if info, err := os.Stat(s.rejectsPath(j.ID)); err == nil { // else somebody removed them
			shown.Rejects = &JobRejects{Bytes: info.Size(), Cut: j.RejectsCut}
		}
	}
	return shown
}
