package customer

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"kith/internal/segql"
	"kith/internal/segql/eval"
)

var (
	orderKind = eval.Kind{Name: "order"}
	itemKind  = eval.Kind{Name: "item"}
)

// orderFacts are the orders that count, side by side with where they are
// packed.
type orderFacts struct {
	customer *Customer
	at       []int64
	head     []uint32 // where each begins in orders.heads
	nth      []int32  // which of the orders each is
	// last is the one that was read last: fields of one are asked in turn.
	last   *keptOrder
	lastOf int
}

func (c *Customer) orderFacts() *orderFacts {
	s := &c.orders
	if s.moved || len(s.added) > 0 {
		s.ready(c.shop)
	}
	f := &orderFacts{
		customer: c, at: make([]int64, 0, s.count), head: make([]uint32, 0, s.count), nth: make([]int32, 0, s.count),
	}
	r := c.shop.reader(s.heads)
	for i := range s.count {
		if s.moved {
			r = c.shop.reader(s.heads[s.head[i]:])
		}
		start := uint32(len(s.heads) - len(r.Bytes))
		if h := r.head(); h.counts(c.now) {
			f.add(h.at, start, i)
		}
	}
	if !sort.IsSorted(f) { // they mostly are
		sort.Sort(f)
	}
	return f
}

func (f *orderFacts) add(at int64, head uint32, nth int) {
	f.at, f.head, f.nth = append(f.at, at), append(f.head, head), append(f.nth, int32(nth))
}

func (f *orderFacts) kept(i int) keptOrder {
	return f.customer.orders.at(int(f.nth[i]), f.customer.shop)
}

// Len is sort's.
func (f *orderFacts) Len() int { return len(f.at) }

// Less is sort's.
func (f *orderFacts) Less(i, j int) bool {
	if f.at[i] != f.at[j] {
		return f.at[i] < f.at[j]
	}
	a, b := f.kept(i), f.kept(j)
	return a.spot().compare(b.spot()) < 0
}

// Swap is sort's.
func (f *orderFacts) Swap(i, j int) {
	f.at[i], f.at[j] = f.at[j], f.at[i]
	f.head[i], f.head[j] = f.head[j], f.head[i]
	f.nth[i], f.nth[j] = f.nth[j], f.nth[i]
}

func (k *keptOrder) spot() spot { return spot{at: k.at, id: k.id, place: k.place} }

// Times are the facts' instants.
func (f *orderFacts) Times() []int64 { return f.at }

// Field is a field of an order.
func (f *orderFacts) Field(i int, name string, _ segql.Type) eval.Value {
	switch name { // those of the head
	case "total":
		r := f.reader(i)
		return r.total(r.Byte())
	case "discounted":
		r := f.reader(i)
		if r.Byte()&orderDiscounted != 0 {
			return eval.Whole(1)
		}
		return eval.Whole(0)
	}
	if f.last == nil {
		f.last, f.lastOf = &keptOrder{}, -1
	}
	if f.lastOf != i {
		*f.last, f.lastOf = f.kept(i), i
	}
	k := f.last
	switch name {
	case "id":
		return eval.Text(k.id)
	case "status":
		return eval.Text(k.rest.Words.Text(k.status))
	case "items":
		return k.units()
	}
	if i := orderField(name); i >= 0 {
		return k.field(i)
	}
	return eval.Value{}
}

// units are how many were bought.
func (k *keptOrder) units() eval.Value {
	units := eval.Number(0)
	k.eachLine(func(l *Line) {
		if l.Quantity.Positive() {
			units = plus(units, l.Quantity)
		}
	})
	return units
}

// reader reads the head of an order, after its instant.
func (f *orderFacts) reader(i int) unpacker {
	const instant = 8 // bytes
	return f.customer.shop.reader(f.customer.orders.heads[f.head[i]+instant:])
}

func (f *orderFacts) about(i int) (kind, id string) {
	k := f.kept(i)
	return "order", k.id
}

// itemFacts are lines with something bought, of orders that count, side by
// side with where they and their orders are packed.
type itemFacts struct {
	customer *Customer
	at       []int64
	order    []int32    // which of the orders each is a line of
	line     []uint32   // where each begins in orders.rest
	room     []itemLine // of the order that is being read
	// last is the one that was read last: fields of one are asked in turn.
	last   Line
	lastOf int
}

type itemLine struct {
	number int
	place  Place
	start  uint32
}

func (c *Customer) itemFacts() *itemFacts {
	f := &itemFacts{customer: c, lastOf: -1}
	orders := c.Facts(orderKind).(*orderFacts)
	for i, at := range orders.at {
		f.addLines(at, orders.nth[i], func() {})
	}
	return f
}

// addLines adds the lines of an order, and calls added after each.
func (f *itemFacts) addLines(at int64, order int32, added func()) {
	orders := &f.customer.orders
	k := orders.at(int(order), f.customer.shop)
	r := k.rest
	k.skipRefunded(&r)
	f.room = f.room[:0]
	for range r.Uint() {
		l := itemLine{start: uint32(len(orders.rest) - len(r.Bytes))}
		var quantity eval.Value
		l.place, l.number, quantity = r.skipLine()
		if quantity.Positive() {
			f.room = append(f.room, l)
		}
	}
	slices.SortStableFunc(f.room, func(a, b itemLine) int {
		return cmp.Or(cmp.Compare(a.number, b.number), a.place.compare(b.place))
	})
	for _, l := range f.room {
		f.at, f.order, f.line = append(f.at, at), append(f.order, order), append(f.line, l.start)
		added()
	}
}

// Times are the facts' instants.
func (f *itemFacts) Times() []int64 { return f.at }

// Field is a field of an item.
func (f *itemFacts) Field(i int, name string, _ segql.Type) eval.Value {
	c := f.customer
	if name == "order" {
		k := c.orders.at(int(f.order[i]), c.shop)
		return eval.Text(k.id)
	}
	if f.lastOf != i {
		r := c.shop.reader(c.orders.rest[f.line[i]:])
		f.last, f.lastOf = r.line(), i
	}
	return f.last.field(name, c.shop, f.at[i])
}

func (f *itemFacts) about(int) (kind, id string) { return "item", "" }

// field is a field of an item bought at an instant.
func (l *Line) field(name string, shop *Shop, at int64) eval.Value {
	ofProduct := func(p int) eval.Value { return shop.productValue(l.Own, l.Product, p, at) }
	price := func() eval.Value {
		if !l.Price.Missing() {
			return l.Price
		}
		return ofProduct(productPrice)
	}
	switch name {
	case "product":
		return eval.Text(l.Product)
	case "quantity":
		return l.Quantity
	case "discount":
		return l.Discount
	case "price":
		return price()
	case "revenue":
		return eval.Arith(segql.Multiply, l.Quantity, price())
	case "product_age":
		return eval.Arith(segql.Subtract, eval.Instant(at), ofProduct(productReleased))
	}
	if p := productField(name); p >= 0 {
		return ofProduct(p)
	}
	return eval.Value{}
}

// refundFacts are returned lines, refunded sums, and refunds that were told.
// The id of a line is its order's with its number, that of a sum the order's.
func (c *Customer) refundFacts() []*valued {
	var all []*valued
	for _, f := range c.toldFacts("refund") {
		v := &valued{f.where(), "refund", map[string]eval.Value{}}
		for name := range toldTypes["refund"] {
			v.fields[name] = f.Field(name, segql.Invalid)
		}
		all = append(all, v)
	}
	add := func(at spot, fields map[string]eval.Value) { all = append(all, &valued{at, "refund", fields}) }
	c.eachOrder(func(o *keptOrder) {
		if o.at > c.now || o.flags&(orderReturns|orderRefunded) == 0 {
			return
		}
		id := o.id
		if o.flags&orderReturns != 0 {
			o.eachLine(func(l *Line) {
				if !negative(l.Quantity) {
					return
				}
				quantity := eval.Arith(segql.Subtract, eval.Number(0), l.Quantity)
				add(spot{at: o.at, id: fmt.Sprintf("%s:%d", id, l.Number), place: l.Place}, map[string]eval.Value{
					"order": eval.Text(id), "product": eval.Text(l.Product), "quantity": quantity, "total": l.returned(quantity),
				})
			})
		}
		if sum := o.refunded(); sum.Positive() {
			add(spot{at: o.at, id: id, place: o.place}, map[string]eval.Value{"order": eval.Text(id), "total": sum})
		}
	})
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
