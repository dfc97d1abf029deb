package simulate

import (
	"cmp"
	"slices"
)

// purpose is what somebody comes to the site for.
type purpose uint8

const (
	looking    purpose = iota
	leaving            // fills a cart and leaves it
	favouring          // puts something among the favourites
	answering          // opens a form
	purchasing         // ends in an order
)

// visit is one session to come; from is nil for the person's usual ways.
type visit struct {
	at      int64
	purpose purpose
	order   int // for purchasing
	from    *source
	before  bool // before they were known
}

// abandoned is a cart that was left, and why.
type abandoned struct {
	at     int64
	reason string
}

// Of the visits before the last two weeks, only this part is written at 20
// events per customer: a demo should load fast. The last two weeks are whole.
const (
	trackedVisits = 0.2
	trackedOrders = 0.35
	recentSpan    = 14 * day
)

var purposeWeights = newWeights(58, 20, 15, 7)

// drawVisits lists the visits of a person, in any order.
func (g *generator) drawVisits() {
	p, d := &g.person, g.dice
	if d.chance(0.25) {
		if at := p.created - d.seconds(hour, 5*day); at >= g.calendar.start {
			g.visits = append(g.visits, visit{at: at, before: true})
		}
	}
	g.drawPurchases()
	if p.buys() {
		g.drawBuyerVisits()
	} else {
		g.drawProspectVisits()
	}
	slices.SortStableFunc(g.visits, func(a, b visit) int { return cmp.Compare(a.at, b.at) })
}

func (g *generator) drawPurchases() {
	p, d := &g.person, g.dice
	for i := range p.orders {
		o := &p.orders[i]
		tracked := min(1, trackedOrders*g.volume)
		if o.at > g.calendar.end-recentSpan {
			tracked = 1
		}
		if o.channel != "store" && d.chance(tracked) {
			g.visits = append(g.visits, visit{at: o.at - 9*minute, purpose: purchasing, order: i})
		}
	}
}

// drawBuyerVisits spreads visits over the time in which somebody is a
// customer; who has dropped out soon stops looking, most of them.
func (g *generator) drawBuyerVisits() {
	p, d, end := &g.person, g.dice, g.calendar.end
	until := end
	if p.dropoutAt != 0 && d.chance(0.85) {
		until = min(end, p.dropoutAt+int64(d.exp(40)*float64(day)))
	}
	perDay := 1.0/50 + 0.4/p.habit.interval
	if p.habit.style == trendy {
		perDay *= 2
	}
	recent := max(p.created, end-recentSpan)
	g.scatter(p.created, min(until, recent), perDay*trackedVisits*g.volume)
	g.scatter(recent, until, perDay)
}

// drawProspectVisits is a first visit, some more that get rarer, and, for
// those who are still thinking about it, the last weeks.
func (g *generator) drawProspectVisits() {
	p, d, end := &g.person, g.dice, g.calendar.end
	at := p.created + d.seconds(minute, 30*minute)
	for gap := 4.0; at <= end; gap *= 1.6 {
		g.add(at)
		if d.chance(0.5) {
			break
		}
		at += int64((0.2 + d.exp(gap)) * float64(day))
	}
	if d.chance(0.2) {
		g.scatter(max(p.created, end-recentSpan), end, 1.0/9)
	}
	if p.habit.indecisive {
		since := max(p.created, end-28*day)
		for range 6 + d.IntN(5) {
			g.visits = append(g.visits, visit{at: since + int64(d.Float64()*float64(end-since)), purpose: leaving})
		}
	}
}

// scatter puts visits at random between two instants.
func (g *generator) scatter(since, until int64, perDay float64) {
	if since >= until {
		return
	}
	for range g.dice.poisson(perDay * float64(until-since) / float64(day)) {
		g.add(since + int64(g.dice.Float64()*float64(until-since)))
	}
}

func (g *generator) add(at int64) {
	g.visits = append(g.visits, visit{at: at, purpose: purpose(purposeWeights.draw(g.dice))})
}

// play writes a visit's events.
func (g *generator) play(v *visit) {
	g.log.keys = browsing
	if v.before || g.person.anonymousOnly() {
		g.log.keys = anonymous
	}
	g.now = v.at
	g.land(v)
	switch v.purpose {
	case looking:
		g.look(1 + g.dice.geometric(1.2))
	case leaving:
		g.leave()
	case favouring:
		g.favour()
	case answering:
		g.answer()
	case purchasing:
		g.purchase(&g.person.orders[v.order])
	}
	g.log.keys = known
}

// land is the first page, with all that is known of the visit.
func (g *generator) land(v *visit) {
	d, p, l := g.dice, &g.person, &g.log
	from, with := v.from, p.device
	if from == nil {
		from = p.source
		if d.chance(0.5) {
			from = drawSource(d)
		}
	}
	if d.chance(0.15) {
		with = drawDevice(d)
	}
	g.with = with
	landing := "/"
	if d.chance(0.5) {
		landing = "/c/" + slug(categories[pick(d, p.habit.favourites)])
	}
	l.begin(g.now, "Page Viewed")
	l.text("path", landing)
	l.text("source", from.name)
	l.text("medium", from.medium)
	l.text("campaign", from.campaign)
	l.text("referrer", from.referrer)
	l.text("landing", landing)
	l.text("device", with.name)
	l.text("os", with.os)
	l.text("browser", with.browser)
	l.text("country", p.place.country)
	l.done()
}

// next moves on within a visit: well under the half hour that would end it.
func (g *generator) next(least, most int64) int64 {
	g.now += g.dice.seconds(least, most)
	return g.now
}
