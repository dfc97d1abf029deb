package plain

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"kith/internal/segql"
)

// order is one order with its lines. When it comes again, the latest status,
// cancellation and refunded sum hold; all else stays.
type order struct {
	source
	id        string
	script    int64 // the line of the file it came from: rows of one line belong together
	at        time.Time
	status    string
	cancelled time.Time // of its own columns; zero if never
	fields    map[string]*value
	lines     []orderLine
	refunded  *value
}

// orderLine is a line of an order. Its price and discount are in the shop's
// currency.
type orderLine struct {
	place           int64
	number          int // from 1
	product         string
	own             map[string]*raw
	quantity        *value
	price, discount *value
}

func (s *Shop) loadOrder(r row) {
	at := r.instant("ts")
	factor := s.factor(r.text("currency"), at)
	if factor == nil {
		return // refused: no rate is known
	}
	from := s.source(r, at, r.instant("cancelled_at"))
	i := slices.IndexFunc(s.orders, func(o *order) bool { return o.id == r.text("order_id") })
	if i < 0 {
		i = len(s.orders)
		s.orders = append(s.orders, s.newOrder(r, from, factor))
	}
	o := s.orders[i]
	if status := r.text("status"); status != "" {
		o.status = status
	}
	if t := r.instant("cancelled_at"); !t.IsZero() {
		o.cancelled = t
	}
	if refunded := r.number("refunded"); refunded != nil {
		o.refunded = arith(segql.Multiply, refunded, factor)
	}
	if o.script == r["line"].(int64) {
		o.addLine(r, factor)
	}
}

func (s *Shop) newOrder(r row, from source, factor *value) *order {
	o := &order{
		source: from, id: r.text("order_id"), script: r["line"].(int64), at: r.instant("ts"), fields: map[string]*value{},
	}
	for _, name := range []string{"coupon", "currency", "channel", "country", "city"} {
		o.fields[name] = text(r.text(name))
	}
	for _, name := range []string{"total", "subtotal", "discount", "shipping", "tax"} {
		o.fields[name] = arith(segql.Multiply, r.number(name), factor)
	}
	return o
}

func (o *order) addLine(r row, factor *value) {
	if r.number("quantity") == nil {
		return
	}
	line := orderLine{
		place: r.place(), number: len(o.lines) + 1, product: r.text("product_id"), own: map[string]*raw{},
		quantity: r.number("quantity"),
		price:    arith(segql.Multiply, r.number("unit_price"), factor),
		discount: arith(segql.Multiply, r.number("line_discount"), factor),
	}
	for field, column := range map[string]string{
		"sku": "sku", "name": "product_name", "category": "category", "brand": "brand",
	} {
		if x := r.text(column); x != "" {
			line.own[field] = &raw{text: x}
		}
	}
	o.lines = append(o.lines, line)
}

// factor is what one unit of a currency is in the shop's on the day of an
// instant. nil if that is not known.
func (s *Shop) factor(currency string, at time.Time) *value {
	if currency == "" || currency == s.Settings.Currency {
		return whole(1)
	}
	var factor *value
	for _, r := range s.rates {
		if r.currency == currency && r.day == s.dayOf(at) {
			factor = r.rate
		}
	}
	return factor
}

// bought are the lines that are items.
func (o *order) bought() []orderLine {
	return slices.DeleteFunc(slices.Clone(o.lines), func(l orderLine) bool { return l.quantity.num.Sign() <= 0 })
}

// isRefund says that an order has lines, all of them returned ones: it is no
// order at all.
func (o *order) isRefund() bool {
	return len(o.lines) > 0 &&
		!slices.ContainsFunc(o.lines, func(l orderLine) bool { return l.quantity.num.Sign() >= 0 })
}

// ends is the instant from which on the order does not count; zero if never.
func (s *Shop) ends(o *order) time.Time {
	end := o.cancelled
	for _, c := range s.cancels {
		if c.order == o.id && (end.IsZero() || c.at.Before(end)) {
			end = c.at
		}
	}
	return end
}

// everCounts says whether the order counts at its own instant: by its status,
// and because it was not cancelled by then.
func (s *Shop) everCounts(o *order) bool {
	counts := []string{
		"", "paid", "partially_paid", "partially_refunded", "refunded", "processing", "completed", "fulfilled",
	}
	if end := s.ends(o); !end.IsZero() && !end.After(o.at) {
		return false
	}
	return slices.Contains(counts, o.status) && !o.isRefund()
}

// countsAt says whether the order counts at T.
func (s *Shop) countsAt(o *order, t time.Time) bool {
	end := s.ends(o)
	return s.everCounts(o) && !o.at.After(t) && (end.IsZero() || end.After(t))
}

// orderFact is an order as a fact.
func (s *Shop) orderFact(o *order) fact {
	fields := maps.Clone(o.fields)
	fields["id"], fields["status"] = text(o.id), text(o.status)
	units, sum := whole(0), whole(0)
	for _, l := range o.bought() {
		units = plus(units, l.quantity)
		sum = plus(sum, arith(segql.Multiply, l.quantity, l.price))
		sum = minus(sum, l.discount)
	}
	fields["items"] = units
	if fields["total"] == nil {
		fields["total"] = sum
	}
	return fact{at: o.at, place: o.place, id: o.id, fields: fields}
}

// discounted says that an order carries a coupon, or a discount on itself or a line.
func (o *order) discounted() bool {
	if o.fields["coupon"] != nil || positive(o.fields["discount"]) {
		return true
	}
	return slices.ContainsFunc(o.bought(), func(l orderLine) bool { return positive(l.discount) })
}

func positive(v *value) bool { return v != nil && v.num.Sign() > 0 }

// itemFacts are the order's lines with something bought.
func (s *Shop) itemFacts(o *order) []fact {
	var all []fact
	for _, l := range o.bought() {
		fields := s.withCatalogue(l.own, l.product, o.at)
		if l.price != nil {
			fields["price"] = l.price
		}
		if released := fields["released_at"]; released != nil {
			fields["product_age"] = days(released.at, o.at)
		}
		delete(fields, "released_at")
		delete(fields, "stock")
		fields["order"], fields["quantity"], fields["discount"] = text(o.id), l.quantity, l.discount
		fields["revenue"] = arith(segql.Multiply, l.quantity, fields["price"])
		all = append(all, fact{at: o.at, place: l.place, id: o.id, line: l.number, fields: fields})
	}
	return all
}

// refundFacts are what the order itself says was given back: returned lines,
// and a sum.
func (o *order) refundFacts() []fact {
	var all []fact
	for _, l := range o.lines {
		if l.quantity.num.Sign() >= 0 {
			continue
		}
		quantity := minus(whole(0), l.quantity)
		total := arith(segql.Multiply, quantity, l.price)
		if positive(l.discount) {
			total = minus(total, l.discount)
		} else if l.discount != nil {
			total = plus(total, l.discount)
		}
		all = append(all, fact{at: o.at, place: l.place, id: fmt.Sprintf("%s:%d", o.id, l.number), fields: map[string]*value{
			"order": text(o.id), "product": text(l.product), "quantity": quantity, "total": total,
		}})
	}
	if positive(o.refunded) {
		all = append(all, fact{at: o.at, place: o.place, id: o.id, fields: map[string]*value{"order": text(o.id), "total": o.refunded}})
	}
	return all
}

// plus and minus leave a missing side out.
func plus(a, b *value) *value {
	if b == nil {
		return a
	}
	return arith(segql.Add, a, b)
}

func minus(a, b *value) *value {
	if b == nil {
		return a
	}
	return arith(segql.Subtract, a, b)
}
