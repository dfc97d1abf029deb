package segment

import (
	"context"
	"time"

	"kith/internal/commerce"
	"kith/internal/segql"
)

// Asker answers segments over the shop's facts. saved says that base fields
// come from the latest scoring run, as they do for saved segments and presets;
// otherwise they are computed as of the instant.
type Asker interface {
	// Count returns how many known customers are in the segment at an instant.
	Count(ctx context.Context, s *segql.Checked, at time.Time, saved bool) (int64, error)
	// Sample is Count with how many known customers there are, and the first
	// members, sorted, at most limit.
	Sample(ctx context.Context, q Question, at time.Time, limit int) (Sample, error)
	// Members calls yield with the ids of the members, sorted. An error of
	// yield ends it and is returned.
	Members(ctx context.Context, s *segql.Checked, at time.Time, saved bool, yield func(id string) error) error
	// Explain says why a customer is in a segment at an instant, or not.
	Explain(ctx context.Context, s *segql.Checked, customer string, at time.Time, saved bool) (Explanation, error)
	// CountAll measures saved segments and presets together, by their ids.
	CountAll(ctx context.Context, segments map[string]*segql.Checked, at time.Time) (map[string]Size, error)
	// Compare says, for each pair in its order, what becomes of the membership
	// where a saved segment's definition changes. The samples are the first
	// ids, sorted, at most sample of each.
	Compare(ctx context.Context, pairs []Pair, at time.Time, sample int) ([]Difference, error)
	// SegmentsOf returns the ids of those of the saved segments and presets
	// that a customer, by the id that members are listed by, is in.
	SegmentsOf(ctx context.Context, customer string, segments map[string]*segql.Checked, at time.Time) ([]string, error)
}

// Size is how big a segment is.
type Size struct {
	Customers int64
	// Revenue12m is what its members bought in the last 12 months, less refunds.
	Revenue12m commerce.Amount
}

// Pair is a saved segment as it is and as it would be: nil is one that is not
// there, which nobody is in. The same pointer twice is one that stays.
type Pair struct{ Before, After *segql.Checked }

// Difference is what becomes of a segment's membership.
type Difference struct {
	Before, After     int64 // how many are in it
	Entering, Leaving int64
	// FirstEntering and FirstLeaving are the first ids of those, sorted.
	FirstEntering, FirstLeaving []string
}

// Facts says what a shop has facts of, for "a preset whose facts the shop
// does not have says so instead of showing 0".
type Facts interface {
	// Present holds, for what there is at least one of: built-in facts
	// ("order"), "cart", "customer", tracked events ("event:product_viewed", by
	// segql.EventKey), customer fields ("field:birth_date"), product fields
	// ("stock", "price", "released_at", "tags", "category") and scores
	// ("price_band", "clv").
	Present(ctx context.Context) (map[string]bool, error)
}

// Sample is how big a segment is, and who is in it first.
type Sample struct {
	Count    int64
	Everyone int64    // known customers
	First    []string // ids, sorted
}
