package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"kith/internal/commerce"
)

// Log is the event log. It is safe for concurrent use.
type Log interface {
	// Append writes an entry as the next one. After an error without a code of
	// commerce it is not known whether it was written, and the log must be
	// opened again; an error with one says that it was not.
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
	// Reach returns the last entry of each type. If it is not known, last is
	// nil or what PutReachAtLeast noted.
	Reach() (last map[commerce.EntryType]uint64, known bool, err error)
	PutReach(last map[commerce.EntryType]uint64) error
	// PutReachAtLeast notes that there may be later entries, of events only.
	PutReachAtLeast(last map[commerce.EntryType]uint64) error
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

// Batch is what one import brings to the warehouse, or consecutive entries of
// events. Its records are in Files or in Events.
type Batch struct {
	Seq    uint64 // of events: the last entry's
	Kind   commerce.Kind
	Hash   string
	At     time.Time
	Files  []string // Parquet
	Events []EventEntry
	// BeforeCommit runs when everything is loaded but not committed; if it
	// fails, nothing was.
	BeforeCommit func(ctx context.Context, r Result) error
}

// EventEntry is one entry of the log that holds events.
type EventEntry struct {
	Seq uint64
	At  time.Time
	commerce.EventBatch
}

// Result is what a batch held, and what of it could not be taken.
type Result struct {
	Accepted  int64
	Customers int64
	Orders    int64
	Items     int64
	Refunds   int64
	Refusals  []Refusal
	// Conflicts are the events that were not taken because another one with their
	// message id was: their places among all events of the batch, in order.
	Conflicts []int64
	// Touched are the warehouse's numbers of the customers that the batch says
	// something new of, sorted; nil means everyone.
	Touched []int64
}

// Refusal is a record that does not go with what is known.
type Refusal struct {
	File   int // its number in the import
	Line   int64
	Pos    int64 // its place among all records of the batch
	Column string
	Reason string
}

// Config says what a Loader works with. All of it is required, except
// Settings, Letters and what whoever follows the log asks for: Appended, Before, Loaded.
// Those three must not call the Loader, except for Read and LastSeq, and
// neither must anything that Before waits for.
type Config struct {
	OpenLog    func(ctx context.Context) (Log, error) // called when first needed
	Archive    Archive
	Reach      Reach
	Operations Operations
	Warehouse  Warehouse
	Read       func(ctx context.Context, r Request, out, temp string) (Reading, error)
	Now        func() time.Time
	// Letters keeps what has no effect as it is; nil if nobody wants it.
	Letters Letters
	// Settings are the shop's. Imports remember their currency and time zone,
	// and are never read again with others. Without it they remember none.
	Settings func() commerce.Settings

	// Room says whether there is room for events; nil: always. The error goes to
	// whoever sent them, and nothing was written.
	Room func() error
	// Failed is called when a write of the log failed in a way that leaves open
	// what is on the disk. The loader appends nothing from then on: after a
	// sync that failed, Linux gives back from memory what the disk does not
	// hold, so that reading the log again proves nothing. Without it the log is
	// opened again, and what is found in it counts.
	Failed func(error)

	// Appended is called after each durable append, in the order of the log.
	// It must not wait for anything: the next append waits for it.
	Appended func(seq uint64)
	// Before is called before the warehouse takes an import or a run, with its
	// number, and before it takes entries of events, with the number after the
	// last of them. It returns when the follower has applied all that comes
	// before that number, so that the warehouse is never ahead of the follower
	// by more than one import or run; an error keeps the warehouse where it is.
	// A run that is in the log is waited for even if whoever asked for it went
	// away: a follower that stops must say so with an error. CatchUp does not
	// call it.
	Before func(ctx context.Context, seq uint64) error
	// Loaded is called after the warehouse committed an import, with the
	// customers that it touched; nil means everyone. CatchUp calls it too,
	// Rebuild does not.
	Loaded func(seq uint64, kind commerce.Kind, touched []int64)
}

// Loader brings what is accepted into the log and the stores. It is safe for
// concurrent use. Its locks are taken in the order in which they stand here.
type Loader struct {
	config Config

	// importing is held for a whole import: files are read one import after
	// the other.
	importing sync.Mutex

	// changing is held while stores change: one change after the other.
	changing sync.Mutex
	at       position
	// ahead is set when an entry of the log failed to take effect: nothing but
	// events is taken before it did.
	ahead bool

	// appending is held while the log is opened, appended to, checked or
	// closed, and while an import holds its number. It is never held while a
	// run, a rebuild or a question is at work.
	appending sync.Mutex
	reach     reach
	// checked is set when the log was found to hold all that was written.
	checked bool
	closed  bool
	// unsettled is an entry of which it is not known whether it was written.
	unsettled *commerce.Entry
	failed    bool // a write of the log failed: nothing is appended any more

	// latest is the instant of the last entry of each type that was looked for
	// or appended.
	latest sync.Map

	advances advances
	grouping grouping

	// log is nil until it is needed. It changes under appending only, and is
	// read without a lock: a follower reads while an import holds its number.
	log atomic.Pointer[Log]
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

// Close waits for the change of the stores that is at work, notes how far the
// log reaches if that was left open, and closes the log. What is in the log
// and not yet in the stores takes effect when the folder is opened again.
func (l *Loader) Close() error {
	defer l.advances.all.Wait() // those that have not begun find it closed
	l.changing.Lock()
	defer l.changing.Unlock()
	l.appending.Lock()
	defer l.appending.Unlock()
	l.closed = true
	return errors.Join(l.closeReach(), l.closeLog())
}

// Append writes an entry into the log and lets it take effect, after all that
// stands before it.
func (l *Loader) Append(ctx context.Context, kind commerce.EntryType, body any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	l.changing.Lock()
	defer l.changing.Unlock()
	if err := l.ready(ctx); err != nil {
		return err
	}
	// Whoever asked may go away in between; the effect is due all the same.
	ctx = context.WithoutCancel(ctx)
	e, err := l.appendNow(ctx, kind, content)
	if err != nil {
		return err
	}
	if err := l.advance(ctx, e.Seq, true); err != nil {
		return fmt.Errorf("it is in the log and takes effect with the next change, or when the folder is opened again: %w", err)
	}
	return nil
}

// Advance lets everything in the log take effect that did not yet, and
// returns the number of the last entry that did.
func (l *Loader) Advance(ctx context.Context) (applied uint64, err error) {
	l.changing.Lock()
	defer l.changing.Unlock()
	err = l.advanceAll(ctx)
	return l.at.read, err
}

// advanceAll opens the log and lets all of it take effect. Under changing.
func (l *Loader) advanceAll(ctx context.Context) error {
	if err := l.open(ctx); err != nil {
		return err
	}
	return l.advance(ctx, l.LastSeq(), true)
}

// ready opens the log and sees to it that nothing in it failed to take effect.
func (l *Loader) ready(ctx context.Context) error {
	if err := l.open(ctx); err != nil || !l.ahead {
		return err
	}
	return l.advance(ctx, l.LastSeq(), true)
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
