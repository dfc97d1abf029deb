package main

import (
	"context"
	"errors"
	"time"

	"kith/internal/commerce"
	"kith/internal/loader"
	"kith/internal/warehouse"
)

// intoWarehouse is the warehouse as the loader sees it.
type intoWarehouse struct {
	db   *warehouse.DB
	took *imported
}

// Applied implements loader.Warehouse.
func (w *intoWarehouse) Applied(ctx context.Context) (uint64, error) {
	seq, err := w.db.AppliedSeq(ctx)
	return uint64(seq), err
}

// Imported implements loader.Warehouse.
func (w *intoWarehouse) Imported(ctx context.Context, kind commerce.Kind, hash string) (bool, error) {
	return w.db.Imported(ctx, string(kind), hash)
}

// Load implements loader.Warehouse, and takes the time.
func (w *intoWarehouse) Load(ctx context.Context, b loader.Batch) (loader.Result, error) {
	start := time.Now()
	defer func() { w.took.Loading = time.Since(start).Seconds() }()
	batch := warehouse.Batch{
		Seq: int64(b.Seq), Kind: b.Kind, Hash: b.Hash, At: b.At, Files: b.Files, Entries: eventEntries(b.Events),
	}
	if b.BeforeCommit != nil {
		batch.BeforeCommit = func(ctx context.Context, r warehouse.Result) error { return b.BeforeCommit(ctx, loaded(r)) }
	}
	r, err := w.db.Load(ctx, batch)
	return loaded(r), err
}

func eventEntries(entries []loader.EventEntry) []warehouse.EventEntry {
	all := make([]warehouse.EventEntry, len(entries))
	for i, e := range entries {
		all[i] = warehouse.EventEntry{Seq: int64(e.Seq), At: e.At, Events: e.Events}
	}
	return all
}

func loaded(r warehouse.Result) loader.Result {
	out := loader.Result{Accepted: r.Accepted, Customers: r.Customers, Orders: r.Orders, Items: r.Items, Refunds: r.Refunds, Touched: r.Touched, Conflicts: r.Conflicts}
	for _, x := range r.Refusals {
		out.Refusals = append(out.Refusals, loader.Refusal{File: x.File, Line: x.Line, Pos: x.Pos, Column: x.Column, Reason: x.Reason})
	}
	return out
}

var errNotMeasured = errors.New("kith-bench: not measured")

// Score implements loader.Warehouse.
func (w *intoWarehouse) Score(ctx context.Context, seq uint64, at time.Time, r loader.Run) error {
	return w.db.Score(ctx, int64(seq), at, r.Percentiles)
}

// Rebuild implements loader.Warehouse.
func (w *intoWarehouse) Rebuild(context.Context, func(loader.Warehouse) error) error {
	return errNotMeasured
}
