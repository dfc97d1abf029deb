package warehouse

import (
	"database/sql"
	"database/sql/driver"

	"kith/internal/segql"
)

// Classes of events: what an event of that name says. Only tracked events
// are kept as events; the others are facts of another kind.
const (
	classTracked  = "tracked"
	classOrder    = "order"
	classCancel   = "cancel"
	classRefund   = "refund"
	classTicket   = "ticket"
	classMessage  = "message"
	classCoupon   = "coupon"
	classPoints   = "points"
	classIdentify = "identify"
	classLink     = "link" // alias and group: keys that stand together
	classNone     = "none" // without a name: refused
)

// classOf says what an event means, by its key.
func classOf(key string) string {
	switch key {
	case "":
		return classNone
	case "order", "order_completed":
		return classOrder
	case "cancel", "order_cancelled", "order_canceled":
		return classCancel
	case "refund", "order_refunded":
		return classRefund
	case "ticket", "ticket_created", "ticket_updated", "ticket_closed":
		return classTicket
	case "message", "message_sent", "message_delivered", "message_opened", "message_clicked", "message_converted",
		"email_sent", "email_delivered", "email_opened", "email_clicked", "email_converted":
		return classMessage
	case "coupon", "coupon_issued", "coupon_redeemed":
		return classCoupon
	case "points", "points_earned", "points_spent":
		return classPoints
	}
	return classTracked
}

// nameEvents works out what each name in the batch means. It is done in Go
// so that names have exactly the keys that the language gives them.
func (l *load) nameEvents() error {
	type name struct{ kind, given sql.NullString }
	var names []name
	err := l.query("event_names", func(rows *sql.Rows) error {
		var n name
		if err := rows.Scan(&n.kind, &n.given); err != nil {
			return err
		}
		names = append(names, n)
		return nil
	})
	if err != nil {
		return err
	}
	if err := l.all("event_name_table"); err != nil {
		return err
	}
	return l.appendRows("temp", "event_name", func(add func(...driver.Value) error) error {
		for _, n := range names {
			key, shown, class := meaning(n.kind.String, n.given.String)
			switch class {
			case classOrder, classCancel, classRefund, classPoints:
				l.otherFacts = true
			}
			if err := add(nullable(n.kind), nullable(n.given), key, shown, class); err != nil {
				return err
			}
		}
		return nil
	})
}

// meaning returns the key, the name and the class of an event. A page or
// screen without a name is called page or screen.
func meaning(kind, given string) (key, name, class string) {
	switch kind {
	case "identify":
		return kind, kind, classIdentify
	case "alias", "group":
		return kind, kind, classLink
	case "page", "screen":
		if given == "" {
			given = kind
		}
		return segql.EventKey(given), given, classTracked
	}
	key = segql.EventKey(given)
	return key, given, classOf(key)
}

func nullable(s sql.NullString) driver.Value {
	if !s.Valid {
		return nil
	}
	return s.String
}

// traitNames maps what identify calls a trait to a field of customers; "-"
// is no field: it is a key, or kept under another name. Any other trait
// keeps its name, as traits.NAME.
var traitNames = [...][2]string{
	{"email", "-"},
	{"phone", "-"},
	{"id", "-"},
	{"address", "-"},
	{"country", "country"},
	{"city", "city"},
	{"region", "region"},
	{"state", "region"},
	{"postcode", "postcode"},
	{"postalCode", "postcode"},
	{"postal_code", "postcode"},
	{"address.country", "country"},
	{"address.city", "city"},
	{"address.region", "region"},
	{"address.state", "region"},
	{"address.postcode", "postcode"},
	{"address.postalCode", "postcode"},
	{"address.postal_code", "postcode"},
	{"language", "language"},
	{"locale", "language"},
	{"timezone", "timezone"},
	{"currency", "currency"},
	{"gender", "gender"},
	{"birthday", "birth_date"},
	{"birth_date", "birth_date"},
	{"birthDate", "birth_date"},
	{"education", "education"},
	{"occupation", "occupation"},
	{"income", "income"},
	{"marital_status", "marital_status"},
	{"maritalStatus", "marital_status"},
	{"createdAt", "created_at"},
	{"created_at", "created_at"},
	{"tags", "tags"},
	{"source", "source"},
	{"device", "device"},
	{"email_domain", "email_domain"},
	{"subscribed.email", "subscribed.email"},
	{"subscribed.sms", "subscribed.sms"},
	{"subscribed.push", "subscribed.push"},
	{"subscribed.whatsapp", "subscribed.whatsapp"},
	{"firstName", "traits.first_name"},
	{"first_name", "traits.first_name"},
	{"lastName", "traits.last_name"},
	{"last_name", "traits.last_name"},
}

func (l *load) nameTraits() error {
	if err := l.all("trait_name_table"); err != nil {
		return err
	}
	return l.appendRows("temp", "trait_name", func(add func(...driver.Value) error) error {
		for _, n := range traitNames {
			if err := add(n[0], n[1]); err != nil {
				return err
			}
		}
		return nil
	})
}
