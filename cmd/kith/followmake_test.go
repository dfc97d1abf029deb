package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer/eventtest"
	"kith/internal/segql"
	"kith/internal/segql/plain"
	"kith/internal/segql/segqltest"
)

// followMaker makes what happens to a shop.
type followMaker struct {
	r       *rand.Rand
	zone    string
	events  *eventtest.Maker
	now     time.Time
	waiting []deed // made already
	steps   int    // of the deeds until the next look
	looks   int
	clean   bool // until the next look nothing comes that changes the past
	served  bool
	presets []string
	own     []string // segments
	made    int
	orders  map[int]followedOrder // in files, by number
}

func newFollowMaker(r *rand.Rand) *followMaker {
	g := &followMaker{r: r, now: eventtest.Begin, orders: map[int]followedOrder{}, presets: []string{"biggest-spenders", "champions", "at-risk"}}
	g.zone = g.pick("Europe/Bucharest", "America/New_York", "UTC", "Asia/Seoul")
	g.events = &eventtest.Maker{R: r, Instant: g.instant}
	g.push(deed{do: "open"})
	g.push(deed{do: "hide", text: strings.Join(g.presets, " ")})
	g.steps = g.r.IntN(6)
	for range 4 {
		g.push(deed{do: "save", id: g.newID(), text: g.text()})
	}
	return g
}

func (g *followMaker) settings() string {
	return "currency: RON\ntimezone: " + g.zone + "\ncountry: RO\nreward_points: 100\nshipping_step: \"2\"\n"
}

func (g *followMaker) chance(percent int) bool { return g.r.IntN(100) < percent }

func (g *followMaker) pick(values ...string) string { return values[g.r.IntN(len(values))] }

// upTo is a random span, as long as at most.
func (g *followMaker) upTo(most time.Duration) time.Duration {
	return time.Duration(g.r.Int64N(int64(most))).Truncate(time.Microsecond)
}

// push adds a deed. Each has an instant of its own, as a run has.
func (g *followMaker) push(d deed) {
	g.now = g.now.Add(time.Millisecond)
	d.at = g.now
	g.waiting = append(g.waiting, d)
}

// next is what is done next.
func (g *followMaker) next() deed {
	for len(g.waiting) == 0 {
		switch {
		case g.looks == followLooks:
			g.push(deed{do: "end"})
		case g.steps > 0:
			g.steps--
			g.something()
		default:
			g.push(deed{do: "look", clean: g.clean})
			g.looks++
			g.served = true
			g.reopen()
			g.clean, g.steps = g.served && g.chance(30), 1+g.r.IntN(5)
		}
	}
	d := g.waiting[0]
	g.waiting = g.waiting[1:]
	return d
}

// reopen stops the server now and then; commands may come before it is back.
func (g *followMaker) reopen() {
	if !g.chance(15) {
		return
	}
	g.push(deed{do: "close"})
	if g.chance(50) {
		g.now = g.now.Add(g.upTo(100 * time.Hour))
	}
	if g.chance(60) {
		g.push(deed{do: "open"})
		g.served = false
	}
}

// something happens.
func (g *followMaker) something() {
	n := g.r.IntN(100)
	switch {
	case g.clean && n < 60, n < 45:
		g.track()
	case g.clean, n < 58:
		g.wait()
	case n < 76:
		kind, content := g.file()
		g.push(deed{do: "import", id: kind, text: content})
	case n < 81:
		g.push(deed{do: "score"})
	case n < 97:
		g.segment()
	case n < 98:
		g.push(deed{do: "rebuild"})
	default:
		g.push(deed{do: "catchup"})
	}
}

func (g *followMaker) wait() {
	spans := []time.Duration{time.Second, 30 * time.Second, 10 * time.Minute, 5 * time.Hour, 26 * time.Hour, 20 * 24 * time.Hour}
	i := g.r.IntN(len(spans))
	if i == len(spans)-1 && g.chance(60) {
		i--
	}
	g.now = g.now.Add(g.upTo(spans[i]))
	if g.chance(10) { // to an hour, where days and windows begin
		g.now = g.now.Truncate(time.Hour).Add(time.Hour)
	}
	g.push(deed{do: "wait"})
}

// instant is when an event happened that comes now.
func (g *followMaker) instant() time.Time {
	switch n := g.r.IntN(100); {
	case n < 10:
		return g.now.Add(g.upTo(time.Hour))
	case g.clean || n < 70:
		return g.now
	case n < 80:
		return g.now.Add(-g.upTo(6 * time.Minute))
	case n < 90:
		return g.now.Add(-g.upTo(20 * time.Minute)).Truncate(time.Minute)
	default:
		return g.now.Add(-g.upTo(200 * time.Hour))
	}
}

// track makes events.
func (g *followMaker) track() {
	d := deed{do: "track"}
	for range 1 + g.r.IntN(8) {
		e := g.events.Event()
		if g.clean {
			g.cleanse(&e)
		}
		d.events = append(d.events, eventJSON(e))
	}
	g.push(d)
	if g.chance(30) {
		g.push(deed{do: "advance"})
	}
}

// cleanse makes an event one that changes nothing of the past: it is not late,
// nobody becomes known or one with another by it, and it says nothing of when
// somebody came.
func (g *followMaker) cleanse(e *commerce.Event) {
	if soon := g.now.Add(time.Millisecond); e.At.Before(soon) || e.At.After(soon.Add(time.Hour)) {
		e.At = soon
	}
	switch {
	case e.CustomerID != "":
		e.Email, e.Phone, e.AnonymousID = "", "", ""
	case e.Email != "":
		e.Phone, e.AnonymousID = "", ""
	case e.Phone != "":
		e.AnonymousID = ""
	}
	for _, word := range []string{"created", "email", "cancelled_at"} {
		if strings.Contains(string(e.Traits)+string(e.Properties), `"`+word) {
			e.Traits, e.Properties = nil, nil
		}
	}
}

// eventJSON is an event as it is sent.
func eventJSON(e commerce.Event) json.RawMessage {
	m := map[string]any{"timestamp": e.At.UTC().Format(time.RFC3339Nano)}
	for name, value := range map[string]string{
		"type": e.Type, "event": e.Name, "customer_id": e.CustomerID, "email": e.Email, "phone": e.Phone, "anonymous_id": e.AnonymousID, "message_id": e.MessageID,
	} {
		if value != "" {
			m[name] = value
		}
	}
	if len(e.Properties) > 0 {
		m["properties"] = e.Properties
	}
	if len(e.Traits) > 0 {
		m["traits"] = e.Traits
	}
	body, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return body
}

// segment saves, changes or deletes a segment. One that was deleted does not
// come again: whether it is another is not the question here.
func (g *followMaker) segment() {
	switch n := g.r.IntN(10); {
	case n < 5 || len(g.own) == 0:
		g.push(deed{do: "save", id: g.newID(), text: g.text()})
	case n < 8:
		g.push(deed{do: "save", id: g.pick(g.own...), text: g.text()})
	case n < 9:
		g.push(deed{do: "delete", id: g.pick(g.own[:1]...)})
		if len(g.own) > 3 {
			g.own = g.own[1:]
		}
	default:
		g.push(deed{do: "save", id: g.pick(g.presets...), text: g.text()})
	}
}

func (g *followMaker) newID() string {
	g.made++
	g.own = append(g.own, fmt.Sprintf("s%d", g.made))
	return g.own[len(g.own)-1]
}

// text is a segment: about facts, others, scores, or anything.
func (g *followMaker) text() string {
	switch n := g.r.IntN(20); {
	case n < 8:
		return g.pick(eventtest.Probes...)
	case n < 10:
		return g.pick(`has order in last 3 hours`, `has product_viewed in last 2 hours`, `no product_added within 1 days after order`,
			`sequence(product_added, no order within 30 minutes)`, `count(product_viewed) in last 2 days >= 2`, `country = "RO"`, `everyone`,
			`has item[category = "home" and price > 20] in last 20 days`, `created_at in last 10 days`, `not has order in last 5 days`)
	case n < 13:
		return g.pick(`percentile(sum(order.total)) >= 50`, `percentile(count(product_viewed)) > 20`, `rfm.group = "Champions"`, `not rfm.group = "Prospects"`,
			`rfm.recency >= 3`, `rfm.monetary is missing`, `price_band = "high"`, `price_band is missing`, `percentile(spend.net) < 60`, `rfm.frequency <= 2`)
	case n < 16 && len(g.own) > 0:
		other := g.pick(g.own...)
		return strings.ReplaceAll(g.pick(`in segment "%s" and has order`, `not in segment "%s"`, `in segment "%s" or has product_viewed in last 1 days`,
			`entered segment "%s" in last 1 days`, `left segment "%s" in last 2 days`, `entered segment "%s" in last 3 hours and not in segment "%s"`), "%s", other)
	case n < 17:
		return strings.ReplaceAll(g.pick(`entered segment "%s" in last 1 days`, `not in segment "%s"`), "%s", g.pick(g.presets...))
	}
	vocabulary := plain.Vocabulary([]time.Time{eventtest.End})
	vocabulary.Segments = slices.Concat(g.own, g.presets)
	return segql.Print(segqltest.RandomTree(g.r, segqltest.Options{Vocabulary: vocabulary, NoBase: g.r.IntN(3) > 0, NoMoved: g.r.IntN(2) > 0}))
}

// file is a small file of some kind.
func (g *followMaker) file() (kind, content string) {
	lines := []string{}
	n := 1 + g.r.IntN(4)
	switch kind = g.pick("customers", "customers", "orders", "orders", "orders", "products", "products", "events", "rates"); kind {
	case "customers":
		lines = append(lines, "customer_id,email,phone,country,city,tags,created_at,updated_at")
		for range n {
			lines = append(lines, strings.Join([]string{
				g.pick("", "c1", "c2", "c3", "c6"), g.pick("", "", "a@x.ro", "b@x.ro", "d@x.ro"), g.pick("", "", "+40712345678"),
				g.pick("", "RO", "BG"), g.pick("", "Cluj"), g.pick("", "vip", "sale"), g.when("", 50), g.when("", 50),
			}, ","))
		}
	case "orders":
		lines = append(lines, "order_id,customer_id,email,at,status,currency,total,cancelled_at,product_id,quantity,unit_price")
		for range n {
			g.orderLines(&lines)
		}
	case "products":
		lines = append(lines, "product_id,name,category,tags,price,stock,updated_at")
		for range n {
			lines = append(lines, strings.Join([]string{
				g.pick("lamp", "cup", "vase", "7"), g.pick("", "Lamp"), g.pick("", "home", "kitchen"), g.pick("", "gift", "sale"),
				fmt.Sprint(g.r.IntN(100)), g.pick("", "0", "3"), g.when("", 60),
			}, ","))
		}
	case "events":
		lines = append(lines, "timestamp,event,customer_id,anonymous_id,message_id,product_id,order_id")
		for range n {
			lines = append(lines, strings.Join([]string{
				g.when("", 0), g.pick("Product Viewed", "Product Added", "Order Cancelled", "Page Viewed", "Product Removed"),
				g.pick("c1", "c2", "c3"), g.pick("", "", "v1", "v2"), g.pick("", fmt.Sprint("m", g.r.IntN(20))), g.pick("lamp", "cup"), g.pick("1", "2", "3"),
			}, ","))
		}
	case "rates":
		lines = append(lines, "date,currency,rate")
		for i := range n {
			lines = append(lines, fmt.Sprintf("%s,EUR,%d.5", g.now.AddDate(0, 0, i-2).Format(time.DateOnly), 3+g.r.IntN(3)))
		}
	}
	return kind, strings.Join(lines, "\n") + "\n"
}

// orderLines adds an order, which may be there already.
func (g *followMaker) orderLines(lines *[]string) {
	o := g.ordered(g.r.IntN(12))
	status, cancelled := g.pick("paid", "paid", "pending", "completed", "cancelled"), ""
	if g.chance(15) {
		cancelled = g.when("", 0)
	}
	for i := range o.lines {
		*lines = append(*lines, strings.Join([]string{
			o.id, o.customer, o.email, o.at, status, o.currency, o.total, cancelled,
			[]string{"lamp", "cup", "vase"}[i], "1", fmt.Sprint(10 * (i + 1)),
		}, ","))
	}
}

type followedOrder struct {
	id, customer, email, at, currency, total string
	lines                                    int
}

// ordered is an order by its number: it does not change when it comes again.
func (g *followMaker) ordered(n int) followedOrder {
	if g.orders == nil {
		g.orders = map[int]followedOrder{}
	}
	o, again := g.orders[n]
	if !again {
		o = followedOrder{
			id: fmt.Sprint("f", n), customer: g.pick("c1", "c2", "c3", "c6", ""), email: g.pick("", "a@x.ro", "b@x.ro"), at: g.when("", 0),
			currency: g.pick("", "", "EUR"), total: g.pick("", "", "120"), lines: 1 + g.r.IntN(3),
		}
		if o.customer == "" {
			o.email = g.pick("a@x.ro", "d@x.ro")
		}
		g.orders[n] = o
	}
	return o
}

// when is an instant for a file, or otherwise in some of a hundred cases.
func (g *followMaker) when(otherwise string, percent int) string {
	if g.chance(percent) {
		return otherwise
	}
	now := g.now
	switch n := g.r.IntN(10); {
	case n < 2:
		return now.Format(time.RFC3339Nano)
	case n < 3:
		return now.Add(g.upTo(48 * time.Hour)).Truncate(time.Second).Format(time.RFC3339)
	}
	return now.Add(-g.upTo(60 * 24 * time.Hour)).Truncate(time.Second).Format(time.RFC3339)
}
