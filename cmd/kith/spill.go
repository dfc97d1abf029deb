package main

import (
	"errors"
	"io/fs"
	"os"

	"kith/internal/segment/live"
)

// spillFile is a file of this process's own: it has no name, or loses it when
// it is closed.
type spillFile struct{ *os.File }

// Close closes the file, which is gone then.
func (f spillFile) Close() error {
	err := f.File.Close()
	if gone := os.Remove(f.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

// spillTo makes files for what has no room in memory.
func spillTo(dir string) func() (live.SpillFile, error) {
	return func() (live.SpillFile, error) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
		file, err := os.CreateTemp(dir, "messages.*")
		if err != nil {
			return nil, err
		}
		_ = os.Remove(file.Name()) // where an open file may lose its name: a crash leaves nothing then
		return spillFile{file}, nil
	}
}
