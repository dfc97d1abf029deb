package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"

	"kith/internal/api"
	"kith/internal/archive"
	"kith/internal/commerce"
	"kith/internal/duck"
	"kith/internal/folder"
	"kith/internal/intake"
	"kith/internal/job"
	"kith/internal/loader"
	"kith/internal/opsdb"
	"kith/internal/stream"
	"kith/internal/tail"
	"kith/internal/upload"
	"kith/internal/user"
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
	load     *loader.Loader
	keeping  *keeping
	webhooks *webhooks
	uploads  *upload.Store
	log      atomic.Pointer[stream.Log] // as it was last opened; nil before
	jobs     *job.Book
	settings *api.LiveSettings
	users    *user.Book
	// broken has the error after which the log takes nothing any more.
	broken chan error
	// address is where the shop is found while it is served.
	address atomic.Pointer[string]
	// metrics are nil unless they are served.
	metrics atomic.Pointer[metrics]
}

// closeStores closes what was opened, in the order in which it is used.
func (l *local) closeStores() error {
	if l.jobs != nil {
		l.jobs.Close()
	}
	closing := []error{l.keeping.end()}
	l.webhooks.close()
	if l.users != nil {
		l.users.Close()
	}
	if l.load != nil {
		closing = append(closing, l.load.Close())
	}
	if l.facts != nil {
		closing = append(closing, l.facts.close())
	}
	if l.ops != nil {
		closing = append(closing, l.ops.Close())
	}
	return errors.Join(closing...)
}

// openLocked opens the stores of a folder and joins them. It unlocks the
// folder if it fails.
func (p *program) openLocked(ctx context.Context, f folder.Folder, lock *folder.Lock) (*local, error) {
	return p.openWith(ctx, f, lock, openFacts, (*local).catchUp)
}

// catchUp lets everything in the log take effect.
func (l *local) catchUp(ctx context.Context) error { return l.load.CatchUp(ctx) }

type factsOpener func(ctx context.Context, f folder.Folder, settings *api.LiveSettings) (*facts, error)

// openWith is openLocked with another way to open the warehouse, or to bring
// the stores up to the log.
func (p *program) openWith(
	ctx context.Context, f folder.Folder, lock *folder.Lock, openFacts factsOpener, catchUp func(*local, context.Context) error,
) (_ *local, err error) {
	l := &local{folder: f, lock: lock, keeping: &keeping{}, broken: make(chan error, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.closeStores(), l.facts.putBack(), lock.Unlock())
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
	l.facts.moves = moves(l.ops)
	reader := &reader{temp: f.Temp(), settings: l.settings, facts: l.facts}
	config := loader.Config{
		OpenLog: func(ctx context.Context) (loader.Log, error) { return l.openLog(ctx, files) },
		Archive: files, Reach: f, Operations: l.ops, Warehouse: l.facts, Read: reader.read, Now: p.now, Letters: l.ops,
		Settings: l.settings.Get,
		Room:     func() error { return room(f) },
		Failed: func(err error) {
			select {
			case l.broken <- fmt.Errorf("the log cannot be written, so that nothing is taken any more; look at the disk, then start Kith again: %w", err):
			default: // told already
			}
		},
	}
	l.keeping.hooks(&config)
	if l.load, err = loader.New(config); err != nil {
		return nil, err
	}
	if err := l.join(ctx, p, reader); err != nil {
		return nil, err
	}
	if err := catchUp(l, ctx); err != nil {
		return nil, err
	}
	return l, errors.Join(remove(outdated(f)), remove(outdated(f)+".wal"))
}

// handleSetting is the key that seals the ids of customers, so that links to
// them last longer than the process.
const handleSetting = "handle_key"

func handleKey(ctx context.Context, ops *opsdb.DB) (user.HandleKey, error) {
	text, found, err := ops.FindSetting(ctx, handleSetting)
	if err != nil {
		return user.HandleKey{}, err
	}
	var key user.HandleKey
	if n, err := hex.Decode(key[:], []byte(text)); found && err == nil && n == len(key) {
		return key, nil
	}
	key = user.NewHandleKey()
	return key, ops.PutSetting(ctx, handleSetting, hex.EncodeToString(key[:]))
}

// join makes the service over the stores.
func (l *local) join(ctx context.Context, p *program, reader *reader) (err error) {
	p.keep(l)
	if l.webhooks, err = p.openWebhooks(l); err != nil {
		return err
	}
	handles, err := handleKey(ctx, l.ops)
	if err != nil {
		return err
	}
	l.users, err = user.NewBook(user.Config{Store: l.ops, Now: p.now, Shop: func() string { return l.settings.Get().Name }, Handles: handles})
	if err != nil {
		return err
	}
	if err := p.openImports(l); err != nil {
		return err
	}
	events := intake.NewReader()
	l.Service, err = api.NewService(api.Config{
		Settings: l.settings, PutSettings: l.folder.PutSettings, Segments: l.ops, Record: l.ops, Past: l.ops, Webhooks: l.webhooks.book,
		Users: l.users, Audit: l.ops, Letters: l.ops, Address: l.found,
		Asker: l.facts, Facts: l.facts, Scores: l.facts, Insights: l.facts, Vocabulary: l.facts, Exports: l.facts, Profiles: l.facts,
		Customers: l.facts, Overview: l.facts, Notes: l.ops, Loader: l.load,
		Live: l.live,
		Kept: l.keeping.kept, Served: l.keeping.leads.Load,
		ReadEvents: func(from api.Sender, body []byte) (commerce.EventBatch, api.Tracked, error) {
			return readEvents(events, from, body, cmp.Or(from.At, p.now()), l.settings.Get())
		},
		Tail: tail.New(),
		Counted: func(taken, refused int) {
			if m := l.metrics.Load(); m != nil {
				m.counted(taken, refused)
			}
		},
		HasFacts: func(context.Context) (bool, error) { return hasFacts(l.folder) },
		Resettle: l.settle, Preview: reader.preview, Uploads: l.uploads, Jobs: l.jobs, RejectsDir: l.folder.Rejects(),
		MakeDemo: func(ctx context.Context, d api.DemoRequest) ([]api.DemoFile, error) { return p.demoFiles(ctx, l, d) },
		Runs:     l.facts, Reached: l.reached,
		Doctor: func(ctx context.Context) (api.Diagnosis, error) { return p.examine(ctx, l.folder, l), nil },
		Now:    p.now, Close: func() error { return errors.Join(l.closeStores(), l.lock.Unlock()) },
	})
	return err
}

// found is where the shop is found, or will be when it is served as usual.
func (l *local) found() string {
	if at := l.address.Load(); at != nil {
		return *at
	}
	return "http://" + defaultAddress
}

// openLog opens the event log, and keeps hold of it to look at.
func (l *local) openLog(ctx context.Context, files *archive.Archive) (loader.Log, error) {
	log, err := openLog(ctx, l.folder, files)
	if err != nil {
		return nil, err
	}
	l.log.Store(log)
	return log, nil
}

// openLog opens the event log. One that the folder's note or the archive
// speak of and that is not there, or is shorter than the archive, is not taken
// for a new one: the archive's files would be removed as nobody's.
func openLog(ctx context.Context, f folder.Folder, files *archive.Archive) (*stream.Log, error) {
	kept, err := files.List()
	if err != nil {
		return nil, err
	}
	written := uint64(0)
	if len(kept) > 0 {
		written = kept[len(kept)-1].Seq
	}
	last, _, err := f.Reach()
	if err != nil {
		return nil, err
	}
	exists, err := stream.Exists(f.Log())
	if err != nil {
		return nil, fmt.Errorf("opening the log: %w", err)
	}
	if !exists && written+uint64(len(last)) > 0 {
		for _, seq := range last {
			written = max(written, seq)
		}
		return nil, fmt.Errorf("the log is not at %s, but records 1 to %d were written: they are lost; restore a backup", f.Log(), written)
	}
	log, err := stream.Open(ctx, stream.Config{Dir: f.Log()})
	if err != nil {
		return nil, err
	}
	// A crash may leave the files of one import that was not appended.
	if end := log.LastSeq(); written > end+1 {
		return nil, errors.Join(log.Close(), fmt.Errorf(
			"the log ends at record %d, but the archive holds files of record %d: records from %d on are lost; restore a backup",
			end, written, end+1))
	}
	return log, nil
}

// reserve is what events leave free on the disk. The log, the stores and the
// files beside them need room for what was acknowledged before, and the shop
// must be able to log in and make room.
const reserve = 64 << 20

// room refuses events where too little is free.
func room(f folder.Folder) error {
	free, err := f.Free()
	if err == nil && free < reserve {
		return commerce.Errorf(commerce.CodeFull, "%d MB must be free on the server's disk, %d MB are; make room and send again", reserve>>20, free>>20)
	}
	return err
}

// hasFacts says whether anything was ever imported into an opened folder, or
// taken as an event.
func hasFacts(f folder.Folder) (bool, error) {
	last, _, err := f.Reach()
	return last[commerce.ImportEntry]+last[commerce.EventsEntry] > 0, err
}

// openFacts opens the warehouse, and says what to do if it cannot be opened.
func openFacts(ctx context.Context, f folder.Folder, settings *api.LiveSettings) (*facts, error) {
	w, err := tryFacts(ctx, f, settings)
	if errors.As(err, new(unusable)) {
		return nil, fmt.Errorf("%w; \"kith rebuild\" makes the warehouse anew from the log", err)
	}
	return w, err
}

// unusable is the error of a warehouse that cannot be opened as it is.
type unusable struct{ error }

func (e unusable) Unwrap() error { return e.error }

// tryFacts opens the warehouse. One that another version made, or that was
// made for other settings and is empty, is made anew; catching up then fills
// it from the log.
func tryFacts(ctx context.Context, f folder.Folder, settings *api.LiveSettings) (*facts, error) {
	s := settings.Get()
	w := &facts{settings: settings, config: warehouse.Config{
		Path: f.Warehouse(), TempDir: f.Temp(), ArchiveDir: f.Archive(), Currency: s.Currency, Zone: s.Zone(),
		MemoryLimit: memoryLimit(),
	}}
	err := w.open(ctx)
	var made *warehouse.OtherSettingsError
	other := errors.As(err, &made)
	if other {
		empty, err := neverFacts(f)
		if err != nil {
			return nil, err
		}
		if !empty {
			return nil, loader.OtherShop(made.Currency, made.Timezone, s)
		}
	}
	if other || errors.Is(err, warehouse.ErrSchema) {
		// It stays until the log has made the new one: the log may be lost.
		w.aside = outdated(f)
		if err = renameWarehouse(f.Warehouse(), w.aside); err == nil {
			err = w.open(ctx)
		}
		if err != nil {
			err = errors.Join(err, w.putBack())
		}
	}
	switch err = explain(err); {
	case err == nil:
		return w, nil
	case ctx.Err() != nil, errors.Is(err, duck.ErrInUse), errors.Is(err, duck.ErrMemory), errors.Is(err, duck.ErrDisk):
		return nil, err // another warehouse would fare no better
	}
	return nil, unusable{err}
}

// neverFacts says whether it is certain that there never was a fact.
func neverFacts(f folder.Folder) (bool, error) {
	last, known, err := f.Reach()
	return known && last[commerce.ImportEntry]+last[commerce.EventsEntry] == 0, err
}

// outdated is where a warehouse waits while a new one takes its place.
func outdated(f folder.Folder) string { return f.Warehouse() + ".old" }
