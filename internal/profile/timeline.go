package profile

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kith/internal/commerce"
)

// TimelineKinds are what a timeline is made of, in the order in which things of
// one instant are shown.
var TimelineKinds = []string{"order", "refund", "visit", "cart", "favourite", "ticket", "message", "coupon", "points", "event"}

// Entry is one thing that happened to a customer.
type Entry struct {
	At     time.Time        `json:"at"`
	Kind   string           `json:"kind" enum:"order,refund,visit,cart,favourite,ticket,message,coupon,points,event"`
	ID     string           `json:"id,omitempty" doc:"of an order, a ticket, a message, a coupon; the order of a refund"`
	What   string           `json:"what,omitempty" doc:"cart and favourite: added or removed; event: its key; refund and points: the reason; ticket: the topic; message: the campaign; coupon: the code; visit: the source"`
	Status string           `json:"status,omitempty" doc:"of an order, a ticket, a message"`
	Counts *bool            `json:"counts,omitempty" doc:"of an order: whether it counts now; one that was cancelled does not"`
	Amount *commerce.Amount `json:"amount,omitempty" doc:"an order's or refund's total, a coupon's value, points, a product's price"`
	Items  []EntryItem      `json:"items,omitempty" doc:"of an order, at most 100"`
	// Fields are the rest, by the names of the language.
	Fields     map[string]any  `json:"fields,omitempty" doc:"the rest, by the names of the language"`
	Properties json.RawMessage `json:"properties,omitempty" doc:"of an event, as it arrived"`
}

// EntryItem is a line of an order.
type EntryItem struct {
	Product  string           `json:"product,omitempty"`
	Name     string           `json:"name,omitempty"`
	Quantity commerce.Amount  `json:"quantity"`
	Price    *commerce.Amount `json:"price,omitempty" doc:"paid, per unit"`
	Revenue  *commerce.Amount `json:"revenue,omitempty"`
}

// TimelinePlace is how far a reader of a timeline has come: past all that is
// later, and past so many of those of that instant.
type TimelinePlace struct {
	At   time.Time
	Past int
}

// String is what ParseTimelinePlace reads.
func (p TimelinePlace) String() string {
	return fmt.Sprintf("%d-%d", p.At.UnixMicro(), p.Past)
}

// maxPast bounds what is read again to go on within one instant.
const maxPast = 100_000

// ParseTimelinePlace reads a place.
func ParseTimelinePlace(text string) (TimelinePlace, error) {
	i := strings.LastIndexByte(text, '-')
	if i > 0 {
		at, err := strconv.ParseInt(text[:i], 10, 64)
		past, err2 := strconv.Atoi(text[i+1:])
		if err == nil && err2 == nil && past >= 0 && past <= maxPast && at > -1<<55 && at < 1<<55 {
			return TimelinePlace{time.UnixMicro(at).UTC(), past}, nil
		}
	}
	return TimelinePlace{}, commerce.Errorf(commerce.CodeInvalid, "%q is no place in a timeline: it is what an answer has as next", text)
}

// Historian reads timelines.
type Historian interface {
	// ReadTimeline returns entries of some kinds from a place on, the newest
	// first, and the place behind them; nil at the end.
	ReadTimeline(ctx context.Context, id string, kinds []string, from TimelinePlace, limit int, at time.Time) ([]Entry, *TimelinePlace, error)
}
