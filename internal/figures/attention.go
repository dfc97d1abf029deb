package figures

import "time"

// Attention is something that somebody should look at. Which fields it has
// depends on the kind.
type Attention struct {
	Kind    string     `json:"kind" enum:"import_refused,nothing_new,memberships_behind,segment_shrinking"`
	Import  int64      `json:"import,omitempty" doc:"import_refused: its number in the log"`
	Facts   string     `json:"facts,omitempty" doc:"import_refused: what was imported: orders, customers, products, events or rates"`
	Rows    int64      `json:"rows,omitempty" doc:"import_refused: rows refused"`
	At      *time.Time `json:"at,omitempty" doc:"import_refused: when; nothing_new: of the newest fact; memberships_behind: how far they are kept"`
	Days    int64      `json:"days,omitempty" doc:"nothing_new: whole days without an order, an event or an import"`
	Entries uint64     `json:"entries,omitempty" doc:"memberships_behind: entries of the log that wait"`
	Segment string     `json:"segment,omitempty" doc:"segment_shrinking: its id"`
	Name    string     `json:"name,omitempty" words:"preset"`
	Size    int64      `json:"size,omitempty"`
	Before  int64      `json:"before,omitempty" doc:"7 days ago"`
	Share   float64    `json:"revenue_share,omitempty" doc:"segment_shrinking: its members' part of the revenue of the last 12 months"`
}

// Kinds of Attention.
const (
	ImportRefused     = "import_refused"
	NothingNew        = "nothing_new"
	MembershipsBehind = "memberships_behind"
	SegmentShrinking  = "segment_shrinking"
)

// GreatShare is the part of the revenue from which on a segment that shrinks is
// worth a warning.
const GreatShare = 0.1

// quietDays is after how many days without a fact the shop is told.
const quietDays = 7

// Quiet says that nothing came for days, if so.
func (f Freshness) Quiet(at time.Time) []Attention {
	var newest *time.Time
	for _, t := range []*time.Time{f.LastOrderAt, f.LastEventAt, f.LastImportAt} {
		if t != nil && (newest == nil || t.After(*newest)) {
			newest = t
		}
	}
	if newest == nil {
		return nil // a shop that has not begun
	}
	if days := int64(at.Sub(*newest) / (24 * time.Hour)); days >= quietDays {
		return []Attention{{Kind: NothingNew, Days: days, At: newest}}
	}
	return nil
}
