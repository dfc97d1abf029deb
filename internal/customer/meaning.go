package customer

import (
	"strings"

	"kith/internal/segql"
)

// EventClass is what an event of some name says. Only tracked events are kept
// as events; the others are facts of another kind.
type EventClass string

// Classes of events.
const (
	TrackedEvent  EventClass = "tracked"
	OrderEvent    EventClass = "order"
	CancelEvent   EventClass = "cancel"
	RefundEvent   EventClass = "refund"
	TicketEvent   EventClass = "ticket"
	MessageEvent  EventClass = "message"
	CouponEvent   EventClass = "coupon"
	PointsEvent   EventClass = "points"
	IdentifyEvent EventClass = "identify"
	LinkEvent     EventClass = "link" // alias and group: keys that stand together
	NamelessEvent EventClass = "none" // refused
)

// classOf says what an event means, by its key.
func classOf(key string) EventClass {
	switch key {
	case "":
		return NamelessEvent
	case "order", "order_completed":
		return OrderEvent
	case "cancel", "order_cancelled", "order_canceled":
		return CancelEvent
	case "refund", "order_refunded":
		return RefundEvent
	case "ticket", "ticket_created", "ticket_updated", "ticket_closed":
		return TicketEvent
	case "message", "message_sent", "message_delivered", "message_opened", "message_clicked", "message_converted",
		"email_sent", "email_delivered", "email_opened", "email_clicked", "email_converted":
		return MessageEvent
	case "coupon", "coupon_issued", "coupon_redeemed":
		return CouponEvent
	case "points", "points_earned", "points_spent":
		return PointsEvent
	}
	return TrackedEvent
}

// MeaningOf returns the key, the name and the class of an event, by its type
// (track, page, screen, identify, group, alias; empty is track) and the name
// it was given. A page or screen without a name is called page or screen.
func MeaningOf(kind, given string) (key, name string, class EventClass) {
	switch kind {
	case "identify":
		return kind, kind, IdentifyEvent
	case "alias", "group":
		return kind, kind, LinkEvent
	case "page", "screen":
		if given == "" {
			given = kind
		}
		return segql.EventKey(given), given, TrackedEvent
	}
	key = segql.EventKey(given)
	return key, given, classOf(key)
}

// EventStatuses are the statuses that an order in an event may have, as
// messages list them.
const EventStatuses = "paid, partially_paid, partially_refunded, refunded, processing, completed, fulfilled, pending, failed, draft, void, " +
	"cancelled, on_hold, unpaid, authorized, expired, trash, voided"

// TraitNames maps what identify calls a trait to a field of customers; "-"
// is no field: it is a key, or kept under another name. Any other trait
// keeps its name, as traits.NAME.
var TraitNames = [...][2]string{
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

// TraitField is the customer field that a trait of identify sets; empty for a
// trait that is none.
func TraitField(trait string) string {
	for _, n := range TraitNames {
		if n[0] == trait {
			return strings.TrimPrefix(n[1], "-")
		}
	}
	return "traits." + trait
}

// AddressTraits lists what is read of the trait "address".
func AddressTraits() []string {
	var parts []string
	for _, n := range TraitNames {
		if part, ok := strings.CutPrefix(n[0], "address."); ok {
			parts = append(parts, part)
		}
	}
	return parts
}
