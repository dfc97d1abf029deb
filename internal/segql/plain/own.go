package plain

import (
	"math/big"
	"slices"

	"kith/internal/segql"
)

// own is a field worked out from the person's own facts.
func (w *world) own(p *person, name string) *value {
	switch name {
	case "cart.value":
		return total(w.all(p, "cart_item"), "revenue")
	case "cart.items":
		return total(w.all(p, "cart_item"), "quantity")
	case "cart.updated_at":
		if c := w.cart(p); !c.updated.IsZero() {
			return moment(c.updated)
		}
		return nil
	case "points.balance":
		return total(w.all(p, "points"), "amount")
	case "spend.net":
		return w.spendNet(p)
	case "discount.share":
		return w.discountShare(p)
	case "cadence.days":
		return w.cadence(p)
	case "cadence.overdue":
		return w.overdue(p)
	case "stage":
		return text(w.stage(p))
	}
	panic("plain: unknown own field " + name)
}

// total is the exact sum of a Number; what is missing is left out.
func total(facts []fact, field string) *value {
	sum := new(big.Int)
	for _, f := range facts {
		if v := f.fields[field]; v != nil {
			sum.Add(sum, v.num)
		}
	}
	return numberOf(sum)
}

// spendNet is what was paid for orders, less what was given back.
func (w *world) spendNet(p *person) *value {
	paid, back := total(w.all(p, "order"), "total"), total(w.all(p, "refund"), "total")
	return numberOf(new(big.Int).Sub(paid.num, back.num))
}

// discountShare is the part of the orders that carry a discount.
func (w *world) discountShare(p *person) *value {
	orders := w.orders(p)
	if len(orders) == 0 {
		return nil
	}
	n := 0
	for _, o := range orders {
		if o.discounted() {
			n++
		}
	}
	return fraction(whole(n).num, integer(int64(len(orders))))
}

// orderDays are the calendar days with an order, in order.
func (w *world) orderDays(p *person) []int {
	var all []int
	for _, o := range w.all(p, "order") {
		all = append(all, dayNumber(w.shop.dayOf(o.at)))
	}
	return slices.Compact(all)
}

// cadence is the median of the days between one order day and the next, from
// three order days on.
func (w *world) cadence(p *person) *value {
	dates := w.orderDays(p)
	if len(dates) < 3 {
		return nil
	}
	var gaps []int
	for i := range dates[1:] {
		gaps = append(gaps, dates[i+1]-dates[i])
	}
	slices.Sort(gaps)
	n := len(gaps)
	return number(int64(gaps[(n-1)/2]+gaps[n/2]) * 500_000)
}

// overdue is the time since the last order, in days, divided by the cadence.
func (w *world) overdue(p *person) *value {
	cadence := w.cadence(p)
	if cadence == nil {
		return nil
	}
	orders := w.all(p, "order")
	since := days(orders[len(orders)-1].at, w.t)
	return fraction(times(since.num, million), times(since.den, cadence.num))
}

// stage is the first that fits, as the presets of these names say.
func (w *world) stage(p *person) string {
	orders := w.all(p, "order")
	recent := func(n int64, unit segql.DurationUnit) []fact {
		from := w.ago(segql.Duration{N: n, Unit: unit})
		return slices.DeleteFunc(slices.Clone(orders), func(f fact) bool { return !f.at.After(from) })
	}
	year, quarter := recent(12, segql.Months), recent(90, segql.Days)
	switch {
	case len(orders) == 0:
		return "prospect"
	case len(year) == 0:
		return "lost"
	case len(quarter) == 0:
		return "lapsing"
	case len(year) >= 4 && w.countDays(year) >= 3:
		return "loyal"
	case len(orders) >= 2:
		return "repeat"
	}
	return "first-time"
}

// countDays is the number of distinct calendar days of facts.
func (w *world) countDays(facts []fact) int {
	days := map[segql.Date]bool{}
	for _, f := range facts {
		days[w.shop.dayOf(f.at)] = true
	}
	return len(days)
}
