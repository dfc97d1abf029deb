package customer

import (
	"cmp"
	"slices"
	"sort"

	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// cartLine is one product in the cart.
type cartLine struct {
	product  string
	in       *Event // when it came in
	latest   *Event // its latest addition
	quantity eval.Value
}

// cart is what is in the cart, and the instant of its latest change.
type cart struct {
	lines   []*cartLine
	updated eval.Value
}

// playCart plays the cart through, change by change. An order empties it,
// also one that was cancelled since. Of several orders between two changes the
// first does.
func (c *Customer) playCart() cart {
	added, removed := c.upTo(c.Events("product_added")), c.upTo(c.Events("product_removed"))
	changes := slices.Concat(added, removed)
	slices.SortStableFunc(changes, (*Event).compare)
	first := make([]*Event, len(changes)) // the first order after each
	if len(changes) > 0 {
		c.eachOrder(func(o *keptOrder) {
			if o.at > c.now || !o.counted() {
				return
			}
			later := func(e *Event) bool {
				return cmp.Or(cmp.Compare(e.At, o.at), e.Place.compare(o.place)) > 0
			}
			i := sort.Search(len(changes), func(i int) bool { return later(changes[i]) })
			if i > 0 && (first[i-1] == nil || later(first[i-1])) {
				first[i-1] = &Event{At: o.at, Place: o.place, Key: "order"}
			}
		})
	}
	var played cart
	for i, e := range changes {
		for _, e := range [...]*Event{e, first[i]} {
			if e != nil && played.change(e) {
				played.updated = eval.Instant(e.At)
			}
		}
	}
	return played
}

// change applies an event, and says whether it changed anything.
func (p *cart) change(e *Event) bool {
	switch {
	case e.Key == "order":
		changed := len(p.lines) > 0
		p.lines = nil
		return changed
	case e.Product == "":
		return false
	case e.Key == "product_added":
		return p.add(e)
	}
	return p.remove(e)
}

func (p *cart) find(e *Event) int {
	product := e.Product
	return slices.IndexFunc(p.lines, func(l *cartLine) bool { return l.product == product })
}

func (p *cart) add(e *Event) bool {
	quantity := e.Quantity
	if quantity.Missing() {
		quantity = eval.Whole(1)
	}
	if !quantity.Positive() {
		return false
	}
	i := p.find(e)
	if i < 0 {
		p.lines = append(p.lines, &cartLine{e.Product, e, e, quantity})
		return true
	}
	p.lines[i].quantity = plus(p.lines[i].quantity, quantity)
	p.lines[i].latest = e
	return true
}

func (p *cart) remove(e *Event) bool {
	i := p.find(e)
	quantity := e.Quantity
	if i < 0 || !quantity.Missing() && !quantity.Positive() {
		return false
	}
	left := eval.Arith(segql.Subtract, p.lines[i].quantity, quantity)
	if quantity.Missing() || !left.Positive() {
		p.lines = slices.Delete(p.lines, i, i+1)
		return true
	}
	p.lines[i].quantity = left
	return true
}

// cartFact is a product in the cart. It sees the catalogue as it is now.
type cartFact struct {
	spot
	line     *cartLine
	customer *Customer
}

func (cartFact) about() (kind, id string) { return "cart_item", "" }

func (f cartFact) Field(name string, _ segql.Type) eval.Value {
	switch name {
	case "product":
		return eval.Text(f.line.product)
	case "quantity":
		return f.line.quantity
	case "revenue":
		return eval.Arith(segql.Multiply, f.line.quantity, f.productField(productPrice))
	}
	if p := productField(name); p >= 0 {
		return f.productField(p)
	}
	return eval.Value{}
}

func (f cartFact) productField(p int) eval.Value {
	return f.customer.shop.productValue(f.line.latest.Own, f.line.product, p, f.customer.now)
}

func (c *Customer) cartFacts() []cartFact {
	if !c.cartKnown {
		c.cart, c.cartKnown = c.playCart(), true
	}
	var all []cartFact
	for _, l := range c.cart.lines {
		all = append(all, cartFact{spot{at: l.in.At, place: l.in.Place}, l, c})
		c.holds(l.product)
	}
	return all
}

// favouriteFact is a product in the favourites. It sees the catalogue as it is now.
type favouriteFact struct {
	spot
	event    *Event
	customer *Customer
}

func (favouriteFact) about() (kind, id string) { return "favourite", "" }

func (f favouriteFact) Field(name string, _ segql.Type) eval.Value {
	c, product := f.customer, f.event.Product
	switch name {
	case "product":
		return eval.Text(product)
	case "purchased":
		return eval.Bool(c.boughtAfter(product, f.event.At))
	case "price_drop":
		then := c.shop.productValue(f.event.Own, product, productPrice, f.event.At)
		now := c.shop.Catalogue.At(product, c.now)[productPrice]
		return eval.Arith(segql.Divide, eval.Arith(segql.Subtract, then, now), then)
	}
	if p := productField(name); p >= 0 {
		return c.shop.productValue(f.event.Own, product, p, c.now)
	}
	return eval.Value{}
}

// boughtAfter says whether there is an item of a product with a greater instant.
func (c *Customer) boughtAfter(product string, at int64) bool {
	if c.bought == nil {
		c.bought = map[string]int64{}
		c.eachOrder(func(o *keptOrder) {
			if !o.counts(c.now) {
				return
			}
			o.eachLine(func(l *Line) {
				if l.Quantity.Positive() {
					c.buy(l.Product, o.at)
				}
			})
		})
	}
	last, ok := c.bought[product]
	return ok && last > at
}

// buy notes that a product was bought. Instants before 1970 are below zero.
func (c *Customer) buy(product string, at int64) {
	if last, ok := c.bought[product]; !ok || at > last {
		c.bought[product] = at
	}
}

func (c *Customer) favouriteFacts() []favouriteFact {
	changes := slices.Concat(c.upTo(c.Events("product_added_to_wishlist")), c.upTo(c.Events("product_removed_from_wishlist")))
	slices.SortStableFunc(changes, (*Event).compare)
	var in []*Event
	for _, e := range changes {
		product := e.Product
		i := slices.IndexFunc(in, func(f *Event) bool { return f.Product == product })
		switch {
		case product == "":
		case e.Key == "product_added_to_wishlist" && i < 0:
			in = append(in, e)
		case e.Key == "product_removed_from_wishlist" && i >= 0:
			in = slices.Delete(in, i, i+1)
		}
	}
	var all []favouriteFact
	for _, e := range in {
		all = append(all, favouriteFact{spot{at: e.At, place: e.Place}, e, c})
		c.holds(e.Product)
	}
	return all
}
