package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"kith/internal/job"
	"kith/internal/loader"
	"kith/internal/upload"
)

// openImports makes what keeps uploads, runs imports beside whoever asks, and
// remembers them.
func (p *program) openImports(l *local) (err error) {
	if err := os.MkdirAll(l.folder.Rejects(), 0o700); err != nil {
		return fmt.Errorf("making the folder for refused rows: %w", err)
	}
	if l.uploads, err = upload.Open(upload.Config{Dir: l.folder.Uploads(), Free: l.folder.Free, Now: p.now}); err != nil {
		return err
	}
	l.jobs, err = job.New(job.Config{
		Store: l.ops, Now: p.now, Logger: slog.New(slog.NewTextHandler(p.stderr, nil)),
		Imports: func(ctx context.Context, after uint64, yield func(job.Job) error) error {
			return l.load.Imports(ctx, after, func(i loader.Imported) error { return yield(logged(i)) })
		},
	})
	return err
}

// logged is an import that the log remembers, as the history shows it.
func logged(i loader.Imported) job.Job {
	o := i.Outcome
	return job.Job{
		ID: i.Job, Kind: string(i.Kind), Files: i.Sources, State: job.Done, CreatedAt: i.At, EndedAt: i.At,
		Result: job.Result{Seq: i.Seq, Counts: &job.Counts{
			Rows: o.Rows, Accepted: o.Accepted, Refused: o.Refused, Customers: o.Customers, Orders: o.Orders, Items: o.Items, Refunds: o.Refunds,
		}},
	}
}

// sweepEvery is how often uploads that nobody used are looked for.
const sweepEvery = time.Hour

// sweepUploads removes uploads that nobody used until the context ends.
func (l *local) sweepUploads(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			l.uploads.Sweep()
		}
	}
}
