package simulate

import (
	"slices"
	"time"
)

// What the segments look at, worked out here from the files alone, in the
// plainest way that follows the segment language's definitions.

const (
	days = 24 * time.Hour
	ever = 50 * 365 * days
)

// since says that an instant lies within the last d of the shop's end.
func since(at time.Time, d time.Duration) bool { return at.After(testEnd.Add(-d)) }

func (c *readCustomer) ordersIn(d time.Duration) int {
	n := 0
	for _, o := range c.orders {
		if since(o.at, d) {
			n++
		}
	}
	return n
}

func (c *readCustomer) last() time.Time {
	if len(c.orders) == 0 {
		return time.Time{}
	}
	return c.orders[len(c.orders)-1].at
}

func (c *readCustomer) sum(of func(o *readOrder) float64) float64 {
	x := 0.0
	for i := range c.orders {
		x += of(&c.orders[i])
	}
	return x
}

func (c *readCustomer) average() float64 {
	return c.sum(func(o *readOrder) float64 { return o.total }) / float64(len(c.orders))
}

func (o *readOrder) pieces() float64 {
	n := 0.0
	for _, it := range o.items {
		n += it.quantity
	}
	return n
}

func (c *readCustomer) net(d time.Duration) float64 {
	x := c.sum(func(o *readOrder) float64 {
		if since(o.at, d) {
			return o.total
		}
		return 0
	})
	for _, r := range c.refunds {
		if since(r.at, d) {
			x -= r.total
		}
	}
	return x
}

func (c *readCustomer) discountShare() float64 {
	return c.sum(func(o *readOrder) float64 {
		if o.coupon != "" || o.off > 0 {
			return 1
		}
		return 0
	}) / float64(len(c.orders))
}

func (c *readCustomer) orderDays() []time.Time {
	var list []time.Time
	for _, o := range c.orders {
		if on := o.at.Truncate(days); len(list) == 0 || !on.Equal(list[len(list)-1]) {
			list = append(list, on)
		}
	}
	return list
}

// cadence is the median gap between order days; 0 before the third.
func (c *readCustomer) cadence() float64 {
	on := c.orderDays()
	if len(on) < 3 {
		return 0
	}
	var gaps []float64
	for i := 1; i < len(on); i++ {
		gaps = append(gaps, on[i].Sub(on[i-1]).Hours()/24)
	}
	return median(gaps)
}

func (c *readCustomer) overdue() float64 {
	if cadence := c.cadence(); cadence > 0 {
		return testEnd.Sub(c.last()).Hours() / 24 / cadence
	}
	return 0
}

func median(x []float64) float64 {
	slices.Sort(x)
	n := len(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}

// tracked are the events that are actions on the site: they make visits.
func (e *readEvent) tracked() bool {
	switch e.Event {
	case "Ticket Created", "Ticket Updated", "Message Sent", "Message Opened", "Message Clicked",
		"Coupon Issued", "Coupon Redeemed", "Points Earned", "Points Spent":
		return false
	}
	return true
}

func (c *readCustomer) visits() []time.Time {
	var starts []time.Time
	var last time.Time
	for i := range c.events {
		e := &c.events[i]
		if !e.tracked() {
			continue
		}
		if last.IsZero() || e.At.Sub(last) >= 30*time.Minute {
			starts = append(starts, e.At)
		}
		last = e.At
	}
	return starts
}

func (c *readCustomer) visitsIn(d time.Duration) int {
	n := 0
	for _, at := range c.visits() {
		if since(at, d) {
			n++
		}
	}
	return n
}

func (c *readCustomer) eventsIn(name string, d time.Duration) []*readEvent {
	var list []*readEvent
	for i := range c.events {
		if e := &c.events[i]; e.Event == name && since(e.At, d) {
			list = append(list, e)
		}
	}
	return list
}

func (c *readCustomer) lastEvent(name string) (time.Time, bool) {
	list := c.eventsIn(name, ever)
	if len(list) == 0 {
		return time.Time{}, false
	}
	return list[len(list)-1].At, true
}

type readCart struct {
	items, value float64
	at           time.Time
}

// cart replays additions, removals and orders.
func (c *readCustomer) cart(s *readShop) readCart {
	content := map[string]float64{}
	var at time.Time
	next := 0
	empty := func(until time.Time) {
		for ; next < len(c.all) && !c.all[next].at.After(until); next++ {
			if o := c.all[next]; (o.counts || o.cancelled) && len(content) > 0 {
				clear(content)
				at = o.at
			}
		}
	}
	for i := range c.events {
		e := &c.events[i]
		product := e.text("product_id")
		switch e.Event {
		case "Product Added":
			empty(e.At)
			content[product] += max(e.number("quantity"), 1)
			at = e.At
		case "Product Removed":
			empty(e.At)
			if content[product] > 0 {
				delete(content, product)
				at = e.At
			}
		}
	}
	empty(testEnd)
	cart := readCart{at: at}
	for product, n := range content {
		cart.items += n
		cart.value += n * s.price(product)
	}
	return cart
}

func (s *readShop) price(product string) float64 { return atof(s.products[product].fields["price"]) }

type readFavourite struct {
	product   string
	drop      float64
	stock     float64
	purchased bool
}

func (c *readCustomer) favourites(s *readShop) []readFavourite {
	in := map[string]*readEvent{}
	var order []string
	for i := range c.events {
		e := &c.events[i]
		switch product := e.text("product_id"); e.Event {
		case "Product Added to Wishlist":
			if in[product] == nil {
				order = append(order, product)
			}
			in[product] = e
		case "Product Removed from Wishlist":
			delete(in, product)
		}
	}
	var list []readFavourite
	for _, product := range order {
		e := in[product]
		if e == nil {
			continue
		}
		f := readFavourite{product: product, stock: atof(s.products[product].fields["stock"])}
		f.drop = (e.number("price") - s.price(product)) / e.number("price")
		for _, it := range c.items() {
			f.purchased = f.purchased || it.product == product && it.at.After(e.At)
		}
		list = append(list, f)
	}
	return list
}

func (c *readCustomer) items() []readItem {
	var list []readItem
	for _, o := range c.orders {
		list = append(list, o.items...)
	}
	return list
}

// tickets holds the latest event of each.
func (c *readCustomer) tickets() map[string]*readEvent {
	m := map[string]*readEvent{}
	for i := range c.events {
		if e := &c.events[i]; e.Event == "Ticket Created" || e.Event == "Ticket Updated" {
			m[e.text("id")] = e
		}
	}
	return m
}

func (c *readCustomer) points() float64 {
	x := 0.0
	for i := range c.events {
		switch e := &c.events[i]; e.Event {
		case "Points Earned":
			x += e.number("amount")
		case "Points Spent":
			x -= e.number("amount")
		}
	}
	return x
}

func (c *readCustomer) country() string {
	if f := c.fields["country"]; f != "" || len(c.orders) == 0 {
		return f
	}
	return c.orders[len(c.orders)-1].country
}
