package simulate

import "strings"

// look views some products, and searches now and then. It returns the last.
func (g *generator) look(times int) *product {
	d, p := g.dice, &g.person
	if d.chance(0.12) {
		kind := g.choose(p, g.now).kind()
		g.log.begin(g.next(8, 60), "Products Searched")
		g.log.text("query", strings.ToLower(kind.noun))
		g.log.text("device", g.with.name)
		g.log.done()
	}
	var last *product
	for range min(max(times, 1), 6) {
		last = g.choose(p, g.now)
		g.product("Product Viewed", last, g.next(12, 150), 0)
	}
	return last
}

// product writes an event about a product; quantity 0 is left out.
func (g *generator) product(name string, p *product, at int64, quantity int) {
	l := &g.log
	l.begin(at, name)
	l.text("product_id", p.id)
	l.text("category", categories[p.kind().category])
	l.amount("price", g.shop, p.at(at).price)
	if quantity > 0 {
		l.number("quantity", quantity)
	}
	l.text("device", g.with.name)
	l.done()
}

// leave fills a cart and does not buy, for one of three reasons.
func (g *generator) leave() {
	d := g.dice
	added := make([]*product, 0, 4)
	for range 1 + d.geometric(0.8) {
		if len(added) == 4 {
			break
		}
		p := g.look(1)
		g.product("Product Added", p, g.next(5, 40), 1+d.geometric(0.15))
		added = append(added, p)
	}
	reason := "interrupted"
	switch x := d.Float64(); {
	case x < 0.3:
		reason = "shipping_cost"
		g.checkout(added, 2)
	case x < 0.5:
		reason = "no_longer_wanted"
		if len(added) > 1 {
			g.product("Product Removed", added[0], g.next(10, 90), 0)
		}
	case d.chance(0.35):
		g.checkout(added, 1)
	}
	if g.now <= g.calendar.end {
		g.person.cart = abandoned{at: g.now, reason: reason}
	}
}

// Steps of the checkout. The second is the one that shows what shipping
// costs; shop.json says so.
const shippingStep = 2

var checkoutSteps = []string{"contact", "shipping", "payment"}

func (g *generator) checkout(cart []*product, steps int) {
	l := &g.log
	var worth money
	for _, p := range cart {
		worth += p.at(g.now).price
	}
	l.begin(g.next(8, 40), "Checkout Started")
	l.amount("value", g.shop, worth)
	l.number("items", len(cart))
	l.text("device", g.with.name)
	l.done()
	for i, name := range checkoutSteps[:steps] {
		l.begin(g.next(10, 40), "Checkout Step Viewed")
		l.number("step", i+1)
		l.text("name", name)
		l.text("device", g.with.name)
		l.done()
	}
}

// favour puts one or two products among the favourites; some take one out.
func (g *generator) favour() {
	d := g.dice
	for range 1 + d.IntN(2) {
		p := g.look(1)
		g.product("Product Added to Wishlist", p, g.next(5, 60), 0)
		if d.chance(0.12) {
			g.product("Product Removed from Wishlist", p, g.next(30, 300), 0)
		}
	}
}

// answer opens a form; a third never send it.
func (g *generator) answer() {
	d, l := g.dice, &g.log
	form := pick(d, []string{"style-quiz", "satisfaction-survey"})
	write := func(name string) {
		l.text("form", form)
		l.text("device", g.with.name)
		l.done()
	}
	l.begin(g.next(10, 90), "Form Started")
	write("Form Started")
	if d.chance(0.35) {
		return
	}
	l.begin(g.next(40, 400), "Form Submitted")
	if form == "style-quiz" {
		l.text("interest", categories[pick(d, g.person.habit.favourites)])
		l.text("budget", tierNames[g.person.habit.band])
	} else {
		l.number("score", min(10, 5+d.IntN(7)))
	}
	write("Form Submitted")
}

// purchase is the way to an order: it ends before the order's instant.
func (g *generator) purchase(o *order) {
	var cart [5]*product
	n := 0
	for i := range o.lines {
		if n == len(cart) {
			break
		}
		l := &o.lines[i]
		g.product("Product Viewed", l.product, g.next(8, 25), 0)
		g.product("Product Added", l.product, g.next(4, 15), l.quantity)
		cart[n], n = l.product, n+1
	}
	g.checkout(cart[:n], len(checkoutSteps))
}

func slug(s string) string { return strings.ReplaceAll(strings.ToLower(s), " ", "-") }
