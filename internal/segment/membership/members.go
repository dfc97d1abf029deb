package membership

import (
	"context"
	"fmt"

	"kith/internal/segment"
	"kith/internal/segment/live"
)

// stretchPeople is how many people are looked at before events have their turn.
const stretchPeople = 20_000

// EachMember calls yield with those who are in a segment, once all that the log
// had when it was called took effect. Events and time go on taking effect
// meanwhile: each was in it at some instant since then. It returns false for a
// segment that is not kept, and then yield may have been called.
func (k *Keeper) EachMember(ctx context.Context, id string, yield func(kind segment.KeyKind, id string)) (kept bool, err error) {
	if err := k.Before(ctx, k.config.Log.LastSeq()+1); err != nil {
		return false, err
	}
	var engine *live.Engine
	var definition string
	for from, first := 0, true; from >= 0; first = false {
		err := k.look(ctx, func() {
			n, there := k.numbers[id]
			if first && there {
				engine, definition = k.engine, k.segments[n].Definition
			}
			if kept = there && k.engine == engine && k.segments[n].Definition == definition; !kept {
				from = -1 // those before were of what it meant until now
				return
			}
			from = engine.Within(k.places[id], from, stretchPeople, func(name live.Key) { yield(segment.KeyKind(name.Kind), name.Value) })
		})
		if err != nil {
			return false, err
		}
	}
	return kept, nil
}

// look lets the Keeper call f between two stretches.
func (k *Keeper) look(ctx context.Context, f func()) error {
	done := make(chan struct{})
	for {
		k.mu.Lock()
		failed, changed := k.failed, k.changed
		k.mu.Unlock()
		if failed != nil {
			return fmt.Errorf("looking at memberships: %w", failed)
		}
		select {
		case k.looks <- func() { defer close(done); f() }:
			<-done // whoever took it calls it
			return nil
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// lookedAt calls what waits for a look, if anything does.
func (k *Keeper) lookedAt() {
	select {
	case f := <-k.looks:
		f()
	default:
	}
}
