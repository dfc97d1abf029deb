package loader

import (
	"context"
	"sync"
	"time"
)

// advances are those of AdvanceWithin: one at work, and at most one that has
// not begun, which does for everybody who comes until it does.
type advances struct {
	mu   sync.Mutex
	next *advancing
	took time.Duration // by the last one
	all  sync.WaitGroup
}

type advancing struct {
	done chan struct{}
	err  error
}

// AdvanceWithin is Advance for somebody who waits for a time only: what takes
// longer goes on without them, and where the last time took longer they do not
// wait at all. The warehouse may be behind after it.
func (l *Loader) AdvanceWithin(ctx context.Context, patience time.Duration) error {
	a := &l.advances
	a.mu.Lock()
	one, patient := a.next, a.took <= patience
	if one == nil {
		one = &advancing{done: make(chan struct{})}
		a.next = one
		a.all.Go(func() { l.advanceFor(context.WithoutCancel(ctx), one) })
	}
	a.mu.Unlock()
	if !patient {
		return nil
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-one.done:
		return one.err
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Loader) advanceFor(ctx context.Context, one *advancing) {
	defer close(one.done)
	l.changing.Lock()
	defer l.changing.Unlock()
	a := &l.advances
	a.mu.Lock()
	a.next = nil
	a.mu.Unlock()
	begin := time.Now()
	one.err = l.advanceAll(ctx)
	a.mu.Lock()
	a.took = time.Since(begin)
	a.mu.Unlock()
}
