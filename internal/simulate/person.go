package simulate

import (
	"fmt"
	"strings"
	"time"
)

// kind says how the shop knows somebody.
type kind uint8

const (
	buyer      kind = iota // an account, and orders
	guest                  // orders by e-mail address only, no account
	registered             // an account, no order
	subscriber             // an e-mail address on the newsletter's list only
	visitor                // a browser, and nothing else: not a customer
)

var kindNames = [...]string{"buyer", "guest", "registered", "subscriber"}

// person is one customer: who they are, what is true of them, and what they
// did. One value is reused for everybody.
type person struct {
	index           int
	kind            kind
	customerID      string
	email, phone    string
	first, last     string
	gender          string
	birth           string
	place           *place
	city            *city
	postcode        string
	education, work string
	income, marital string
	shoe, skin      string
	source          *source
	device          *device
	anonymousID     string
	pays            int // index into rates.foreign, -1 for the shop's currency
	created         int64

	acceptsEmail, acceptsSMS bool
	// consentAt is when acceptsEmail turned into its opposite; 0 for never.
	consentAt int64

	habit      habit
	firstOrder int64
	dropoutAt  int64 // instant of the last order ever, 0 while they may come again
	orders     []order
	cart       abandoned // the last cart left behind
}

// id is how the shop names the person: by customer id, else by e-mail.
func (p *person) id() string {
	if p.customerID != "" {
		return p.customerID
	}
	return p.email
}

// anonymousOnly says that nobody knows who it is.
func (p *person) anonymousOnly() bool { return p.kind == visitor }

func (p *person) buys() bool { return p.kind == buyer || p.kind == guest }

// subscribed says whether mail may go to them at an instant.
func (p *person) subscribed(at int64) bool {
	if p.email == "" || at < p.created {
		return false
	}
	return p.acceptsEmail != (p.consentAt != 0 && at >= p.consentAt)
}

// Shares of the kinds of people.
var kindWeights = newWeights(73, 2.5, 17.5, 7)

func (g *generator) drawPerson(i int) {
	p, d := &g.person, g.dice
	d.reseed(g.config.Seed, streamPerson, uint64(i))
	*p = person{index: i, orders: p.orders[:0], pays: -1, habit: p.habit}
	p.kind = kind(kindWeights.draw(d))
	g.drawHabit(&p.habit)
	g.drawOrigin(p)
	g.drawName(p)
	g.drawArrival(p)
	g.drawConsent(p)
	drawTraits(d, p)
	p.source = drawSource(d)
	p.device = drawDevice(d)
	p.anonymousID = fmt.Sprintf("a-%012x", mix(uint64(i)^g.config.Seed)>>16)
	p.habit.indecisive = !p.buys() && d.chance(0.16)
}

func (g *generator) drawOrigin(p *person) {
	d := g.dice
	p.place = g.home
	if !d.chance(homeShare) {
		p.place = &g.places[g.abroad.draw(d)]
	}
	p.city = &p.place.cities[d.IntN(len(p.place.cities))]
	if p.city.postcode != "" {
		p.postcode = p.city.postcode + fillPattern(d, p.place.street)
	}
	// Many abroad pay in the shop's currency all the same.
	if d.chance(0.5) {
		p.pays = g.rates.index(p.place.currency)
	}
	if p.place == g.home {
		p.pays = -1
	}
}

func (g *generator) drawName(p *person) {
	d := g.dice
	list := &p.place.names
	given := list.women
	switch x := d.Float64(); {
	case x < 0.58:
		p.gender = "female"
	case x < 0.95:
		p.gender, given = "male", list.men
	case x < 0.97:
		p.gender = "other"
	}
	first, last := pick(d, given), pick(d, list.last)
	p.first, p.last = first.text, last.text
	number := p.index + 1
	domain := pick(d, []string{"example.com", "example.org", "example.net"})
	p.email = fmt.Sprintf("%s.%s%d@%s", first.latin, last.latin, number, domain)
	if digits := fmt.Sprintf("%0*d", p.place.digits, number); len(digits) == p.place.digits && d.chance(0.55) {
		p.phone = p.place.phone + digits
	}
	if d.chance(0.06) {
		p.first = "" // so that greetings need their fallback
	}
	switch p.kind {
	case buyer, registered:
		p.customerID = fmt.Sprintf("c%07d", number)
		if p.phone != "" && d.chance(0.04) {
			p.email = "" // signed up in the store, by phone
		}
	case subscriber:
		p.phone, p.last = "", ""
	case guest:
		p.phone = ""
	case visitor: // never drawn as a person
	}
}

// drawArrival sets when the shop first hears of somebody, and the instant of
// a buyer's first order.
func (g *generator) drawArrival(p *person) {
	d, cal := g.dice, g.calendar
	on := cal.arrival(p.habit.season, d)
	at := max(cal.moment(d, on, p.habit.hour), cal.start+hour)
	for at > cal.end {
		at -= day
	}
	p.created = at
	if p.buys() {
		p.firstOrder = at
		before := 10*minute + int64(d.exp(4)*float64(day))
		if d.chance(0.45) {
			before = 10 * minute // signs up at the till
		}
		p.created = max(cal.start, at-before)
	}
}

func (g *generator) drawConsent(p *person) {
	d := g.dice
	switch p.kind {
	case subscriber:
		p.acceptsEmail = true
	case buyer, registered:
		p.acceptsEmail = p.email != "" && d.chance(0.55)
		p.acceptsSMS = p.phone != "" && d.chance(0.3)
	case guest, visitor:
		return
	}
	if p.email != "" && d.chance(0.07) {
		p.consentAt = p.created + int64(d.Float64()*float64(g.calendar.end-p.created))
		if p.consentAt <= p.created {
			p.consentAt = 0
		}
	}
}

var incomeWeights = [tierCount]weights{
	newWeights(35, 50, 13, 2), newWeights(15, 55, 25, 5), newWeights(5, 30, 40, 25),
}

// drawTraits sets what people tell about themselves; not everybody tells.
func drawTraits(d *dice, p *person) {
	if p.kind == subscriber || p.kind == guest {
		return
	}
	age := min(max(38+13*d.NormFloat64(), 18), 85)
	if d.chance(0.75) {
		p.birth = time.Unix(p.created, 0).UTC().AddDate(0, 0, -int(age*365.25)-d.IntN(365)).Format(time.DateOnly)
	}
	if d.chance(0.6) {
		p.income = []string{"low", "medium", "high", "very high"}[incomeWeights[p.habit.band].draw(d)]
	}
	if d.chance(0.5) {
		p.education = pick(d, []string{"secondary", "secondary", "bachelor", "bachelor", "master", "doctorate"})
	}
	if d.chance(0.5) {
		p.work = pick(d, []string{"teacher", "engineer", "nurse", "designer", "student", "accountant", "sales", "self-employed", "civil servant", "retired", "craftsperson"})
	}
	if d.chance(0.45) {
		p.marital = pick(d, []string{"single", "married", "married", "divorced", "widowed"})
	}
	if d.chance(0.35) {
		p.shoe = fmt.Sprint(35 + d.IntN(12))
	}
	if d.chance(0.3) {
		p.skin = pick(d, []string{"dry", "oily", "normal", "sensitive", "combination"})
	}
}

// fillPattern writes a digit for each # and a letter for each @.
func fillPattern(d *dice, pattern string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '#':
			return '0' + rune(d.IntN(10))
		case '@':
			return 'A' + rune(d.IntN(26))
		}
		return r
	}, pattern)
}
