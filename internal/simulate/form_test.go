package simulate

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// Headers are the generic import format's, and every row is whole.
func TestOrderRows(t *testing.T) {
	t.Parallel()
	files := shopFiles(t)
	var total, sum float64
	first := map[string]bool{}
	seen := map[string]int{}
	for _, row := range readTable(t, files[OrdersFile]) {
		id := row["order_id"]
		if !first[id] {
			first[id] = true
			total, sum = number(t, row["total"]), number(t, row["shipping"])-number(t, row["discount"])
			countKinds(seen, row)
			if row["customer_id"] == "" && row["email"] == "" {
				t.Errorf("%s belongs to nobody", id)
			}
			if sub := number(t, row["subtotal"]) + sum; math.Abs(sub-total) > 0.005 {
				t.Errorf("%s: total %v, parts %v", id, total, sub)
			}
		} else if row["total"] != "" || row["status"] != "" {
			t.Errorf("%s: order fields on a later row", id)
		}
		if number(t, row["quantity"]) < 0 {
			seen["refund line"]++
		}
		if row["product_id"] == "" || row["quantity"] == "" || number(t, row["unit_price"]) <= 0 {
			t.Errorf("%s: line %v", id, row)
		}
	}
	for _, what := range []string{"pending", "failed", "cancelled", "refunded amount", "refund line", "coupon", "e-mail only", "other currency", "store"} {
		if seen[what] == 0 {
			t.Errorf("no order with: %s", what)
		}
	}
}

func countKinds(seen map[string]int, row map[string]string) {
	seen[row["status"]]++
	seen[row["channel"]]++
	for what, is := range map[string]bool{
		"cancelled":       row["cancelled_at"] != "",
		"refunded amount": row["refunded"] != "",
		"coupon":          row["coupon"] != "",
		"e-mail only":     row["customer_id"] == "" && row["email"] != "",
		"other currency":  row["currency"] != "EUR",
	} {
		if is {
			seen[what]++
		}
	}
}

// What is paid is the catalogue's price of that instant.
func TestPricesAreTheCatalogues(t *testing.T) {
	t.Parallel()
	s := testLoaded(t)
	checked := 0
	for _, c := range s.list {
		for _, o := range c.all {
			for _, it := range o.items {
				p := s.products[it.product]
				want := p.versions[0]
				at := it.at.Format(time.RFC3339) // in UTC, text sorts as time
				for _, v := range p.versions {
					if v["updated_at"] <= at {
						want = v
					}
				}
				// A foreign price is rounded to its currency's smallest unit.
				unit := 0.01
				if o.rate < 0.01 {
					unit = 1 // won
				}
				checked++
				if math.Abs(it.price-number(t, want["price"])) > 0.51*unit*o.rate {
					t.Fatalf("%s: %s at %v instead of %s", o.id, it.product, it.price, want["price"])
				}
				if p.released.After(it.at) {
					t.Errorf("%s: %s was not out yet", o.id, it.product)
				}
			}
		}
	}
	if checked < 1000 {
		t.Errorf("only %d lines checked", checked)
	}
}

func TestProductVersions(t *testing.T) {
	t.Parallel()
	s := testLoaded(t)
	if len(s.products) != 603 {
		t.Fatalf("%d products", len(s.products))
	}
	several, low, recent := 0, 0, 0
	for id, p := range s.products {
		for i := 1; i < len(p.versions); i++ {
			a, b := p.versions[i-1], p.versions[i]
			if a["updated_at"] >= b["updated_at"] || a["price"] == b["price"] && a["stock"] == b["stock"] {
				t.Errorf("%s: version %d says nothing new", id, i)
			}
			if b["stock_at"] > b["updated_at"] {
				t.Errorf("%s: stock of the future", id)
			}
		}
		if len(p.versions) > 1 {
			several++
		}
		if n := number(t, p.fields["stock"]); n >= 1 && n <= 3 {
			low++
		}
		if since(p.released, 30*days) {
			recent++
		}
	}
	if several < 500 || low < 20 || recent < 3 {
		t.Errorf("%d with several versions, %d low, %d new", several, low, recent)
	}
}

// Nobody shares an e-mail address or a phone number, and none can be real.
func TestContacts(t *testing.T) {
	t.Parallel()
	s := testLoaded(t)
	owner := map[string]string{}
	kinds := map[string]int{}
	for _, c := range s.list {
		kinds[c.truth.Kind]++
		for _, contact := range []string{c.fields["email"], c.fields["phone"]} {
			if contact == "" {
				continue
			}
			if owner[contact] != "" {
				t.Errorf("%s is %s's and %s's", contact, owner[contact], c.id)
			}
			owner[contact] = c.id
			if _, domain, mail := strings.Cut(contact, "@"); mail && !strings.HasPrefix(domain, "example.") {
				t.Errorf("%s could be somebody's", contact)
			}
		}
	}
	for _, kind := range kindNames {
		if kinds[kind] == 0 {
			t.Errorf("no %s", kind)
		}
	}
}

// Events come in order, each with its own id and a name, and after the
// customer was created unless the browser was still unknown.
func TestEvents(t *testing.T) {
	t.Parallel()
	s := testLoaded(t)
	ids := map[string]bool{}
	names := map[string]int{}
	last := map[string]time.Time{}
	for _, e := range s.events {
		names[e.Event]++
		if ids[e.MessageID] || e.MessageID == "" {
			t.Errorf("message id %q twice", e.MessageID)
		}
		ids[e.MessageID] = true
		if e.CustomerID == "" && e.Email == "" && e.AnonymousID == "" {
			t.Errorf("%s is nobody's", e.MessageID)
		}
		who, _, _ := strings.Cut(e.MessageID, "-")
		if e.At.Before(last[who]) {
			t.Errorf("%s is out of order", e.MessageID)
		}
		last[who] = e.At
	}
	for _, name := range []string{
		"Page Viewed", "Product Viewed", "Products Searched", "Product Added", "Product Removed",
		"Product Added to Wishlist", "Product Removed from Wishlist", "Checkout Started", "Checkout Step Viewed",
		"Form Started", "Form Submitted", "Ticket Created", "Ticket Updated", "Message Sent", "Message Opened",
		"Message Clicked", "Coupon Issued", "Coupon Redeemed", "Points Earned", "Points Spent",
	} {
		if names[name] == 0 {
			t.Errorf("no event %s", name)
		}
	}
	if s.visitors == 0 {
		t.Error("no anonymous visitors")
	}
	for _, c := range s.list {
		created := c.fields["created_at"]
		if created == "" {
			continue
		}
		if i := slices.IndexFunc(c.events, func(e readEvent) bool {
			return (e.CustomerID != "" || e.Email != "") && e.At.Before(instant(t, created))
		}); i >= 0 {
			t.Errorf("%s: %s before %s", c.id, c.events[i].MessageID, created)
		}
		if len(c.all) > 0 && c.all[0].at.Before(instant(t, created)) {
			t.Errorf("%s: an order before %s", c.id, created)
		}
	}
}

// Points never go below nothing, and no coupon is redeemed before its issue.
func TestLedgers(t *testing.T) {
	t.Parallel()
	s := testLoaded(t)
	for _, c := range s.list {
		balance := 0.0
		issued := map[string]bool{}
		for i := range c.events {
			e := &c.events[i]
			switch e.Event {
			case "Points Earned":
				balance += e.number("amount")
			case "Points Spent":
				balance -= e.number("amount")
			case "Coupon Issued":
				issued[e.text("code")] = true
			case "Coupon Redeemed":
				if !issued[e.text("code")] {
					t.Errorf("%s: %s was never issued", c.id, e.text("code"))
				}
			}
			if balance < 0 {
				t.Errorf("%s: %v points", c.id, balance)
			}
		}
	}
}
