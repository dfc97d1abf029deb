package simulate

import "fmt"

// ticket is a support conversation; every event about it carries all of it.
type ticket struct {
	id, channel, topic, sentiment, order string
}

var (
	ticketChannels = []string{"email", "email", "chat", "chat", "phone", "whatsapp"}
	ticketTopics   = []string{"delivery", "delivery", "damaged", "wrong item", "size", "payment", "product question"}
	calmTopics     = []string{"product question", "size", "returns", "shipping"}
)

// drawTickets asks after some orders, most returns, and, before the first
// order, about what cannot be decided.
func (g *generator) drawTickets() {
	p, d := &g.person, g.dice
	n := 0
	open := func(at int64, t ticket) {
		n++
		t.id = fmt.Sprintf("t%07d-%d", p.index+1, n)
		t.channel = pick(d, ticketChannels)
		g.converse(at, t)
	}
	for i := range p.orders {
		o := &p.orders[i]
		switch {
		case o.back != nil && d.chance(0.5):
			open(o.backAt-d.seconds(hour, day), ticket{topic: "return", sentiment: pick(d, []string{"negative", "neutral"}), order: o.id})
		case d.chance(0.035):
			sentiment := [...]string{"negative", "neutral", "positive"}[moodWeights.draw(d)]
			open(o.at+d.seconds(hour, 10*day), ticket{topic: pick(d, ticketTopics), sentiment: sentiment, order: o.id})
		}
	}
	if p.habit.indecisive && d.chance(0.4) {
		since := max(p.created, g.calendar.end-25*day)
		open(since+int64(d.Float64()*float64(g.calendar.end-since)), ticket{topic: pick(d, calmTopics), sentiment: "neutral"})
	}
}

var moodWeights = newWeights(4, 4, 2)

// converse writes a ticket's events. Answers take hours; a few are never
// closed, and those of the last hours cannot be yet.
func (g *generator) converse(at int64, t ticket) {
	d := g.dice
	g.ticket("Ticket Created", at, &t, "open")
	if d.chance(0.08) {
		return
	}
	answered := at + int64(d.logNormal(7, 0.9)*float64(hour))
	if d.chance(0.4) {
		g.ticket("Ticket Updated", answered, &t, "pending")
		answered += int64(d.logNormal(14, 0.8) * float64(hour))
	}
	if t.sentiment == "negative" && d.chance(0.3) {
		t.sentiment = "neutral"
	}
	g.ticket("Ticket Updated", answered, &t, "solved")
}

func (g *generator) ticket(name string, at int64, t *ticket, status string) {
	l := &g.log
	l.begin(at, name)
	l.text("id", t.id)
	l.text("channel", t.channel)
	l.text("status", status)
	l.text("topic", t.topic)
	l.text("sentiment", t.sentiment)
	l.text("order", t.order)
	l.done()
}
