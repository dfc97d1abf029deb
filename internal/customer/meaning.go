package customer

import (
	"cmp"
	"strings"

	"kith/internal/commerce"
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
// (see commerce.Event; empty is track) and the name it was given. The name of a
// page, of a screen and of what a crawler did is not its key: there are as many
// as there are pages.
func MeaningOf(kind, given string) (key, name string, class EventClass) {
	switch kind {
	case commerce.IdentifyType:
		return kind, kind, IdentifyEvent
	case commerce.AliasType, commerce.GroupType:
		return kind, kind, LinkEvent
	case commerce.PageType, commerce.ScreenType, commerce.CrawlerType:
		return kind, cmp.Or(given, kind), TrackedEvent
	}
	key = segql.EventKey(given)
	if now, old := currentKeys[key]; old {
		key = now
	}
	class = classOf(key)
	if kind == commerce.PublicType && class.movesMoney() {
		return "unverified_" + key, given, TrackedEvent
	}
	return key, given, class
}

// movesMoney says whether events of a class give somebody revenue, points or a
// coupon, or take them.
func (c EventClass) movesMoney() bool {
	switch c {
	case OrderEvent, CancelEvent, RefundEvent, PointsEvent, CouponEvent:
		return true
	default:
		return false
	}
}

// currentKeys are today's keys of the names that the e-commerce events of
// Segment had in their first version.
var currentKeys = map[string]string{
	"searched_products": "products_searched", "viewed_product_category": "product_list_viewed", "viewed_product_list": "product_list_viewed",
	"filtered_product_list": "product_list_filtered", "viewed_promotion": "promotion_viewed", "clicked_promotion": "promotion_clicked",
	"clicked_product": "product_clicked", "viewed_product": "product_viewed", "added_product": "product_added",
	"removed_product": "product_removed", "viewed_cart": "cart_viewed", "shared_cart": "cart_shared",
	"started_checkout": "checkout_started", "started_order": "checkout_started", "viewed_checkout_step": "checkout_step_viewed",
	"completed_checkout_step": "checkout_step_completed", "entered_payment_info": "payment_info_entered",
	"updated_order": "order_updated", "completed_order": "order_completed", "refunded_order": "order_refunded",
	"cancelled_order": "order_cancelled", "canceled_order": "order_cancelled",
	"entered_coupon": "coupon_entered", "applied_coupon": "coupon_applied", "denied_coupon": "coupon_denied", "removed_coupon": "coupon_removed",
	"added_product_to_wishlist": "product_added_to_wishlist", "removed_product_from_wishlist": "product_removed_from_wishlist",
	"shared_product": "product_shared", "reviewed_product": "product_reviewed",
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
