package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"
)

// Limits of the stream.
const (
	leastStream      = 20_000 // events/s through append, evaluation and commit, at a million customers
	leastLarge       = 10_000 // at ten million
	mostVisible      = 100    // ms until a transition is visible, the 99th percentile at 5,000 events/s
	mostStreamRSS    = 3 * 1024
	streamHeap       = 2_400 << 20 // what Go's own memory shall not exceed then; the warehouse has 1 GB
	mostDefinition   = 5           // s, until a new segment is live
	mostFavourites   = 5           // s, until all whose favourite changed its stock are where they belong
	mostDrained      = 30          // s, until a timer of everyone's is
	mostBesideTimers = 250         // ms, the 99th percentile meanwhile

	streamCustomers = 1_000_000
	streamOrders    = 10_000_000 // at most: ten million customers have no more
)

// streams measures the stream of events on shops of known customers.
func (b *bench) streams(ctx context.Context) error {
	b.note("durability: %s", durability)
	for _, times := range b.streamTimes {
		// First customers of whom little is known, then those who ordered.
		for _, orders := range []float64{0, min(1, times) * streamOrders} {
			if err := b.streamAt(ctx, times, int64(orders)); err != nil {
				return fmt.Errorf("stream: %w", err)
			}
		}
	}
	return nil
}

// streamAt measures in a process of its own.
func (b *bench) streamAt(ctx context.Context, times float64, orders int64) (err error) {
	j := &streamJob{
		Name: "stream", Customers: int64(times * streamCustomers), Orders: orders,
		Dir: filepath.Join(b.dir, "stream-data"), Threads: b.threads, Rate: b.rate, Lasting: b.lasting, Profiles: b.profiles,
	}
	if times != 1 {
		j.Name = fmt.Sprintf("stream_x%g", times)
	}
	if orders > 0 {
		j.Name += "_history"
	}
	if j.Shop, err = b.streamShop(ctx, j.Customers, j.Orders); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(j.Dir)) }()
	err = b.spawn(ctx, "stream", j, func(line []byte) error {
		var r result
		err := json.Unmarshal(line, &r)
		b.add(r)
		return err
	})
	if err != nil {
		return fmt.Errorf("on a copy of %s: %w", j.Shop, err) // another version may have made it
	}
	return nil
}

// streamJob measures the stream on a copy of a shop.
type streamJob struct {
	Name, Shop, Dir   string
	Customers, Orders int64
	Threads           int
	Rate              int           // of events, a second, where they do not come as fast as they can
	Lasting           time.Duration // of each measurement
	Profiles          string        // folder; "" for none
}

func (j *streamJob) run(ctx context.Context, out io.Writer) error {
	r := &streamRun{report: &report{out: out, raw: true}, streamJob: j}
	syscall.Sync() // of what was made before
	if j.Customers <= streamCustomers && j.Orders == 0 {
		debug.SetMemoryLimit(streamHeap) // as "kith serve" does on a small machine
	}
	start := time.Now()
	err := profiled(j.Profiles, j.Name+"_opened", func() (err error) {
		r.served, err = openServed(ctx, j.Shop, j.Dir, j.Threads)
		return err
	})
	if err != nil {
		return err
	}
	r.line(j.Name+"_customers", float64(j.Customers), "customers")
	r.line(j.Name+"_orders", float64(j.Orders), "orders")
	r.line(j.Name+"_segments", float64(r.kept), "segments")
	r.line(j.Name+"_opening", time.Since(start).Seconds(), "s")
	r.clock.start()
	r.generator = newGenerator(int(j.Customers), r.clock.now)
	return errors.Join(r.all(ctx), r.close())
}

// streamRun is a streamJob on its way.
type streamRun struct {
	*report
	*streamJob
	*served

	generator *generator
}

// all measures one thing after the other.
func (r *streamRun) all(ctx context.Context) error {
	r.memory("opened")
	for _, stage := range []struct {
		name    string
		measure func(context.Context) error
	}{
		{"flooded", r.flood},
		{"visible", func(ctx context.Context) error { return r.visible(ctx, "", nil) }},
		{"queried", func(ctx context.Context) error { return r.visible(ctx, "_beside_query", r.analyst) }},
		{"rested", r.resting},
		{"defined", r.definition},
		{"changed", r.favourites},
		{"heaviest", r.heaviest},
		{"midnight", r.midnight},
	} {
		if r.Orders == 0 && (stage.name == "defined" || stage.name == "heaviest") {
			continue // they are about orders
		}
		begin, before := time.Now(), stolen()
		err := profiled(r.Profiles, r.Name+"_"+stage.name, func() error { return stage.measure(ctx) })
		if err != nil {
			return fmt.Errorf("%s: %w", stage.name, err)
		}
		r.line(r.Name+"_stolen_"+stage.name, (stolen()-before)/time.Since(begin).Seconds(), "cores")
		r.memory(stage.name)
	}
	peak := 0.0
	if r.Customers <= streamCustomers {
		peak = mostStreamRSS
	}
	r.limited(r.Name+"_rss_peak", memory("VmHWM"), "MB", peak)
	return nil
}

// resting measures how long the warehouse takes for what it was behind. What
// comes after is asked of a shop that rests.
func (r *streamRun) resting(ctx context.Context) error {
	begin := time.Now()
	err := r.rest(ctx)
	r.line(r.Name+"_resting", time.Since(begin).Seconds(), "s")
	return err
}

// memory reports what is held after a stage.
func (r *streamRun) memory(stage string) {
	r.line(r.Name+"_rss_"+stage, memory("VmRSS"), "MB")
	r.line(r.Name+"_heap_"+stage, heap(), "MB")
}
