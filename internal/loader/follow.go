package loader

import (
	"context"
	"fmt"
	"iter"
	"time"

	"kith/internal/commerce"
)

// Consecutive entries of events are loaded together, up to these bounds. A load
// of one event takes about 0.2 s, and the more there are the less each takes:
// on two cores 20,000 at once reach the warehouse at 12,000/s, 100,000 at once
// at 27,000/s. They need about 300 MB meanwhile.
const (
	groupEvents = 100_000
	groupBytes  = 64 << 20 // of their bodies
)

// position is how far the stores are in the log.
type position struct {
	known                 bool
	warehouse, operations uint64 // what each has applied
	read                  uint64 // everything up to here took effect
	from                  uint64 // where read was at first
	// last is the last entry of each type among those read since.
	last map[commerce.EntryType]uint64
}

// step is what is applied at once: an entry, or a group of entries of events.
type step struct {
	commerce.Entry // the last one; of a group without its body
	entries        int
	events         []EventEntry
}

// advance lets the log's entries up to a number take effect that did not yet,
// in the log's order. Under changing, not under appending.
func (l *Loader) advance(ctx context.Context, to uint64, live bool) error {
	if !l.at.known {
		if err := l.locate(ctx); err != nil {
			return err
		}
	}
	return l.follow(ctx, to, live)
}

// follow is advance once the position is known. If live, the follower is
// waited for. Under changing.
func (l *Loader) follow(ctx context.Context, to uint64, live bool) error {
	for s, err := range l.steps(ctx, l.at.read+1, to, l.at.warehouse) {
		if err == nil {
			err = l.apply(ctx, s, live)
		}
		if err != nil {
			// What a store that failed has applied, only that store knows.
			l.at.known, l.ahead = false, true
			return withFull(fmt.Errorf("catching up with the log: %w", err))
		}
		l.at.read = s.Seq
		l.at.last[s.Type] = s.Seq
	}
	l.ahead = false
	return nil
}

// locate asks the stores how far they are.
func (l *Loader) locate(ctx context.Context) error {
	warehouse, operations, err := l.applied(ctx)
	if err != nil {
		return err
	}
	l.appending.Lock()
	defer l.appending.Unlock()
	read := warehouse
	if l.reach.last == nil {
		read = 0
	}
	for kind, seq := range l.reach.last {
		if seq > l.LastSeq() {
			read = 0 // noted and never appended: what was before it is not noted any more
		} else if kind == commerce.SegmentEntry && seq > operations {
			read = min(read, operations)
		}
	}
	l.at = position{
		known: true, warehouse: warehouse, operations: operations, read: read, from: read,
		last: map[commerce.EntryType]uint64{},
	}
	return nil
}

// apply gives a step its effect in the stores that did not see it yet.
func (l *Loader) apply(ctx context.Context, s step, live bool) error {
	if s.Seq > l.at.operations {
		if s.Type != commerce.EventsEntry { // they are none of its business
			if err := l.config.Operations.Apply(ctx, s.Entry); err != nil {
				return err
			}
		}
		l.at.operations = s.Seq
	}
	if s.Seq <= l.at.warehouse || s.Type == commerce.SegmentEntry {
		return nil
	}
	if live {
		seq := s.Seq
		if s.Type == commerce.EventsEntry {
			seq++ // the follower has them all
		}
		if err := l.before(ctx, seq); err != nil {
			return err
		}
	}
	if err := l.applyFacts(ctx, l.config.Warehouse, s, l.config.Loaded); err != nil {
		return err
	}
	l.at.warehouse = s.Seq
	return nil
}

func (l *Loader) before(ctx context.Context, seq uint64) error {
	if l.config.Before == nil {
		return nil
	}
	if err := l.config.Before(ctx, seq); err != nil {
		return fmt.Errorf("waiting until all before entry %d was followed: %w", seq, err)
	}
	return nil
}

// steps yields the entries from a number to another, both included, and puts
// events together. Events up to applied are not: nobody looks at them.
func (l *Loader) steps(ctx context.Context, from, to, applied uint64) iter.Seq2[step, error] {
	return func(yield func(step, error) bool) {
		if from > to {
			return
		}
		var g group
		flush := func() bool { return g.entries == 0 || yield(g.take(), nil) }
		next := from
		for e, err := range l.Read(ctx, from) {
			if err == nil && e.Seq != next {
				err = missing(next)
			}
			var batch commerce.EventBatch
			together := err == nil && e.Type == commerce.EventsEntry && e.Seq > applied
			if together {
				batch, err = eventsOf(e)
			}
			if (!together || err != nil || !g.fits(e, batch)) && !flush() {
				return
			}
			switch {
			case err != nil:
				yield(step{}, err)
				return
			case together:
				g.add(e, batch)
			case !yield(step{Entry: e, entries: 1}, nil):
				return
			}
			if next++; next > to {
				break
			}
		}
		if flush() && next <= to {
			yield(step{}, missing(next))
		}
	}
}

func missing(seq uint64) error { return fmt.Errorf("record %d of the log is missing", seq) }

func eventsOf(e commerce.Entry) (commerce.EventBatch, error) {
	batch, err := commerce.ReadEvents(e.Body)
	if err != nil {
		return commerce.EventBatch{}, fmt.Errorf("reading log entry %d: %w", e.Seq, err)
	}
	return batch, nil
}

// group collects entries of events.
type group struct {
	step
	count       int // of events
	bytes       int
	first, last time.Time // instants of its entries
}

// fits says whether an entry can be loaded with those that were collected. A
// message id is taken once at most in a load: it must span less than the time
// for which ids are remembered.
func (g *group) fits(e commerce.Entry, batch commerce.EventBatch) bool {
	if g.entries == 0 {
		return true
	}
	first, last := earlier(g.first, e.At), later(g.last, e.At)
	return g.count+len(batch.Events) <= groupEvents && g.bytes+len(e.Body) <= groupBytes && last.Sub(first) < groupSpan
}

// groupSpan is a second less than the window, which is counted in whole ones.
const groupSpan = commerce.RepeatWindow - time.Second

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (g *group) add(e commerce.Entry, batch commerce.EventBatch) {
	if g.entries == 0 {
		g.first, g.last = e.At, e.At
	}
	g.first, g.last = earlier(g.first, e.At), later(g.last, e.At)
	g.entries++
	g.count += len(batch.Events)
	g.bytes += len(e.Body)
	g.events = append(g.events, EventEntry{e.Seq, e.At, batch})
	e.Body = nil // it was read, and is large
	g.Entry = e
}

// take returns what was collected and begins anew.
func (g *group) take() step {
	s := g.step
	*g = group{}
	return s
}
