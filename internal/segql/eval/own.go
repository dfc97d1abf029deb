package eval

import (
	"fmt"
	"math/big"
	"slices"

	"kith/internal/segql"
)

// own makes a field ready that is worked out of the customer's own facts;
// "Own fields" of the presets' page defines them.
func (c *compiler) own(name string) (func(*asking) Value, error) {
	switch name {
	case "cart.value":
		return c.total("cart_item", "revenue"), nil
	case "cart.items":
		return c.total("cart_item", "quantity"), nil
	case "cart.updated_at":
		c.needs.Kinds[Kind{Name: "cart_item"}] = true
		return func(a *asking) Value { return a.customer.CartUpdated() }, nil
	case "points.balance":
		return c.total("points", "amount"), nil
	case "spend.net":
		paid, back := c.total("order", "total"), c.total("refund", "total")
		return func(a *asking) Value { return add(paid(a), back(a).minus()) }, nil
	}
	var value func(a *asking, orders *rows) Value
	switch name {
	case "discount.share":
		value = func(_ *asking, orders *rows) Value { return discountShare(orders) }
	case "cadence.days":
		value = (*asking).cadence
	case "cadence.overdue":
		value = (*asking).overdue
	case "stage":
		value = func(a *asking, orders *rows) Value { return Text(a.stage(orders)) }
	default:
		return nil, fmt.Errorf("unknown own field %q", name)
	}
	orders := c.all("order")
	return func(a *asking) Value {
		r := a.rowsOf(orders)
		a.saw(r, 0, len(r.at))
		return value(a, r)
	}, nil
}

// all are all facts of a kind.
func (c *compiler) all(name string) *matcher {
	m, _ := c.matcher(&segql.Facts{Name: name}) // no filter, no error
	return m
}

// total is the sum of a Number over all facts of a kind.
func (c *compiler) total(kind, field string) func(*asking) Value {
	m := c.all(kind)
	return func(a *asking) Value {
		r := a.rowsOf(m)
		a.saw(r, 0, len(r.at))
		sum, _ := r.sum(0, len(r.at), read{field, segql.Number})
		return sum
	}
}

// discountShare is the part of the orders that carry a discount.
func discountShare(orders *rows) Value {
	n := len(orders.at)
	if n == 0 {
		return Value{}
	}
	discounted, _ := orders.sum(0, n, read{"discounted", segql.Number})
	return Fraction(discounted.big(), int64(n))
}

// cadence is the median of the days between one order day and the next, from
// three order days on.
func (a *asking) cadence(orders *rows) Value {
	rest := orders.more()
	if rest.cadenceOf < len(orders.at) {
		rest.cadence, rest.cadenceOf = a.medianGap(orders), len(orders.at)
	}
	return rest.cadence
}

func (a *asking) medianGap(orders *rows) Value {
	dates := a.daysUpTo(orders, len(orders.at)).days
	if len(dates) < 3 {
		return Value{}
	}
	gaps := make([]int64, len(dates)-1)
	for i := range gaps {
		gaps[i] = dates[i+1] - dates[i]
	}
	slices.Sort(gaps)
	n := len(gaps)
	return Number((gaps[(n-1)/2] + gaps[n/2]) * million / 2)
}

// overdue is the time since the last order, in days, divided by the cadence.
func (a *asking) overdue(orders *rows) Value {
	cadence := a.cadence(orders)
	if cadence.Missing() {
		return Value{}
	}
	since := a.at - orders.at[len(orders.at)-1]
	return Fraction(new(big.Int).Mul(big.NewInt(since), bigMillion), 86_400*cadence.num)
}

// overduePasses notes when cadence.overdue reaches a number: overdue is
// since × 10^6 / (86,400 × cadence) millionths, so that it reaches num/den when
// since reaches num × 86,400 × cadence / (10^6 × den).
func (c *compiler) overduePasses() func(a *asking, v Value) {
	orders := c.all("order")
	return func(a *asking, v Value) {
		r := a.rowsOf(orders)
		cadence := a.cadence(r)
		if cadence.Missing() {
			return
		}
		reach := new(big.Int).Mul(v.big(), big.NewInt(86_400*cadence.num))
		since, rest := reach.DivMod(reach, new(big.Int).Mul(bigMillion, big.NewInt(v.den)), new(big.Int))
		if !since.IsInt64() || since.Int64() >= mostInstant {
			return
		}
		at := r.at[len(r.at)-1] + since.Int64()
		if rest.Sign() == 0 {
			a.until(at)
		}
		a.until(at + 1)
	}
}

// stage is the first that fits, as the presets of these names say.
func (a *asking) stage(orders *rows) string {
	year, quarter := inLast{segql.Duration{N: 12, Unit: segql.Months}}, inLast{segql.Duration{N: 90, Unit: segql.Days}}
	lowYear, n := year.span(a, orders)
	lowQuarter, _ := quarter.span(a, orders)
	year.changes(a, orders, lowYear, n)
	quarter.changes(a, orders, lowQuarter, n)
	switch {
	case n == 0:
		return "prospect"
	case lowYear == n:
		return "lost"
	case lowQuarter == n:
		return "lapsing"
	case n-lowYear >= 4 && a.countDays(orders, lowYear, n) >= 3:
		return "loyal"
	case n >= 2:
		return "repeat"
	}
	return "first-time"
}
