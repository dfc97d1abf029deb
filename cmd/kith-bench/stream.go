package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"kith/internal/commerce"
)

// Limits of the stream: at least so many events a second through append,
// evaluation and commit, and at most so long until a transition is visible.
const (
	leastStream      = 20_000 // events/s at a million customers
	leastLarge       = 10_000 // at ten million
	mostVisible      = 100    // ms, the 99th percentile at 5,000 events/s
	mostStreamRSS    = 3 * 1024
	mostDefinition   = 5   // s, until a new segment is live
	mostDrained      = 30  // s, until a timer of everyone's is
	mostBesideTimers = 250 // ms, the 99th percentile meanwhile
	streamBatch      = 200
	visibleRate      = 5_000
	streamAhead      = 20 // batches that may wait for the Keeper
	streamCustomers  = 1_000_000
)

// streams measures the stream of events on a shop of known customers.
func (b *bench) streams(ctx context.Context) error {
	for _, times := range b.times {
		name, least := "stream", float64(leastStream)
		if times != 1 {
			name = fmt.Sprintf("stream_x%g", times)
		}
		if times > 1 {
			least = leastLarge
		}
		if err := b.stream(ctx, name, int(times*streamCustomers), least); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (b *bench) stream(ctx context.Context, name string, customers int, least float64) (err error) {
	dir := filepath.Join(b.dir, name+"-data")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	start := time.Now()
	s, err := b.openServed(ctx, dir, customers)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(), os.RemoveAll(dir)) }()
	b.line(name+"_customers", float64(customers), "customers")
	b.line(name+"_segments", float64(s.segments), "segments")
	b.line(name+"_opening", time.Since(start).Seconds(), "s")
	g := newGenerator(customers)
	if err := b.flood(ctx, name, s, g, least); err != nil {
		return err
	}
	if err := b.visible(ctx, name, s, g, "", nil); err != nil {
		return err
	}
	if err := b.visible(ctx, name, s, g, "_beside_query", s.analyst); err != nil {
		return err
	}
	if b.lasting >= time.Second { // it waits for a full minute
		if err := b.midnight(ctx, name, s, g, customers); err != nil {
			return err
		}
	}
	b.limited(name+"_rss", rss(), "MB", mostStreamRSS)
	return nil
}

// midnight saves a segment that everyone enters at one instant, a little
// later, and appends events while they do.
func (b *bench) midnight(ctx context.Context, name string, s *served, g *generator, customers int) error {
	since := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	due := time.Now().Add(b.lasting/2 + time.Duration(customers)*60*time.Microsecond).Truncate(time.Minute).Add(time.Minute)
	begin := time.Now()
	_, err := s.book.Save(ctx, "midnight", "", fmt.Sprintf("created_at <= %d minutes ago", int(due.Sub(since).Minutes())))
	if err == nil {
		err = s.keeper.CatchUp(ctx)
	}
	if err != nil {
		return err
	}
	b.limited(name+"_definition", time.Since(begin).Seconds(), "s", mostDefinition)
	time.Sleep(time.Until(due.Add(-time.Second)))
	drained := make(chan time.Duration, 1)
	go func() {
		for s.keeper.Sizes()["midnight"] < int64(customers) && ctx.Err() == nil {
			<-s.keeper.Changed()
		}
		drained <- time.Since(due)
	}()
	took, err := s.paced(ctx, g, int(b.lasting.Seconds()*visibleRate))
	if err != nil {
		return err
	}
	slices.Sort(took)
	b.limited(name+"_midnight_visible_p99", took[len(took)*99/100], "ms", mostBesideTimers)
	b.limited(name+"_midnight_drained", (<-drained).Seconds(), "s", mostDrained)
	return nil
}

// flood appends as fast as the Keeper follows.
func (b *bench) flood(ctx context.Context, name string, s *served, g *generator, least float64) error {
	var last uint64
	before := s.keeper.Progress().Applied
	begin, cpu := time.Now(), cpuTime(syscall.RUSAGE_SELF)
	sent := 0
	for time.Since(begin) < b.lasting {
		seq, _, err := s.load.AppendEvents(ctx, g.batch(streamBatch))
		if err != nil {
			return err
		}
		last, sent = seq, sent+streamBatch
		if seq > before+streamAhead {
			if err := s.keeper.Before(ctx, seq-streamAhead); err != nil {
				return err
			}
		}
	}
	if err := s.keeper.Before(ctx, last+1); err != nil {
		return err
	}
	took := time.Since(begin).Seconds()
	b.least(name+"_rate", float64(sent)/took, "events/s", least)
	b.line(name+"_cpu", (cpuTime(syscall.RUSAGE_SELF)-cpu).Seconds()/took, "cores")
	b.line(name+"_generator_cpu", g.cpu.Seconds()/took, "cores")
	b.line(name+"_waits_for_warehouse", float64(last-s.applied(ctx))*streamBatch, "events")
	g.cpu = 0
	return nil
}

// visible appends at a fixed rate and takes, for each batch, the time until
// what it changed is committed. beside runs all the while.
func (b *bench) visible(ctx context.Context, name string, s *served, g *generator, suffix string, beside func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var asked atomic.Int64
	done := make(chan error, 1)
	if beside == nil {
		done <- nil
	} else {
		go func() {
			for ctx.Err() == nil {
				if err := beside(ctx); err != nil && ctx.Err() == nil {
					done <- err
					return
				}
				asked.Add(1)
			}
			done <- nil
		}()
	}
	took, err := s.paced(ctx, g, int(b.lasting.Seconds()*visibleRate))
	if err != nil {
		return err
	}
	cancel()
	if err := <-done; err != nil {
		return err
	}
	slices.Sort(took)
	b.limited(name+"_visible_p99"+suffix, took[len(took)*99/100], "ms", mostVisible)
	b.line(name+"_visible_median"+suffix, took[len(took)/2], "ms")
	if beside != nil {
		b.line(name+"_queries"+suffix, float64(asked.Load()), "queries")
	}
	return nil
}

// paced appends events at visibleRate and takes, for each batch, the time from
// when it was due until what it changed is committed, in milliseconds.
func (s *served) paced(ctx context.Context, g *generator, events int) ([]float64, error) {
	type sent struct {
		seq uint64
		due time.Time
	}
	const size = 50
	waiting := make(chan sent, events/size+1)
	failed := make(chan error, 1)
	go func() {
		defer close(waiting)
		for due := time.Now(); events > 0; due = due.Add(time.Second * size / visibleRate) {
			time.Sleep(time.Until(due))
			seq, _, err := s.load.AppendEvents(ctx, g.batch(size))
			if err != nil {
				failed <- err
				return
			}
			waiting <- sent{seq, due}
			events -= size
		}
		failed <- nil
	}()
	var took []float64
	for w := range waiting {
		if err := s.keeper.Before(ctx, w.seq+1); err != nil {
			return nil, err
		}
		took = append(took, time.Since(w.due).Seconds()*1000)
	}
	return took, <-failed
}

// generator makes the stream: 70 % product views, 15 % pages, 10 % carts, 3 %
// orders, 2 % identify; 600 bytes an event; Zipf 1.1 over the known customers,
// and three in ten by new visitors.
type generator struct {
	r         *rand.Rand
	customers int
	made      int
	filler    string
	cpu       time.Duration
}

func newGenerator(customers int) *generator {
	filler := make([]byte, 300)
	for i := range filler {
		filler[i] = 'a' + byte(i%26)
	}
	return &generator{r: rand.New(rand.NewPCG(1, 2)), customers: customers, filler: string(filler)}
}

func (g *generator) batch(n int) commerce.EventBatch {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := cpuTime(rusageThread)
	batch := commerce.EventBatch{Events: make([]commerce.Event, n)}
	for i := range batch.Events {
		batch.Events[i] = g.event()
	}
	g.cpu += cpuTime(rusageThread) - before
	return batch
}

// zipf draws a rank with exponent 1.1 by inverting the continuous distribution.
func (g *generator) zipf(n int) int {
	return min(n, int(math.Pow(1-g.r.Float64()*(1-math.Pow(float64(n)+1, -0.1)), -10)))
}

func (g *generator) event() commerce.Event {
	g.made++
	e := commerce.Event{At: time.Now().UTC().Truncate(time.Microsecond), Type: "track", MessageID: fmt.Sprintf("%08x-0000-4000-8000-%012x", g.r.Uint32(), g.made)}
	e.CustomerID = fmt.Sprint("c", g.zipf(g.customers))
	product := g.zipf(20_000)
	p := fmt.Sprintf(`"product_id":"p%d","category":"shoes","price":%d.%02d,"url":"https://shop.example/p/%d?ref=%s"`,
		product, 1+product%200, product%100, product, g.filler[:200])
	switch n := g.r.IntN(100); {
	case n < 70:
		e.Name = "Product Viewed"
	case n < 85:
		e.Type, e.Name, p = "page", "Home", fmt.Sprintf(`"path":"/%s","referrer":"https://search.example/%s"`, g.filler[:100], g.filler[:120])
	case n < 95:
		e.Name = "Product Added"
	case n < 98:
		e.Name = "Order Completed"
		p = fmt.Sprintf(`"order_id":"s%d","total":%d,"currency":"EUR","products":[{"product_id":"p%d","price":20,"quantity":1},{"product_id":"p%d","price":15,"quantity":2}],"note":"%s"`,
			g.made, 20+g.made%100, product, product/2+1, g.filler[:150])
	default:
		e.Type, e.Name, p = "identify", "", ""
		e.Traits = json.RawMessage(fmt.Sprintf(`{"city":"c%d","note":%q}`, g.made%500, g.filler[:250]))
	}
	if p != "" {
		e.Properties = json.RawMessage("{" + p + "}")
	}
	if e.Type != "identify" && e.Name != "Order Completed" && g.r.IntN(100) < 30*100/95 {
		e.CustomerID, e.AnonymousID = "", fmt.Sprint("v", g.made)
	}
	return e
}

const rusageThread = 1 // RUSAGE_THREAD of Linux

func cpuTime(who int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// rss is the memory that this process has, in MB.
func rss() float64 {
	runtime.GC()
	var kb float64
	_, _ = fmt.Sscanf(fromProc("/proc/self/status", "VmRSS"), "%f", &kb)
	return kb / 1024
}

var silent = slog.New(slog.DiscardHandler)
