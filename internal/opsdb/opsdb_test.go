package opsdb

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/internal/opsdb/opsdbtest"
)

func open(t testing.TB, dir string) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(dir, "ops # 100%?.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestSuite(t *testing.T) {
	t.Parallel()
	opsdbtest.Run(t, func(t *testing.T, place string) opsdbtest.Store { return open(t, place) })
}

func TestDurabilityIsAsPromised(t *testing.T) {
	t.Parallel()
	db := open(t, t.TempDir())
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "secure_delete": "1"} {
		var got string
		if err := db.sql.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %s, %v; want %s", pragma, got, err, want)
		}
	}
}

func TestOpenRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, dir)
	if _, err := db.sql.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if _, err := Open(t.Context(), filepath.Join(dir, "ops # 100%?.db")); err == nil || !strings.Contains(err.Error(), "newer Kith") {
		t.Errorf("Open = %v, want that a newer Kith made it", err)
	}
}

func TestOpenSaysWhatToDoAboutADamagedFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "operations.db")
	if err := os.WriteFile(file, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), file)
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "delete "+file) || !strings.Contains(err.Error(), "made anew from the log") {
		t.Errorf("Open = %v", err)
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	open(b, dir).Close()
	for b.Loop() {
		db, err := Open(b.Context(), filepath.Join(dir, "ops # 100%?.db"))
		if err != nil {
			b.Fatal(err)
		}
		db.Close()
	}
}
