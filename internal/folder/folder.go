package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"kith/internal/commerce"
)

// Folder is a shop's folder.
type Folder struct{ dir string }

const settingsName = "kith.yaml"

// At returns the folder at a path, whether or not it is there.
func At(dir string) Folder { return Folder{dir: dir} }

// Exists says whether there is a shop in the folder. A path that leads to or
// through a file is an error.
func (f Folder) Exists() (bool, error) {
	_, err := os.Stat(f.path(settingsName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case errors.Is(err, syscall.ENOTDIR):
		return false, f.notAFolder()
	}
	return err == nil, err
}

// notAFolder is the error for a path that leads to or through a file.
func (f Folder) notAFolder() error {
	name := f.dir
	for parent := filepath.Dir(name); parent != name; name, parent = parent, filepath.Dir(parent) {
		if info, err := os.Stat(name); err == nil && !info.IsDir() {
			break
		}
	}
	return commerce.Errorf(commerce.CodeInvalid, "%s is a file, not a folder; name a folder with --data", name)
}

// Make makes the folder, readable for its owner only.
func (f Folder) Make() error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	return nil
}

// Missing is the error for a command that needs a shop where there is none.
func (f Folder) Missing() error {
	return commerce.Errorf(commerce.CodeNotFound,
		"%s holds no shop; make one with \"kith init\", or name another folder with --data", f.dir)
}

// Dir returns the folder's own path.
func (f Folder) Dir() string { return f.dir }

// Log returns where the event log is.
func (f Folder) Log() string { return f.path("log") }

// Archive returns where the archive is.
func (f Folder) Archive() string { return f.path("archive") }

// Operations returns where the operations store is.
func (f Folder) Operations() string { return f.path("operations.db") }

// Warehouse returns where the warehouse is.
func (f Folder) Warehouse() string { return f.path("warehouse.db") }

// Temp returns where stores put what does not fit into memory.
func (f Folder) Temp() string { return f.path("tmp") }

// Uploads returns where files are that were received and not imported yet.
func (f Folder) Uploads() string { return filepath.Join(f.Temp(), "uploads") }

// Rejects returns where the refused rows of jobs are.
func (f Folder) Rejects() string { return f.path("rejects") }

// DemoSource returns where a demo's files are.
func (f Folder) DemoSource() string { return f.path("demo-source") }

func (f Folder) path(name string) string { return filepath.Join(f.dir, name) }

// put writes a file so that after a crash it is the old one or the new one.
func (f Folder) put(name string, content []byte) (err error) {
	temp, err := os.CreateTemp(f.dir, name+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	_, err = temp.Write(content)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err = os.Rename(temp.Name(), f.path(name)); err != nil {
		return err
	}
	return f.sync()
}

// sync makes the folder's names durable.
func (f Folder) sync() error {
	d, err := os.Open(f.dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
