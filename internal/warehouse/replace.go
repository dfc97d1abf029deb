package warehouse

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace puts a rebuilt warehouse in the place of the old one. Both must be
// closed. A crash leaves the old or the new one, never a mixture: the old
// one's write-ahead log goes first, which loses nothing that matters, since
// the old one is being thrown away.
func Replace(path, rebuilt string) error {
	if _, err := os.Stat(rebuilt + ".wal"); err == nil {
		return fmt.Errorf("replacing the warehouse: %s was not closed", rebuilt)
	}
	if err := os.Remove(path + ".wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replacing the warehouse: %w", err)
	}
	if err := os.Rename(rebuilt, path); err != nil {
		return fmt.Errorf("replacing the warehouse: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a renaming durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("replacing the warehouse: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}
