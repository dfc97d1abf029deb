package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/loader"
	"kith/internal/segment"
	"kith/internal/segment/live"
	"kith/internal/segment/membership"
	"kith/internal/segql/eval"
	"kith/internal/warehouse"
)

// keeping lets a Keeper follow the log of a folder that this process owns,
// once it is asked for.
type keeping struct {
	config membership.Config
	load   *loader.Loader

	// leads says that the warehouse must not pass the Keeper, which is about
	// to begin or has: so it is while a folder is served.
	leads    atomic.Bool
	starting sync.Mutex
	mu       sync.Mutex
	keeper   *membership.Keeper // nil before it began
	cancel   context.CancelFunc
	ended    chan struct{}
	err      error // set when ended
}

// begin opens the Keeper and lets it run, if it does not yet.
func (k *keeping) begin(ctx context.Context) (*membership.Keeper, error) {
	k.starting.Lock()
	defer k.starting.Unlock()
	if keeper := k.now(); keeper != nil {
		return keeper, nil
	}
	keeper, err := membership.Open(ctx, k.config)
	if err != nil {
		return nil, fmt.Errorf("keeping memberships: %w", err)
	}
	debug.FreeOSMemory() // reading everyone took more than keeping them does
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	k.mu.Lock()
	k.keeper, k.cancel, k.ended = keeper, cancel, ended
	k.mu.Unlock()
	go func() {
		err := keeper.Run(running)
		k.mu.Lock()
		k.err = err
		k.mu.Unlock()
		close(ended)
	}()
	return keeper, nil
}

func (k *keeping) now() *membership.Keeper {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keeper
}

// kept is the Keeper, if there is one: not a nil one in an interface.
func (k *keeping) kept() api.Live {
	if keeper := k.now(); keeper != nil {
		return keeper
	}
	return nil
}

// end stops the Keeper when what it is doing is committed.
func (k *keeping) end() error {
	if k == nil || k.now() == nil {
		return nil
	}
	k.cancel()
	<-k.ended
	return k.err
}

// hooks lets the loader speak to the Keeper, if there is one.
func (k *keeping) hooks(c *loader.Config) {
	c.Appended = func(seq uint64) {
		if keeper := k.now(); keeper != nil {
			keeper.Appended(seq)
		}
	}
	c.Before = func(ctx context.Context, seq uint64) error {
		keeper := k.now()
		if keeper == nil && k.leads.Load() {
			var err error
			if keeper, err = k.begin(ctx); err != nil {
				return err
			}
		}
		if keeper == nil {
			return nil
		}
		return keeper.Before(ctx, seq)
	}
	c.Loaded = func(seq uint64, kind commerce.Kind, touched []int64) {
		if keeper := k.now(); keeper != nil {
			keeper.Loaded(seq, kind, touched)
		}
	}
}

// The warehouse is brought up to the log every followEvery, and rests
// followRest times as long as that took: a load costs about as much for one
// event as for thousands, and each takes the processor from the events that come
// meanwhile. It rests for followMost at most: behind a load that took long so
// much waits that putting it off saves nothing.
const (
	followEvery = time.Second
	followRest  = 3
	followMost  = 5 * time.Second
)

// follow begins the Keeper and brings the warehouse up to the log, until the
// context ends or the Keeper fails.
func (k *keeping) follow(ctx context.Context, logger *slog.Logger) error {
	if _, err := k.begin(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	tick := time.NewTimer(followEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-k.ended:
			return k.err
		case <-tick.C:
		}
		begin := time.Now()
		if _, err := k.load.Advance(ctx); err != nil && ctx.Err() == nil {
			logger.ErrorContext(ctx, "bringing the warehouse up to the log", "error", err)
		}
		tick.Reset(min(max(followEvery, followRest*time.Since(begin)), followMost))
	}
}

// definitions returns what lists the segments whose memberships are kept.
func definitions(l *local) func(ctx context.Context, seq uint64) ([]segment.Definition, uint64, error) {
	return func(ctx context.Context, seq uint64) ([]segment.Definition, uint64, error) {
		known, err := l.ops.Applied(ctx)
		if err != nil {
			return nil, 0, err
		}
		list, err := l.Definitions(ctx, seq)
		return list, known, err
	}
}

// people is the warehouse as a Keeper sees it.
type people struct{ *facts }

var _ membership.Facts = people{}

func (p people) ask(do func(warehouse.People) error) error {
	_, err := using(p.facts, func(db *warehouse.DB) (struct{}, error) { return struct{}{}, do(db.People()) })
	return err
}

// Everyone implements membership.Facts.
func (p people) Everyone(ctx context.Context, shop *customer.Shop, yield func(live.Known)) error {
	return p.ask(func(w warehouse.People) error { return w.Everyone(ctx, shop, yield) })
}

// Some implements membership.Facts.
func (p people) Some(ctx context.Context, shop *customer.Shop, numbers []int64, yield func(live.Known)) error {
	return p.ask(func(w warehouse.People) error { return w.Some(ctx, shop, numbers, yield) })
}

// Products implements membership.Facts.
func (p people) Products(ctx context.Context, after uint64, yield func(id string, v customer.ProductVersion)) error {
	return p.ask(func(w warehouse.People) error { return w.Products(ctx, after, yield) })
}

// Messages implements membership.Facts.
func (p people) Messages(ctx context.Context, after uint64, yield func(id string, second int64)) (int64, error) {
	return using(p.facts, func(db *warehouse.DB) (int64, error) { return db.People().Messages(ctx, after, yield) })
}

// Remains implements membership.Facts.
func (p people) Remains(ctx context.Context, cancelled func(string, int64), rate func(int64, string, eval.Value)) error {
	return p.ask(func(w warehouse.People) error { return w.Remains(ctx, cancelled, rate) })
}

// Scores implements membership.Facts.
func (p people) Scores(ctx context.Context) (func(name live.Key) customer.Scores, error) {
	return using(p.facts, func(db *warehouse.DB) (func(live.Key) customer.Scores, error) { return db.People().Scores(ctx) })
}

// moves returns what tells the recorded transitions of a segment.
func moves(record segment.Record) warehouse.Moves {
	return func(ctx context.Context, id string, yield func(segment.KeyKind, string, bool, time.Time) error) error {
		names := map[int64]segment.Person{}
		err := record.Persons(ctx, func(p segment.Person) error {
			names[p.Number] = p
			return nil
		})
		if err != nil {
			return err
		}
		return record.Transitions(ctx, segment.TransitionFilter{Segment: id}, func(t segment.Transition) error {
			p := names[t.Person]
			if p.MergedInto != 0 {
				return nil // it stays whose it was
			}
			return yield(p.Kind, p.ID, t.Entered, t.At)
		})
	}
}

// keep makes the keeping of a folder whose stores are open.
func (p *program) keep(l *local) {
	l.keeping.load = l.load
	l.keeping.config = membership.Config{
		Record: l.ops, Log: l.load, Facts: people{l.facts}, Definitions: definitions(l), Settings: l.settings.Get, Now: p.now,
		Spill: spillTo(l.folder.Temp()), Logger: slog.New(slog.NewTextHandler(p.stderr, nil)),
	}
}

// serveLive makes ready that memberships are kept while the folder is served.
// Facts that nobody followed yet are brought in behind the Keeper, not before
// it.
func (l *local) serveLive(ctx context.Context) error {
	progress, err := l.ops.Progress(ctx)
	if err != nil {
		return err
	}
	if progress.Clock.IsZero() {
		err = l.load.CatchUp(ctx)
	} else {
		err = l.load.CatchUpTo(ctx, progress.Applied)
	}
	l.keeping.leads.Store(true)
	if err == nil {
		err = l.FirstRun(ctx)
	}
	return err
}

// live returns the Keeper, for whoever asks while nobody serves.
func (l *local) live(ctx context.Context) (api.Live, error) {
	if err := l.FirstRun(ctx); err != nil {
		return nil, err
	}
	return l.keeping.begin(ctx)
}

var _ api.Live = (*membership.Keeper)(nil)
