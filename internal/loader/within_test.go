package loader_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"kith/internal/loader"
)

// TestAdvanceWithin: who waits has what was accepted before; who has no time
// leaves without it, and it is there later.
func TestAdvanceWithin(t *testing.T) {
	t.Parallel()
	held := make(chan chan struct{}, 1)
	w := newWarehouse()
	s := open(t, t.TempDir(), w, nil, func(c *loader.Config) {
		c.Before = func(context.Context, uint64) error {
			select {
			case release := <-held:
				<-release
			default:
			}
			return nil
		}
	})
	s.events(t, "a")
	if err := s.AdvanceWithin(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	wantEvents(t, w, "a")

	release := make(chan struct{})
	held <- release
	s.events(t, "b")
	if err := s.AdvanceWithin(t.Context(), time.Nanosecond); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.AdvanceWithin(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever went away: %v", err)
	}
	s.events(t, "c")
	close(release)
	if err := s.AdvanceWithin(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	wantEvents(t, w, "a b c")

	s.events(t, "d")
	if err := s.AdvanceWithin(t.Context(), time.Nanosecond); err != nil {
		t.Errorf("without patience: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(w.events, " "); got != "a b c" && got != "a b c d" {
		t.Errorf("after Close: %s", got)
	}
	if err := s.AdvanceWithin(t.Context(), time.Hour); err == nil {
		t.Error("a closed loader advanced")
	}
}
