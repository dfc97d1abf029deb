package webhook

import (
	"context"
	"math/rand/v2"
	"time"
)

// delays are waited after the first failures; from then on it is an hour.
var delays = [...]time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour}

// maxFailures is how many attempts in a row may fail: the first one, those
// after delays, and those of each hour of three days. Attempts are counted, not
// days, so that a server that stood still for a week does not give up at once.
const maxFailures = 1 + len(delays) + 3*24

// delay is how long is waited after so many failures.
func delay(failures int) time.Duration {
	return delays[min(max(failures, 1), len(delays))-1]
}

// jitter adds up to a fifth, so that many do not come back at one moment.
func jitter(d time.Duration) time.Duration {
	return d + rand.N(d/5+1)
}

// wait lets time pass.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// due is how long it is until the next attempt, which is earlier the longer the
// last one is ago: a restart neither hastens it nor puts it off.
func due(s State, now time.Time) time.Duration {
	if s.Failures == 0 {
		return 0
	}
	whole := delay(s.Failures)
	return min(max(whole-now.Sub(s.Failure.At), 0), whole)
}
