package live

import (
	"cmp"
	"maps"
	"slices"

	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// OrderRow is what came in of an order. Rows of one order in one arrival are
// its lines; one that comes again later changes its status, its cancellation
// and what was refunded, and nothing else.
type OrderRow struct {
	Keys   []Key
	Order  *customer.Order // without lines
	Line   *customer.Line  // nil if the row has none
	Status string          // empty if not said
}

// ArriveOrders takes orders that came in together, as one fact.
func (e *Engine) ArriveOrders(rows []OrderRow, cause Cause) {
	at := int64(customer.Always)
	for _, r := range rows {
		at = max(at, r.Order.At)
	}
	a := e.arrive(at, cause)
	isNew := map[string]bool{}
	var arrived []*order
	for _, r := range rows {
		if o := a.order(r, isNew); !slices.Contains(arrived, o) {
			arrived = append(arrived, o)
		}
	}
	for _, o := range arrived {
		a.ordered(o)
	}
	a.done()
}

// order takes one row, and returns its order.
func (a *arrival) order(r OrderRow, isNew map[string]bool) *order {
	e := a.engine
	p := a.person(r.Keys)
	if p != nil {
		p.customer.Known(r.Order.At)
		p.customer.Known(r.Order.Cancelled)
	}
	o := e.orders[r.Order.ID]
	if o == nil {
		o = &order{order: r.Order, owner: p}
		o.order.Cancels = e.cancels[r.Order.ID]
		e.orders[r.Order.ID] = o
		isNew[r.Order.ID] = true
	}
	was := o.order
	if r.Status != "" {
		was.Status = r.Status
	}
	if r.Order.Cancelled != eval.Never {
		was.Cancelled = r.Order.Cancelled
	}
	if !r.Order.Refunded.Missing() {
		was.Refunded = r.Order.Refunded
	}
	if r.Line != nil && isNew[r.Order.ID] {
		line := *r.Line
		line.Number = len(was.Lines) + 1
		was.Lines = append(was.Lines, line)
	}
	if o.owner != nil {
		a.touch(o.owner)
	}
	return o
}

// ordered tells an order's owner that it is there, or changed.
func (a *arrival) ordered(o *order) {
	if o.owner == nil {
		return
	}
	c := a.of(o.owner)
	c.kinds = append(c.kinds, customer.OrderKinds...)
	c.fields = append(c.fields, "country", "city")
	o.owner.customer.AddOrder(o.order)
}

// ArriveEvent takes an event. One whose message id came before is dropped.
func (e *Engine) ArriveEvent(keys []Key, event *customer.Event, cause Cause) {
	if event.ID != "" {
		if e.messages[event.ID] {
			return
		}
		e.messages[event.ID] = true
	}
	a := e.arrive(event.At, cause)
	p := a.person(keys)
	if event.Key == "cancel" {
		a.cancel(p, event)
	} else if p != nil {
		c := a.of(p)
		c.kinds = append(c.kinds, p.customer.AddEvent(event)...)
	}
	a.done()
}

func (a *arrival) cancel(p *person, event *customer.Event) {
	e := a.engine
	if p != nil {
		p.customer.Known(event.At)
	}
	id := event.Properties["order"]
	if !id.Given() {
		return
	}
	e.cancels[id.Plain()] = append(e.cancels[id.Plain()], event.At)
	if o := e.orders[id.Plain()]; o != nil {
		if o.owner != nil {
			a.touch(o.owner)
		}
		o.order.Cancels = e.cancels[id.Plain()]
		a.ordered(o)
	}
}

// ArriveStatements takes what is said of a customer, from an instant on or
// from always, and further instants that are known of them.
func (e *Engine) ArriveStatements(keys []Key, at int64, said []customer.Statement, known []int64, cause Cause) {
	a := e.arrive(at, cause)
	if p := a.person(keys); p != nil {
		c := a.of(p)
		p.customer.Known(at)
		for _, t := range known {
			p.customer.Known(t)
		}
		for _, s := range said {
			p.customer.Say(s)
			c.fields = append(c.fields, s.Name)
		}
	}
	a.done()
}

// ArriveProduct takes a version of a product.
func (e *Engine) ArriveProduct(id string, v customer.ProductVersion) {
	a := e.arrive(v.At, CauseProduct)
	var touched []*person
	for _, p := range e.persons {
		if p.customer.Mentions(id) {
			a.touch(p)
			a.changed[p].everything = true
			touched = append(touched, p)
		}
	}
	e.shop.Catalogue.Add(id, v)
	for _, p := range touched {
		p.customer.ForgetAll()
	}
	a.done()
}

// byNumber are the persons of a map by their number.
func byNumber(changed map[*person]*change) []*person {
	return slices.SortedFunc(maps.Keys(changed), func(a, b *person) int { return cmp.Compare(a.number, b.number) })
}
