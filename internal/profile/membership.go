package profile

import (
	"context"
	"time"

	"kith/internal/segql"
)

// Membership is a segment that a customer is in.
type Membership struct {
	Segment string
	// Next is the earliest instant at which time alone may change an answer that
	// it follows from; nil for never.
	Next *time.Time
	// Why are the leaves that let the customer in, with what they saw; none for a
	// customer of whom there is too much to look at.
	Why []Reason
}

// Reason is a leaf of a segment that let a customer in.
type Reason struct {
	Text   string      `json:"text"`
	Values []SeenValue `json:"values,omitempty"`
}

// SeenValue is a term of a leaf and what it came to.
type SeenValue struct {
	Text  string  `json:"text"`
	Value *string `json:"value,omitempty" doc:"absent: missing"`
}

// Members says who is in what.
type Members interface {
	// MembershipsOf returns those of the saved segments that a customer is in, by
	// segment, and the id that members are listed by. The customer is found as
	// FindCustomer does.
	MembershipsOf(ctx context.Context, id string, segments map[string]*segql.Checked, at time.Time) (string, []Membership, error)
}
