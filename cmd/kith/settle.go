package main

import (
	"context"
	"errors"

	"kith/internal/api"
	"kith/internal/commerce"
)

// settle lets the settings of a shop without facts become others, currency and
// time zone too: the warehouse is made anew for them, and memberships are read
// anew. Questions wait while that happens; events are kept away by whoever
// calls, and imports here.
func (l *local) settle(ctx context.Context, next commerce.Settings) error {
	ctx = context.WithoutCancel(ctx) // half way is nowhere
	return l.load.Alone(ctx, func(remake func() error) error {
		was := l.settings.Get()
		facts, err := hasFacts(l.folder)
		switch {
		case err != nil:
			return err
		case facts:
			return api.FactsFixSettings(was)
		}
		if err := l.put(next); err != nil {
			return err
		}
		if next.Currency != was.Currency || next.Timezone != was.Timezone {
			if err := remake(); err != nil {
				return errors.Join(err, l.put(was))
			}
		}
		if keeper := l.keeping.now(); keeper != nil {
			return keeper.Resettle(ctx)
		}
		return nil
	})
}

// put makes settings those of the folder and of everything that is open.
func (l *local) put(s commerce.Settings) error {
	if err := l.folder.PutSettings(s); err != nil {
		return err
	}
	l.facts.settle(s)
	l.settings.Set(s)
	return nil
}

// reached says how far the stores are.
func (l *local) reached(ctx context.Context) (r api.Reached, err error) {
	if r.WarehouseApplied, err = l.facts.Applied(ctx); err != nil {
		return r, err
	}
	progress, err := l.ops.Progress(ctx)
	if keeper := l.keeping.now(); keeper != nil {
		progress = keeper.Progress()
	}
	if !progress.Clock.IsZero() && progress.Clock.Year() > 1 {
		r.MembershipsClock = progress.Clock
	}
	r.MembershipsApplied = progress.Applied
	// The log is not open as long as nobody needs it.
	r.LogEnd = max(l.load.LastSeq(), r.WarehouseApplied, r.MembershipsApplied)
	last, _, reading := l.folder.Reach()
	for _, seq := range last {
		r.LogEnd = max(r.LogEnd, seq)
	}
	return r, errors.Join(err, reading)
}
