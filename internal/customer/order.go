package customer

import (
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
	// Cancels are the instants of "cancel" events; the earliest of all ends it,
	// and is the one that is kept.
	Cancels []int64
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

// sells says whether the order counts while it has not ended: it has such a
// status, and some line that is not a returned one.
func (o *Order) sells() bool {
	switch o.Status {
	case "", "paid", "partially_paid", "partially_refunded", "refunded", "processing", "completed", "fulfilled":
	default:
		return false
	}
	for i := range o.Lines {
		if !negative(o.Lines[i].Quantity) {
			return true
		}
	}
	return len(o.Lines) == 0
}

// returns says whether a line is a returned one.
func (o *Order) returns() bool {
	for i := range o.Lines {
		if negative(o.Lines[i].Quantity) {
			return true
		}
	}
	return false
}

// discounted says that the order carries a coupon, or a discount on itself or
// on an item.
func (o *Order) discounted() bool {
	if !o.Fields["coupon"].Missing() || o.Fields["discount"].Positive() {
		return true
	}
	for i := range o.Lines {
		if l := &o.Lines[i]; l.Quantity.Positive() && l.Discount.Positive() {
			return true
		}
	}
	return false
}

// cost is what was bought costs, less discounts.
func (o *Order) cost() eval.Value {
	sum := eval.Number(0)
	for i := range o.Lines {
		l := &o.Lines[i]
		if !l.Quantity.Positive() {
			continue
		}
		sum = plus(sum, eval.Arith(segql.Multiply, l.Quantity, l.Price))
		sum = minus(sum, l.Discount)
	}
	return sum
}

func negative(v eval.Value) bool {
	return eval.Arith(segql.Subtract, eval.Number(0), v).Positive()
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

// AddOrder adds an order that is new. The customer keeps it.
func (c *Customer) AddOrder(o *Order) {
	c.Known(o.At)
	c.waitFor(o.ends())
	c.orders.add(o)
	if o.At > c.newest && o.At <= c.now && o.sells() && o.ends() > c.now {
		c.appendOrder(o)
	} else {
		c.forgetOrders()
	}
	c.newest = max(c.newest, o.At)
}

// ChangeOrder puts an order in the place of the one with its id. What was
// worked out of orders stays if it is the same.
func (c *Customer) ChangeOrder(o *Order) {
	if c.orders.change(o, c.shop) {
		c.waitFor(o.ends())
		c.forgetOrders()
	}
}

// Order is a copy of the order with an id; nil if there is none.
func (c *Customer) Order(id string) *Order {
	i, ok := c.orders.find(id, c.shop)
	if !ok {
		return nil
	}
	o := c.orders.at(i, c.shop)
	return o.order()
}

// EachOrder calls yield with the ids of the person's orders, in order of
// arrival.
func (c *Customer) EachOrder(yield func(id string)) {
	c.eachOrder(func(o *keptOrder) { yield(o.id) })
}

// forgetOrders forgets what orders are part of.
func (c *Customer) forgetOrders() {
	c.cartKnown, c.bought = false, nil
	c.forget(OrderKinds...)
}

// appendOrder takes an order that counts and comes after all others: what was
// worked out goes on.
func (c *Customer) appendOrder(o *Order) {
	if f, ok := c.factsOf(orderKind).(*orderFacts); ok {
		c.orders.ready(c.shop)
		last := c.orders.count - 1
		f.add(o.At, c.orders.head[last], last)
		c.memo.Append(c, orderKind, f, false)
	}
	if f, ok := c.factsOf(itemKind).(*itemFacts); ok {
		c.orders.ready(c.shop)
		f.addLines(o.At, int32(c.orders.count-1), func() { c.memo.Append(c, itemKind, f, false) })
	}
	if c.bought != nil {
		for i := range o.Lines {
			if l := &o.Lines[i]; l.Quantity.Positive() {
				c.buy(l.Product, o.At)
			}
		}
	}
	e := &Event{At: o.At, Place: o.Place, Key: "order"}
	if c.last != nil && c.last.compare(e) > 0 {
		c.cartKnown = false
	}
	if c.cartKnown && c.cart.change(e) {
		c.cart.updated = eval.Instant(o.At)
	}
	if o.Refunded.Positive() || o.returns() {
		c.forget(eval.Kind{Name: "refund"})
	}
	c.forget(eval.Kind{Name: "cart_item"}, eval.Kind{Name: "favourite"})
}
