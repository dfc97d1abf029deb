package warehouse_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/warehouse"
	"kith/internal/warehouse/warehousetest"
)

// TestACancelledLoad changes nothing, and the next one is taken.
func TestACancelledLoad(t *testing.T) {
	t.Parallel()
	db, err := warehouse.Open(t.Context(), warehouse.Config{Currency: "EUR", Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	batch := warehouse.Batch{Seq: 1, Kind: commerce.Events, At: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Rows: []warehouse.Row{
		{"ts": "2026-03-01T00:00:00Z", "event": "page_viewed", "customer_id": "ana"},
	}}
	ctx, cancel := context.WithCancel(t.Context())
	batch.BeforeCommit = func(context.Context, warehouse.Result) error {
		cancel()
		// Whatever the context's end sets off has time to happen.
		for range 10_000 {
			runtime.Gosched()
		}
		return ctx.Err()
	}
	if _, err := db.Load(ctx, batch); err == nil {
		t.Fatal("a load that was cancelled was made")
	}
	if err := db.Score(ctx, 1, batch.At, nil); err == nil {
		t.Error("a run that was cancelled was made")
	}
	batch.BeforeCommit = nil
	result, err := db.Load(t.Context(), batch)
	if err != nil || result.Accepted != 1 {
		t.Errorf("the load after it: %+v, %v", result, err)
	}
}

// TestAQuestionNobodyWaitsForEnds: one that would take for ever returns once
// its context ends.
func TestAQuestionNobodyWaitsForEnds(t *testing.T) {
	t.Parallel()
	shop := warehousetest.Open(t, "EUR", "UTC")
	ctx, cancel := context.WithCancel(t.Context())
	conn, err := shop.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ended := make(chan error, 1)
	go func() {
		var n int64
		ended <- conn.QueryRowContext(ctx, `SELECT count(*) FROM range(1000000000000) a, range(1000000000000) b WHERE hash(a.range, b.range) = 1`).Scan(&n)
	}()
	for range 10_000 {
		runtime.Gosched()
	}
	cancel()
	if err := <-ended; err == nil {
		t.Error("it answered")
	}
}
