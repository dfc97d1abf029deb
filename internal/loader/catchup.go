package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"kith/internal/commerce"
)

// CatchUp lets everything in the log take effect that did not yet. Where the
// reach says that nothing is missing, the log is not opened.
func (l *Loader) CatchUp(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	current, err := l.current(ctx)
	if err != nil || current {
		return err
	}
	if _, err := l.openLog(ctx); err != nil {
		return err
	}
	return l.catchUp(ctx)
}

// check compares the log with what is known to have been in it, and removes
// what an import that was not appended left in the archive. A log that lost
// records must change nothing: what it does not hold would be gone for good.
func (l *Loader) check(ctx context.Context) error {
	end := l.log.LastSeq()
	written, err := l.written(ctx)
	if err != nil {
		return err
	}
	if written > end {
		return fmt.Errorf("the log ends at record %d, but record %d was written: %s lost; restore a backup",
			end, written, recordsAre(end+1, written))
	}
	first, err := l.first(ctx)
	if err != nil {
		return fmt.Errorf("reading the log's first record: %w", err)
	}
	if first > 1 {
		return fmt.Errorf("the log does not begin at record 1: %s lost; restore a backup", recordsAre(1, first-1))
	}
	if err := l.config.Archive.RemoveAfter(end); err != nil {
		return err
	}
	l.checked = true
	return nil
}

// written is the number of the last record that was certainly in the log: the
// last that a store applied, or the one before the last that the reach was
// noted for, which a crash may have kept from being written.
func (l *Loader) written(ctx context.Context) (uint64, error) {
	last, _, err := l.config.Reach.Reach()
	if err != nil {
		return 0, err
	}
	warehouse, operations, err := l.applied(ctx)
	written := max(warehouse, operations)
	for _, seq := range last {
		written = max(written, max(seq, 1)-1)
	}
	return written, err
}

// first is the number of the log's first record, readable or not, or one
// beyond the end if nothing is left of it.
func (l *Loader) first(ctx context.Context) (uint64, error) {
	for e, err := range l.log.Read(ctx, 1) {
		if e.Seq > 0 {
			return e.Seq, nil // that it is damaged is said by whoever needs it
		}
		return 0, err
	}
	return l.log.LastSeq() + 1, nil
}

func recordsAre(from, to uint64) string {
	if from == to {
		return fmt.Sprintf("record %d of it is", from)
	}
	return fmt.Sprintf("records %d to %d of it are", from, to)
}

// current says whether every store is where the reach says the log is.
func (l *Loader) current(ctx context.Context) (bool, error) {
	last, known, err := l.config.Reach.Reach()
	if err != nil || !known {
		return false, err
	}
	warehouse, operations, err := l.applied(ctx)
	if err != nil {
		return false, err
	}
	facts := max(last[commerce.ImportEntry], last[commerce.RunEntry])
	return warehouse >= facts && operations >= last[commerce.SegmentEntry], nil
}

func (l *Loader) applied(ctx context.Context) (warehouse, operations uint64, err error) {
	if warehouse, err = l.config.Warehouse.Applied(ctx); err != nil {
		return 0, 0, err
	}
	operations, err = l.config.Operations.Applied(ctx)
	return warehouse, operations, err
}

func (l *Loader) catchUp(ctx context.Context) error {
	if err := l.check(ctx); err != nil {
		return err
	}
	warehouse, operations, err := l.applied(ctx)
	if err != nil {
		return err
	}
	last := map[commerce.EntryType]uint64{}
	for e, err := range l.log.Read(ctx, 1) {
		if err != nil {
			return fmt.Errorf("catching up with the log: %w", err)
		}
		last[e.Type] = e.Seq
		if e.Seq > operations {
			if err := l.config.Operations.Apply(ctx, e); err != nil {
				return err
			}
		}
		if e.Seq > warehouse {
			if err := l.applyFacts(ctx, l.config.Warehouse, e); err != nil {
				return withFull(fmt.Errorf("catching up with the log: %w", err))
			}
		}
	}
	l.ahead = false
	return l.config.Reach.PutReach(last)
}

// apply gives an entry its effect in all stores.
func (l *Loader) apply(ctx context.Context, e commerce.Entry) error {
	if err := l.config.Operations.Apply(ctx, e); err != nil {
		return err
	}
	return l.applyFacts(ctx, l.config.Warehouse, e)
}

// applyFacts gives an entry its effect in a warehouse.
func (l *Loader) applyFacts(ctx context.Context, w Warehouse, e commerce.Entry) error {
	switch e.Type {
	case commerce.ImportEntry:
		var body imported
		if err := json.Unmarshal(e.Body, &body); err != nil {
			return fmt.Errorf("reading log entry %d: %w", e.Seq, err)
		}
		if err := l.sameShop(e.Seq, body); err != nil {
			return err
		}
		files, err := l.paths(body.Files)
		if err != nil {
			return fmt.Errorf("loading log entry %d: %w", e.Seq, err)
		}
		_, err = w.Load(ctx, Batch{Seq: e.Seq, Kind: body.Kind, Hash: body.Hash, At: e.At, Files: files})
		return err
	case commerce.RunEntry:
		var body Run
		if err := json.Unmarshal(e.Body, &body); err != nil {
			return fmt.Errorf("reading log entry %d: %w", e.Seq, err)
		}
		return w.Score(ctx, e.Seq, e.At, body)
	case commerce.SegmentEntry:
		// Definitions are no facts: the operations store holds them.
	}
	return nil
}

// sameShop refuses to read an import's records in another currency or time
// zone than they were taken in: the numbers would stay and mean something else.
func (l *Loader) sameShop(seq uint64, body imported) error {
	now := l.shop()
	if body.Currency == "" || now.Currency == "" || body.Currency == now.Currency && body.Timezone == now.Timezone {
		return nil
	}
	return fmt.Errorf("reading log entry %d: %w", seq, OtherShop(body.Currency, body.Timezone, now))
}

// OtherShop is the error for settings that are not those the facts were taken
// with: it says what to put back.
func OtherShop(currency, timezone string, now commerce.Settings) error {
	var back []string
	if currency != now.Currency {
		back = append(back, `"currency: `+currency+`"`)
	}
	if timezone != now.Timezone {
		back = append(back, `"timezone: `+timezone+`"`)
	}
	return commerce.Errorf(commerce.CodeConflict,
		"the shop's facts are in %s and %s, but kith.yaml says %s and %s: put %s back into kith.yaml; another currency or timezone needs a new folder",
		currency, timezone, now.Currency, now.Timezone, strings.Join(back, " and "))
}

// paths returns where files of the archive are, and which one is not.
func (l *Loader) paths(names []string) ([]string, error) {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = l.config.Archive.Path(name)
		if _, err := os.Stat(paths[i]); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("the archive file %s is missing; restore it from a backup", paths[i])
		}
	}
	return paths, nil
}

// Rebuild makes the warehouse anew from the log and the archive, and puts it
// in the place of the old one.
func (l *Loader) Rebuild(ctx context.Context) (entries int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.ready(ctx); err != nil {
		return 0, err
	}
	if err := l.check(ctx); err != nil {
		return 0, err
	}
	err = l.config.Warehouse.Rebuild(ctx, func(w Warehouse) error {
		for e, err := range l.log.Read(ctx, 1) {
			if err != nil {
				return err
			}
			if err := l.applyFacts(ctx, w, e); err != nil {
				return err
			}
			entries++
		}
		return nil
	})
	return entries, withFull(err)
}
