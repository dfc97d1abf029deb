package script

import (
	"fmt"
	"time"
)

// Shop is one shop of a file: what stands between two lines of dashes.
type Shop struct {
	Settings Settings
	Segments []Segment
	// Lines are the facts and expectations in their order.
	Lines []Line
}

// Settings of a shop. Country, RewardPoints, ShippingStep and Language may be
// empty or nil.
type Settings struct {
	Timezone     string
	Zone         *time.Location
	Currency     string
	Country      string
	Language     string
	RewardPoints *Number
	ShippingStep string
}

// Segment is a saved segment.
type Segment struct {
	Place Place
	ID    string
	Text  string
}

// Text returns the text of a segment.
func (s *Shop) Text(id string) (string, bool) {
	for _, segment := range s.Segments {
		if segment.ID == id {
			return segment.Text, true
		}
	}
	return "", false
}

// Place is a line of a file.
type Place struct {
	File string
	Line int
}

func (p Place) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// Where returns the place; embedded, it makes a Line.
func (p Place) Where() Place { return p }

// Line is a fact or an expectation. The set is closed: Customer, Product,
// Rate, Order, Event, Traits, ProductChange; Expect, AsOf, Transitions,
// Invalid.
type Line interface {
	Where() Place
	line()
}

// Facts.
type (
	// Customer says what holds of a customer from always.
	Customer struct {
		Place
		Who    Who
		Fields []Field
	}
	// Product says what holds of a product from always.
	Product struct {
		Place
		ID     string
		Fields []Field
	}
	// Rate is what one unit of a currency is in the shop's on a day.
	Rate struct {
		Place
		Date     time.Time // midnight UTC
		Currency string
		Rate     Number
	}
	// Order is an order with its lines.
	Order struct {
		Fact
		Items []Item
	}
	// Event is a tracked event, or what else happened: refund, cancel,
	// ticket, message, coupon and points.
	Event struct {
		Fact
		Name string
	}
	// Traits says what holds of a customer from an instant on.
	Traits struct{ Fact }
	// ProductChange says what holds of a product from an instant on.
	ProductChange struct {
		Place
		At     time.Time
		ID     string
		Fields []Field
	}
)

// Fact is what the facts of a person have in common.
type Fact struct {
	Place
	At     time.Time
	Who    Who
	Fields []Field
}

// Who holds the keys that a line names; all may be empty.
type Who struct {
	Customer, Email, Phone, Anonymous string
}

// Item is a line of an order.
type Item struct {
	Product  string
	Quantity Number
	Price    Number
	Own      []Field // sku, name, category, brand, discount
}

// Field is a key with its value.
type Field struct {
	Key   string
	Value Value
}

// Value is the right side of k=v. Quoted values are texts, whatever they
// look like.
type Value struct {
	Text   string
	Quoted bool
}

// Expectations.
type (
	// Expect lists the members of a segment at an instant to which the clock
	// moves.
	Expect struct {
		Place
		At      time.Time
		Segment string
		Members []string // sorted
	}
	// AsOf lists the members of a segment at any instant, with all that is
	// known so far.
	AsOf struct {
		Place
		At      time.Time
		Segment string
		Members []string // sorted
	}
	// Transitions lists all recorded transitions so far of a customer.
	Transitions struct {
		Place
		Segment, Customer string
		Moves             []Move
	}
	// Invalid says where the checker points in a text.
	Invalid struct {
		Place
		Text         string
		Line, Column int
	}
)

// Move is a transition.
type Move struct {
	At   time.Time
	Left bool
}

func (Customer) line()      {}
func (Product) line()       {}
func (Rate) line()          {}
func (Order) line()         {}
func (Event) line()         {}
func (Traits) line()        {}
func (ProductChange) line() {}
func (Expect) line()        {}
func (AsOf) line()          {}
func (Transitions) line()   {}
func (Invalid) line()       {}
