package loader

import (
	"context"
	"encoding/json"
	"fmt"

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
	end := l.log.LastSeq()
	warehouse, operations, err := l.applied(ctx)
	if err != nil {
		return err
	}
	if applied := max(warehouse, operations); applied > end {
		return fmt.Errorf("the log ends at record %d, but %d was applied: records %d to %d of it are lost; restore a backup",
			end, applied, end+1, applied)
	}
	// An import that was not appended may have left its files.
	if err := l.config.Archive.RemoveAfter(end); err != nil {
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
		_, err := w.Load(ctx, Batch{Seq: e.Seq, Kind: body.Kind, Hash: body.Hash, At: e.At, Files: l.paths(body.Files)})
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

func (l *Loader) paths(names []string) []string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = l.config.Archive.Path(name)
	}
	return paths
}

// Rebuild makes the warehouse anew from the log and the archive, and puts it
// in the place of the old one.
func (l *Loader) Rebuild(ctx context.Context) (entries int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.ready(ctx); err != nil {
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
