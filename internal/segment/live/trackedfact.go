package live

import (
	"strings"

	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// refunded is a refund, in the shop's currency.
func (t *Tracker) refunded(f *fact) map[string]eval.Raw {
	rate := t.rate(strings.ToUpper(f.scalar("currency")), f.at)
	return map[string]eval.Raw{
		"id": textRaw(f.scalar("refund_id", "id")), "order": textRaw(f.scalar("order_id", "orderId", "order")),
		"product": textRaw(f.scalar("product_id", "product", "productId")), "quantity": f.number("quantity").raw(),
		"total": f.number("total", "amount", "value").money(rate).raw(), "reason": textRaw(f.scalar("reason")),
	}
}

// pointsMoved is a movement of points: spent ones go, however they are written.
func (f *fact) pointsMoved() map[string]eval.Raw {
	amount := f.number("amount", "points", "value")
	if f.key == "points_spent" && amount.sign() > 0 {
		amount = amount.minus()
	}
	return map[string]eval.Raw{"id": textRaw(f.scalar("id")), "amount": amount.raw(), "reason": textRaw(f.scalar("reason"))}
}

// version is what an event says of a message, a ticket or a coupon: the fields
// that it names, of which an empty one takes away.
func (f *fact) version() map[string]eval.Raw {
	all := map[string]eval.Raw{}
	if id := f.scalar(string(f.class)+"_id", "id"); id != "" {
		all["id"] = eval.RawText(id)
	}
	switch f.class {
	case customer.MessageEvent:
		f.message(all)
	case customer.TicketEvent:
		f.ticket(all)
	default:
		f.coupon(all)
	}
	return all
}

// say takes over a text: the first of some properties that is there.
func (f *fact) say(all map[string]eval.Raw, field string, names ...string) {
	if name, ok := f.first(names...); ok {
		all[field] = textRaw(f.scalar(name))
	}
}

// sayTruth takes over a property that is true or false.
func (f *fact) sayTruth(all map[string]eval.Raw, field string) {
	if f.has(field) {
		all[field] = eval.Raw{}
		if text := f.text(field); text == "true" || text == "false" {
			all[field] = eval.RawText(strings.Clone(text))
		}
	}
}

// message reads a message. An opening that is marked as a machine's says nothing.
func (f *fact) message(all map[string]eval.Raw) {
	_, step, _ := strings.Cut(f.key, "_")
	if step != "" {
		all["status"] = eval.RawText(step)
	}
	for _, field := range [...]string{"channel", "campaign", "journey", "template", "status"} {
		f.say(all, field, field)
	}
	for _, field := range [...]string{"opened", "clicked", "converted"} {
		switch {
		case field == "opened" && f.text("machine") == "true":
		case step == field:
			all[field] = eval.RawText("true")
		default:
			f.sayTruth(all, field)
		}
	}
}

func (f *fact) ticket(all map[string]eval.Raw) {
	switch f.key {
	case "ticket_created":
		all["status"] = eval.RawText("open")
	case "ticket_closed":
		all["status"] = eval.RawText("closed")
	}
	for _, field := range [...]string{"channel", "status", "topic", "sentiment"} {
		f.say(all, field, field)
	}
	f.say(all, "order", "order", "order_id", "orderId")
}

func (f *fact) coupon(all map[string]eval.Raw) {
	f.say(all, "code", "code", "coupon", "coupon_code")
	f.say(all, "campaign", "campaign")
	if f.key == "coupon_redeemed" {
		all["redeemed"] = eval.RawText("true")
	} else {
		f.sayTruth(all, "redeemed")
	}
	if f.has("expires_at") {
		all["expires_at"] = eval.Raw{}
		if _, ok := f.instant("expires_at"); ok {
			all["expires_at"] = eval.RawText(f.scalar("expires_at"))
		}
	}
	if name, ok := f.first("value", "amount"); ok {
		all["value"] = f.number(name).raw()
	}
}
