package main

import (
	"context"
	"log/slog"
	"time"
)

// pastEvery is how often it is looked whether sizes of past days are missing,
// and pastFailed how long nothing is worked out after a failure.
const (
	pastEvery  = 15 * time.Second
	pastFailed = 10 * time.Minute
)

// keepPast works out how large segments were before they were kept, one day
// after the other, until the context ends. Between two it rests as long as the
// first one took, and where that is a second or more, as in a large shop, as the
// follower does.
func (l *local) keepPast(ctx context.Context, logger *slog.Logger) {
	if _, err := l.keeping.begin(ctx); err != nil {
		return // follow says so
	}
	tick := time.NewTimer(0)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		begin := time.Now()
		worked, err := l.WorkOutPast(ctx)
		rest := pastEvery
		if worked {
			if rest = time.Since(begin); rest >= time.Second {
				rest *= followRest
			}
		}
		if err != nil && ctx.Err() == nil {
			logger.ErrorContext(ctx, "working out sizes of past days", "error", err)
			rest = pastFailed
		}
		tick.Reset(rest)
	}
}
