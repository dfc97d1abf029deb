package commerce

import (
	"encoding/json"
	"time"
)

// EntryType says what an entry of the log is about.
type EntryType string

// Types of entries.
const (
	ImportEntry  EntryType = "import"
	SegmentEntry EntryType = "segment"
	RunEntry     EntryType = "run"
	// EventsEntry holds an EventBatch.
	EventsEntry EntryType = "events"
)

// Entry is one change in the one total order: whatever facts or answers
// depend on is an entry first, and takes effect afterwards. Seq counts from 1
// without gaps and is given by the log.
type Entry struct {
	Seq  uint64          `json:"-"`
	Type EntryType       `json:"type"`
	At   time.Time       `json:"at"`
	Body json.RawMessage `json:"body"`
}
