package api

import (
	"context"
	"sync"
	"time"
)

// kept is an answer that is good enough for a while. An old one is given once
// more, and worked out anew meanwhile.
type kept[T any] struct {
	mu      sync.Mutex
	value   T
	known   bool
	working bool
	at      time.Time
}

// workTime bounds what is worked out while nobody waits for it.
const workTime = 5 * time.Minute

// get returns the answer, which lasts for a time; the first is waited for.
func (k *kept[T]) get(ctx context.Context, now time.Time, lasts time.Duration, work func(ctx context.Context) (T, error)) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.known {
		value, err := work(ctx)
		if err != nil {
			return value, err
		}
		k.value, k.known, k.at = value, true, now
	}
	if !k.working && now.Sub(k.at) > lasts {
		k.working = true
		go k.renew(context.WithoutCancel(ctx), now, work)
	}
	return k.value, nil
}

func (k *kept[T]) renew(ctx context.Context, now time.Time, work func(ctx context.Context) (T, error)) {
	ctx, cancel := context.WithTimeout(ctx, workTime)
	defer cancel()
	value, err := work(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.working, k.at = false, now // after a failure it waits as long
	if err == nil {
		k.value = value
	}
}
