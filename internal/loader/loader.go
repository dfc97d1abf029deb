package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"sync"
	"syscall"
	"time"

	"kith/internal/commerce"
)

// Log is the event log.
type Log interface {
	Append(ctx context.Context, e commerce.Entry) (uint64, error)
	// Read yields the entries from a number on. Where records are damaged it
	// yields an error with an entry that has only the first one's number.
	Read(ctx context.Context, from uint64) iter.Seq2[commerce.Entry, error]
	LastSeq() uint64
	Close() error
}

// Archive keeps what imports brought.
type Archive interface {
	Path(name string) string
	Stage() (dir string, err error)
	Discard(dir string) error
	Place(seq uint64, at time.Time, staged []string) (names []string, err error)
	Remove(names []string) error
	RemoveAfter(seq uint64) error
}

// Reach is the note of how far the log reaches; see package folder.
type Reach interface {
	Reach() (last map[commerce.EntryType]uint64, known bool, err error)
	PutReach(last map[commerce.EntryType]uint64) error
	Free() (bytes uint64, err error)
}

// Operations is the store of what is neither fact nor score.
type Operations interface {
	Applied(ctx context.Context) (uint64, error)
	Apply(ctx context.Context, e commerce.Entry) error
}

// Warehouse holds facts and scores.
type Warehouse interface {
	Applied(ctx context.Context) (uint64, error)
	Imported(ctx context.Context, kind commerce.Kind, hash string) (bool, error)
	Load(ctx context.Context, b Batch) (Result, error)
	// Score makes a scoring run as of an instant, as entry seq of the log.
	Score(ctx context.Context, seq uint64, at time.Time, r Run) error
	// Rebuild calls fill with a new, empty warehouse, and puts it in this
	// one's place if fill succeeds.
	Rebuild(ctx context.Context, fill func(Warehouse) error) error
}

// Run is the body of a scoring run's log entry: what it computes besides the
// scores that every run has.
type Run struct {
	// Percentiles are the terms, in canonical form, that saved segments rank by.
	Percentiles []string `json:"percentiles"`
}

// Batch is what one import brings to the warehouse.
type Batch struct {
	Seq   uint64
	Kind  commerce.Kind
	Hash  string
	At    time.Time
	Files []string // Parquet
	// BeforeCommit runs when everything is loaded but not committed; if it
	// fails, nothing was.
	BeforeCommit func(ctx context.Context, r Result) error
}

// Result is what a batch held, and what of it could not be taken.
type Result struct {
	Accepted  int64
	Customers int64
	Orders    int64
	Items     int64
	Refunds   int64
	Refusals  []Refusal
}

// Refusal is a record that does not go with what is known.
type Refusal struct {
	File   int // its number in the import
	Line   int64
	Column string
	Reason string
}

// Config says what a Loader works with. All of it is required, except Settings.
type Config struct {
	OpenLog    func(ctx context.Context) (Log, error) // called when first needed
	Archive    Archive
	Reach      Reach
	Operations Operations
	Warehouse  Warehouse
	Read       func(ctx context.Context, r Request, out, temp string) (Reading, error)
	Now        func() time.Time
	// Settings are the shop's. Imports remember their currency and time zone,
	// and are never read again with others. Without it they remember none.
	Settings func() commerce.Settings
}

// Loader brings what is accepted into the log and the stores. It is safe for
// concurrent use: one change is made after the other.
type Loader struct {
	config Config

	mu  sync.Mutex
	log Log // nil until it is needed
	// checked is set when the log was found to hold all that was written.
	checked bool
	// ahead is set when an entry is in the log and not in a store: nothing
	// more is taken before CatchUp.
	ahead bool
}

// New makes a Loader.
func New(config Config) (*Loader, error) {
	for name, missing := range map[string]bool{
		"OpenLog": config.OpenLog == nil, "Archive": config.Archive == nil, "Reach": config.Reach == nil,
		"Operations": config.Operations == nil, "Warehouse": config.Warehouse == nil,
		"Read": config.Read == nil, "Now": config.Now == nil,
	} {
		if missing {
			return nil, fmt.Errorf("loader: Config.%s is required", name)
		}
	}
	return &Loader{config: config}, nil
}

// Close closes the log if it was opened.
func (l *Loader) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.log == nil {
		return nil
	}
	err := l.log.Close()
	l.log = nil
	return err
}

func (l *Loader) openLog(ctx context.Context) (Log, error) {
	if l.log != nil {
		return l.log, nil
	}
	log, err := l.config.OpenLog(ctx)
	if err != nil {
		return nil, err
	}
	l.log = log
	return log, nil
}

// Append writes an entry into the log and lets it take effect.
func (l *Loader) Append(ctx context.Context, kind commerce.EntryType, body any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.ready(ctx); err != nil {
		return err
	}
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	e := commerce.Entry{Type: kind, At: l.now(), Body: content}
	// Whoever asked may go away in between; the effect is due all the same.
	ctx = context.WithoutCancel(ctx)
	if err := l.append(ctx, &e); err != nil {
		if err := l.undo(ctx, e.Seq, nil, err); err != nil {
			return withFull(err)
		}
	}
	if err := l.apply(ctx, e); err != nil {
		l.ahead = true
		return fmt.Errorf("it is in the log and takes effect when the folder is opened again: %w", withFull(err))
	}
	return nil
}

// append notes the reach and appends. If it fails the log is as it was, or
// takes no more entries.
func (l *Loader) append(ctx context.Context, e *commerce.Entry) error {
	e.Seq = l.log.LastSeq() + 1
	last, _, err := l.config.Reach.Reach()
	if err != nil {
		return err
	}
	last = maps.Clone(last)
	if last == nil {
		last = map[commerce.EntryType]uint64{}
	}
	last[e.Type] = e.Seq
	if err := l.config.Reach.PutReach(last); err != nil {
		return err
	}
	_, err = l.log.Append(ctx, *e)
	return err
}

// ready opens the log and sees to it that nothing in it waits for its effect.
func (l *Loader) ready(ctx context.Context) error {
	if _, err := l.openLog(ctx); err != nil {
		return err
	}
	if l.ahead {
		return l.catchUp(ctx)
	}
	if !l.checked {
		return l.check(ctx)
	}
	return nil
}

// shop is the shop's settings; empty if nobody says.
func (l *Loader) shop() commerce.Settings {
	if l.config.Settings == nil {
		return commerce.Settings{}
	}
	return l.config.Settings()
}

func (l *Loader) now() time.Time { return l.config.Now().UTC().Truncate(time.Microsecond) }

// withFull gives errors that mean "no room" their code and say what to do.
func withFull(err error) error {
	if err == nil || !errors.Is(err, syscall.ENOSPC) {
		return err
	}
	return commerce.WithCode(commerce.CodeFull, fmt.Errorf("there is no room left on the disk; make room and try again: %w", err))
}
