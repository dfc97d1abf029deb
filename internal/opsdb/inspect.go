package opsdb

import (
	"context"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// Inspection is how the store is.
type Inspection struct {
	Version     string // of SQLite
	Number      int    // the same as a number: 3051003 for 3.51.3
	Synchronous int    // of the connection that writes; 2 is FULL
}

// Inspect reads what durability depends on.
func (d *DB) Inspect(ctx context.Context) (i Inspection, err error) {
	i.Version, i.Number, _ = sqlite3.Version()
	if err := d.sql.QueryRowContext(ctx, `PRAGMA synchronous`).Scan(&i.Synchronous); err != nil {
		return i, fmt.Errorf("inspecting the operations store: %w", explain(d.file, err))
	}
	return i, nil
}

// QuickCheck looks for damage, beside the writer, and returns what it found;
// "" for nothing. It reads the whole file.
func (d *DB) QuickCheck(ctx context.Context) (found string, err error) {
	if err := d.read.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&found); err != nil {
		return "", fmt.Errorf("checking the operations store: %w", explain(d.file, err))
	}
	if found == "ok" {
		return "", nil
	}
	return found, nil
}
