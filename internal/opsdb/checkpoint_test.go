package opsdb

import (
	"database/sql"
	"fmt"
	"testing"
)

// While somebody reads, the WAL cannot be begun anew and grows until commits
// try to copy it. When nobody reads any more, the checkpointer goes on.
func TestCheckpointerGoesOnAfterALongReader(t *testing.T) {
	t.Parallel()
	const pages = 200
	db := open(t, t.TempDir())
	c := db.checkpointer
	c.stop()
	<-c.done // the test looks itself, after each commit
	c.pages = pages
	for _, statement := range []string{fmt.Sprintf(`PRAGMA wal_autocheckpoint = %d`, mostCheckpoints*pages), `CREATE TABLE big (b BLOB)`} {
		if _, err := db.sql.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	enough, all, done := pages, 0, 0
	// commit writes, looks, and says whether it copied the WAL itself.
	commit := func() (copied bool) {
		err := db.transact(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.Exec(`INSERT INTO big VALUES (zeroblob(80000))`)
			if err == nil {
				_, err = tx.Exec(`DELETE FROM big`)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if all, done, err = checkpoint(c.beside, "NOOP"); err != nil {
			t.Fatal(err)
		}
		enough = c.look(enough)
		return done == all
	}
	reader, err := db.read.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reader.QueryRow(`SELECT count(*) FROM person`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		commit()
	}
	for range 10 { // until the checkpointer is not about to look by itself
		if commit(); enough > all+2*pages/10 {
			break
		}
	}
	if all < mostCheckpoints*pages || done == all {
		t.Fatalf("while somebody reads: %d of %d pages copied", done, all)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		commit()
	}
	byCommits := 0
	for range 300 {
		if commit() {
			byCommits++
		}
	}
	if byCommits > 0 || enough != pages {
		t.Errorf("%d commits copied the WAL themselves; the checkpointer waits for %d pages, want %d", byCommits, enough, pages)
	}
}
