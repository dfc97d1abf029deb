package duck

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestOpenAgainAfterInterruptions opens a file again whose last statements were
// interrupted, at any moment of theirs.
func TestOpenAgainAfterInterruptions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg := Config{Path: filepath.Join(dir, "x.db"), TempDir: filepath.Join(dir, "tmp"), Threads: 2}
	interrupted := 0
	for round := range 12 {
		db := openInTime(t, cfg)
		if round == 0 {
			if _, err := db.ExecContext(t.Context(), "CREATE TABLE t AS SELECT range % 97 AS g FROM range(20_000)"); err != nil {
				t.Fatal(err)
			}
		}
		interrupted += interruptMany(t, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if interrupted == 0 {
		t.Error("nothing was interrupted")
	}
}

// interruptMany interrupts statements on connections of their own.
func interruptMany(t *testing.T, db *DB) (interrupted int) {
	t.Helper()
	const many = 8
	var all sync.WaitGroup
	var mu sync.Mutex
	for range many {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			defer func() { _ = conn.Close() }()
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(many))*300*time.Microsecond)
			defer cancel()
			if err := readAll(ctx, conn); err != nil {
				mu.Lock()
				interrupted++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return interrupted
}

func readAll(ctx context.Context, conn *sql.Conn) error {
	rows, err := conn.QueryContext(ctx, "SELECT DISTINCT g FROM t WHERE g IN ($1, -$1)", 3)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

// openInTime fails where DuckDB would wait for ever.
func openInTime(t *testing.T, cfg Config) *DB {
	t.Helper()
	opened := make(chan *DB, 1)
	go func() {
		db, err := Open(t.Context(), cfg)
		if err != nil {
			t.Error(err)
		}
		opened <- db
	}()
	select {
	case db := <-opened:
		if db == nil {
			t.FailNow()
		}
		return db
	case <-time.After(time.Minute):
		t.Fatal("the instance before never ended")
		return nil
	}
}
