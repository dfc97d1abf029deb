package warehouse

import (
	"database/sql"
	"strings"

	"kith/internal/commerce"
	"kith/internal/profile"
)

// told notes a trait that has a field of its own.
func (f *finder) told(t profile.Trait) {
	switch strings.TrimPrefix(t.Name, "traits.") {
	case "first_name":
		f.customer.FirstName = t.Value
	case "last_name":
		f.customer.LastName = t.Value
	}
	if channel, ok := strings.CutPrefix(t.Name, "subscribed."); ok {
		f.customer.Consents = append(f.customer.Consents, profile.Consent{Channel: channel, Subscribed: t.Value == "true", Since: t.Since})
	}
}

// stageOf is the own field stage of the language, the first that fits: of
// orders ever, those of the last 12 months, the days they fell on, and those of
// the last 90 days.
func stageOf(ever, year, days, quarter int64) string {
	switch {
	case ever > 0 && year == 0:
		return "lost"
	case year > 0 && quarter == 0:
		return "lapsing"
	case year >= 4 && days >= 3:
		return "loyal"
	case ever >= 2:
		return "repeat"
	case ever == 1:
		return "first-time"
	}
	return "prospect"
}

func (f *finder) cart() error {
	f.customer.Cart = []profile.CartItem{}
	return f.query("customer_cart", func(rows *sql.Rows) error {
		var x profile.CartItem
		var price givenAmount
		if err := rows.Scan(&x.Product, &x.Name, (*amountText)(&x.Quantity), &price, &x.Since); err != nil {
			return err
		}
		x.Price, x.Since = price.Amount, x.Since.UTC()
		f.customer.Cart = append(f.customer.Cart, x)
		return nil
	})
}

func (f *finder) favourites() error {
	f.customer.Favourites = []profile.Favourite{}
	return f.query("customer_favourites", func(rows *sql.Rows) error {
		var x profile.Favourite
		var then, now, drop, stock givenAmount
		if err := rows.Scan(&x.Product, &x.Name, &then, &now, &drop, &stock, &x.Since); err != nil {
			return err
		}
		x.PriceThen, x.Price, x.PriceDrop, x.Stock, x.Since = then.Amount, now.Amount, drop.Amount, stock.Amount, x.Since.UTC()
		f.customer.Favourites = append(f.customer.Favourites, x)
		return nil
	})
}

func (f *finder) tickets() error {
	f.customer.Tickets = []profile.Ticket{}
	return f.query("customer_tickets", func(rows *sql.Rows) error {
		var x profile.Ticket
		err := rows.Scan(&x.ID, &x.Channel, &x.Topic, &x.Sentiment, &x.Order, &x.Since)
		x.Since = x.Since.UTC()
		f.customer.Tickets = append(f.customer.Tickets, x)
		return err
	})
}

// givenAmount scans an amount that is written as a text, or NULL.
type givenAmount struct{ *commerce.Amount }

// Scan implements sql.Scanner.
func (a *givenAmount) Scan(v any) error {
	if v == nil {
		return nil
	}
	a.Amount = new(commerce.Amount)
	return (*amountText)(a.Amount).Scan(v)
}
