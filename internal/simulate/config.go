package simulate

import (
	"errors"
	"fmt"
	"time"
)

// Config says which shop to make. Only End is required.
type Config struct {
	Seed uint64
	// Customers is the number of people, prospects and guests among them.
	// 20,000 if 0.
	Customers int
	// Years is how far back the history goes from End. 2 if 0.
	Years int
	// End is the "now" of the shop; nothing happens after it.
	End time.Time
	// Zone is the shop's time zone. UTC if nil.
	Zone *time.Location
	// Currency is the shop's, an ISO 4217 code. EUR if empty.
	Currency string
	// Country is where most customers live, an ISO 3166 code. RO if empty.
	Country string
	// Products is the size of the catalogue. 603 if 0; at least 201, one
	// product for each kind and tier.
	Products int
	// EventsPerCustomer is roughly how many events a person gets. 20 if 0.
	// The last two weeks are written in full, whatever it says: older visits
	// are what is thinned or multiplied.
	EventsPerCustomer int
}

// Limits that keep instants and ids within what the files can say.
const (
	maxCustomers = 9_999_999
	maxYears     = 20
	maxProducts  = 9_999
)

// filled returns the Config with its defaults, or says which field is wrong.
func (c Config) filled() (Config, error) {
	c.Customers = orDefault(c.Customers, 20_000)
	c.Years = orDefault(c.Years, 2)
	c.Products = orDefault(c.Products, 3*tierCount*len(families))
	c.EventsPerCustomer = orDefault(c.EventsPerCustomer, 20)
	c.Currency = orDefault(c.Currency, "EUR")
	c.Country = orDefault(c.Country, "RO")
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	least := tierCount * len(families)
	switch {
	case c.End.IsZero():
		return c, errors.New("simulate: Config.End is required")
	case c.Customers < 1 || c.Customers > maxCustomers:
		return c, fmt.Errorf("simulate: Config.Customers is %d, not within 1 to %d", c.Customers, maxCustomers)
	case c.Years < 1 || c.Years > maxYears:
		return c, fmt.Errorf("simulate: Config.Years is %d, not within 1 to %d", c.Years, maxYears)
	case c.Products < least || c.Products > maxProducts:
		return c, fmt.Errorf("simulate: Config.Products is %d, not within %d to %d", c.Products, least, maxProducts)
	case c.EventsPerCustomer < 1 || c.EventsPerCustomer > 1000:
		return c, fmt.Errorf("simulate: Config.EventsPerCustomer is %d, not within 1 to 1000", c.EventsPerCustomer)
	case !isCode(c.Currency, 3):
		return c, fmt.Errorf("simulate: Config.Currency is %q, not three capital letters", c.Currency)
	case !isCode(c.Country, 2):
		return c, fmt.Errorf("simulate: Config.Country is %q, not two capital letters", c.Country)
	}
	return c, nil
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

func isCode(s string, length int) bool {
	if len(s) != length {
		return false
	}
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}
