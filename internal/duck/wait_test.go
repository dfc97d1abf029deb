package duck

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/duckdb/duckdb-go/v2"
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

// TestErrorsOfTasks keep their type and their text, whichever way they come.
func TestErrorsOfTasks(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), Config{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const made = "SELECT error('no such thing') FROM range(3000)"
	fails := map[string]func() error{
		"a statement": func() error { _, err := db.ExecContext(t.Context(), made); return err },
		"a scan": func() error {
			conn, err := db.Conn(t.Context())
			if err != nil {
				return err
			}
			defer conn.Close()
			return Scan(t.Context(), conn, made, nil, func(int) error { return nil }, &Texts{})
		},
	}
	for name, fail := range fails {
		if err := fail(); err == nil || Explain(err).Error() != "DuckDB: Invalid Input Error: no such thing" {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = db.ExecContext(ctx, "SELECT count(*) FROM range(1000000000) a, range(1000) b WHERE a.range * b.range = 7")
	var e *duckdb.Error
	if !errors.As(err, &e) || e.Type != duckdb.ErrorTypeInterrupt || !errors.Is(Explain(err), context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
