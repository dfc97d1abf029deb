package plain

import (
	"cmp"
	"slices"
	"time"

	"kith/internal/segql"
)

// cart is what is in a person's cart at T.
type cart struct {
	items   []fact
	updated time.Time // the latest change; zero if there was none
}

// cartLine is one product in the cart, while it is played through.
type cartLine struct {
	product  string
	in       event // when it came in
	latest   event // its latest addition
	quantity *value
}

// cart plays the cart through, change by change.
func (w *world) cart(p *person) cart {
	var c cart
	var lines []cartLine
	for _, e := range w.cartEvents(p) {
		changed := false
		switch {
		case e.key == "order":
			changed = len(lines) > 0
			lines = nil
		case e.product() == "":
		case e.key == "product_added":
			lines, changed = w.addToCart(lines, e)
		case e.key == "product_removed":
			lines, changed = w.takeFromCart(lines, e)
		}
		if changed {
			c.updated = e.at
		}
	}
	for _, l := range lines {
		f := fact{at: l.in.at, place: l.in.place, fields: w.shop.withCatalogue(l.latest.properties, l.product, w.t)}
		f.fields["quantity"] = l.quantity
		f.fields["revenue"] = arith(segql.Multiply, l.quantity, f.fields["price"])
		c.items = append(c.items, f)
	}
	return c
}

// cartEvents are the person's events up to T, with an "order" for every order
// that ever counted: one that was cancelled does not bring the cart back.
func (w *world) cartEvents(p *person) []event {
	all := w.trackedEvents(p)
	all = slices.DeleteFunc(all, func(e event) bool { return e.key == "order" })
	for _, o := range w.shop.orders {
		if w.shop.owns(p, o.source) && w.shop.everCounts(o) && !o.at.After(w.t) {
			all = append(all, event{source: o.source, at: o.at, key: "order"})
		}
	}
	slices.SortStableFunc(all, func(a, b event) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.place, b.place))
	})
	return all
}

// quantity is how many an event adds or takes away; nil if it does not say.
func (w *world) quantity(e event) *value { return w.shop.read(e.properties["quantity"], segql.Number) }

func (w *world) addToCart(lines []cartLine, e event) ([]cartLine, bool) {
	quantity := w.quantity(e)
	if quantity == nil {
		quantity = whole(1)
	}
	if !positive(quantity) {
		return lines, false
	}
	i := slices.IndexFunc(lines, func(l cartLine) bool { return l.product == e.product() })
	if i < 0 {
		return append(lines, cartLine{product: e.product(), in: e, latest: e, quantity: quantity}), true
	}
	lines[i].quantity = plus(lines[i].quantity, quantity)
	lines[i].latest = e
	return lines, true
}

func (w *world) takeFromCart(lines []cartLine, e event) ([]cartLine, bool) {
	i := slices.IndexFunc(lines, func(l cartLine) bool { return l.product == e.product() })
	quantity := w.quantity(e)
	switch {
	case i < 0, quantity != nil && !positive(quantity):
		return lines, false
	case quantity == nil, w.compare(quantity, lines[i].quantity) >= 0:
		return slices.Delete(lines, i, i+1), true
	}
	lines[i].quantity = minus(lines[i].quantity, quantity)
	return lines, true
}

// favourites are the products in a person's favourites at T.
func (w *world) favourites(p *person) []fact {
	var in []event
	for _, e := range w.trackedEvents(p) {
		i := slices.IndexFunc(in, func(f event) bool { return f.product() == e.product() })
		switch {
		case e.product() == "":
		case e.key == "product_added_to_wishlist" && i < 0:
			in = append(in, e)
		case e.key == "product_removed_from_wishlist" && i >= 0:
			in = slices.Delete(in, i, i+1)
		}
	}
	var all []fact
	for _, e := range in {
		f := fact{at: e.at, place: e.place, fields: w.shop.withCatalogue(e.properties, e.product(), w.t)}
		f.fields["purchased"] = boolean(w.boughtAfter(p, e))
		f.fields["price_drop"] = w.priceDrop(e)
		all = append(all, f)
	}
	return all
}

// boughtAfter says whether there is an item of the product with a greater instant.
func (w *world) boughtAfter(p *person, e event) bool {
	return slices.ContainsFunc(w.all(p, "item"), func(item fact) bool {
		product := item.fields["product"]
		return product != nil && product.text == e.product() && item.at.After(e.at)
	})
}

// priceDrop is by how much of it the price fell since the product became a
// favourite. Then, the event's own price counts; now, the catalogue's.
func (w *world) priceDrop(e event) *value {
	then := w.shop.withCatalogue(e.properties, e.product(), e.at)["price"]
	now := w.shop.catalogue(e.product(), w.t)["price"]
	return arith(segql.Divide, arith(segql.Subtract, then, now), then)
}
