package simulate

import (
	"fmt"
	"math"
	"time"
)

// campaign is a message that went to all who were subscribed.
type campaign struct {
	at      int64
	name    string
	channel string
}

// newCampaigns lists the newsletters of the last months, on each month's
// first Tuesday at nine, and one text message in the last weeks.
func newCampaigns(cal *calendar, months int) []campaign {
	var list []campaign
	for i := len(cal.days) - 1; i >= 0 && len(list) < months; i-- {
		on := time.Unix(cal.days[i], 0).In(cal.zone)
		at := cal.days[i] + 9*hour
		if on.Weekday() == time.Tuesday && on.Day() <= 7 && at <= cal.end {
			list = append(list, campaign{at, "newsletter-" + on.Format("2006-01"), "email"})
		}
	}
	return append(list, campaign{cal.end - 9*day, "flash-sale", "sms"})
}

// drawMessages sends the campaigns and notes the visits that they lead to.
func (g *generator) drawMessages() {
	p, d := &g.person, g.dice
	for i := range g.campaigns {
		c := &g.campaigns[i]
		wanted := p.subscribed(c.at)
		if c.channel == "sms" {
			wanted = p.acceptsSMS && c.at >= p.created
		}
		if !wanted {
			continue
		}
		at := c.at + d.seconds(0, hour)
		if d.chance(0.03) {
			g.message("Message Sent", c, at, "bounced")
			continue
		}
		g.message("Message Sent", c, at, "delivered")
		if !d.chance(p.habit.opens) {
			continue
		}
		at += d.seconds(minute, 30*hour)
		g.message("Message Opened", c, at, "")
		if d.chance(0.25) {
			at += d.seconds(5, 300)
			g.message("Message Clicked", c, at, "")
			g.visits = append(g.visits, visit{at: at + 2, from: &source{"newsletter", c.channel, c.name, ""}})
		}
	}
}

func (g *generator) message(name string, c *campaign, at int64, status string) {
	l := &g.log
	l.begin(at, name)
	l.text("id", fmt.Sprintf("%s-%07d", c.name, g.person.index+1))
	l.text("channel", c.channel)
	l.text("campaign", c.name)
	if status != "" {
		l.text("template", "monthly")
		l.text("status", status)
	}
	l.done()
}

// drawCoupons issues the codes that orders used, and some that nobody has.
func (g *generator) drawCoupons() {
	p, d, end := &g.person, g.dice, g.calendar.end
	for i := range p.orders {
		o := &p.orders[i]
		if !o.issued {
			continue
		}
		at := max(p.created, o.at-d.seconds(hour, 14*day))
		campaign, percent := "thanks", 15
		if i == 0 {
			campaign, percent = "welcome", 10
		}
		g.coupon("Coupon Issued", o.coupon, campaign, percent, at, "")
		if o.counts() {
			g.coupon("Coupon Redeemed", o.coupon, campaign, percent, o.at, o.id)
		}
	}
	at := p.dropoutAt + 90*day
	if p.dropoutAt != 0 && at <= end && p.subscribed(at) && d.chance(0.4) {
		g.coupon("Coupon Issued", fmt.Sprintf("COMEBACK-%07d", p.index+1), "win-back", 20, at, "")
	}
}

func (g *generator) coupon(name, code, campaign string, percent int, at int64, order string) {
	l := &g.log
	l.begin(at, name)
	l.text("code", code)
	l.text("campaign", campaign)
	if name == "Coupon Issued" {
		l.number("value", percent)
		l.text("unit", "percent")
		l.instant("expires_at", at+30*day)
	}
	l.text("order", order)
	l.done()
}

// Points: one for each euro or what it comes to; rewardPoints buy a reward.
const rewardPoints = 500

// drawPoints keeps a member's account. Both amounts are positive: the name
// of the event says which way they go.
func (g *generator) drawPoints() {
	p, d := &g.person, g.dice
	if !p.habit.member || p.kind != buyer {
		return
	}
	balance := 0
	for i := range p.orders {
		o := &p.orders[i]
		if !o.counts() {
			continue
		}
		if balance >= rewardPoints && d.chance(0.25) {
			g.points("Points Spent", o.at+1, rewardPoints, "reward", "")
			balance -= rewardPoints
		}
		earned := int(math.Round(o.shopTotal / g.shop.perEuro))
		g.points("Points Earned", o.at+2, earned, "order", o.id)
		balance += earned
	}
	if p.birth != "" && d.chance(0.3) {
		g.points("Points Earned", max(p.created, g.calendar.end-d.seconds(day, 200*day)), 50, "birthday", "")
	}
}

func (g *generator) points(name string, at int64, amount int, reason, order string) {
	l := &g.log
	l.begin(at, name)
	l.number("amount", amount)
	l.text("reason", reason)
	l.text("order", order)
	l.done()
}
