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
	var behind Behind
	if len(rows) > 0 {
		behind = Behind{rows[0].Order.Place, "order", rows[0].Order.ID}
	}
	a := e.arrive(at, cause, behind)
	var arrived []*arrivingOrder
	for _, r := range rows {
		i := slices.IndexFunc(arrived, func(o *arrivingOrder) bool { return o.ID == r.Order.ID })
		if i < 0 {
			i = len(arrived)
			arrived = append(arrived, nil)
		}
		arrived[i] = a.order(r, arrived[i])
	}
	for _, o := range arrived {
		a.ordered(o)
	}
	a.done()
}

// arrivingOrder is an order of which something came in.
type arrivingOrder struct {
	*customer.Order

	owner *person // nil for nobody
	isNew bool
}

// order takes one row. o is what came of its order before, or nil. An order
// that is new is given to its owner at last.
func (a *arrival) order(r OrderRow, o *arrivingOrder) *arrivingOrder {
	e := a.engine
	p := a.person(r.Keys)
	if p != nil {
		p.customer.Known(r.Order.At)
		p.customer.Known(r.Order.Cancelled)
	}
	switch {
	case o == nil:
		o = a.find(r, p)
	case o.owner != nil && o.owner.gone: // the keys of this row brought them together
		o.owner = p
		e.orders.give(o.ID, p)
	}
	if r.Status != "" {
		o.Status = r.Status
	}
	if r.Order.Cancelled != eval.Never {
		o.Cancelled = r.Order.Cancelled
	}
	if !r.Order.Refunded.Missing() {
		o.Refunded = r.Order.Refunded
	}
	if r.Line != nil && o.isNew {
		line := *r.Line
		line.Number = len(o.Lines) + 1
		o.Lines = append(o.Lines, line)
	}
	if o.owner != nil {
		a.touch(o.owner)
	}
	return o
}

// find is the order of a row, which is p's if it is new.
func (a *arrival) find(r OrderRow, p *person) *arrivingOrder {
	e := a.engine
	if known, owner := e.order(r.Order.ID); known != nil {
		return &arrivingOrder{known, owner, false}
	}
	o := &arrivingOrder{r.Order, p, true}
	o.Cancels = e.cancelsOf(o.ID)
	if p == nil {
		e.orders.alone[o.ID] = o.Order
	} else {
		e.orders.give(o.ID, p)
	}
	return o
}

// ordered tells an order's owner that it is there, or changed.
func (a *arrival) ordered(o *arrivingOrder) {
	if o.owner == nil {
		return
	}
	c := a.of(o.owner)
	c.kinds = append(c.kinds, customer.OrderKinds...)
	c.fields = append(c.fields, "country", "city")
	if o.isNew {
		o.owner.customer.AddOrder(o.Order)
	} else {
		o.owner.customer.ChangeOrder(o.Order)
	}
}

// ArriveEvent takes an event. Whether it came before is not its business.
func (e *Engine) ArriveEvent(keys []Key, event *customer.Event, cause Cause) {
	a := e.arrive(event.At, cause, Behind{event.Place, event.Key, event.ID})
	p := a.person(keys)
	if event.Key == "cancel" {
		a.cancel(p, event)
	} else if p != nil {
		c := a.of(p)
		c.kinds = append(c.kinds, p.customer.AddEvent(event)...)
		e.holders.add(p, event)
	}
	a.done()
}

func (a *arrival) cancel(p *person, event *customer.Event) {
	e := a.engine
	if p != nil {
		p.customer.Known(event.At)
	}
	id, _ := event.Property("order")
	if !id.Given() {
		return
	}
	e.Cancelled(id.Plain(), event.At)
	if o, owner := e.order(id.Plain()); o != nil {
		if owner != nil {
			a.touch(owner)
		}
		o.Cancels = e.cancelsOf(id.Plain())
		a.ordered(&arrivingOrder{o, owner, false})
	}
}

// ArriveStatements takes what is said of a customer, from an instant on or
// from always, and further instants that are known of them.
func (e *Engine) ArriveStatements(keys []Key, at int64, said []customer.Statement, known []int64, cause Cause) {
	a := e.arrive(at, cause, behindStatement(said))
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

func behindStatement(said []customer.Statement) Behind {
	if len(said) == 0 {
		return Behind{Kind: "identify"}
	}
	return Behind{Place: said[0].Place, Kind: "identify"}
}

// byNumber are the persons of a map by their number.
func byNumber(changed map[*person]*change) []*person {
	return slices.SortedFunc(maps.Keys(changed), func(a, b *person) int { return cmp.Compare(a.number, b.number) })
}
