package eventtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"kith/internal/commerce"
)

// Maker makes events with few names and values, so that they meet, in all the
// spellings that are understood and some that are not.
type Maker struct {
	R *rand.Rand
	// Instant, if set, says when an event happened; otherwise it is between
	// Begin and End, later and later, and back now and then.
	Instant func() time.Time

	now      time.Time
	made     []commerce.Event
	orders   int
	messages int
}

// The time in which events happen unless Maker.Instant says otherwise.
var (
	Begin = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	End   = time.Date(2026, 4, 5, 12, 0, 0, 0, time.UTC)
)

func (g *Maker) chance(percent int) bool { return g.R.IntN(100) < percent }

func (g *Maker) pick(values ...string) string { return values[g.R.IntN(len(values))] }

// Event makes one; some come again, as they were or almost.
func (g *Maker) Event() commerce.Event {
	if len(g.made) > 0 && g.chance(12) {
		e := g.made[g.R.IntN(len(g.made))]
		if g.chance(50) {
			e.MessageID = ""
		}
		return e
	}
	e := commerce.Event{At: g.instant()}
	g.keys(&e)
	g.say(&e)
	if g.chance(25) {
		g.messages++
		e.MessageID = fmt.Sprintf("m%d", g.R.IntN(g.messages+1))
	}
	g.made = append(g.made, e)
	return e
}

// instant goes on by a little, and back now and then.
func (g *Maker) instant() time.Time {
	if g.Instant != nil {
		return g.Instant()
	}
	if g.now.IsZero() {
		g.now = Begin
	}
	steps := []time.Duration{0, 1, 1000, 5 * 60e9, 1800e9, 4 * 3600e9, 24 * 3600e9, 40 * 3600e9}
	g.now = g.now.Add(steps[g.R.IntN(len(steps))].Truncate(time.Microsecond))
	if g.now.After(End) {
		g.now = End
	}
	switch {
	case len(g.made) > 0 && g.chance(15):
		return g.made[g.R.IntN(len(g.made))].At
	case g.chance(10):
		return g.now.Add(-time.Duration(g.R.IntN(200)) * time.Hour)
	}
	return g.now
}

func (g *Maker) keys(e *commerce.Event) {
	for n := 1 + g.R.IntN(5)/3; n > 0; n-- {
		switch g.R.IntN(8) {
		case 0, 1, 2:
			e.CustomerID = g.pick("c1", "c2", "c3", "c4", "é9")
		case 3:
			e.Email = g.pick("a@x.ro", "b@x.ro", "c@x.ro")
		case 4:
			e.Phone = g.pick("+40712345678", "+40712345679")
		default:
			e.AnonymousID = g.pick("v1", "v2", "v3", "v4", "v5", "v6")
		}
	}
}

// say gives the event its type, name and properties.
func (g *Maker) say(e *commerce.Event) {
	switch n := g.R.IntN(100); {
	case n < 40:
		g.track(e)
	case n < 60:
		g.order(e)
	case n < 66:
		e.Name = g.pick("cancel", "Order Cancelled", "order_canceled")
		e.Properties = g.object(g.orderID(g.oldOrder()))
	case n < 71:
		e.Name = g.pick("refund", "Order Refunded")
		e.Properties = g.object(g.orderID(g.oldOrder()), g.amount("total", "amount", "value"), g.maybe(30, g.currency()),
			g.maybe(30, `"quantity":`+g.number()), g.maybe(40, g.product()), g.maybe(40, `"reason":"broken"`), g.maybe(30, `"refund_id":"r`+g.digit()+`"`))
	case n < 75:
		e.Name = g.pick("points", "Points Earned", "points_spent")
		e.Properties = g.object(g.maybe(95, g.amount("amount", "points", "value")), g.maybe(50, `"reason":"reward"`), g.maybe(30, `"id":"p`+g.digit()+`"`))
	case n < 85:
		g.version(e)
	case n < 87:
		e.Type, e.Name = commerce.PublicType, g.pick("Order Completed", "Completed Order", "points", "Order Refunded", "coupon_redeemed", "Order Cancelled")
		e.Properties = g.object(g.orderID(g.oldOrder()), g.amount("total", "amount", "value"))
	case n < 93:
		e.Type, e.Traits = "identify", g.traits()
	case n < 98:
		e.Type, e.Name = g.pick("alias", "group"), g.pick("", "x")
	default:
		e.Name = g.pick("", "!", "—")
	}
}

func (g *Maker) track(e *commerce.Event) {
	e.Name = g.pick("Product Viewed", "Product Viewed", "product_added", "Product Added", "Product Removed", "Product Added to Wishlist",
		"product_removed_from_wishlist", "Page Viewed", "Quiz Finished", "checkout_started", "Viewed Product", "Added Product")
	switch n := g.R.IntN(100); {
	case n < 15:
		e.Type, e.Name = g.pick("page", "screen"), g.pick("", "Home")
	case n < 20:
		e.Type, e.Name = commerce.CrawlerType, g.pick("", "Home", "Product Viewed", "Order Completed")
		e.CustomerID, e.Email, e.Phone, e.AnonymousID = "", "", "", ""
	case n < 30:
		e.Type = commerce.PublicType
	}
	e.Properties = g.object(g.maybe(80, g.product()), g.maybe(40, `"quantity":`+g.number()), g.maybe(40, `"price":`+g.number()),
		g.maybe(20, `"stock":`+g.number()), g.maybe(20, `"category":"`+g.pick("home", "kitchen", "", "[x]")+`"`), g.maybe(15, `"brand":"Acme"`),
		g.maybe(15, `"`+g.pick("name", "product_name")+`":"Lamp"`), g.maybe(15, `"tags":`+g.pick(`["gift","new"]`, `"sale"`, `[]`, `["gift",null,""]`, `5`)),
		g.maybe(10, `"released_at":"`+g.pick("2026-01-01", "2025-12-31T22:00:00Z", "soon")+`"`), g.maybe(20, `"score":`+g.number()),
		g.maybe(20, `"ok":`+g.pick("true", `"false"`, "null")), g.maybe(20, `"colour":`+g.pick(`"red"`, `"green"`, `{"a":1}`)),
		g.maybe(20, `"`+g.pick("source", "utm_source")+`":"`+g.pick("google", "mail")+`"`), g.maybe(20, `"`+g.pick("url", "path", "landing")+`":"/a"`),
		g.maybe(20, `"`+g.pick("campaign", "utm_campaign", "medium", "utm_medium", "device", "referrer")+`":"web"`))
}

func (g *Maker) order(e *commerce.Event) {
	e.Name = g.pick("Order Completed", "order")
	id := g.oldOrder()
	if g.chance(70) {
		g.orders++
		id = fmt.Sprint(g.orders)
	}
	lines := ""
	if g.chance(70) {
		list := make([]string, g.R.IntN(4))
		for i := range list {
			list[i] = string(g.object(g.product(), g.maybe(70, `"quantity":`+g.number()), g.maybe(85, `"`+g.pick("price", "unit_price")+`":`+g.number()),
				g.maybe(20, `"`+g.pick("discount", "line_discount")+`":`+g.pick("1", "0.5")), g.maybe(20, `"category":"kitchen"`)))
		}
		lines = `"` + g.pick("products", "items", "line_items") + `":[` + strings.Join(list, ",") + `]`
	}
	e.Properties = g.object(g.maybe(95, g.orderID(id)), g.maybe(60, g.amount("total", "value", "revenue")), lines,
		g.maybe(30, g.currency()), g.maybe(40, `"status":"`+g.pick("paid", "Partially Paid", "pending", "cancelled", "completed", "lost")+`"`),
		g.maybe(20, `"discount":`+g.number()), g.maybe(20, `"coupon":"SPRING"`), g.maybe(20, `"country":"`+g.pick("RO", "BG")+`"`),
		g.maybe(20, `"city":"Cluj"`), g.maybe(20, `"channel":"web"`), g.maybe(10, `"refunded":`+g.number()),
		g.maybe(10, `"shipping":`+g.number()), g.maybe(10, `"cancelled_at":"`+g.instant().Format(time.RFC3339Nano)+`"`))
}

func (g *Maker) version(e *commerce.Event) {
	id := g.maybe(80, `"`+g.pick("id", "message_id", "ticket_id", "coupon_id")+`":"i`+g.digit()+`"`)
	switch g.R.IntN(3) {
	case 0:
		e.Name = g.pick("message", "message_sent", "Email Opened", "email_clicked", "message_converted")
		e.Properties = g.object(id, g.maybe(50, `"channel":"`+g.pick("email", "web", "")+`"`), g.maybe(20, `"status":"sent"`),
			g.maybe(20, `"opened":`+g.pick("true", "false", "null", `"yes"`)), g.maybe(20, `"machine":true`), g.maybe(30, `"campaign":"web"`))
	case 1:
		e.Name = g.pick("ticket", "Ticket Created", "ticket_updated", "ticket_closed")
		e.Properties = g.object(id, g.maybe(50, `"topic":`+g.pick(`"returns"`, "null", `{"a":1}`)), g.maybe(30, `"sentiment":"negative"`),
			g.maybe(20, `"status":"open"`), g.maybe(30, g.orderID(g.oldOrder())))
	default:
		e.Name = g.pick("coupon", "Coupon Issued", "coupon_redeemed")
		e.Properties = g.object(id, g.maybe(60, `"`+g.pick("code", "coupon")+`":"SPRING"`), g.maybe(40, g.amount("value", "amount")),
			g.maybe(30, `"expires_at":"`+g.pick("2026-03-10T00:00:00Z", "2026-05-01T00:00:00+02:00", "2026-05-01")+`"`), g.maybe(20, `"redeemed":true`))
	}
}

func (g *Maker) traits() json.RawMessage {
	return g.object(g.maybe(50, `"country":"`+g.pick("RO", "BG", "")+`"`), g.maybe(30, `"tags":`+g.pick(`["gift", "new"]`, `"sale"`, `["sale"]`, "null", "[]")),
		g.maybe(30, `"address":`+g.pick(`{"city":"Cluj"}`, `{"country":"US","state":"B"}`, `{"city":""}`, `"x"`)), g.maybe(20, `"state":"A","region":"B"`),
		g.maybe(20, `"`+g.pick("birthday", "birthDate", "birth_date")+`":"1990-03-29"`), g.maybe(20, `"createdAt":"`+g.pick("2026-01-10T00:00:00Z", "2026-02-10", "x")+`"`),
		g.maybe(20, `"gender":"female"`), g.maybe(20, `"shoe_size":`+g.pick("38", "41.5", "4.1e1", `"big"`)), g.maybe(20, `"Colour":`+g.pick(`"red"`, "null", `""`)),
		g.maybe(10, `"timezone":"`+g.pick("Asia/Seoul", "UTC", "Nowhere")+`"`), g.maybe(10, `"club":`+g.pick("true", `"false"`)), g.maybe(10, `"email":"z@x.ro"`))
}

// object puts members together; empty ones are left out.
func (g *Maker) object(members ...string) json.RawMessage {
	var list []string
	for _, m := range members {
		if m != "" {
			list = append(list, m)
		}
	}
	if len(list) == 0 && g.chance(50) {
		return nil
	}
	return json.RawMessage("{" + strings.Join(list, ",") + "}")
}

func (g *Maker) maybe(percent int, member string) string {
	if g.chance(percent) {
		return member
	}
	return ""
}

func (g *Maker) digit() string { return g.pick("1", "2", "3") }

func (g *Maker) oldOrder() string { return fmt.Sprint(1 + g.R.IntN(g.orders+1)) }

func (g *Maker) orderID(id string) string {
	text := g.pick(id, `"`+id+`"`, `"`+id+`"`)
	if g.chance(3) {
		text = g.pick(`""`, "null", `{"a":1}`, `"a\nb"`)
	}
	return `"` + g.pick("order_id", "orderId", "order", "id") + `":` + text
}

func (g *Maker) product() string {
	return `"` + g.pick("product_id", "product", "productId", "sku") + `":` + g.pick(`"lamp"`, `"cup"`, `"vase"`, `7`, `""`)
}

func (g *Maker) amount(names ...string) string {
	return `"` + g.pick(names...) + `":` + g.number()
}

func (g *Maker) currency() string {
	return `"currency":"` + g.pick("EUR", "EUR", "eur", "RON", "USD", "euros") + `"`
}

func (g *Maker) number() string {
	if g.chance(6) {
		return g.pick(`"abc"`, "null", `""`, `{"a":1}`, "1234567890123", "1e3", "-1",
			"3.3000000000000003", "0.30000000000000004", "2.9999999999999996", `"3.3000000000000003"`, "-2.7755575615628914e-17", "3.3333333333333335")
	}
	return g.pick("0", "1", "2", "3", "10", "10.50", `"49.95"`, "100", "0.000001", "99.999999", "-1", `"120"`, "0.5")
}
