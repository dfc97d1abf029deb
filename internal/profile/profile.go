// Package profile says what Kith shows of one customer: who they are, what is
// known of them, what they bought, and what happened when. The warehouse
// reads it; package api adds the segments.
package profile

import (
	"context"
	"time"

	"kith/internal/commerce"
)

// Customer is one known person at an instant.
type Customer struct {
	ID         string            `json:"id" doc:"customer id, else e-mail, else phone"`
	Keys       []Key             `json:"keys" doc:"everything that names this person"`
	Email      string            `json:"email,omitempty"`
	Phone      string            `json:"phone,omitempty"`
	FirstName  string            `json:"first_name,omitempty"`
	LastName   string            `json:"last_name,omitempty"`
	Stage      string            `json:"stage" enum:"lost,lapsing,loyal,repeat,first-time,prospect"`
	ExistsFrom *time.Time        `json:"exists_from,omitempty" doc:"absent: from always"`
	Traits     []Trait           `json:"traits"`
	Orders     Orders            `json:"orders"`
	Scores     map[string]string `json:"scores" doc:"rfm.group, price_band and so on, by the names of the language"`
	Cart       []CartItem        `json:"cart" doc:"in it now, at most 200"`
	Favourites []Favourite       `json:"favourites" doc:"now, at most 200, the newest first"`
	Tickets    []Ticket          `json:"tickets" doc:"open ones, at most 200, the newest first"`
	Consents   []Consent         `json:"consents"`
	Timeline   []Event           `json:"timeline" doc:"latest first"`
}

// CartItem is a product in the cart.
type CartItem struct {
	Product  string           `json:"product,omitempty"`
	Name     string           `json:"name,omitempty"`
	Quantity commerce.Amount  `json:"quantity"`
	Price    *commerce.Amount `json:"price,omitempty" doc:"per unit"`
	Since    time.Time        `json:"since"`
}

// Favourite is a product in the favourites.
type Favourite struct {
	Product   string           `json:"product,omitempty"`
	Name      string           `json:"name,omitempty"`
	PriceThen *commerce.Amount `json:"price_then,omitempty" doc:"when it came in"`
	Price     *commerce.Amount `json:"price,omitempty" doc:"of the catalogue, now"`
	PriceDrop *commerce.Amount `json:"price_drop,omitempty" doc:"part of price_then: 0.10 is a tenth less; below 0 it rose"`
	Stock     *commerce.Amount `json:"stock,omitempty"`
	Since     time.Time        `json:"since"`
}

// Ticket is a support conversation that is open.
type Ticket struct {
	ID        string    `json:"id,omitempty"`
	Channel   string    `json:"channel,omitempty"`
	Topic     string    `json:"topic,omitempty"`
	Sentiment string    `json:"sentiment,omitempty"`
	Order     string    `json:"order,omitempty"`
	Since     time.Time `json:"since"`
}

// Consent is what the customer said of a channel.
type Consent struct {
	Channel    string     `json:"channel" doc:"email, sms, push or whatsapp"`
	Subscribed bool       `json:"subscribed"`
	Since      *time.Time `json:"since,omitempty" doc:"absent: from always"`
}

// Key is one thing that names a person.
type Key struct {
	Kind  string `json:"kind" enum:"customer,email,phone,anonymous"`
	Value string `json:"value"`
	// Since is the earliest instant known under the key.
	Since *time.Time `json:"since,omitempty" doc:"the earliest instant known under it; absent if there is none"`
}

// Trait is a customer field and since when it holds.
type Trait struct {
	Name  string     `json:"name"`
	Value string     `json:"value"`
	Since *time.Time `json:"since,omitempty" doc:"absent: from always"`
}

// Orders sums up the orders that count.
type Orders struct {
	Count   int64           `json:"count"`
	Revenue commerce.Amount `json:"revenue" doc:"totals less refunds"`
	Average commerce.Amount `json:"average" doc:"average total; 0.00 without orders"`
	First   *time.Time      `json:"first,omitempty"`
	Last    *time.Time      `json:"last,omitempty"`
}

// Event is one thing that happened.
type Event struct {
	At     time.Time        `json:"at"`
	Kind   string           `json:"kind" doc:"order, refund, ticket, or a tracked event's key"`
	Name   string           `json:"name,omitempty" doc:"what it is about: an order's id, a product, a topic"`
	Amount *commerce.Amount `json:"amount,omitempty"`
}

// Reader finds customers.
type Reader interface {
	// FindCustomer returns a known customer by any of their ids (customer id,
	// e-mail or phone) with the latest events up to an instant. Its error has
	// the code for "not found" if there is none at that instant.
	FindCustomer(ctx context.Context, id string, at time.Time, events int) (Customer, error)
}
