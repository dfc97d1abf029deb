package segment

import (
	"context"
	"crypto/sha256"
	"fmt"
)

// PastSize is how large a segment was at the end of a day on which nobody kept
// its memberships, worked out from the facts.
type PastSize struct {
	Segment string
	Date    string // YYYY-MM-DD, of the shop's calendar
	Size    int64
	Basis
}

// Basis is what a PastSize holds for: one of another definition, or from before
// an import that may have brought older facts, says nothing.
type Basis struct {
	Definition string // its Mark
	Import     uint64 // the last import of files; 0 if there was none
}

// Mark tells definitions apart, by Definition.Text or LiveSegment.Definition.
func Mark(definition string) string {
	sum := sha256.Sum256([]byte(definition))
	return fmt.Sprintf("%x", sum[:16])
}

// PastStore is where past sizes are kept.
type PastStore interface {
	// PastSizes calls yield with those of a segment, or of all if it is "", from
	// a date to another, both included, by segment and date.
	PastSizes(ctx context.Context, segment, from, to string, yield func(PastSize) error) error
	// PutPastSizes keeps sizes, in place of those of the same segments and days:
	// all or none.
	PutPastSizes(ctx context.Context, list []PastSize) error
	// KeepPastSizes removes those that hold for another import, or for another
	// definition than their segment has by this.
	KeepPastSizes(ctx context.Context, lastImport uint64, definitions map[string]string) error
}
