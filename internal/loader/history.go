package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"kith/internal/commerce"
)

// Imported is an import as the log remembers it.
type Imported struct {
	Seq     uint64
	At      time.Time
	Kind    commerce.Kind
	Sources []string // names of the shop's files
	Files   []string // names in the archive
	Job     string   // the id of the job that it was; "" if it was none
	Outcome Outcome
}

// Imports calls yield for each import in the log after an entry, in order.
// Records that are damaged are passed over: they are reported by whoever needs
// them. Where the reach says that there is none, the log is not read.
func (l *Loader) Imports(ctx context.Context, after uint64, yield func(Imported) error) error {
	last, known, err := l.config.Reach.Reach()
	if err != nil {
		return err
	}
	// Imports are noted before they are appended, whatever else is not.
	if end := last[commerce.ImportEntry]; end <= after && (known || last != nil) {
		return nil
	}
	for e, err := range l.Read(ctx, after+1) {
		switch {
		case err != nil && e.Seq == 0:
			return err
		case err != nil || e.Type != commerce.ImportEntry:
			continue
		}
		var body imported
		if err := json.Unmarshal(e.Body, &body); err != nil {
			return fmt.Errorf("reading log entry %d: %w", e.Seq, err)
		}
		found := Imported{Seq: e.Seq, At: e.At, Kind: body.Kind, Sources: body.Sources, Files: body.Files, Job: body.Job, Outcome: body.Outcome}
		found.Outcome.Seq, found.Outcome.At = e.Seq, e.At
		if err := yield(found); err != nil {
			return err
		}
	}
	return nil
}

// Latest is the instant of the log's last entry of a type, as far as it is
// known without reading the log through; the zero instant without one.
func (l *Loader) Latest(ctx context.Context, kind commerce.EntryType) (time.Time, error) {
	if at, ok := l.latest.Load(kind); ok {
		return at.(time.Time), nil
	}
	last, _, err := l.config.Reach.Reach()
	if err != nil || last[kind] == 0 {
		return time.Time{}, err
	}
	for e, err := range l.Read(ctx, last[kind]) {
		if err != nil || e.Type != kind {
			return time.Time{}, err // it was noted and never appended
		}
		l.latest.LoadOrStore(kind, e.At)
		return e.At, nil
	}
	return time.Time{}, nil
}

// Alone calls do while nothing else is imported and no store changes. remake,
// which do may call, makes the warehouse anew from the log. Events may be
// appended meanwhile: whoever minds sees to it.
func (l *Loader) Alone(ctx context.Context, do func(remake func() error) error) error {
	if !l.importing.TryLock() {
		return commerce.Errorf(commerce.CodeConflict, "files are being imported; try again when that is done")
	}
	defer l.importing.Unlock()
	l.changing.Lock()
	defer l.changing.Unlock()
	return do(func() error {
		_, err := l.rebuild(ctx)
		return err
	})
}
