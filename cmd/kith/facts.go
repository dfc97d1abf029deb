package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/duck"
	"kith/internal/loader"
	"kith/internal/profile"
	"kith/internal/rfm"
	"kith/internal/segment"
	"kith/internal/segment/export"
	"kith/internal/segment/insight"
	"kith/internal/segql"
	"kith/internal/warehouse"
)

// facts is the warehouse as the loader and the questions see it. A rebuild
// puts another one in its place while it is in use.
type facts struct {
	config   warehouse.Config
	settings *api.LiveSettings
	moves    warehouse.Moves
	aside    string // where the one was put that this one replaces; "" if none was

	mu       sync.RWMutex // held for reading while the warehouse is used
	db       *warehouse.DB
	givesWay bool
}

func (w *facts) open(ctx context.Context) (err error) {
	w.db, err = warehouse.Open(ctx, w.config)
	if err == nil && w.givesWay {
		err = w.db.GiveWay(ctx)
	}
	return err
}

// settle lets the warehouse be made for other settings when it is next made
// anew. Nobody makes it meanwhile.
func (w *facts) settle(s commerce.Settings) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.config.Currency, w.config.Zone = s.Currency, s.Zone()
}

func (w *facts) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.db == nil {
		return nil
	}
	err := w.db.Close()
	w.db = nil
	return err
}

var errClosed = errors.New("the warehouse is closed")

// using calls do with the warehouse, which stays until do returns.
func using[T any](w *facts, do func(db *warehouse.DB) (T, error)) (T, error) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.db == nil {
		var none T
		return none, errClosed
	}
	return do(w.db)
}

// asking calls do with what answers questions.
func asking[T any](w *facts, do func(q *warehouse.Questions) (T, error)) (T, error) {
	return using(w, func(db *warehouse.DB) (T, error) { return do(db.Questions(w.settings.Get).WithMoves(w.moves)) })
}

// giveWay leaves the processor to what must not wait for questions: taking
// events and keeping memberships.
func (w *facts) giveWay(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.db == nil {
		return errClosed
	}
	w.givesWay = true
	return w.db.GiveWay(ctx)
}

// engineSettings are settings of DuckDB that a folder's safety depends on.
func (w *facts) engineSettings(ctx context.Context) (map[string]string, error) {
	return using(w, func(db *warehouse.DB) (map[string]string, error) {
		return db.Settings(ctx, "enable_external_access", "lock_configuration", "memory_limit", "threads")
	})
}

// Applied implements loader.Warehouse.
func (w *facts) Applied(ctx context.Context) (uint64, error) {
	return using(w, func(db *warehouse.DB) (uint64, error) {
		seq, err := db.AppliedSeq(ctx)
		return uint64(seq), err
	})
}

// Imported implements loader.Warehouse.
func (w *facts) Imported(ctx context.Context, kind commerce.Kind, hash string) (bool, error) {
	return using(w, func(db *warehouse.DB) (bool, error) { return db.Imported(ctx, string(kind), hash) })
}

// Load implements loader.Warehouse.
func (w *facts) Load(ctx context.Context, b loader.Batch) (loader.Result, error) {
	return using(w, func(db *warehouse.DB) (loader.Result, error) { return load(ctx, db, b) })
}

func load(ctx context.Context, db *warehouse.DB, b loader.Batch) (loader.Result, error) {
	batch := warehouse.Batch{Seq: int64(b.Seq), Kind: b.Kind, Hash: b.Hash, At: b.At, Files: b.Files}
	if len(b.Events) > 0 {
		batch.Entries = eventEntries(b.Events)
	}
	if b.BeforeCommit != nil {
		batch.BeforeCommit = func(ctx context.Context, r warehouse.Result) error { return b.BeforeCommit(ctx, result(r)) }
	}
	r, err := db.Load(ctx, batch)
	return result(r), explain(err)
}

func eventEntries(entries []loader.EventEntry) []warehouse.EventEntry {
	out := make([]warehouse.EventEntry, len(entries))
	for i, e := range entries {
		out[i] = warehouse.EventEntry{Seq: int64(e.Seq), At: e.At, Events: e.Events}
	}
	return out
}

// explain makes a full disk known as what it is, whoever noticed it.
func explain(err error) error {
	if err = duck.Explain(err); errors.Is(err, duck.ErrDisk) {
		return fmt.Errorf("%w (%w)", err, syscall.ENOSPC)
	}
	return err
}

func result(r warehouse.Result) loader.Result {
	out := loader.Result{
		Accepted: r.Accepted, Customers: r.Customers, Orders: r.Orders, Items: r.Items, Refunds: r.Refunds, Touched: r.Touched, Conflicts: r.Conflicts,
	}
	for _, x := range r.Refusals {
		out.Refusals = append(out.Refusals, loader.Refusal{File: x.File, Line: x.Line, Pos: x.Pos, Column: x.Column, Reason: x.Reason})
	}
	return out
}

// Score implements loader.Warehouse.
func (w *facts) Score(ctx context.Context, seq uint64, at time.Time, r loader.Run) error {
	_, err := using(w, func(db *warehouse.DB) (struct{}, error) {
		return struct{}{}, explain(db.Score(ctx, int64(seq), at, r.Percentiles))
	})
	return err
}

// Rebuild implements loader.Warehouse.
func (w *facts) Rebuild(ctx context.Context, fill func(loader.Warehouse) error) error {
	fresh := &facts{config: w.config, settings: w.settings}
	fresh.config.Path += ".new"
	if err := errors.Join(remove(fresh.config.Path), remove(fresh.config.Path+".wal")); err != nil {
		return err
	}
	if err := fresh.open(ctx); err != nil {
		return err
	}
	if err := fill(fresh); err != nil {
		return errors.Join(err, fresh.close(), remove(fresh.config.Path), remove(fresh.config.Path+".wal"))
	}
	if err := fresh.close(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.db.Close(); err != nil {
		return err
	}
	err := warehouse.Replace(w.config.Path, fresh.config.Path)
	// The old one is still there if that failed.
	return errors.Join(err, w.open(ctx))
}

func remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// Count implements segment.Asker.
func (w *facts) Count(ctx context.Context, s *segql.Checked, at time.Time, saved bool) (int64, error) {
	return asking(w, func(q *warehouse.Questions) (int64, error) { return q.Count(ctx, s, at, saved) })
}

// Sample implements segment.Asker.
func (w *facts) Sample(ctx context.Context, s segment.Question, at time.Time, limit int) (segment.Sample, error) {
	return asking(w, func(q *warehouse.Questions) (segment.Sample, error) { return q.Sample(ctx, s, at, limit) })
}

// Members implements segment.Asker.
func (w *facts) Members(ctx context.Context, s *segql.Checked, at time.Time, saved bool, yield func(id string) error) error {
	_, err := asking(w, func(q *warehouse.Questions) (struct{}, error) {
		return struct{}{}, q.Members(ctx, s, at, saved, yield)
	})
	return err
}

// Explain implements segment.Asker.
func (w *facts) Explain(ctx context.Context, s *segql.Checked, customer string, at time.Time, saved bool) (segment.Explanation, error) {
	return asking(w, func(q *warehouse.Questions) (segment.Explanation, error) {
		return q.Explain(ctx, s, customer, at, saved)
	})
}

// CountAll implements segment.Asker.
func (w *facts) CountAll(ctx context.Context, all map[string]*segql.Checked, at time.Time) (map[string]segment.Size, error) {
	return asking(w, func(q *warehouse.Questions) (map[string]segment.Size, error) { return q.CountAll(ctx, all, at) })
}

// Compare implements segment.Asker.
func (w *facts) Compare(ctx context.Context, pairs []segment.Pair, at time.Time, sample int) ([]segment.Difference, error) {
	return asking(w, func(q *warehouse.Questions) ([]segment.Difference, error) { return q.Compare(ctx, pairs, at, sample) })
}

// SegmentsOf implements segment.Asker.
func (w *facts) SegmentsOf(ctx context.Context, customer string, all map[string]*segql.Checked, at time.Time) ([]string, error) {
	return asking(w, func(q *warehouse.Questions) ([]string, error) { return q.SegmentsOf(ctx, customer, all, at) })
}

// RFM implements api.Scores.
func (w *facts) RFM(ctx context.Context, at time.Time) ([]rfm.Row, error) {
	return asking(w, func(q *warehouse.Questions) ([]rfm.Row, error) { return q.RFM(ctx, at) })
}

// Ranked implements api.Scores.
func (w *facts) Ranked(ctx context.Context) (map[string]bool, error) {
	return asking(w, func(q *warehouse.Questions) (map[string]bool, error) { return q.Ranked(ctx) })
}

// Scored implements api.Scores.
func (w *facts) Scored(ctx context.Context, at time.Time) (bool, error) {
	return asking(w, func(q *warehouse.Questions) (bool, error) { return q.Scored(ctx, at) })
}

// ListRuns implements api.Runs.
func (w *facts) ListRuns(ctx context.Context, before int64, limit int) ([]api.ScoringRun, error) {
	runs, err := asking(w, func(q *warehouse.Questions) ([]warehouse.Run, error) { return q.ListRuns(ctx, before, limit) })
	list := make([]api.ScoringRun, len(runs))
	for i, r := range runs {
		list[i] = api.ScoringRun{Run: r.Number, At: r.At, Customers: r.Customers, Changed: r.Changed, Groups: []api.GroupSize{}}
		for _, g := range r.Groups {
			list[i].Groups = append(list[i].Groups, api.GroupSize(g))
		}
	}
	return list, err
}

// Kinds implements api.Insights.
func (w *facts) Kinds(ctx context.Context, all []segment.Question, at time.Time) ([]insight.Kind, error) {
	return asking(w, func(q *warehouse.Questions) ([]insight.Kind, error) { return q.Kinds(ctx, all, at) })
}

// Purchases implements api.Insights.
func (w *facts) Purchases(ctx context.Context, s segment.Question, at time.Time) (insight.Purchases, error) {
	return asking(w, func(q *warehouse.Questions) (insight.Purchases, error) { return q.Purchases(ctx, s, at) })
}

// OrderedSince implements api.Insights.
func (w *facts) OrderedSince(ctx context.Context, s segment.Question, at, until time.Time) (insight.Baseline, error) {
	return asking(w, func(q *warehouse.Questions) (insight.Baseline, error) { return q.OrderedSince(ctx, s, at, until) })
}

// ProductNames implements api.Insights.
func (w *facts) ProductNames(ctx context.Context, products []string, at time.Time) (map[string]string, error) {
	return asking(w, func(q *warehouse.Questions) (map[string]string, error) { return q.ProductNames(ctx, products, at) })
}

// SeenEvents implements api.Vocabulary.
func (w *facts) SeenEvents(ctx context.Context) ([]segment.SeenEvent, error) {
	return asking(w, func(q *warehouse.Questions) ([]segment.SeenEvent, error) { return q.SeenEvents(ctx) })
}

// SeenTraits implements api.Vocabulary.
func (w *facts) SeenTraits(ctx context.Context) ([]segment.SeenTrait, error) {
	return asking(w, func(q *warehouse.Questions) ([]segment.SeenTrait, error) { return q.SeenTraits(ctx) })
}

// Values implements api.Vocabulary.
func (w *facts) Values(ctx context.Context, of *segql.Facts, field segql.FieldInfo, at time.Time, limit int) (segment.Values, error) {
	return asking(w, func(q *warehouse.Questions) (segment.Values, error) { return q.Values(ctx, of, field, at, limit) })
}

// ExportSummary implements api.Exports.
func (w *facts) ExportSummary(ctx context.Context, s segment.Question, at time.Time, f export.Format) (export.Summary, error) {
	return asking(w, func(q *warehouse.Questions) (export.Summary, error) { return q.ExportSummary(ctx, s, at, f) })
}

// Export implements api.Exports.
func (w *facts) Export(
	ctx context.Context, s segment.Question, at time.Time, f export.Format, begin func(export.Summary) error, yield func(*export.Member) error,
) error {
	_, err := asking(w, func(q *warehouse.Questions) (struct{}, error) {
		return struct{}{}, q.Export(ctx, s, at, f, begin, yield)
	})
	return err
}

// Present implements segment.Facts.
func (w *facts) Present(ctx context.Context) (map[string]bool, error) {
	return asking(w, func(q *warehouse.Questions) (map[string]bool, error) { return q.Present(ctx) })
}

// FindCustomer implements profile.Reader.
func (w *facts) FindCustomer(ctx context.Context, id string, at time.Time, events int) (profile.Customer, error) {
	return asking(w, func(q *warehouse.Questions) (profile.Customer, error) { return q.FindCustomer(ctx, id, at, events) })
}
