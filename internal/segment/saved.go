package segment

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"kith/internal/commerce"
)

// Saved is a segment that was saved under an id.
type Saved struct {
	ID        string
	Name      string
	Text      string // canonical form
	CreatedAt time.Time
	UpdatedAt time.Time
	// Hidden segments are left out of lists; whoever names them still finds them.
	Hidden bool
}

// Changes is the body of a segment's log entry: what takes effect together, in
// this order. A single change is written bare, several as a list.
type Changes []Change

// MarshalJSON writes one change as an object, several as a list of them.
func (c Changes) MarshalJSON() ([]byte, error) {
	if len(c) == 1 {
		return json.Marshal(c[0])
	}
	return json.Marshal([]Change(c))
}

// UnmarshalJSON reads an object or a list of them.
func (c *Changes) UnmarshalJSON(body []byte) error {
	if strings.HasPrefix(strings.TrimSpace(string(body)), "[") {
		return json.Unmarshal(body, (*[]Change)(c))
	}
	*c = make(Changes, 1)
	return json.Unmarshal(body, &(*c)[0])
}

// Change is what a log entry says of one saved segment: how it is from then
// on, or, with Delete, that it is no longer saved.
type Change struct {
	ID     string `json:"id"`
	Name   string `json:"name,omitempty"`
	Text   string `json:"text,omitempty"`
	Hidden bool   `json:"hidden,omitempty"`
	Delete bool   `json:"delete,omitempty"`
}

// Store holds the saved segments. Changes reach it through the log.
type Store interface {
	// ListSegments returns all of them, hidden ones too, by id.
	ListSegments(ctx context.Context) ([]Saved, error)
	// SegmentsAt returns them as an entry of the log left them; CreatedAt is when
	// they were saved last.
	SegmentsAt(ctx context.Context, seq uint64) ([]Saved, error)
}

// storeAt is a Store as an entry of the log left it.
type storeAt struct {
	Store
	seq uint64
}

// ListSegments implements Store.
func (s storeAt) ListSegments(ctx context.Context) ([]Saved, error) { return s.SegmentsAt(ctx, s.seq) }

const maxID = 64

// CheckID says what is wrong with a segment's id: letters a to z, digits and
// single hyphens between them, at most 64.
func CheckID(id string) error {
	if len(id) > maxID || !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(id) {
		return commerce.Errorf(commerce.CodeInvalid,
			"%q is not a segment id: use a to z, 0 to 9 and single hyphens between them, at most %d", id, maxID)
	}
	return nil
}

// NotFoundError says that there is no segment with an id.
func NotFoundError(id string) error {
	return commerce.WithCode(commerce.CodeNotFound, fmt.Errorf("there is no segment %q; \"kith segment list\" shows those there are", id))
}
