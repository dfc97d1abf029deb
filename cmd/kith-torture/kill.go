package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"time"
)

const (
	killAfter     = 50 * time.Millisecond
	killBefore    = 3 * time.Second
	mayTake       = 10 * time.Second // to come back, and to stop
	percentile    = 99
	checkedCycles = 25 // how many kills lie between two looks at the stores
)

// kills is R1, with the times of R27: kill -9 at a random moment under load.
func (t *torture) kills(ctx context.Context) error {
	folder := filepath.Join(t.dir, "shop")
	o, err := t.shop(ctx, folder)
	if err != nil {
		return err
	}
	var back []time.Duration
	for cycle := range t.cycles {
		s, err := t.serve(ctx, folder)
		if err != nil {
			return err
		}
		if cycle > 0 {
			back = append(back, s.came)
		}
		lives := killAfter + time.Duration(t.r.Int64N(int64(killBefore-killAfter)))
		err = t.loadUntil(ctx, o, s, func() error { pauseFor(ctx, lives); return s.kill() })
		if err != nil {
			return err
		}
		if cycle%checkedCycles == checkedCycles-1 && cycle != t.cycles-1 {
			if err := t.check(ctx, folder, o.journal.now()); err != nil {
				return err
			}
		}
	}
	s, err := t.serve(ctx, folder)
	if err != nil {
		return err
	}
	back = append(back, s.came)
	var took time.Duration
	err = t.loadUntil(ctx, o, s, func() (err error) { pauseFor(ctx, killBefore); took, err = s.stop(); return err })
	if err != nil {
		return err
	}
	slow := p99(back)
	t.hold("starts after kill -9 that are too slow", against(slow > t.within(mayTake)), "p99 %s, slowest %s of %d", slow.Round(time.Millisecond), slices.Max(back).Round(time.Millisecond), len(back))
	t.hold("stops under load that are too slow", against(took > t.within(mayTake)), "%s, exit status 0", took.Round(time.Millisecond))
	t.note("%d calls acknowledged, %d refused with 503 or 507", o.count(200), o.count(503)+o.count(507))
	return errors.Join(t.check(ctx, folder, o.journal.now()), o.journal.close())
}

// loadUntil sends while do runs.
func (t *torture) loadUntil(ctx context.Context, o *oracle, s *server, do func() error) error {
	loading, end := context.WithCancel(ctx)
	sent := make(chan error, 1)
	go func() { sent <- o.load(loading, s.address) }()
	err := do()
	end()
	return errors.Join(err, <-sent)
}

// p99 is what the slowest hundredth takes at least; 0 of nothing.
func p99(took []time.Duration) time.Duration {
	if len(took) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(took))[(len(took)*percentile+99)/100-1]
}
