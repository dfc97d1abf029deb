package api

import (
	"context"
	"fmt"
	"time"

	"kith/internal/audit"
	"kith/internal/commerce"
	"kith/internal/job"
	"kith/internal/loader"
)

// DemoRequest says which demo shop to make. Its currency, zone and country are
// the shop's.
type DemoRequest struct {
	Customers int    `json:"customers,omitempty" minimum:"1" maximum:"1000000" default:"20000" doc:"how many people the shop has"`
	Language  string `json:"language,omitempty" enum:"en,ro,ko,zh-Hant" default:"en" doc:"of the names and tactics of segments"`
}

// DemoFile is one file of the demo shop.
type DemoFile struct {
	Kind commerce.Kind
	Path string
}

// StartDemo makes the demo shop and imports it, as a job. A shop that has
// facts is not mixed with it.
func (s *Service) StartDemo(ctx context.Context, d DemoRequest) (StartedJob, error) {
	if err := s.mayMakeDemo(ctx); err != nil {
		return StartedJob{}, err
	}
	if s.config.Jobs.Busy() {
		return StartedJob{}, commerce.Errorf(commerce.CodeConflict, "files are being imported; a demo would mix with them")
	}
	actor := audit.ActorOf(ctx)
	work := func(ctx context.Context, _ string, tell func(job.Progress)) (job.Result, error) {
		if err := s.mayMakeDemo(ctx); err != nil {
			return job.Result{}, err
		}
		return s.demo(audit.WithActor(ctx, actor), d, tell)
	}
	j, err := s.config.Jobs.Start(ctx, job.Demo, nil, actor, work, func() {})
	return StartedJob{j.ID}, err
}

func (s *Service) mayMakeDemo(ctx context.Context) error {
	hasFacts, err := s.config.HasFacts(ctx)
	if err == nil && hasFacts {
		err = commerce.Errorf(commerce.CodeConflict, "the shop has facts, which a demo would mix with; make the demo in another folder, with \"kith demo --data\"")
	}
	return err
}

// demo is the work of the job. Each of its imports is in the history.
func (s *Service) demo(ctx context.Context, d DemoRequest, tell func(job.Progress)) (job.Result, error) {
	start := s.config.Now()
	tell(job.Progress{Stage: "making", Step: 1, Steps: 1})
	files, err := s.config.MakeDemo(ctx, d)
	if err != nil {
		return job.Result{}, err
	}
	counts := &job.Counts{}
	for i, f := range files {
		begin := s.config.Now().UTC().Truncate(time.Microsecond)
		r := loader.Request{Kind: f.Kind, Files: []string{f.Path}}
		imported, err := s.importNow(ctx, r, Watch{Progress: telling(tell, string(f.Kind), i+2, len(files)+1)})
		if recording := s.record(ctx, begin, r, imported, err); err == nil {
			err = recording
		}
		if err != nil {
			return job.Result{}, fmt.Errorf("importing the demo's %s: %w", f.Kind, err)
		}
		counts.Rows, counts.Accepted, counts.Refused = counts.Rows+imported.Rows, counts.Accepted+imported.Accepted, counts.Refused+imported.Refused
		counts.Customers, counts.Orders = counts.Customers+imported.Customers, counts.Orders+imported.Orders
		counts.Items, counts.Refunds = counts.Items+imported.Items, counts.Refunds+imported.Refunds
	}
	return job.Result{Counts: counts, Seconds: s.since(start)}, nil
}
