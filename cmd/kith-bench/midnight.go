package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kith/internal/segment"
)

// midnight lets everyone leave a segment at the first instant of a month, and
// appends events while they do.
func (r *streamRun) midnight(ctx context.Context) error {
	if err := r.save(ctx, "midnight", "has points this month"); err != nil {
		return err
	}
	if r.size("midnight") != r.Customers {
		return fmt.Errorf("%d of %d are in before midnight", r.size("midnight"), r.Customers)
	}
	r.clock.to(shopMidnight.Add(-r.Lasting / 2))
	watching, cancel := context.WithCancel(ctx)
	defer cancel()
	drained := make(chan error, 1)
	var took time.Duration
	over := make(chan struct{})
	go func() {
		err := r.sized(watching, "midnight", 0)
		took = r.clock.now().Sub(shopMidnight)
		close(over)
		drained <- err
	}()
	all, err := r.paced(ctx, func() bool {
		select {
		case <-over:
			return r.clock.now().Before(shopMidnight.Add(r.Lasting / 2))
		default:
			return true
		}
	})
	if err != nil {
		return err
	}
	if err := <-drained; err != nil {
		return err
	}
	r.limited(r.Name+"_midnight_drained", took.Seconds(), "s", mostDrained)
	// Only what came meanwhile counts.
	all = slices.DeleteFunc(all, func(x seen) bool {
		return r.clock.of(x.due.Add(x.took)).Before(shopMidnight) || r.clock.of(x.due).After(shopMidnight.Add(took))
	})
	if len(all) > 0 { // a tiny shop is done before the next batch is due
		r.limited(r.Name+"_midnight_visible_p99", percentile(all, 99), "ms", mostBesideTimers)
	}
	return r.exact(ctx)
}

// exact counts those who left at midnight by time alone, and at no other
// instant.
func (r *streamRun) exact(ctx context.Context) error {
	persons := map[int64]bool{}
	err := r.ops.Transitions(ctx, segment.TransitionFilter{Segment: "midnight"}, func(t segment.Transition) error {
		if t.Entered {
			return nil
		}
		if !t.At.Equal(shopMidnight) || t.Cause != segment.CauseTime {
			return fmt.Errorf("%s left at %s by %s", t.Customer, t.At, t.Cause)
		}
		persons[t.Person] = true
		return nil
	})
	r.least(r.Name+"_midnight_exact", float64(len(persons)), "transitions", float64(r.Customers))
	return err
}
