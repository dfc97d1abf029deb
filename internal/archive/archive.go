package archive

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

const (
	stagingName = "staging"
	monthForm   = "2006-01"
)

// Archive is an open archive.
type Archive struct{ dir string }

// File is one file of the archive.
type File struct {
	Seq  uint64
	N    int    // its place among the files of the entry, from 0
	Name string // relative to the archive, with forward slashes: what the log remembers
}

// Open opens the archive in a directory, makes it if there is none, and
// removes what a crash left in the staging directory.
func Open(dir string) (*Archive, error) {
	staging := filepath.Join(dir, stagingName)
	if err := os.MkdirAll(staging, 0o700); err != nil {
		return nil, fmt.Errorf("opening the archive: %w", err)
	}
	leftovers, err := os.ReadDir(staging)
	if err != nil {
		return nil, fmt.Errorf("opening the archive: %w", err)
	}
	for _, leftover := range leftovers {
		if err := os.RemoveAll(filepath.Join(staging, leftover.Name())); err != nil {
			return nil, fmt.Errorf("opening the archive: %w", err)
		}
	}
	return &Archive{dir: dir}, nil
}

// Path returns where a file of the archive is.
func (a *Archive) Path(name string) string {
	return filepath.Join(a.dir, filepath.FromSlash(name))
}

// Stage makes a new staging directory on the archive's own file system, for
// files that Place will move. The caller removes it with Discard.
func (a *Archive) Stage() (string, error) {
	dir, err := os.MkdirTemp(filepath.Join(a.dir, stagingName), "import-")
	if err != nil {
		return "", fmt.Errorf("making a staging directory: %w", err)
	}
	return dir, nil
}

// Discard removes a staging directory and what is still in it.
func (a *Archive) Discard(dir string) error {
	if filepath.Dir(dir) != filepath.Join(a.dir, stagingName) {
		return fmt.Errorf("discarding %s: it is not a staging directory", dir)
	}
	return os.RemoveAll(dir)
}

// Place moves staged files into the archive under the number of their log
// entry, and returns their names in the archive. They are durable when it
// returns. If it fails, none of them is in place.
func (a *Archive) Place(seq uint64, at time.Time, staged []string) (names []string, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("moving files into the archive: %w", err), a.Remove(names))
			names = nil
		}
	}()
	month := at.UTC().Format(monthForm)
	dir := filepath.Join(a.dir, month)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	for n, from := range staged {
		name := fmt.Sprintf("%s/%012d-%d.parquet", month, seq, n)
		if _, err := os.Lstat(a.Path(name)); err == nil {
			return names, fmt.Errorf("%s is already there", name)
		}
		if err := seal(from); err != nil {
			return names, err
		}
		if err := os.Rename(from, a.Path(name)); err != nil {
			return names, err
		}
		names = append(names, name)
	}
	return names, errors.Join(sync(dir), sync(a.dir))
}

// Remove takes files out of the archive again, when their log entry could not be written.
func (a *Archive) Remove(names []string) error {
	var failed error
	for _, name := range names {
		if err := os.Remove(a.Path(name)); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// RemoveAfter removes the files of entries beyond the log's end.
func (a *Archive) RemoveAfter(seq uint64) error {
	files, err := a.List()
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Seq > seq {
			err = errors.Join(err, os.Remove(a.Path(f.Name)))
		}
	}
	return err
}

// List returns the archive's files in the order of the log.
func (a *Archive) List() ([]File, error) {
	paths, err := filepath.Glob(filepath.Join(a.dir, "????-??", "*.parquet"))
	if err != nil {
		return nil, err
	}
	form := regexp.MustCompile(`^(\d+)-(\d+)\.parquet$`)
	var files []File
	for _, path := range paths {
		m := form.FindStringSubmatch(filepath.Base(path))
		if m == nil {
			continue
		}
		seq, err1 := strconv.ParseUint(m[1], 10, 64)
		n, err2 := strconv.Atoi(m[2])
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("listing the archive: %w", err)
		}
		name := filepath.ToSlash(filepath.Join(filepath.Base(filepath.Dir(path)), filepath.Base(path)))
		files = append(files, File{Seq: seq, N: n, Name: name})
	}
	slices.SortFunc(files, func(x, y File) int {
		return cmp.Or(cmp.Compare(x.Seq, y.Seq), cmp.Compare(x.N, y.N))
	})
	return files, nil
}

// seal makes a file durable and read-only.
func seal(name string) error {
	if err := sync(name); err != nil {
		return err
	}
	return os.Chmod(name, 0o400)
}

func sync(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
