package main

import (
	"context"
	"slices"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	floodBatch = 200 // events
	floodAhead = 20  // batches that may wait for the Keeper
	pacedBatch = 50
)

// flood appends as fast as the Keeper follows.
func (r *streamRun) flood(ctx context.Context) error {
	var last uint64
	before := r.keeper.Progress().Applied
	cost := r.generator.cost()
	begin, cpu := time.Now(), cpuTime(syscall.RUSAGE_SELF)
	sent := 0
	for time.Since(begin) < r.Lasting {
		seq, _, err := r.load.AppendEvents(ctx, r.generator.batch(floodBatch))
		if err != nil {
			return err
		}
		last, sent = seq, sent+floodBatch
		if seq > before+floodAhead {
			if err := r.keeper.Before(ctx, seq-floodAhead); err != nil {
				return err
			}
		}
	}
	if err := r.keeper.Before(ctx, last+1); err != nil {
		return err
	}
	took := time.Since(begin).Seconds()
	least := float64(leastStream)
	if r.Customers > streamCustomers {
		least = leastLarge
	}
	r.least(r.Name+"_rate", float64(sent)/took, "events/s", least)
	r.line(r.Name+"_cpu", (cpuTime(syscall.RUSAGE_SELF)-cpu).Seconds()/took, "cores")
	r.line(r.Name+"_generator_cpu", cost.Seconds()*float64(sent)/took, "cores")
	applied, err := r.Applied(ctx)
	r.line(r.Name+"_waits_for_warehouse", float64(last-applied)*floodBatch, "events")
	return err
}

// visible appends at a fixed rate and takes, for each batch, the time until
// what it changed is committed. beside runs all the while.
func (r *streamRun) visible(ctx context.Context, suffix string, beside func(context.Context) error) error {
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
	begin := time.Now()
	seen, err := r.paced(ctx, func() bool { return time.Since(begin) < r.Lasting })
	if err != nil {
		return err
	}
	cancel()
	if err := <-done; err != nil {
		return err
	}
	r.limited(r.Name+"_visible_p99"+suffix, percentile(seen, 99), "ms", mostVisible)
	r.line(r.Name+"_visible_median"+suffix, percentile(seen, 50), "ms")
	if beside != nil {
		r.line(r.Name+"_queries"+suffix, float64(asked.Load()), "queries")
	}
	return nil
}

// seen is a batch of events that was due at an instant, and how long it took
// from then until what it changed was committed.
type seen struct {
	seq  uint64
	due  time.Time
	took time.Duration
}

// percentile of the times, in milliseconds; 0 of none.
func percentile(all []seen, p int) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.SortedFunc(slices.Values(all), func(a, b seen) int { return int(a.took - b.took) })
	return sorted[len(sorted)*p/100].took.Seconds() * 1000
}

// paced appends Rate events a second while they are wanted.
func (r *streamRun) paced(ctx context.Context, wanted func() bool) ([]seen, error) {
	waiting := make(chan seen, 1<<14)
	failed := make(chan error, 1)
	go func() {
		defer close(waiting)
		for due := time.Now(); wanted() && ctx.Err() == nil; due = due.Add(time.Second * pacedBatch / time.Duration(r.Rate)) {
			time.Sleep(time.Until(due))
			seq, _, err := r.load.AppendEvents(ctx, r.generator.batch(pacedBatch))
			if err != nil {
				failed <- err
				return
			}
			waiting <- seen{seq: seq, due: due}
		}
		failed <- nil
	}()
	var all []seen
	for w := range waiting {
		if err := r.keeper.Before(ctx, w.seq+1); err != nil {
			return nil, err
		}
		w.took = time.Since(w.due)
		all = append(all, w)
	}
	return all, <-failed
}
