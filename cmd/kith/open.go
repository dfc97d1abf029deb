package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"kith/internal/api"
	"kith/internal/archive"
	"kith/internal/commerce"
	"kith/internal/folder"
	"kith/internal/loader"
	"kith/internal/opsdb"
	"kith/internal/stream"
	"kith/internal/warehouse"
)

// existence says what to do about a folder that is not there.
type existence bool

const (
	mustExist existence = false
	mayMake   existence = true
)

// open returns the shop in the folder: the folder itself, or the server that
// owns it. Closing it gives the folder up.
func (p *program) open(ctx context.Context, want existence) (api.Shop, error) {
	f, lock, owner, err := p.lock(ctx, want)
	if err != nil {
		return nil, err
	}
	if lock == nil {
		return api.NewClient(owner.Address, owner.Token), nil
	}
	shop, err := p.openLocked(ctx, f, lock)
	if err != nil {
		return nil, err // not a nil *local in an interface
	}
	return shop, nil
}

// lock locks the folder, or finds the server that owns it.
func (p *program) lock(ctx context.Context, want existence) (folder.Folder, *folder.Lock, folder.Owner, error) {
	dir, err := filepath.Abs(p.data)
	if err != nil {
		return folder.Folder{}, nil, folder.Owner{}, err
	}
	f := folder.At(dir)
	exists, err := f.Exists()
	if err == nil && !exists {
		if want == mustExist {
			err = f.Missing()
		} else {
			err = f.Make()
		}
	}
	if err != nil {
		return f, nil, folder.Owner{}, err
	}
	lock, owner, err := f.Lock(ctx)
	if err == nil && lock != nil {
		// Settings are made under the lock: two commands may have found none.
		if exists, err = f.Exists(); err == nil && !exists {
			err = f.PutSettings(commerce.Settings{}.Filled())
		}
		if err != nil {
			err = errors.Join(err, lock.Unlock())
		}
	}
	return f, lock, owner, err
}

// local is a shop that this process owns.
type local struct {
	*api.Service
	folder   folder.Folder
	lock     *folder.Lock
	ops      *opsdb.DB
	facts    *facts
	settings *api.LiveSettings
}

// openLocked opens the stores of a folder and joins them. It unlocks the
// folder if it fails.
func (p *program) openLocked(ctx context.Context, f folder.Folder, lock *folder.Lock) (_ *local, err error) {
	l := &local{folder: f, lock: lock}
	var load *loader.Loader
	shut := func() error {
		var closing []error
		if load != nil {
			closing = append(closing, load.Close())
		}
		if l.facts != nil {
			closing = append(closing, l.facts.close())
		}
		if l.ops != nil {
			closing = append(closing, l.ops.Close())
		}
		return errors.Join(append(closing, lock.Unlock())...)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, shut())
		}
	}()
	settings, err := f.Settings()
	if err != nil {
		return nil, err
	}
	l.settings = api.NewLiveSettings(settings)
	if l.ops, err = opsdb.Open(ctx, f.Operations()); err != nil {
		return nil, err
	}
	files, err := archive.Open(f.Archive())
	if err != nil {
		return nil, err
	}
	if l.facts, err = openFacts(ctx, f, l.settings); err != nil {
		return nil, err
	}
	reader := &reader{temp: f.Temp(), settings: l.settings, facts: l.facts}
	load, err = loader.New(loader.Config{
		OpenLog: func(ctx context.Context) (loader.Log, error) {
			return stream.Open(ctx, stream.Config{Dir: f.Log()})
		},
		Archive: files, Reach: f, Operations: l.ops, Warehouse: l.facts, Read: reader.read, Now: p.now,
	})
	if err != nil {
		return nil, err
	}
	if err := load.CatchUp(ctx); err != nil {
		return nil, err
	}
	l.Service, err = api.NewService(api.Config{
		Settings: l.settings, PutSettings: f.PutSettings, Segments: l.ops,
		Asker: l.facts, Facts: l.facts, Scores: l.facts, Insights: l.facts, Profiles: l.facts, Loader: load,
		HasFacts: func(context.Context) (bool, error) { return hasFacts(f) },
		Preview: func(ctx context.Context, r loader.Request) (json.RawMessage, error) {
			return reader.preview(ctx, r)
		},
		Now: p.now, Close: shut,
	})
	return l, err
}

// hasFacts says whether anything was ever imported into an opened folder.
func hasFacts(f folder.Folder) (bool, error) {
	last, _, err := f.Reach()
	return last[commerce.ImportEntry] > 0, err
}

// openFacts opens the warehouse. One that another version made is made anew;
// catching up then fills it from the log.
func openFacts(ctx context.Context, f folder.Folder, settings *api.LiveSettings) (*facts, error) {
	s := settings.Get()
	w := &facts{settings: settings, config: warehouse.Config{
		Path: f.Warehouse(), TempDir: f.Temp(), ArchiveDir: f.Archive(), Currency: s.Currency, Zone: s.Zone(),
		MemoryLimit: memoryLimit(),
	}}
	err := w.open(ctx)
	if errors.Is(err, warehouse.ErrSchema) {
		if err = removeWarehouse(f); err == nil {
			err = w.open(ctx)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w; \"kith rebuild\" makes the warehouse anew from the log", err)
	}
	return w, nil
}

// removeWarehouse removes the warehouse's files: log and archive make it anew.
func removeWarehouse(f folder.Folder) error {
	for _, name := range []string{f.Warehouse(), f.Warehouse() + ".wal"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
