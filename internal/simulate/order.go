package simulate

import (
	"fmt"
	"math"
	"strings"
)

// order is one order with all its lines.
type order struct {
	id       string
	at       int64
	status   string
	channel  string
	byEmail  bool // placed without signing in
	currency currency
	lines    []line

	subtotal, discount, shipping, total, tax money
	coupon                                   string
	issued                                   bool // the coupon was sent to this person before

	cancelledAt int64
	refunded    money // a refund of the order as a whole
	back        *line // or a line that came back, at backAt
	backAt      int64

	shopTotal float64 // total in whole units of the shop's currency
}

// counts says whether it is an order in the sense of the segments, at the end.
func (o *order) counts() bool {
	return o.status != "pending" && o.status != "failed" && o.cancelledAt == 0
}

// drawOrders walks from the first order to the last: a gap of the person's
// own rhythm after each, unless they drop out, as in the BG/NBD model.
func (g *generator) drawOrders() {
	p, d := &g.person, g.dice
	h := &p.habit
	for at := p.firstOrder; len(p.orders) < 900; {
		g.drawOrder(at)
		if d.chance(h.dropout) {
			p.dropoutAt = at
			return
		}
		gap := h.interval * d.gamma(h.regularity) / h.regularity
		on, ok := g.calendar.later(h.season, at, gap)
		if !ok {
			return
		}
		at = max(g.calendar.moment(d, on, h.hour), at+d.seconds(3*hour, 20*hour))
		if at > g.calendar.end {
			return
		}
	}
}

func (g *generator) drawOrder(at int64) {
	p, d := &g.person, g.dice
	n := len(p.orders)
	if n < cap(p.orders) {
		p.orders = p.orders[:n+1]
	} else {
		p.orders = append(p.orders, order{})
	}
	o := &p.orders[n]
	*o = order{id: fmt.Sprintf("o%07d-%02d", p.index+1, n+1), at: at, lines: o.lines[:0], currency: g.shop}
	if p.pays >= 0 {
		o.currency = g.rates.foreign[p.pays]
	}
	o.channel = [...]string{"web", "app", "store"}[channelWeights.draw(d)]
	o.byEmail = p.kind == guest || p.email != "" && d.chance(0.03)
	o.lines = g.fillBasket(p, at, o.lines)
	g.priceLines(o)
	g.drawDiscount(o, n)
	g.sum(o)
	g.drawStatus(o)
	g.drawReturn(o)
}

var channelWeights = newWeights(72, 16, 12)

// priceLines sets each line's price at the order's instant and currency.
func (g *generator) priceLines(o *order) {
	d := g.dice
	for i := range o.lines {
		l := &o.lines[i]
		price := l.product.at(o.at).price
		l.price = g.convert(price, o)
		// The second piece at half price, for who takes reductions.
		if l.quantity >= 2 && !g.person.habit.fullPrice && d.chance(0.4) {
			l.off = l.price / 2
		}
		o.subtotal += l.amount()
	}
}

// convert turns an amount in the shop's currency into the order's, at the
// rate of its day.
func (g *generator) convert(m money, o *order) money {
	if o.currency.code == g.shop.code {
		return m
	}
	return o.currency.of(g.shop.amount(m) / g.rate(o))
}

// rate is what a unit of the order's currency is worth in the shop's.
func (g *generator) rate(o *order) float64 {
	if o.currency.code == g.shop.code {
		return 1
	}
	return g.rates.daily[g.person.pays][g.calendar.dayOf(o.at)]
}

func (g *generator) drawDiscount(o *order, n int) {
	p, d := &g.person, g.dice
	if !d.chance(p.habit.coupons) {
		return
	}
	percent := money(10)
	season := collectionOf(g.calendar, g.calendar.dayOf(o.at))
	name, year, _ := strings.Cut(season, " ")
	o.coupon = fmt.Sprintf("%s%s", strings.ToUpper(name), year[2:])
	switch {
	case n == 0 && d.chance(0.5):
		o.coupon, o.issued = fmt.Sprintf("WELCOME-%07d", p.index+1), !o.byEmail
	case n > 0 && d.chance(0.35):
		o.coupon, o.issued = fmt.Sprintf("THANKS-%07d-%d", p.index+1, n), !o.byEmail
		percent = 15
	}
	o.discount = o.subtotal * percent / 100
}

// sum adds shipping and works out the total. Prices hold their tax, so the
// column tax says how much of the total it is, and adds nothing.
func (g *generator) sum(o *order) {
	free := g.shop.price(60)
	fee := g.shop.price(4.9)
	if g.person.place != g.home {
		free, fee = 2*free, 2*fee
	}
	if o.channel != "store" && float64(o.subtotal-o.discount) < float64(g.convert(free, o)) {
		o.shipping = g.convert(fee, o)
	}
	o.total = o.subtotal - o.discount + o.shipping
	o.tax = money(math.Round(float64(o.total) * 19 / 119))
	o.shopTotal = o.currency.amount(o.total) * g.rate(o)
}

func (g *generator) drawStatus(o *order) {
	d := g.dice
	age := g.calendar.end - o.at
	o.status = pick(d, []string{"fulfilled", "fulfilled", "completed", "paid"})
	switch {
	case o.channel == "store":
		o.status = "completed"
	case age < 3*day && d.chance(0.12):
		o.status = "pending" // a bank transfer on its way
	case age < 2*day:
		o.status = pick(d, []string{"processing", "paid"})
	case d.chance(0.012):
		o.status = "failed"
	}
	if o.status != "pending" && o.status != "failed" && d.chance(0.02) {
		if at := o.at + d.seconds(hour, 3*day); at <= g.calendar.end {
			o.cancelledAt = at
		}
	}
}

// drawReturn sends something back: where nothing was taken off, as a line of
// its own with its own instant; else as an amount of the order.
func (g *generator) drawReturn(o *order) {
	d := g.dice
	chance := 0.05
	if o.channel == "store" {
		chance = 0.02
	}
	at := o.at + d.seconds(2*day, 21*day)
	if !d.chance(chance) || !o.counts() || at > g.calendar.end {
		return
	}
	l := &o.lines[d.IntN(len(o.lines))]
	o.status = "partially_refunded"
	if len(o.lines) == 1 {
		o.status = "refunded"
	}
	if o.discount == 0 && l.off == 0 {
		o.back, o.backAt = l, at
		return
	}
	o.refunded = l.amount() - money(float64(o.discount)*float64(l.amount())/float64(o.subtotal))
}
