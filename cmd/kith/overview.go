package main

import (
	"context"
	"log/slog"
	"time"
)

// overviewEvery is how often the overview's figures are worked out anew at
// most, and overviewShare what part of the time that may take.
const (
	overviewEvery = 30 * time.Second
	overviewShare = 20
)

// keepOverview works the overview's figures out anew as facts change, until the
// context ends.
func (l *local) keepOverview(ctx context.Context, logger *slog.Logger) {
	tick := time.NewTimer(0)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		begin := time.Now()
		if err := l.RefreshOverview(ctx); err != nil && ctx.Err() == nil {
			logger.ErrorContext(ctx, "working out the overview", "error", err)
		}
		tick.Reset(max(overviewEvery, (overviewShare-1)*time.Since(begin)))
	}
}
