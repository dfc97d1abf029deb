package loader

import (
	"maps"

	"kith/internal/commerce"
)

// reach is how far the log reaches. To note it costs several syncs of the
// disk, too much for each batch of events: the first one of a process notes
// that the log reaches at least this far, and Close how far it came.
type reach struct {
	// last is the last entry of each type. nil: there is no note, and the log
	// was not read.
	last map[commerce.EntryType]uint64
	// exact says that last leaves nothing out. Otherwise there may be later
	// entries, of events only.
	exact bool
	// events says that this process appended events: the note says "at least".
	events bool
}

func (r *reach) reached(e commerce.Entry) {
	if r.last != nil {
		r.last[e.Type] = e.Seq
	}
}

// readReach reads the note. Under appending.
func (l *Loader) readReach() error {
	last, known, err := l.config.Reach.Reach()
	if err == nil && !l.reach.events {
		l.reach = reach{last: maps.Clone(last), exact: known}
	}
	return err
}

// note notes that an entry is about to be appended. Where nothing is known of
// the log there is nothing to note: whoever opens the folder looks. Under
// appending.
func (l *Loader) note(e commerce.Entry) error {
	r := &l.reach
	event := e.Type == commerce.EventsEntry
	if event && r.events {
		return nil
	}
	var err error
	if r.last != nil {
		last := maps.Clone(r.last)
		last[e.Type] = e.Seq
		if !event && !r.events && r.exact {
			return l.config.Reach.PutReach(last)
		}
		err = l.config.Reach.PutReachAtLeast(last)
	}
	r.events = r.events || event && err == nil
	return err
}

// learnReach notes the reach after all of the log took effect. Under changing.
func (l *Loader) learnReach() error {
	l.appending.Lock()
	defer l.appending.Unlock()
	was := l.reach
	l.learn()
	if l.reach.events || was.exact && maps.Equal(was.last, l.reach.last) {
		return nil // it will be noted by Close, or is
	}
	return l.config.Reach.PutReach(l.reach.last)
}

// learn works out the last entry of each type. Under both locks.
func (l *Loader) learn() {
	last := maps.Clone(l.at.last)
	if l.at.from > 0 {
		// What stands before was noted, but for events.
		last = maps.Clone(l.reach.last)
		for kind, seq := range l.at.last {
			last[kind] = max(last[kind], seq)
		}
		if max(last[commerce.ImportEntry], last[commerce.RunEntry], last[commerce.EventsEntry]) < l.at.warehouse {
			last[commerce.EventsEntry] = l.at.warehouse
		}
	}
	if end := l.LastSeq(); end > l.at.read {
		last[commerce.EventsEntry] = end // only they can have come meanwhile
	}
	l.reach.last, l.reach.exact = last, true
}

// closeReach notes the reach if it was left open. Under both locks.
func (l *Loader) closeReach() error {
	r := &l.reach
	open := r.events || !r.exact
	if !r.exact && l.at.known && l.at.read == l.LastSeq() {
		l.learn()
	}
	if !open || !r.exact || l.unsettled != nil {
		return nil
	}
	r.events = false
	return l.config.Reach.PutReach(r.last)
}
