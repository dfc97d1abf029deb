package warehouse

import (
	"testing"
)

func track(customer, event, at, properties string) Row {
	return Row{"type": "track", "customer_id": customer, "event": event, "ts": at, "properties": properties}
}

func TestEventsAreKeptUnderTheirKey(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	r := s.events(
		track("ana", "Quiz — Finished!", "2026-03-01T10:00:00Z", `{}`),
		track("ana", "ÜBER Größe", "2026-03-01T10:00:00Z", `{"a":1.50}`),
		Row{"type": "page", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z"},
		Row{"type": "screen", "event": "Home", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z"},
		Row{"type": "track", "event": "!", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z"},
	)
	s.want("SELECT event, name, properties FROM event ORDER BY pos", "quiz_finished Quiz — Finished! -", `über_größe ÜBER Größe {"a":1.50}`, "page page -", "screen Home -")
	if got := refusals(r); got != "5 event: no event" {
		t.Error(got)
	}
}

func TestMessageIDsAreTakenOnce(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	row := func(id, event string) Row {
		r := track("ana", event, "2026-03-01T10:00:00Z", `{"amount":1}`)
		r["message_id"] = id
		return r
	}
	r := s.events(row("m1", "seen"), row("m1", "seen"), row("m2", "points"), row("", "seen"), row("", "seen"))
	if r.Accepted != 5 || r.Unchanged != 1 {
		t.Errorf("%+v", r)
	}
	r = s.events(row("m1", "seen"), row("m2", "points"), row("m3", "points"))
	if r.Accepted != 3 || r.Unchanged != 2 {
		t.Errorf("%+v", r)
	}
	s.want("SELECT count(*) FROM event", "3")
	s.want("SELECT count(*) FROM points", "2")
}

func TestEventsThatAreOtherFacts(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.rates(Row{"date": "2026-03-01", "currency": "EUR", "rate": 5})
	r := s.events(
		track("ana", "Order Completed", "2026-03-01T10:00:00Z", `{"order_id":"o1","currency":"EUR","coupon":"SPRING","products":[{"product_id":"lamp","quantity":2,"price":49.95},{"product_id":"rug","price":3}]}`),
		track("ana", "order", "2026-03-02T10:00:00Z", `{"id":"o2","total":"12.5","status":"pending"}`),
		track("ana", "order", "2026-03-02T10:00:00Z", `{"id":"o3","total":"12.5","currency":"USD"}`),
		track("ana", "Order Completed", "2026-03-02T10:00:00Z", `{"order_id":"o2","total":12.5}`),
		track("ana", "Order Completed", "2026-03-02T10:00:00Z", `{"order_id":"o2","total":12.5,"status":"paid"}`),
		track("ana", "Order Completed", "2026-03-02T10:00:00Z", `{"order_id":"o2","total":13}`),
		track("ana", "Order Cancelled", "2026-03-03T10:00:00Z", `{"order_id":"o1"}`),
		track("ana", "Order Refunded", "2026-03-04T10:00:00Z", `{"order_id":"o1","product_id":"lamp","quantity":1,"total":2,"reason":"broken","currency":"RON"}`),
		track("ana", "Points Earned", "2026-03-04T10:00:00Z", `{"amount":10,"reason":"order"}`),
		track("ana", "Points Spent", "2026-03-05T10:00:00Z", `{"points":4}`),
	)
	s.want("SELECT id, total, valid_to, status, items, coupon FROM orders ORDER BY id", "o1 514.5 2026-03-03 10:00:00 - 3 SPRING", "o2 12.5 infinity paid 0 -")
	s.want("SELECT order_id, line, product, quantity, price, valid_to FROM item ORDER BY line", "o1 1 lamp 2 249.75 2026-03-03 10:00:00", "o1 2 rug 1 15 2026-03-03 10:00:00")
	s.want("SELECT order_id, product, quantity, total, reason, ts FROM refund", "o1 lamp 1 2 broken 2026-03-04 10:00:00")
	s.want("SELECT amount, reason FROM points ORDER BY ts", "10 order", "-4 -")
	s.want("FROM event")
	s.want("FROM visit")
	if got := refusals(r); got != "3 currency: no rate for USD on 2026-03-02; 6 total: order o2 was imported before with total 12.50" {
		t.Error(got)
	}
}

func TestCancellationBeforeItsOrder(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.events(track("ana", "order_cancelled", "2026-03-03T10:00:00Z", `{"order_id":"o1"}`))
	s.orders(Row{"order_id": "o1", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z", "product_id": "lamp"})
	s.want("SELECT valid_to FROM orders UNION ALL SELECT valid_to FROM item", "2026-03-03 10:00:00", "2026-03-03 10:00:00")
}

func TestVersionsOfOneFact(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.events(
		track("ana", "ticket_created", "2026-03-01T10:00:00Z", `{"id":"t1","topic":"delivery","channel":"mail"}`),
		track("bob", "ticket_created", "2026-03-01T10:00:00Z", `{"id":"t1","topic":"other"}`),
		track("ana", "ticket_closed", "2026-03-03T10:00:00Z", `{"id":"t1","sentiment":"good"}`),
		track("ana", "message_sent", "2026-03-01T10:00:00Z", `{"id":"m1","channel":"email","campaign":"c"}`),
		track("ana", "email_opened", "2026-03-01T11:00:00Z", `{"id":"m1","machine":true}`),
		track("ana", "email_opened", "2026-03-01T12:00:00Z", `{"id":"m1"}`),
		track("ana", "coupon_issued", "2026-03-01T12:00:00Z", `{"code":"X","value":5,"expires_at":"2026-05-01T00:00:00Z"}`),
		track("ana", "coupon_issued", "2026-03-01T13:00:00Z", `{"code":"X"}`),
	)
	s.events(track("ana", "ticket_updated", "2026-03-02T10:00:00Z", `{"id":"t1","topic":"refund"}`))
	s.want("SELECT ts, valid_from, valid_to, status, topic, channel, sentiment FROM ticket WHERE key = 1 ORDER BY valid_from",
		"2026-03-01 10:00:00 2026-03-01 10:00:00 2026-03-02 10:00:00 open delivery mail -",
		"2026-03-01 10:00:00 2026-03-02 10:00:00 2026-03-03 10:00:00 open refund mail -",
		"2026-03-01 10:00:00 2026-03-03 10:00:00 infinity closed refund mail good")
	s.want("SELECT valid_from, valid_to, status, opened, channel FROM message ORDER BY valid_from",
		"2026-03-01 10:00:00 2026-03-01 11:00:00 sent false email",
		"2026-03-01 11:00:00 2026-03-01 12:00:00 opened false email",
		"2026-03-01 12:00:00 infinity opened true email")
	s.want("SELECT ts, code, redeemed, value, expires_at FROM coupon ORDER BY ts", "2026-03-01 12:00:00 X false 5 2026-05-01", "2026-03-01 13:00:00 X false - -")
}

func TestVisits(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.events(
		Row{"type": "page", "customer_id": "ana", "ts": "2026-03-01T21:50:00Z", "properties": `{"utm_source":"mail","path":"/a","device":"phone"}`},
		track("ana", "seen", "2026-03-01T22:19:59.999999Z", ""),
		Row{"type": "page", "customer_id": "ana", "ts": "2026-03-01T22:49:59.999998Z"},
		track("ana", "seen", "2026-03-01T23:19:59.999998Z", `{"referrer":"r"}`),
		track("ana", "order", "2026-03-01T23:30:00Z", `{"id":"o1"}`),
	)
	s.want("SELECT ts, last_at, day, pages, source, landing, device, referrer, pos FROM visit ORDER BY ts",
		"2026-03-01 21:50:00 2026-03-01 22:49:59.999998 2026-03-01 2 mail /a phone - 0",
		"2026-03-01 23:19:59.999998 2026-03-01 23:19:59.999998 2026-03-02 0 - - - r 3")
	s.events(track("ana", "late", "2026-03-01T23:00:00Z", ""))
	s.want("SELECT ts, last_at, pages FROM visit", "2026-03-01 21:50:00 2026-03-01 23:19:59.999998 2")
}

func TestCarts(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	add := func(at, properties string) Row {
		return track("ana", "Product Added", "2026-03-01T"+at+"Z", properties)
	}
	remove := func(at, properties string) Row {
		return track("ana", "Product Removed", "2026-03-01T"+at+"Z", properties)
	}
	s.products(Row{"product_id": "lamp", "name": "Lamp", "price": 60})
	s.events(
		add("10:00:00", `{"product_id":"lamp","price":50}`),
		add("10:01:00", `{"product_id":"lamp","quantity":2,"name":"Mine"}`),
		remove("10:02:00", `{"product_id":"lamp","quantity":1}`),
		remove("10:03:00", `{"product_id":"rug"}`),
		add("10:04:00", `{"product_id":"rug"}`),
		remove("10:05:00", `{"product_id":"rug","quantity":9}`),
		remove("10:05:30", `{"product_id":"rug"}`),
		add("10:05:40", `{"product_id":"rug","quantity":0}`),
		track("ana", "order", "2026-03-01T10:06:00Z", `{"id":"o1","status":"failed"}`),
		track("ana", "order", "2026-03-01T10:07:00Z", `{"id":"o2"}`),
		track("ana", "order", "2026-03-01T10:08:00Z", `{"id":"o3"}`),
		add("10:09:00", `{"product_id":"rug"}`),
		add("10:10:00", `{"product_id":"cup"}`),
		remove("10:10:00", `{"product_id":"cup"}`),
		track("ana", "cancel", "2026-03-01T10:11:00Z", `{"order":"o2"}`),
	)
	s.want("SELECT product, ts::TIME, valid_from::TIME, CASE WHEN isfinite(valid_to) THEN valid_to::TIME END, quantity, own, name, price, pos FROM cart_item ORDER BY ts, valid_from",
		"lamp 10:00:00 10:00:00 10:01:00 1 64 - 50 0",
		"lamp 10:00:00 10:01:00 10:02:00 3 2 Mine - 0",
		"lamp 10:00:00 10:02:00 10:07:00 2 2 Mine - 0",
		"rug 10:04:00 10:04:00 10:05:00 1 0 - - 4",
		"rug 10:09:00 10:09:00 - 1 0 - - 11")
	s.want("SELECT ts::TIME FROM cart_change ORDER BY ts", "10:00:00", "10:01:00", "10:02:00", "10:04:00", "10:05:00", "10:07:00", "10:09:00", "10:10:00")
	s.want("SELECT valid_to FROM cart_item WHERE ts = '2026-03-01 10:09:00'", "infinity")
	s.orders(Row{"order_id": "o4", "customer_id": "ana", "ts": "2026-03-01T10:20:00Z"})
	s.want("SELECT valid_to::TIME FROM cart_item WHERE ts = '2026-03-01 10:09:00'", "10:20:00")
}

func TestFavourites(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	in := func(at, properties string) Row {
		return track("ana", "Product Added to Wishlist", "2026-03-01T"+at+"Z", properties)
	}
	out := func(at, properties string) Row {
		return track("ana", "Product Removed from Wishlist", "2026-03-01T"+at+"Z", properties)
	}
	s.products(Row{"product_id": "lamp", "price": 60})
	s.events(
		out("09:00:00", `{"product_id":"lamp"}`),
		in("10:00:00", `{"product_id":"lamp"}`),
		in("10:01:00", `{"product_id":"lamp"}`),
		in("10:02:00", `{"product_id":"rug","price":7}`),
		out("10:03:00", `{"product_id":"lamp"}`),
		in("10:04:00", `{"product_id":"lamp"}`),
	)
	s.want("SELECT product, ts::TIME, isfinite(valid_to), price_then, own, price FROM favourite ORDER BY ts",
		"lamp 10:00:00 true 60 0 -", "rug 10:02:00 false 7 64 7", "lamp 10:04:00 false 60 0 -")
	s.products(Row{"product_id": "lamp", "price": 55, "updated_at": "2026-03-01T10:03:30Z"})
	s.want("SELECT price_then FROM favourite ORDER BY ts", "60", "7", "55")
}
