package duck

import (
	"slices"
	"testing"
	"time"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// TestWaiting sleeps while others have the last of the work, longer each time,
// and never while there is work.
func TestWaiting(t *testing.T) {
	t.Parallel()
	const none, more = mapping.PendingStateNoTasksAvailable, mapping.PendingStateResultNotReady
	for _, last := range []mapping.PendingState{mapping.PendingStateResultReady, mapping.PendingStateError} {
		states := []mapping.PendingState{more, none, none, more, more, none, none, none, none, none, none, last}
		var slept []time.Duration
		next := 0
		work(func() mapping.PendingState { next++; return states[next-1] }, func(d time.Duration) { slept = append(slept, d/time.Microsecond) })
		if want := []time.Duration{10, 20, 10, 20, 40, 80, 160, 200}; !slices.Equal(slept, want) || next != len(states) {
			t.Errorf("slept %d µs, want %d; %d of %d states", slept, want, next, len(states))
		}
	}
}
