package webhook

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	// keepEvery is how far a cursor gets by passing over alone before it is
	// kept: what a restart reads again, against a write that others wait for.
	keepEvery = 10_000
	// storeDelay is waited after the store failed.
	storeDelay = time.Minute
)

// Config says what a Sender works with. All of it is required, except Wait and
// Jitter.
type Config struct {
	Store  Store
	Record Record
	Post   Post
	// Changed returns a channel that is closed when something more was recorded.
	Changed func() <-chan struct{}
	// Listed returns a channel that is closed when a webhook was added, enabled
	// or deleted; see Book.Changed.
	Listed func() <-chan struct{}
	Logger *slog.Logger

	Wait   func(ctx context.Context, d time.Duration) error
	Jitter func(d time.Duration) time.Duration
}

// Sender sends to all webhooks.
type Sender struct{ config Config }

// NewSender makes a Sender.
func NewSender(config Config) (*Sender, error) {
	switch {
	case config.Store == nil:
		return nil, errors.New("webhook: Config.Store is required")
	case config.Record == nil:
		return nil, errors.New("webhook: Config.Record is required")
	case config.Post.Client == nil || config.Post.Now == nil:
		return nil, errors.New("webhook: Config.Post is required")
	case config.Changed == nil:
		return nil, errors.New("webhook: Config.Changed is required")
	case config.Listed == nil:
		return nil, errors.New("webhook: Config.Listed is required")
	case config.Logger == nil:
		return nil, errors.New("webhook: Config.Logger is required")
	}
	if config.Wait == nil {
		config.Wait = wait
	}
	if config.Jitter == nil {
		config.Jitter = jitter
	}
	return &Sender{config}, nil
}

// Run sends until the context ends, and returns when nothing is on its way any
// more. Its error is that of a store whose webhooks cannot be read.
func (s *Sender) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	running, ended := map[string]context.CancelFunc{}, make(chan string)
	for {
		listed := s.config.Listed()
		hooks, err := s.config.Store.ListWebhooks(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		stopMissing(running, hooks)
		for _, hook := range hooks {
			if _, runs := running[hook.ID]; runs || hook.Disabled != "" {
				continue
			}
			working, stop := context.WithCancel(ctx)
			running[hook.ID] = stop
			workers.Go(func() {
				(&worker{Sender: s, hook: &hook, kept: hook.Cursor}).run(working)
				select {
				case ended <- hook.ID:
				case <-ctx.Done():
				}
			})
		}
		select {
		case <-ctx.Done():
			return nil
		case <-listed:
		case id := <-ended: // it may be enabled again by now
			delete(running, id)
		}
	}
}

// stopMissing stops the workers of webhooks that are not there any more.
func stopMissing(running map[string]context.CancelFunc, hooks []Webhook) {
	for id, stop := range running {
		if !slices.ContainsFunc(hooks, func(w Webhook) bool { return w.ID == id }) {
			stop()
			delete(running, id)
		}
	}
}
