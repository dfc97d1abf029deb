package membership

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segment/live"
	"kith/internal/segql/eval"
)

// Keeper keeps memberships. Open makes one, and Run lets it work; the other
// methods may be called by anyone at any time.
type Keeper struct {
	config Config
	wake   chan struct{}   // holds one when there is something to do
	again  chan chan error // who asked for everything to be read anew
	looks  chan func()     // who wants to look at what belongs to Run

	// These belong to Open and then to Run.
	engine   *live.Engine
	tracker  *live.Tracker
	segments []segment.LiveSegment // by number; ID is empty where one is gone
	numbers  map[string]int        // of the segments, by id
	places   map[string]int        // in the engine, by id
	placed   []int                 // the numbers, by place
	restored uint64                // the last entry that the facts held when they were read
	batch    collected
	taken    segment.Progress // of the last batch taken, whose commit may be on its way
	commits  chan error       // of the commit that is on its way; nil without one
	settled  time.Time        // when the clock was last committed
	looked   bool             // into the log

	mu       sync.Mutex
	begun    uint64 // steps begun
	rested   uint64 // the last step after which there was nothing more to do
	progress segment.Progress
	touched  map[uint64][]int64 // by import: whom it touched; nil for everyone
	changed  chan struct{}      // closed at the next commit
	failed   error

	sizes atomic.Pointer[map[string]int64]
}

// pause bounds how long a Keeper sleeps, so that the clock is committed now
// and then.
const pause = time.Minute

// stretch is how much is done before it is committed: enough for a commit to
// cost little, little enough to be seen at once.
const (
	stretchEvents = 2_000
	stretchTimers = 1_500
	stretchTime   = 20 * time.Millisecond
	// While events wait, a timer of everyone's is not to hold them up.
	stretchTimersBeside = 200
)

// openPeople is how many people are kept ready; the others are packed.
const openPeople = 5_000

// openBytes bounds what they take: a quarter of what Go's memory is limited to
// (GOMEMLIMIT), at most a gigabyte.
func openBytes() int { return int(min(1<<30, debug.SetMemoryLimit(-1)/4)) }

// Run works until the context ends. An error means that what is kept in
// memory is not what was committed: the Keeper is of no more use.
func (k *Keeper) Run(ctx context.Context) error {
	err := k.run(ctx)
	if last := k.settle(); err == nil {
		err = last
	}
	if last := k.tracker.Close(); err == nil {
		err = last
	}
	k.fail(err)
	return err
}

func (k *Keeper) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		more, err := k.begin(ctx)
		if err != nil {
			if ctx.Err() != nil {
				err = nil
			}
			return err
		}
		k.lookedAt()
		if more {
			continue
		}
		timer.Reset(k.idle())
		select {
		case <-ctx.Done():
			return nil
		case <-k.wake:
		case <-timer.C:
		case f := <-k.looks:
			f()
		case answer := <-k.again:
			err := k.reopen(ctx)
			answer <- err
			if err != nil {
				return err
			}
		}
	}
}

// Resettle reads everything anew, as it is under settings that changed since:
// currency and time zone are part of what is kept in memory. Who waits for
// something goes on waiting. Run must be at work.
func (k *Keeper) Resettle(ctx context.Context) error {
	answer := make(chan error, 1)
	for {
		k.mu.Lock()
		failed, changed := k.failed, k.changed
		k.mu.Unlock()
		if failed != nil {
			return failed
		}
		select {
		case k.again <- answer:
			return <-answer // whoever took it answers
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// reopen is Open for a Keeper that runs.
func (k *Keeper) reopen(ctx context.Context) error {
	if err := k.settle(); err != nil {
		return err
	}
	k.segments, k.looked = nil, false
	k.batch = collected{days: map[dayKey]*segment.Day{}}
	return k.open(ctx)
}

// begin does one step, and tells those who wait for the last one.
func (k *Keeper) begin(ctx context.Context) (more bool, err error) {
	k.mu.Lock()
	k.begun++
	k.mu.Unlock()
	more, err = k.step(ctx)
	if err == nil && !more {
		if err := k.settle(); err != nil {
			return false, err
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.rested = k.begun
		k.tell()
	}
	return more, err
}

// tell wakes those who wait for a change. Under mu.
func (k *Keeper) tell() {
	close(k.changed)
	k.changed = make(chan struct{})
}

// step does one stretch and lets it be committed, and says whether there is
// more to do.
func (k *Keeper) step(ctx context.Context) (more bool, err error) {
	more, err = k.follow(ctx)
	if err != nil {
		return false, err
	}
	timers := stretchTimersBeside
	if !more { // what is left in the log takes effect at its own instants
		k.engine.Clock(k.config.now().UnixMicro())
		timers = stretchTimers
	}
	if !k.engine.Tick(timers) {
		more = true
	}
	if err := k.commit(ctx); err != nil {
		return false, err
	}
	k.engine.Cool(openPeople, openBytes())
	return more, nil
}

// follow applies entries of the log for one stretch.
func (k *Keeper) follow(ctx context.Context) (more bool, err error) {
	applied := k.taken.Applied
	// The first look opens the log: it does not say before how far it reaches.
	if k.looked && k.config.Log.LastSeq() <= applied {
		return false, nil
	}
	k.looked = true
	start, events := k.config.Now(), 0
	for e, err := range k.config.Log.Read(ctx, applied+1) {
		if err != nil {
			return false, fmt.Errorf("keeping memberships: %w", err)
		}
		if e.Type != commerce.EventsEntry && k.batch.applied > 0 {
			return true, nil // the stores, which it waits for, wait for what came before
		}
		n, err := k.apply(ctx, e)
		if err != nil {
			return false, fmt.Errorf("keeping memberships: log entry %d: %w", e.Seq, err)
		}
		k.batch.applied = e.Seq
		if events += n; events >= stretchEvents || n == 0 || k.config.Now().Sub(start) >= stretchTime {
			return true, nil
		}
	}
	return false, nil
}

// idle is how long there is nothing to do.
func (k *Keeper) idle() time.Duration {
	next := k.engine.NextTimer()
	if next == eval.Never {
		return pause
	}
	return min(pause, max(0, time.UnixMicro(next).Sub(k.config.Now())))
}

func (k *Keeper) fail(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err == nil {
		err = commerce.Errorf(commerce.CodeBusy, "the server is stopping")
	}
	k.failed = err
	k.tell()
}

// Appended tells that the log has a new entry.
func (k *Keeper) Appended(uint64) {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Before waits until everything before an entry took effect: the warehouse
// may be brought to the entry then.
func (k *Keeper) Before(ctx context.Context, seq uint64) error {
	return k.await(ctx, func() bool { return k.progress.Applied+1 >= seq })
}

// CatchUp waits until all that was in the log took effect, and all the time
// that passed.
func (k *Keeper) CatchUp(ctx context.Context) error {
	k.mu.Lock()
	next := k.begun + 1
	k.mu.Unlock()
	k.Appended(0)
	return k.await(ctx, func() bool { return k.rested >= next })
}

// await waits until something is so, which is looked at under mu.
func (k *Keeper) await(ctx context.Context, so func() bool) error {
	for {
		k.mu.Lock()
		ok, failed, changed := so(), k.failed, k.changed
		k.mu.Unlock()
		switch {
		case ok:
			return nil
		case failed != nil:
			return fmt.Errorf("waiting for memberships: %w", failed)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// Loaded tells whom an import touched, by their numbers in the warehouse: nil
// for everyone.
func (k *Keeper) Loaded(seq uint64, _ commerce.Kind, touched []int64) {
	k.mu.Lock()
	k.touched[seq] = touched
	k.mu.Unlock()
	k.Appended(seq)
}

// Changed returns a channel that is closed when something more was committed.
func (k *Keeper) Changed() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.changed
}

// Progress says how far memberships are kept.
func (k *Keeper) Progress() segment.Progress {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.progress
}

// Sizes is how many are in each segment, by its id, as last committed; ""
// stands for everyone. It is not to be changed.
func (k *Keeper) Sizes() map[string]int64 {
	if sizes := k.sizes.Load(); sizes != nil {
		return *sizes
	}
	return nil
}

// sizesNow are the sizes as the engine has them.
func (k *Keeper) sizesNow() map[string]int64 {
	sizes := map[string]int64{"": int64(k.engine.People())}
	for id, place := range maps.All(k.places) {
		sizes[id] = int64(k.engine.Size(place))
	}
	return sizes
}
