package simulate

import (
	"fmt"
	"sort"
	"time"
)

// version is what a product was from an instant on.
type version struct {
	at      int64
	price   money
	stock   int
	stockAt int64
}

// change is one step of a product's history: of its level of price, of a
// reduction, or of its stock.
type change struct {
	at    int64
	apply func(*article)
}

// article is the running state while a history is made.
type article struct {
	level   float64 // euro
	sale    float64 // share taken off
	stock   int
	stockAt int64
}

// newVersions makes a product's history from its release to the end.
func newVersions(d *dice, p *product, cal *calendar, shop currency) []version {
	changes := append(priceChanges(d, p, cal), stockChanges(d, p, cal)...)
	sort.SliceStable(changes, func(i, j int) bool { return changes[i].at < changes[j].at })
	now := article{level: p.euro, stock: 20 + d.IntN(280), stockAt: p.released}
	list := []version{now.version(p.released, shop)}
	for _, ch := range changes {
		if ch.at <= p.released || ch.at > cal.end {
			continue
		}
		ch.apply(&now)
		v := now.version(ch.at, shop)
		last := &list[len(list)-1]
		switch {
		case v.price == last.price && v.stock == last.stock:
		case last.at == v.at:
			*last = v
		default:
			list = append(list, v)
		}
	}
	return list
}

func (a *article) version(at int64, shop currency) version {
	v := version{at: at, price: shop.price(a.level), stock: a.stock, stockAt: a.stockAt}
	if a.sale > 0 {
		v.price = shop.price(a.level * (1 - a.sale))
	}
	return v
}

// priceChanges are dearer years, three sales a year, and, for some, a
// reduction in the last weeks that still holds at the end.
func priceChanges(d *dice, p *product, cal *calendar) []change {
	var list []change
	sale := func(at int64, share float64) {
		list = append(list, change{at, func(a *article) { a.sale = share }})
	}
	recent := cal.end - 30*day
	for _, midnight := range cal.days {
		on := time.Unix(midnight, 0).In(cal.zone)
		m, dom := on.Month(), on.Day()
		begins := m == time.November && dom == 24 || m == time.January && dom == 6 || m == time.July && dom == 5
		if begins && d.chance(0.3) && midnight < recent {
			sale(midnight+8*hour, d.between(0.12, 0.3))
			sale(min(midnight+9*day, recent), 0)
		}
		if m == time.February && dom == 1 && d.chance(0.6) {
			dearer := d.between(1.02, 1.08)
			list = append(list, change{midnight + 6*hour, func(a *article) { a.level *= dearer }})
		}
	}
	if d.chance(0.14) {
		sale(cal.end-d.seconds(2*day, 25*day), d.between(0.15, 0.35))
	}
	return list
}

// stockChanges are counts every few weeks, and one in the last days, which
// leaves some products low and a few sold out.
func stockChanges(d *dice, p *product, cal *calendar) []change {
	var list []change
	count := func(at int64, stock int) {
		list = append(list, change{at, func(a *article) { a.stock, a.stockAt = stock, at }})
	}
	last := cal.end - d.seconds(2*hour, 5*day)
	for at := max(p.released, cal.start) + d.seconds(10*day, 40*day); at < last-day; at += d.seconds(20*day, 55*day) {
		count(at, 5+int(d.gamma(1.6)*60))
	}
	switch x := d.Float64(); {
	case x < 0.10:
		count(last, 1+d.IntN(3))
	case x < 0.13:
		count(last, 0)
	default:
		count(last, 8+int(d.gamma(1.6)*50))
	}
	return list
}

// isDrop says whether new products come out on that day: the 1st and 15th.
func isDrop(cal *calendar, on int) bool {
	dom := time.Unix(cal.days[on], 0).In(cal.zone).Day()
	return dom == 1 || dom == 15
}

// collectionOf names the collection of what comes out on a day.
func collectionOf(cal *calendar, on int) string {
	at := time.Unix(cal.days[on], 0).In(cal.zone)
	name := [4]string{"Winter", "Spring", "Summer", "Autumn"}[int(at.Month())%12/3]
	year := at.Year()
	if at.Month() == time.December {
		year++ // December opens the winter that is named after the new year
	}
	return fmt.Sprintf("%s %d", name, year)
}
