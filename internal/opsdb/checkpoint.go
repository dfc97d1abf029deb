package opsdb

import (
	"context"
	"database/sql"
	"sync"
)

// Persons who do something lie anywhere in the file, so that every commit
// rewrites pages all over it. A WAL of 64 MB gathers several rewrites of a page
// before it is copied to its place: a third more commits a second than with
// SQLite's 4 MB. But whoever copies so much takes a part of a second, and a
// commit must not: the checkpointer copies beside the commits.
const (
	checkpointPages = 16_000
	// From so many times as many on a commit copies them itself: the checkpointer
	// cannot keep up.
	mostCheckpoints = 4
)

// checkpointer copies the WAL to its place as it grows.
type checkpointer struct {
	beside *sql.DB       // a connection of its own
	writer *sql.DB       // the one that commits
	commit chan struct{} // something was committed
	stop   func()        // lets it end
	done   chan struct{} // closed when it has
	pages  int           // how many it copies at once
}

func newCheckpointer(writer, beside *sql.DB) *checkpointer {
	stopped := make(chan struct{})
	c := &checkpointer{
		beside, writer, make(chan struct{}, 1), sync.OnceFunc(func() { close(stopped) }), make(chan struct{}), checkpointPages,
	}
	go func() {
		defer close(c.done)
		enough := c.pages
		for {
			select {
			case <-c.commit:
				enough = c.look(enough)
			case <-stopped:
				return
			}
		}
	}()
	return c
}

// committed says that the WAL grew.
func (c *checkpointer) committed() {
	select {
	case c.commit <- struct{}{}:
	default: // it will look anyway
	}
}

// close ends it.
func (c *checkpointer) close() error {
	c.stop()
	<-c.done
	return c.beside.Close()
}

// look copies the WAL if it has enough pages, and says how many are enough the
// next time. What fails here fails for a commit too, which tells.
func (c *checkpointer) look(enough int) int {
	pages, _, err := checkpoint(c.beside, "NOOP")
	switch {
	case err != nil:
		return enough
	case pages < c.pages: // it was begun anew
		return c.pages
	case pages < enough:
		return enough
	}
	if _, _, err = checkpoint(c.beside, "PASSIVE"); err != nil {
		return enough
	}
	// SQLite begins the WAL anew when all of it is copied. While commits go on,
	// only the one who commits sees that; there is little left to copy.
	pages, copied, err := checkpoint(c.writer, "PASSIVE")
	if err != nil || copied < pages {
		// Somebody still reads what was before.
		return min(pages+c.pages/4, mostCheckpoints*c.pages-c.pages/4)
	}
	return c.pages
}

// checkpoint copies pages of the WAL to their place, and says how many there
// are and how many of them are copied (sqlite3_wal_checkpoint_v2).
func checkpoint(db *sql.DB, mode string) (pages, copied int, err error) {
	var busy int
	err = db.QueryRowContext(context.Background(), `PRAGMA wal_checkpoint(`+mode+`)`).Scan(&busy, &pages, &copied)
	return pages, copied, err
}
