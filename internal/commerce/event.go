package commerce

import (
	"encoding/json"
	"time"
)

// Event is one event as it was taken from the shop's site, app or till: a
// record of Events. Texts are trimmed; e-mails and phones are normalised; what
// is not known is empty.
type Event struct {
	// At is when it happened, UTC, in whole microseconds.
	At time.Time `json:"at"`
	// Type is track, page, screen, identify, group or alias; empty is track.
	Type string `json:"type,omitempty"`
	// Name is the event's name as it was given.
	Name        string `json:"event,omitempty"`
	CustomerID  string `json:"customer_id,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       string `json:"phone,omitempty"`
	AnonymousID string `json:"anonymous_id,omitempty"`
	MessageID   string `json:"message_id,omitempty"`
	// Properties and Traits are JSON objects, or nil.
	Properties json.RawMessage `json:"properties,omitempty"`
	Traits     json.RawMessage `json:"traits,omitempty"`
}

// EventBatch is the body of an EventsEntry: what came in together, in order.
type EventBatch struct {
	Events []Event `json:"events"`
}
