package loader

import (
	"context"
	"errors"
	"iter"

	"kith/internal/commerce"
)

var (
	errClosed = errors.New("the log is closed")
	// errUnsettled says that an append failed and the log could not be opened
	// again, which alone would tell whether it happened.
	errUnsettled = errors.New("whether it is in the log shows when the folder is opened again")
	// errFailed says that the log failed, for good as far as this process goes.
	errFailed = commerce.Errorf(commerce.CodeBusy, "a write of the log failed, and nothing is taken until Kith was started again")
)

// appendNow appends an entry with the next number.
func (l *Loader) appendNow(ctx context.Context, kind commerce.EntryType, body []byte) (commerce.Entry, error) {
	l.appending.Lock()
	defer l.appending.Unlock()
	if err := ctx.Err(); err != nil {
		return commerce.Entry{}, err // whoever waited for an import may have gone
	}
	return l.appendLocked(ctx, kind, body)
}

// appendLocked is appendNow under appending.
func (l *Loader) appendLocked(ctx context.Context, kind commerce.EntryType, body []byte) (commerce.Entry, error) {
	e := commerce.Entry{Type: kind, At: l.now(), Body: body}
	err := l.openChecked(ctx)
	if err == nil && kind == commerce.EventsEntry && l.config.Room != nil {
		err = l.config.Room()
	}
	if err == nil {
		// A write that is called off half way would leave open whether it happened.
		err = l.append(context.WithoutCancel(ctx), &e)
	}
	if err != nil {
		return commerce.Entry{}, withFull(err)
	}
	return e, nil
}

// append gives an entry its number, notes the reach and appends. If it fails,
// the entry is not in the log, or the error is errUnsettled. Under appending.
func (l *Loader) append(ctx context.Context, e *commerce.Entry) error {
	if l.failed {
		return errFailed
	}
	log := *l.log.Load()
	e.Seq = log.LastSeq() + 1
	if err := l.note(*e); err != nil {
		return err
	}
	if _, err := log.Append(ctx, *e); err != nil {
		if commerce.CodeOf(err) != commerce.CodeNone {
			return err
		}
		return l.settle(ctx, *e, err)
	}
	l.appended(*e)
	return nil
}

func (l *Loader) appended(e commerce.Entry) {
	l.reach.reached(e)
	l.latest.Store(e.Type, e.At)
	if l.config.Appended != nil {
		l.config.Appended(e.Seq)
	}
}

// settle ends appending where Config.Failed is to be told. Otherwise it finds
// out whether an append that failed happened, and returns nil if it did: a failed write may still have reached the disk, and only opening
// the log again tells. Under appending.
func (l *Loader) settle(ctx context.Context, e commerce.Entry, failed error) error {
	l.unsettled = &e
	if l.config.Failed != nil {
		l.failed = true
		l.config.Failed(failed)
		return commerce.WithCode(commerce.CodeBusy, errors.Join(errUnsettled, errFailed, failed))
	}
	closing := l.closeLog()
	if err := l.openLog(ctx); err != nil {
		l.checked = false // what it left in the archive is in the way of the next
		return errors.Join(errUnsettled, failed, closing, err)
	}
	if (*l.log.Load()).LastSeq() >= e.Seq {
		return nil
	}
	return failed
}

// openLog opens the log if it is not open. Under appending.
func (l *Loader) openLog(ctx context.Context) error {
	if l.closed {
		return errClosed
	}
	if l.log.Load() != nil {
		return nil
	}
	log, err := l.config.OpenLog(ctx)
	if err != nil {
		return err
	}
	l.log.Store(&log)
	if e := l.unsettled; e != nil {
		l.unsettled = nil
		if log.LastSeq() >= e.Seq {
			l.appended(*e)
		}
	}
	return nil
}

// closeLog closes the log if it is open. Under appending.
func (l *Loader) closeLog() error {
	log := l.log.Swap(nil)
	if log == nil {
		return nil
	}
	return (*log).Close()
}

// openChecked opens the log, and compares it once with what was written.
// Under appending.
func (l *Loader) openChecked(ctx context.Context) error {
	if err := l.openLog(ctx); err != nil || l.checked {
		return err
	}
	return l.check(ctx)
}

// open is openChecked for whoever does not append.
func (l *Loader) open(ctx context.Context) error {
	l.appending.Lock()
	defer l.appending.Unlock()
	return l.openChecked(ctx)
}

// LastSeq is the number of the log's last entry; 0 before the log was opened.
func (l *Loader) LastSeq() uint64 {
	if log := l.log.Load(); log != nil {
		return (*log).LastSeq()
	}
	return 0
}

// Read yields the log's entries from a number on, up to the last one at the
// time of the call, and opens the log if it is not open. Where records are
// damaged it yields an error with an entry that has only the first one's
// number. It can be used while anything else is done.
func (l *Loader) Read(ctx context.Context, from uint64) iter.Seq2[commerce.Entry, error] {
	return func(yield func(commerce.Entry, error) bool) {
		for {
			log, err := l.openToRead(ctx)
			if err != nil {
				yield(commerce.Entry{}, err)
				return
			}
			again := false
			for e, err := range (*log).Read(ctx, from) {
				// An append that failed opened the log anew: go on in that one.
				if again = err != nil && e.Seq == 0 && l.log.Load() != log && ctx.Err() == nil; again {
					break
				}
				if !yield(e, err) {
					return
				}
				from = max(from, e.Seq+1)
			}
			if !again {
				return
			}
		}
	}
}

// openToRead takes no lock while the log is open: an import that holds its
// number may be waiting for whoever reads.
func (l *Loader) openToRead(ctx context.Context) (*Log, error) {
	if log := l.log.Load(); log != nil {
		return log, nil
	}
	l.appending.Lock()
	defer l.appending.Unlock()
	if err := l.openLog(ctx); err != nil {
		return nil, err
	}
	return l.log.Load(), nil
}
