package plain

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/segment/script"
)

// always makes what holds from always: products and customers.
func (g *generator) always() {
	for _, id := range randomProducts[:3] { // the last one is unknown, or known late
		if g.chance(70) {
			g.shop.Lines = append(g.shop.Lines, script.Product{ID: id, Fields: g.productFields()})
		}
	}
	for _, id := range []string{"ana", "bob", "cid", "zoe"} {
		if !g.chance(60) {
			continue
		}
		who := script.Who{Customer: id}
		if id == "ana" && g.chance(30) {
			who.Email = "ana@example.com"
		}
		fields := g.traits()
		if g.chance(30) {
			fields = append(fields, g.field("created_at", g.instant().Format(time.RFC3339Nano)))
		}
		g.shop.Lines = append(g.shop.Lines, script.Customer{Who: who, Fields: fields})
	}
}

// who draws whose a fact is. Every e-mail, phone and visitor can only turn
// out to be one customer's; ana2 can turn out to be ana.
func (g *generator) who(anonymous bool) script.Who {
	people := []script.Who{
		{Customer: "ana"},
		{Customer: "bob"},
		{Customer: "cid"},
		{Customer: "dan", Phone: "+40721000001"},
		{Phone: "+40721000001"},
		{Email: "ana@example.com"},
		{Customer: "ana", Email: "ana@example.com"},
		{Customer: "ana2", Email: "ana@example.com"},
		{Customer: "ana2"},
		{},
	}
	weights := []int{25, 20, 15, 6, 5, 6, 4, 2, 3, 2}
	if anonymous {
		people = append(people, script.Who{Anonymous: "v1"}, script.Who{Anonymous: "v2"},
			script.Who{Customer: "bob", Anonymous: "v1"}, script.Who{Email: "eva@example.com", Anonymous: "v2"})
		weights = append(weights, 14, 10, 3, 3)
	}
	total := 0
	for _, w := range weights {
		total += w
	}
	n := g.r.IntN(total)
	for i, w := range weights {
		if n < w {
			return people[i]
		}
		n -= w
	}
	panic("plain: nobody was drawn")
}

// fact draws one fact.
func (g *generator) fact() script.Line {
	at := g.instant()
	g.instants = append(g.instants, at)
	n := g.r.IntN(100)
	if n < 6 {
		return script.ProductChange{At: at, ID: pick(g, randomProducts), Fields: g.productFields()}
	}
	fact := script.Fact{At: at, Who: g.who(n >= 42)}
	switch {
	case n < 30:
		return g.order(fact)
	case n < 42:
		fact.Fields = g.traits()
		return script.Traits{Fact: fact}
	case n < 62:
		return g.told(fact)
	}
	fact.Fields = g.properties()
	return script.Event{Fact: fact, Name: pick(g, randomEvents)}
}

func (g *generator) field(key, v string) script.Field {
	return script.Field{Key: key, Value: script.Value{Text: v}}
}

// maybe appends a field with one of the values in so many of a hundred cases.
func (g *generator) maybe(fields *[]script.Field, percent int, key string, values ...string) {
	if g.chance(percent) {
		*fields = append(*fields, g.field(key, pick(g, values)))
	}
}

func (g *generator) productFields() []script.Field {
	var f []script.Field
	g.maybe(&f, 60, "price", randomAmounts...)
	g.maybe(&f, 40, "category", randomCategories...)
	g.maybe(&f, 30, "stock", "0", "2", "3", "10")
	g.maybe(&f, 20, "name", "lamp", "Cup")
	g.maybe(&f, 20, "brand", "Acme", "Lux")
	g.maybe(&f, 20, "tags", "gift", "gift,new", "sale")
	g.maybe(&f, 20, "released_at", "2026-01-31", "2026-03-01T00:00:00Z", "2025-06-01")
	return f
}

func (g *generator) order(fact script.Fact) script.Line {
	g.orders++
	f := []script.Field{g.field("id", strconv.Itoa(g.orders))}
	g.maybe(&f, 60, "total", randomAmounts...)
	g.maybe(&f, 15, "subtotal", randomAmounts...)
	g.maybe(&f, 20, "discount", "0", "5", "0.5")
	g.maybe(&f, 10, "tax", "0", "1.9")
	g.maybe(&f, 25, "coupon", randomCoupons...)
	g.maybe(&f, 30, "country", randomCountries...)
	g.maybe(&f, 20, "city", randomCities...)
	g.maybe(&f, 20, "channel", "web", "app")
	g.maybe(&f, 25, "status", "paid", "completed", "refunded", "pending", "failed")
	g.maybe(&f, 5, "refunded", "1", "49.95")
	if g.chance(6) {
		f = append(f, g.field("cancelled_at", g.aside(fact.At).UTC().Format(time.RFC3339Nano)))
	}
	fact.Fields = f
	o := script.Order{Fact: fact}
	for range g.r.IntN(4) {
		o.Items = append(o.Items, g.item())
	}
	return o
}

func (g *generator) item() script.Item {
	quantity, _, _ := script.ParseNumber(pick(g, []string{"1", "1", "1", "2", "3", "0.5", "0", "-1"}))
	price, _, _ := script.ParseNumber(pick(g, randomAmounts))
	item := script.Item{Product: pick(g, randomProducts), Quantity: quantity, Price: price}
	g.maybe(&item.Own, 15, "category", randomCategories...)
	g.maybe(&item.Own, 10, "discount", "0", "0.5", "3")
	return item
}

// told draws refunds, cancellations, tickets, messages, coupons and points.
func (g *generator) told(fact script.Fact) script.Line {
	var f []script.Field
	name := pick(g, []string{"refund", "refund", "cancel", "ticket", "message", "coupon", "points"})
	order := strconv.Itoa(1 + g.r.IntN(g.orders+2))
	switch name {
	case "refund":
		g.maybe(&f, 80, "total", randomAmounts...)
		g.maybe(&f, 50, "order", order)
		g.maybe(&f, 50, "product", randomProducts...)
		g.maybe(&f, 30, "quantity", "1", "2")
		g.maybe(&f, 30, "reason", "broken", "late")
	case "cancel":
		f = append(f, g.field("order", order))
	case "ticket":
		g.versionID(&f, fact)
		g.maybe(&f, 70, "status", "open", "closed", "")
		g.maybe(&f, 40, "sentiment", "negative", "positive")
		g.maybe(&f, 30, "channel", "chat", "email")
	case "message":
		g.versionID(&f, fact)
		g.maybe(&f, 50, "opened", "true", "false")
		g.maybe(&f, 30, "clicked", "true")
		g.maybe(&f, 40, "status", "sent", "failed")
	case "coupon":
		g.versionID(&f, fact)
		g.maybe(&f, 60, "code", randomCoupons...)
		g.maybe(&f, 40, "redeemed", "true", "false")
		g.maybe(&f, 40, "value", randomAmounts...)
		g.maybe(&f, 40, "expires_at", g.instant().Format(time.RFC3339Nano), "2026-03-29")
	case "points":
		f = append(f, g.field("amount", pick(g, []string{"10", "100", "-10", "0.5"})))
		g.maybe(&f, 50, "reason", "order", "reward")
	}
	fact.Fields = f
	return script.Event{Fact: fact, Name: name}
}

// versionID gives ids that only one person's facts share: what is said with
// a key other than the customer id has its own.
func (g *generator) versionID(f *[]script.Field, fact script.Fact) {
	person := fact.Who.Customer + fact.Who.Email + fact.Who.Phone + fact.Who.Anonymous
	g.maybe(f, 80, "id", person+"-1", person+"-2")
}

// properties draws what a tracked event carries.
func (g *generator) properties() []script.Field {
	var f []script.Field
	if g.chance(8) {
		if g.messages > 0 && g.chance(30) {
			f = append(f, g.field("message_id", "m"+strconv.Itoa(1+g.r.IntN(g.messages))))
		} else {
			g.messages++
			f = append(f, g.field("message_id", "m"+strconv.Itoa(g.messages)))
		}
	}
	g.maybe(&f, 75, "product", randomProducts...)
	g.maybe(&f, 30, "quantity", "1", "2", "3", "0", "-1", "many")
	g.maybe(&f, 15, "price", "10", "20", "0", "cheap")
	g.maybe(&f, 10, "category", "sale", "home", "")
	g.maybe(&f, 10, "tags", "gift", "sale,new")
	g.maybe(&f, 10, "source", "google", "mail")
	g.maybe(&f, 10, "device", "mobile", "desktop")
	for _, name := range slices.Sorted(maps.Keys(randomProperties)) {
		if g.chance(15) {
			v := script.Value{Text: pick(g, randomProperties[name]), Quoted: g.chance(30)}
			f = append(f, script.Field{Key: name, Value: v})
		}
	}
	return f
}

// traits draws what is said about a customer.
func (g *generator) traits() []script.Field {
	var f []script.Field
	g.maybe(&f, 30, "country", append(slices.Clone(randomCountries), "")...)
	g.maybe(&f, 20, "city", append(slices.Clone(randomCities), "")...)
	g.maybe(&f, 20, "gender", "female", "male")
	g.maybe(&f, 25, "birth_date", "1990-02-28", "2000-02-29", "2008-03-29", "1985-11-01", "2008-04-05")
	g.maybe(&f, 10, "age", "18", "45.5")
	g.maybe(&f, 20, "tags", "gift", "new,gift", "")
	g.maybe(&f, 20, "timezone", "America/New_York", "Asia/Seoul", "Pacific/Honolulu", "Mars/Base")
	g.maybe(&f, 20, "subscribed.email", "true", "false")
	g.maybe(&f, 20, "income", "high", "low")
	for _, name := range slices.Sorted(maps.Keys(randomTraits)) {
		if g.chance(20) {
			f = append(f, g.field("traits."+name, pick(g, randomTraits[name])))
		}
	}
	if len(f) == 0 {
		f = append(f, g.field("language", strings.ToLower(pick(g, randomCountries))))
	}
	return f
}
