package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// mostStart is what a command on an existing folder may take.
const mostStart = 150 // ms

// smallShop is a folder with hardly anything in it.
const smallShop = `order_id,customer_id,at,total
1,ana,2025-11-03T10:00:00Z,20.00
2,bob,2025-11-04T10:00:00Z,35.50
3,ana,2025-12-05T10:00:00Z,12.00
`

// starts measures a whole command, from the start of its process to its end.
func (b *bench) starts(ctx context.Context) error {
	kith, err := filepath.Abs(b.kith)
	if err != nil {
		return err
	}
	if _, err := os.Stat(kith); err != nil {
		b.skip("there is no program %s for start; make build makes it", b.kith)
		return nil
	}
	small := filepath.Join(b.dir, "small-data")
	if err := b.makeSmall(ctx, kith, small); err != nil {
		return err
	}
	if err := b.startOn(ctx, "start_small", kith, small, "has order", mostStart); err != nil {
		return err
	}
	large := filepath.Join(b.dir, "import-data")
	if _, err := os.Stat(large); err != nil {
		file, err := b.linesFile(ctx)
		if err != nil {
			return err
		}
		if _, err := b.importSide(ctx, large, file, "", false); err != nil {
			return err
		}
	}
	// Opening is what is limited: of a question over five million orders the
	// time is the question's.
	if err := b.startOn(ctx, "start_bench", kith, large, "has order in last 30 days", mostStart); err != nil {
		return err
	}
	return b.startOn(ctx, "start_bench_all_orders", kith, large, "has order", 0)
}

func (b *bench) makeSmall(ctx context.Context, kith, dir string) error {
	file := filepath.Join(b.dir, "small.csv")
	if err := os.WriteFile(file, []byte(smallShop), 0o600); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	output, err := exec.CommandContext(ctx, kith, "import", "orders", file, "--data", dir).CombinedOutput() //nolint:gosec // the program that is measured
	if err != nil {
		return fmt.Errorf("making a small shop: %w: %s", err, output)
	}
	return nil
}

// lastOrders is when the generated orders end.
const lastOrders = "2026-01-01T00:00:00Z"

// startOn asks several times on a folder; a limit of zero is none.
func (b *bench) startOn(ctx context.Context, name, kith, dir, question string, limit float64) error {
	var times []time.Duration
	for round := range 2*b.rounds + 2 {
		start := time.Now()
		output, err := exec.CommandContext(ctx, kith, "segment", "count", question, "--at", lastOrders, "--data", dir).CombinedOutput() //nolint:gosec // as above
		if err != nil {
			return fmt.Errorf("counting on %s: %w: %s", dir, err, output)
		}
		if round > 0 {
			times = append(times, time.Since(start))
		}
	}
	took := float64(median(times).Microseconds()) / 1000
	if limit == 0 {
		b.line(name, took, "ms")
	} else {
		b.limited(name, took, "ms", limit)
	}
	return nil
}
