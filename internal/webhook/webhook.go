package webhook

import (
	"context"
	"math"
	"slices"
	"time"
)

// Webhook is a URL that is told what was recorded.
type Webhook struct {
	ID  string
	URL string
	// Segments are the ids of those whose transitions are told; empty for all.
	Segments []string
	// Causes are the causes of transitions that are told.
	Causes    []string
	Secret    Secret
	CreatedAt time.Time
	State
}

// State is how far a webhook has got.
type State struct {
	// Cursor is the last place that was told, or passed over.
	Cursor Cursor
	// Disabled is why nothing is sent any more; "" while it is.
	Disabled string
	// Failures is how many attempts failed since one succeeded.
	Failures int
	Success  Attempt // the last one that succeeded
	Failure  Attempt // the last one that failed
}

// Attempt is one that was made; the zero value is none.
type Attempt struct {
	At     time.Time
	Status int    // of HTTP; 0 if there was no answer
	Reason string // why it failed
}

// Succeeded says whether an answer means that what was sent has arrived.
func (a Attempt) Succeeded() bool { return a.Status >= 200 && a.Status <= 299 }

// Cursor is a place in the record: a number, and a person among those that
// share it. The record is in order of both.
type Cursor struct{ Number, Person int64 }

// After is the place behind everything that has a number.
func After(number int64) Cursor { return Cursor{number, math.MaxInt64} }

// before says whether a place comes before another.
func (c Cursor) before(other Cursor) bool {
	return c.Number < other.Number || c.Number == other.Number && c.Person < other.Person
}

// Event is something recorded.
type Event struct {
	Place   Cursor
	Type    string // as Standard Webhooks has it: "segment.entered"
	Segment string
	Cause   string
	At      time.Time
	Data    any // what the message says of it
}

func (w *Webhook) wants(e Event) bool {
	return slices.Contains(w.Causes, e.Cause) && (len(w.Segments) == 0 || slices.Contains(w.Segments, e.Segment))
}

// Record calls yield with what was recorded after a number, in order of
// places, and ends with the first error of yield, as it is. All events that
// share a number share their segment and their cause. segment may be "" for
// all. It holds nothing open while yield runs, which may take long.
type Record func(ctx context.Context, segment string, after int64, yield func(Event) error) error

// Store keeps webhooks.
type Store interface {
	// AddWebhook keeps a new one, with the cursor behind the last transition
	// that is recorded: only what comes from then on is told.
	AddWebhook(ctx context.Context, w Webhook) error
	// ListWebhooks lists all, the oldest first.
	ListWebhooks(ctx context.Context) ([]Webhook, error)
	// PutWebhookState replaces the state. It does nothing for one that is gone.
	PutWebhookState(ctx context.Context, id string, s State) error
	// DeleteWebhook says whether it was there.
	DeleteWebhook(ctx context.Context, id string) (bool, error)
}
