package profile

import (
	"context"
	"strings"
	"time"

	"kith/internal/commerce"
	"kith/internal/segql"
)

// Row is one customer in a list. E-mail, phone and names are these fields and
// no others, so that they can be masked in one place.
type Row struct {
	ID        string `json:"id" doc:"customer id, else e-mail, else phone"`
	Email     string `json:"email,omitempty"`
	Phone     string `json:"phone,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Country   string `json:"country,omitempty"`

	Orders       int64            `json:"orders" doc:"orders that count"`
	Revenue      commerce.Amount  `json:"revenue" doc:"totals less refunds"`
	Average      *commerce.Amount `json:"average,omitempty" doc:"average total of an order"`
	FirstOrderAt *time.Time       `json:"first_order_at,omitempty"`
	LastOrderAt  *time.Time       `json:"last_order_at,omitempty"`
	ExistsFrom   *time.Time       `json:"exists_from,omitempty" doc:"absent: from always"`
	RFMGroup     string           `json:"rfm_group,omitempty" doc:"of the latest scoring run; absent before the first"`
	Gone         bool             `json:"gone,omitempty" doc:"became part of another customer, or was erased, since the list was made"`
}

// Kept are those who are in a segment. Who is none of the shop's customers, by what
// the list is made of, is in no list.
type Kept struct{ Names []Name }

// Name is the key that names a customer: their first customer id, else e-mail,
// else phone.
type Name struct {
	Kind NameKind
	ID   string
}

// NameKind is the kind of a Name.
type NameKind uint8

// Kinds of names.
const (
	CustomerName NameKind = iota
	EmailName
	PhoneName
)

// Filter says who is in a list, and in which order. What is empty asks for
// nothing.
type Filter struct {
	Search string
	// Whole says that a search finds whole keys and names only: whoever sees no
	// contact data would read it letter by letter otherwise.
	Whole bool
	// Segment and its Checked are a saved segment and what it means.
	Segment string
	Checked *segql.Checked
	// Members are the segment's, where they are kept: nobody else is asked then.
	Members *Kept
	Group   string // of RFM
	Country string
	Sort    string // one of Sorts, with "-" before it for the greatest first
}

// Sorts are what a list can be sorted by. Who has no value comes last, ties are
// in the order in which customers arrived.
var Sorts = []string{"revenue", "orders", "average", "first_order_at", "last_order_at", "exists_from", "id", "name"}

// Search bounds, in characters.
const (
	MinSearch = 2
	MaxSearch = 200
)

// Digits are those of a phone number in any writing, as it may end; "" if a
// text is no phone number.
func Digits(text string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case strings.ContainsRune("+ -./()\u00a0", r):
			return -1
		}
		return 'x'
	}, text)
	digits = strings.TrimLeft(digits, "0")
	if len(digits) < 6 || len(digits) > 15 || strings.Contains(digits, "x") {
		return ""
	}
	return digits
}

// Lister lists customers.
type Lister interface {
	// ListCustomers returns the numbers of the known customers in a list, in its
	// order. Numbers stay a customer's as long as the customer is known.
	ListCustomers(ctx context.Context, f Filter, at time.Time) ([]int32, error)
	// FindCustomers returns the first of those whom a search means, the most
	// exact first, and how many there are.
	FindCustomers(ctx context.Context, text string, limit int, at time.Time) ([]Row, int, error)
	// CustomerRows returns a row for each of the numbers, in their order.
	CustomerRows(ctx context.Context, numbers []int32, at time.Time) ([]Row, error)
}
