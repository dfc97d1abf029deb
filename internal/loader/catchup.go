package loader

import (
	"context"
	"fmt"

	"kith/internal/commerce"
)

// CatchUp lets everything in the log take effect that did not yet, when a
// folder is opened. Where the reach says that nothing is missing, the log is
// not opened.
func (l *Loader) CatchUp(ctx context.Context) error {
	l.changing.Lock()
	defer l.changing.Unlock()
	current, err := l.current(ctx)
	if err != nil || current {
		return err
	}
	if err := l.openAndCheck(ctx); err != nil {
		return err
	}
	l.at = position{}
	if err := l.advance(ctx, l.LastSeq(), false); err != nil {
		return err
	}
	return l.learnReach()
}

// openAndCheck opens the log and compares it with what was written, even if
// that was done before.
func (l *Loader) openAndCheck(ctx context.Context) error {
	l.appending.Lock()
	defer l.appending.Unlock()
	if err := l.openLog(ctx); err != nil {
		return err
	}
	return l.check(ctx)
}

// check compares the log with what is known to have been in it, and removes
// what an import that was not appended left in the archive. A log that lost
// records must change nothing: what it does not hold would be gone for good.
// Under appending.
func (l *Loader) check(ctx context.Context) error {
	if err := l.readReach(); err != nil {
		return err
	}
	end := l.LastSeq()
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
// noted for, which a crash may have kept from being written. Where events were
// taken and not noted one by one, it is at least that.
func (l *Loader) written(ctx context.Context) (uint64, error) {
	warehouse, operations, err := l.applied(ctx)
	written := max(warehouse, operations)
	for _, seq := range l.reach.last {
		written = max(written, max(seq, 1)-1)
	}
	return written, err
}

// first is the number of the log's first record, readable or not, or one
// beyond the end if nothing is left of it.
func (l *Loader) first(ctx context.Context) (uint64, error) {
	for e, err := range (*l.log.Load()).Read(ctx, 1) {
		if e.Seq > 0 {
			return e.Seq, nil // that it is damaged is said by whoever needs it
		}
		return 0, err
	}
	return l.LastSeq() + 1, nil
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
	facts := max(last[commerce.ImportEntry], last[commerce.RunEntry], last[commerce.EventsEntry])
	return warehouse >= facts && operations >= last[commerce.SegmentEntry], nil
}

func (l *Loader) applied(ctx context.Context) (warehouse, operations uint64, err error) {
	if warehouse, err = l.config.Warehouse.Applied(ctx); err != nil {
		return 0, 0, err
	}
	operations, err = l.config.Operations.Applied(ctx)
	return warehouse, operations, err
}
