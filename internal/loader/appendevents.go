package loader

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"

	"kith/internal/commerce"
)

// What is appended at once: a group of batches becomes one entry, within the
// limit of a record, so that many small requests share one sync of the disk.
const (
	groupedBytes   = 4 << 20
	groupedBatches = 4096
)

// grouping holds batches of events on their way into the log.
type grouping struct {
	mu      sync.Mutex
	waiting []*waitingBatch
}

// waitingBatch is a batch of events, as it will stand in the log.
type waitingBatch struct {
	source          string
	events, refused []byte // elements of JSON lists, without the brackets
	done            bool   // under Loader.appending
	entry           commerce.Entry
	err             error
}

func (b *waitingBatch) size() int { return len(b.events) + len(b.refused) }

// AppendEvents writes a batch of events into the log, durably, and returns the
// number and the instant of its entry, which may hold other batches of the same
// source too. The warehouse takes it later: with the next Advance, Append or
// Import. It waits for no run, rebuild or question, but for an import that
// holds its number (see the package comment).
func (l *Loader) AppendEvents(ctx context.Context, batch commerce.EventBatch) (seq uint64, at time.Time, err error) {
	if len(batch.Events)+len(batch.Refused) == 0 {
		return 0, time.Time{}, commerce.Errorf(commerce.CodeInvalid, "a batch without events")
	}
	b := &waitingBatch{source: batch.Source}
	if b.events, err = listedEvents(batch.Events); err == nil {
		b.refused, err = listedRefused(batch.Refused)
	}
	if err != nil {
		return 0, time.Time{}, commerce.WithCode(commerce.CodeInvalid, err)
	}
	l.grouping.mu.Lock()
	l.grouping.waiting = append(l.grouping.waiting, b)
	l.grouping.mu.Unlock()
	// Whoever gets the lock first appends for all who wait by then.
	l.appending.Lock()
	defer l.appending.Unlock()
	if !b.done && !l.withdraw(ctx, b) {
		l.appendWaiting(ctx, b)
	}
	return b.entry.Seq, b.entry.At, b.err
}

// listedEvents are the elements of a JSON list.
func listedEvents(all []commerce.Event) (text []byte, err error) {
	const size = 512 // of an event, more or less
	text = make([]byte, 0, len(all)*size)
	for i := range all {
		if i > 0 {
			text = append(text, ',')
		}
		if text, err = commerce.AppendEvent(text, &all[i]); err != nil {
			return nil, err
		}
	}
	return text, nil
}

// listedRefused are the elements of a JSON list.
func listedRefused(all []commerce.RefusedEvent) ([]byte, error) {
	if len(all) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	return text[1 : len(text)-1], nil
}

// withdraw takes a batch back if whoever sent it went away while it waited for
// an import. Under appending.
func (l *Loader) withdraw(ctx context.Context, b *waitingBatch) bool {
	if b.err = ctx.Err(); b.err == nil {
		return false
	}
	l.grouping.mu.Lock()
	defer l.grouping.mu.Unlock()
	for i, other := range l.grouping.waiting {
		if other == b {
			l.grouping.waiting = append(l.grouping.waiting[:i], l.grouping.waiting[i+1:]...)
			break
		}
	}
	return true
}

// appendWaiting appends all who wait, in groups, until b is done. Under appending.
func (l *Loader) appendWaiting(ctx context.Context, b *waitingBatch) {
	for !b.done {
		group := l.grouping.next()
		entry, err := l.appendLocked(ctx, commerce.EventsEntry, grouped(group))
		for _, g := range group {
			g.done, g.entry, g.err = true, entry, err
		}
	}
}

// next takes the batches that become the next entry: those of the first one's
// source, in the order in which they came, up to the limits.
func (g *grouping) next() []*waitingBatch {
	g.mu.Lock()
	defer g.mu.Unlock()
	var group, rest []*waitingBatch
	size, full := 0, false
	for _, b := range g.waiting {
		if len(group) > 0 && (full || b.source != group[0].source || size+b.size() > groupedBytes || len(group) == groupedBatches) {
			full = full || b.source == group[0].source // what came later does not overtake it
			rest = append(rest, b)
			continue
		}
		group = append(group, b)
		size += b.size()
	}
	g.waiting = rest
	return group
}

// grouped is the body of the entry of a group: a commerce.EventBatch.
func grouped(group []*waitingBatch) []byte {
	size := 64
	for _, b := range group {
		size += b.size() + 2
	}
	body := bytes.NewBuffer(make([]byte, 0, size+len(group[0].source)))
	body.WriteString(`{"events":[`)
	join(body, group, func(b *waitingBatch) []byte { return b.events })
	body.WriteByte(']')
	if source := group[0].source; source != "" {
		text, _ := json.Marshal(source) // a text can be written
		body.WriteString(`,"source":`)
		body.Write(text)
	}
	const refused = `,"refused":[`
	body.WriteString(refused)
	if join(body, group, func(b *waitingBatch) []byte { return b.refused }) {
		body.WriteByte(']')
	} else {
		body.Truncate(body.Len() - len(refused))
	}
	body.WriteByte('}')
	return body.Bytes()
}

// join writes what is not empty of a group, with commas between.
func join(body *bytes.Buffer, group []*waitingBatch, of func(*waitingBatch) []byte) (wrote bool) {
	for _, b := range group {
		part := of(b)
		if len(part) == 0 {
			continue
		}
		if wrote {
			body.WriteByte(',')
		}
		body.Write(part)
		wrote = true
	}
	return wrote
}
