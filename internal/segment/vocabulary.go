package segment

import (
	"time"

	"kith/internal/segql"
)

// Value is a value that a field has, and how many facts or customers have it.
type Value struct {
	Value string
	Count int64
}

// Values are the commonest values of a field.
type Values struct {
	List []Value // the commonest first
	// Sampled says that a part was looked at: counts are estimates, and rare
	// values may not be among them.
	Sampled bool
}

// SeenEvent is a tracked event that came in.
type SeenEvent struct {
	Key  string // segql.EventKey
	Name string // as it came last
	// Count is how often, LastSeen when the latest one was.
	Count    int64
	LastSeen time.Time
	// Properties are names of its properties besides the product's, the
	// commonest first, of some of the latest events.
	Properties []string
}

// SeenTrait is a trait that customers have.
type SeenTrait struct {
	Name      string // traits.NAME
	Customers int64
	// Type is what most of some values look like.
	Type segql.Type
}
