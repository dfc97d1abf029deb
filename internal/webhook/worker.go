package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// worker sends to one webhook.
type worker struct {
	*Sender
	hook *Webhook
	// kept is the cursor that the Store has; that of hook may be ahead of it by
	// what was passed over.
	kept Cursor
	// owed says that the Store failed to take the state.
	owed bool
	// passed is the last place that was not wanted.
	passed Cursor
}

// Ways in which a walk through the record ends early.
var (
	errFailed   = errors.New("an attempt failed")
	errDisabled = errors.New("the webhook is disabled")
	errPassed   = errors.New("the rest of this number is not wanted either")
)

// run sends until the context ends or the webhook is disabled.
func (w *worker) run(ctx context.Context) {
	if w.pause(ctx) != nil {
		return
	}
	for {
		changed := w.config.Changed() // before looking, so that nothing is missed
		err := w.catchUp(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, errDisabled):
			return
		case err == nil:
			select {
			case <-ctx.Done():
				return
			case <-changed:
			}
		case errors.Is(err, errFailed):
			if w.pause(ctx) != nil {
				return
			}
		default:
			w.config.Logger.ErrorContext(ctx, "sending to a webhook", "webhook", w.hook.ID, "error", err)
			if w.config.Wait(ctx, storeDelay) != nil {
				return
			}
		}
	}
}

// pause waits until the next attempt is due.
func (w *worker) pause(ctx context.Context) error {
	d := due(w.hook.State, w.config.Post.Now())
	if d == 0 {
		return ctx.Err()
	}
	return w.config.Wait(ctx, w.config.Jitter(d))
}

// catchUp sends what was recorded when it was called. A failure ends the walk,
// so that what is tried again is what the record says then.
func (w *worker) catchUp(ctx context.Context) error {
	if w.owed {
		if err := w.keep(ctx); err != nil {
			return err
		}
	}
	segment := ""
	if len(w.hook.Segments) == 1 {
		segment = w.hook.Segments[0]
	}
	for {
		// What shares its number with the cursor may not be told to its end.
		after := w.hook.Cursor.Number - 1
		if w.hook.Cursor == After(w.hook.Cursor.Number) {
			after++
		}
		last := w.hook.Cursor.Number
		err := w.config.Record(ctx, segment, after, func(e Event) error {
			last = e.Place.Number
			return w.meet(ctx, e)
		})
		if errors.Is(err, errPassed) {
			w.hook.Cursor = After(last)
			continue
		}
		if err == nil {
			w.hook.Cursor = After(last)
		}
		return err
	}
}

// meet passes an event over or sends it. Of a number that is not wanted, only
// two events are looked at: a million may share it.
func (w *worker) meet(ctx context.Context, e Event) error {
	if !w.hook.Cursor.before(e.Place) {
		return nil
	}
	if w.hook.wants(e) {
		return w.tell(ctx, e)
	}
	again := w.passed.Number == e.Place.Number
	w.hook.Cursor, w.passed = e.Place, e.Place
	if e.Place.Number-w.kept.Number >= keepEvery {
		if err := w.keep(ctx); err != nil {
			return err
		}
	}
	if again {
		return errPassed
	}
	return nil
}

// tell sends an event, and keeps what came of it.
func (w *worker) tell(ctx context.Context, e Event) error {
	m, err := messageOf(e)
	if err != nil {
		return err
	}
	a := w.config.Post.send(ctx, w.hook, m)
	if a.Succeeded() {
		w.hook.Cursor, w.hook.Failures, w.hook.Success = e.Place, 0, a
		// Though the server may be ending: else it would be sent again.
		return w.keep(context.WithoutCancel(ctx))
	}
	if ctx.Err() != nil {
		return ctx.Err() // it was cut off, and says nothing of the receiver
	}
	w.hook.Failures, w.hook.Failure = w.hook.Failures+1, a
	switch {
	case a.Status == http.StatusGone:
		w.hook.Disabled = "the answer was 410 Gone, which means that nothing more is wanted"
	case w.hook.Failures >= maxFailures:
		w.hook.Disabled = fmt.Sprintf("%d attempts failed one after the other, the last one because: %s", w.hook.Failures, a.Reason)
	}
	if err := w.keep(ctx); err != nil {
		return err
	}
	if w.hook.Disabled != "" {
		w.config.Logger.WarnContext(ctx, "a webhook is disabled", "webhook", w.hook.ID, "reason", w.hook.Disabled)
		return errDisabled
	}
	return errFailed
}

func (w *worker) keep(ctx context.Context) error {
	err := w.config.Store.PutWebhookState(ctx, w.hook.ID, w.hook.State)
	if w.owed = err != nil; w.owed {
		return err
	}
	w.kept = w.hook.Cursor
	return nil
}
