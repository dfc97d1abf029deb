package simulate

import "fmt"

// generator makes one person after the other. What it holds beyond the
// catalogue is one person's worth, reused.
type generator struct {
	config    Config
	calendar  *calendar
	catalogue *catalogue
	shop      currency
	rates     *rates
	places    []place
	home      *place
	abroad    weights
	campaigns []campaign
	volume    float64 // events wanted, over the 20 that the rates are set for

	dice   *dice
	person person
	log    eventLog
	visits []visit
	now    int64   // within a visit
	with   *device // of a visit
}

// newGenerator makes all that is shared; c has its defaults.
func newGenerator(c Config) *generator {
	g := &generator{config: c, places: newPlaces(), shop: findCurrency(c.Currency), dice: newDice()}
	g.volume = float64(c.EventsPerCustomer) / 20
	g.calendar = newCalendar(c.End, c.Years, c.Zone)
	g.log.end = g.calendar.end
	g.rates = newRates(c.Seed, g.places, g.shop, len(g.calendar.days))
	g.catalogue = newCatalogue(c.Seed, c.Products, g.calendar, g.shop)
	g.campaigns = newCampaigns(g.calendar, min(max(int(6*g.volume+0.5), 1), 24))
	g.home = homeOf(g.places, c.Country, c.Zone.String(), c.Currency)
	shares := make([]float64, len(g.places))
	for i := range g.places {
		if &g.places[i] != g.home {
			shares[i] = g.places[i].share
		}
	}
	g.abroad = newWeights(shares...)
	return g
}

// drawAll draws the i-th person with their orders and events.
func (g *generator) drawAll(i int) {
	g.drawPerson(i)
	if g.person.buys() {
		g.drawOrders()
	}
	g.begin(streamEvents, i)
	g.drawMessages()
	g.drawCoupons()
	g.drawPoints()
	g.drawTickets()
	g.drawVisits()
	g.playAll()
}

// makeVisitor draws a browser that nobody knows, mostly of the last weeks.
func (g *generator) makeVisitor(i int) {
	p, d := &g.person, g.dice
	g.begin(streamVisitor, i)
	*p = person{index: i, kind: visitor, orders: p.orders[:0], pays: -1, habit: p.habit, place: g.home}
	g.drawHabit(&p.habit)
	p.source, p.device = drawSource(d), drawDevice(d)
	p.anonymousID = fmt.Sprintf("v-%07d", i+1)
	at := g.calendar.end - min(int64(d.exp(30)*float64(day)), g.calendar.end-g.calendar.start)
	for range 1 + d.geometric(0.4) {
		g.add(at)
		at += int64(d.exp(5) * float64(day))
	}
	g.playAll()
}

func (g *generator) begin(stream uint64, i int) {
	g.dice.reseed(g.config.Seed, stream, uint64(i))
	g.log.reset()
	g.visits = g.visits[:0]
}

// playAll writes the visits that have begun, and puts all events in order.
func (g *generator) playAll() {
	for i := range g.visits {
		if v := &g.visits[i]; v.at <= g.calendar.end {
			g.play(v)
		}
	}
	g.log.sort()
}
