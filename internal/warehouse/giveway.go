package warehouse

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// GiveWay lets questions and loads of events and files take what the rest of
// the process leaves, from now on: on Linux they run with low priority. A server
// takes events and keeps memberships meanwhile, and these must not wait for
// somebody's question, nor for the warehouse, which only follows. On a busy
// machine it follows later. They have all processors: with one fewer of two,
// events were no sooner visible, and counts took twice as long.
//
// A thread of low priority that runs Go holds one of the runtime's processors
// (GOMAXPROCS), also while the kernel lets it wait; so there is one more of
// them, or with two all else would stand still for up to a fifth of a second.
func (db *DB) GiveWay(ctx context.Context) error {
	db.givesWay.Store(true)
	oneMore()
	return db.aside(func() error {
		// DuckDB's threads inherit the priority of the one that makes them: those
		// that there are end, and others begin.
		for _, threads := range []int{1, runtime.NumCPU()} {
			if _, err := db.sql.ExecContext(ctx, fmt.Sprintf("SET threads = %d", threads)); err != nil {
				return fmt.Errorf("setting the warehouse's threads: %w", err)
			}
		}
		// That was the last setting that changes.
		if _, err := db.sql.ExecContext(ctx, "SET lock_configuration = true"); err != nil {
			return fmt.Errorf("locking the warehouse's settings: %w", err)
		}
		return nil
	})
}

var oneMore = sync.OnceFunc(func() { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1) })

// aside runs do; after GiveWay on a thread of its own with low priority, on
// which DuckDB does most of the work itself.
func (db *DB) aside(do func() error) error {
	if !db.givesWay.Load() {
		return do()
	}
	var err error
	var failure any // a panic, which is the caller's
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { failure = recover() }()
		// Nobody may raise a priority again: the thread ends with the goroutine,
		// which stays locked to it.
		runtime.LockOSThread()
		lowerPriority()
		err = do()
	}()
	<-done
	if failure != nil {
		panic(failure)
	}
	return err
}
