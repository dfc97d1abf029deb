package segql

import "strings"

// Type is the type of a term, or of a field of the catalogue.
type Type uint8

// Types. A Dynamic field (a trait, an event's property) has the type of what
// it is compared with: Checked.TypeOf says which, and never says Dynamic.
const (
	Invalid  Type = iota
	Number        // decimal with six places
	Fraction      // exact fraction: avg, discount.share, cadence.overdue, percentiles, lengths of time in days
	Text
	Bool
	DateType // a calendar day (birth_date, a date literal)
	Instant  // microseconds
	List     // of texts: tags
	Dynamic
)

// FieldKind says where a field's value comes from.
type FieldKind uint8

// Kinds of fields outside filters.
const (
	NoField       FieldKind = iota
	CustomerField           // country, age, subscribed.email, ...
	TraitField              // traits.NAME
	OwnField                // spend.net, cart.value, stage, ...
	BaseField               // rfm.group, clv.alive, price_band, ...
	ShopField               // shop.country, ...
	FactField               // a field of the fact, within a filter or an aggregate
)

// FieldInfo describes one field of the catalogue.
type FieldInfo struct {
	Name string
	Kind FieldKind
	Type Type
	// CanBeMissing says that a customer or a fact may lack it; the checker
	// warns about != and "not in" on such fields.
	CanBeMissing bool
}

// Catalogue is what the checker knows of one shop beyond the closed lists
// of facts and fields in catalogue.go.
type Catalogue struct {
	// ID is the id of the segment that is checked, if it has one: a
	// reference back to it is a ring.
	ID string
	// Segment returns the parsed definition of a saved segment or a preset.
	// A nil func means that there are none.
	Segment func(id string) (Node, bool)
	// SegmentIDs lists all ids, for "did you mean".
	SegmentIDs []string
	// EventSeen says whether the shop has seen a tracked event, by EventKey.
	// A nil func means that nothing is known, and no warning is given.
	EventSeen func(key string) bool
	// EventKeys lists the seen events, for "did you mean".
	EventKeys []string
}

// Checked is a tree without errors, with what the checker found out.
type Checked struct {
	Root Node
	// Types holds the type of every term of the tree; for a Dynamic field
	// the type it is read as. Terms of referred segments are not in it: each
	// is in its own Checked, in Refs.
	Types map[Term]Type
	// Fields holds what each Field term refers to.
	Fields map[*Field]FieldInfo
	// AggregateFields holds what the Field of each Aggregate refers to;
	// its Type is the type it is read as.
	AggregateFields map[*Aggregate]FieldInfo
	// Refs holds the checked definition of every segment referred to by
	// InSegment, directly.
	Refs map[string]*Checked
	// Warnings are findings that do not stop the segment from running.
	Warnings Problems
}

// TypeOf returns the type of a term of the tree.
func (c *Checked) TypeOf(t Term) Type { return c.Types[t] }

// EventKey is the name by which tracked events are matched: letters and
// digits in lower case, everything between them one underscore. "Product
// Viewed", "product-viewed" and product_viewed have the same key.
func EventKey(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		if isWordRune(r) {
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(r)
			continue
		}
		gap = true
	}
	return b.String()
}

// Moved lists the segments whose recorded transitions the tree reads, itself
// or through the segments that it refers to; one may stand twice.
func (c *Checked) Moved() []string {
	var ids []string
	Walk(c.Root, func(x any) bool {
		if m, ok := x.(*Moved); ok {
			ids = append(ids, m.ID)
		}
		return true
	})
	for _, ref := range c.Refs {
		ids = append(ids, ref.Moved()...)
	}
	return ids
}
