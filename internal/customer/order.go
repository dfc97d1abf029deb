package customer

import (
	"fmt"
	"slices"

	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// Order is one order with its lines, in the shop's currency.
type Order struct {
	ID    string
	At    int64
	Place Place
	// Fields are those of the language that the order says itself.
	Fields map[string]eval.Value
	Lines  []Line

	// These are the latest that were given.
	Status    string
	Cancelled int64 // eval.Never if not
	Refunded  eval.Value
	// Cancels are the instants of "cancel" events; the earliest of all ends it.
	Cancels []int64

	packed packedOrder
}

// Line is a line of an order.
type Line struct {
	Place           Place
	Number          int // from 1
	Product         string
	Own             OwnValues // but for the price
	Quantity        eval.Value
	Price, Discount eval.Value // of one unit; of the line
}

// ends is the instant from which on the order does not count.
func (o *Order) ends() int64 {
	end := o.Cancelled
	for _, t := range o.Cancels {
		end = min(end, t)
	}
	return end
}

// everCounts says whether the order counts at its own instant.
func (o *Order) everCounts() bool {
	switch o.Status {
	case "", "paid", "partially_paid", "partially_refunded", "refunded", "processing", "completed", "fulfilled":
		return o.ends() > o.At && !o.isRefund()
	}
	return false
}

// isRefund says that all lines are returned ones: it is no order.
func (o *Order) isRefund() bool {
	if o.packed.shop != nil {
		return o.packed.isRefund
	}
	for _, l := range o.Lines {
		if !negative(l.Quantity) {
			return false
		}
	}
	return len(o.Lines) > 0
}

func negative(v eval.Value) bool {
	return eval.Arith(segql.Subtract, eval.Number(0), v).Positive()
}

// discounted says that the order carries a coupon, or a discount on itself or
// on an item.
func (o *Order) discounted() bool {
	if !o.field("coupon").Missing() || o.field("discount").Positive() {
		return true
	}
	return slices.ContainsFunc(o.lines(), func(l Line) bool { return l.Quantity.Positive() && l.Discount.Positive() })
}

// totals are the units bought, and what they cost less discounts.
func (o *Order) totals() (units, sum eval.Value) {
	units, sum = eval.Number(0), eval.Number(0)
	for _, l := range o.lines() {
		if !l.Quantity.Positive() {
			continue
		}
		units = plus(units, l.Quantity)
		sum = plus(sum, eval.Arith(segql.Multiply, l.Quantity, l.Price))
		sum = minus(sum, l.Discount)
	}
	return units, sum
}

// plus and minus leave a missing side out.
func plus(a, b eval.Value) eval.Value {
	if b.Missing() {
		return a
	}
	return eval.Arith(segql.Add, a, b)
}

func minus(a, b eval.Value) eval.Value {
	if b.Missing() {
		return a
	}
	return eval.Arith(segql.Subtract, a, b)
}

// orderFact is an order as a fact.
type orderFact struct {
	spot
	order *Order
}

func (f *orderFact) Field(name string, _ segql.Type) eval.Value {
	o := f.order
	switch name {
	case "id":
		return eval.Text(o.ID)
	case "status":
		return eval.Text(o.Status)
	case "discounted":
		if o.discounted() {
			return eval.Whole(1)
		}
		return eval.Whole(0)
	case "items":
		units, _ := o.totals()
		return units
	case "total":
		if v := o.field("total"); !v.Missing() {
			return v
		}
		_, sum := o.totals()
		return sum
	}
	return o.field(name)
}

// itemFact is a line with something bought.
type itemFact struct {
	spot
	order *Order
	line  *Line
	shop  *Shop
}

func (f itemFact) Field(name string, _ segql.Type) eval.Value {
	l := f.line
	switch name {
	case "order":
		return eval.Text(f.order.ID)
	case "product":
		return eval.Text(l.Product)
	case "quantity":
		return l.Quantity
	case "discount":
		return l.Discount
	case "price":
		return f.price()
	case "revenue":
		return eval.Arith(segql.Multiply, l.Quantity, f.price())
	case "product_age":
		released := f.productField(productReleased)
		return eval.Arith(segql.Subtract, eval.Instant(f.at), released)
	}
	if p := productField(name); p >= 0 {
		return f.productField(p)
	}
	return eval.Value{}
}

func (f itemFact) price() eval.Value {
	if !f.line.Price.Missing() {
		return f.line.Price
	}
	return f.productField(productPrice)
}

func (f itemFact) productField(p int) eval.Value {
	return f.shop.productValue(f.line.Own, f.line.Product, p, f.at)
}

// counting calls yield with the orders that count now.
func (c *Customer) counting(yield func(o *Order)) {
	for _, o := range c.orders.all(c.shop) {
		if o.At <= c.now && o.everCounts() && o.ends() > c.now {
			yield(o)
		}
	}
}

func (c *Customer) orderFacts() []placed {
	n := len(c.orders.all(c.shop))
	facts, all := make([]orderFact, 0, n), make([]placed, 0, n) // facts side by side
	c.counting(func(o *Order) {
		facts = append(facts, orderFact{spot{at: o.At, id: o.ID, place: o.Place}, o})
		all = append(all, &facts[len(facts)-1])
	})
	return all
}

func (c *Customer) itemFacts() []placed {
	var all []placed
	c.counting(func(o *Order) {
		lines := o.lines()
		for i := range lines {
			if l := &lines[i]; l.Quantity.Positive() {
				all = append(all, itemFact{spot{at: o.At, id: o.ID, line: l.Number, place: l.Place}, o, l, c.shop})
			}
		}
	})
	return all
}

// refundFacts are returned lines, refunded sums, and refunds that were told.
// The id of a line is its order's with its number, that of a sum the order's.
func (c *Customer) refundFacts() []placed {
	all := c.toldFacts("refund")
	for _, o := range c.orders.all(c.shop) {
		if o.At > c.now {
			continue
		}
		lines := o.lines()
		for i := range lines {
			l := &lines[i]
			if !negative(l.Quantity) {
				continue
			}
			quantity := eval.Arith(segql.Subtract, eval.Number(0), l.Quantity)
			id := fmt.Sprintf("%s:%d", o.ID, l.Number)
			all = append(all, &valued{spot{at: o.At, id: id, place: l.Place}, "refund", map[string]eval.Value{
				"order": eval.Text(o.ID), "product": eval.Text(l.Product), "quantity": quantity,
				"total": l.returned(quantity),
			}})
		}
		if o.Refunded.Positive() {
			all = append(all, &valued{spot{at: o.At, id: o.ID, place: o.Place}, "refund", map[string]eval.Value{
				"order": eval.Text(o.ID), "total": o.Refunded,
			}})
		}
	}
	return all
}

// returned is what was paid back for a line: its price less its discount,
// which may be written with either sign.
func (l *Line) returned(quantity eval.Value) eval.Value {
	total := eval.Arith(segql.Multiply, quantity, l.Price)
	switch {
	case total.Missing() || l.Discount.Missing():
		return total
	case negative(l.Discount):
		return eval.Arith(segql.Add, total, l.Discount)
	}
	return eval.Arith(segql.Subtract, total, l.Discount)
}

// appendOrder takes an order that counts and comes after all others: what was
// worked out goes on.
func (c *Customer) appendOrder(o *Order) {
	c.appendFact(eval.Kind{Name: "order"}, &orderFact{spot{at: o.At, id: o.ID, place: o.Place}, o})
	refunded := o.Refunded.Positive()
	lines := o.lines()
	for i := range lines {
		l := &lines[i]
		switch {
		case l.Quantity.Positive():
			c.appendFact(eval.Kind{Name: "item"}, itemFact{spot{at: o.At, id: o.ID, line: l.Number, place: l.Place}, o, l, c.shop})
			if c.bought != nil {
				c.bought[l.Product] = max(c.bought[l.Product], o.At)
			}
		case negative(l.Quantity):
			refunded = true
		}
	}
	e := &Event{At: o.At, Place: o.Place, Key: "order"}
	if c.last != nil && c.last.compare(e) > 0 {
		c.cartKnown = false
	}
	if c.cartKnown && c.cart.change(e) {
		c.cart.updated = eval.Instant(o.At)
	}
	if refunded {
		c.forget(eval.Kind{Name: "refund"})
	}
	c.forget(eval.Kind{Name: "cart_item"}, eval.Kind{Name: "favourite"})
}

// appendFact adds a fact that comes after all others of its kind.
func (c *Customer) appendFact(k eval.Kind, f eval.Fact) {
	if facts, ok := c.facts[k]; ok {
		c.facts[k] = append(facts, f)
		c.memo.Append(c, k, nil, f)
	}
}
