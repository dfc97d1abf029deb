package eval

import (
	"time"

	"kith/internal/segql"
)

// home is the customer's time zone.
func (a *asking) home() *Zone {
	if z := a.customer.Zone(); z != nil {
		return z
	}
	return a.zone
}

// age is the number of anniversaries of the birth; missing before it, and
// what was said where no birth is known.
func age(a *asking) Value {
	birth := a.customer.Field("birth_date", segql.DateType)
	if birth.Missing() {
		return a.customer.Field("age", segql.Number)
	}
	home := a.home()
	today := home.Day(a.at)
	if today < birth.num {
		a.until(home.startOfDay(birth.num))
		return Value{}
	}
	born := dateOf(birth.num)
	years := dateOf(today).Year - born.Year
	if years > 0 && anniversaryIn(born, born.Year+years) > today {
		years--
	}
	a.until(home.startOfDay(anniversaryIn(born, born.Year+years+1)))
	return Whole(years)
}

// anniversaryIn is a date's day in another year: of 29 February, the 28th in
// years that lack it.
func anniversaryIn(d segql.Date, year int) int64 {
	leap := time.Date(year, 2, 29, 0, 0, 0, 0, time.UTC).Day() == 29
	if d.Month == 2 && d.Day == 29 && !leap {
		d.Day = 28
	}
	d.Year = year
	return dayNumber(d)
}

// mostDays is more days than lie between any two dates.
const mostDays = 4_000_000

// anniversary asks whether an anniversary of a date lies in some days around
// today. An instant's date, and today, are the customer's.
func (c *compiler) anniversary(n *segql.Anniversary) (func(*asking) bool, error) {
	x, err := c.side(n.X)
	if err != nil {
		return nil, err
	}
	c.needs.Fields["timezone"], c.moving = true, true
	before, after := int64(0), int64(0) // how far the days reach
	switch n.When {
	case segql.AnniversaryInLast:
		before = min(int64(n.Days), mostDays) - 1
	case segql.AnniversaryInNext:
		after = min(int64(n.Days), mostDays) - 1
	case segql.AnniversaryToday:
	}
	return func(a *asking) bool {
		v := x.value(a)
		if v.Missing() {
			return false
		}
		home := a.home()
		if x.ago != nil {
			a.until(a.zone.reach(home.startOfDay(home.Day(v.num)+1), *x.ago))
		}
		return a.celebrates(home, dateOf(home.dayOf(v)), before, after)
	}, nil
}

// celebrates says whether an anniversary lies in [today−before, today+after],
// and notes the first day on which the answer is another.
func (a *asking) celebrates(home *Zone, d segql.Date, before, after int64) bool {
	today := home.Day(a.at)
	if before < 0 || after < 0 {
		return false // "in last 0 days"
	}
	ok := false
	change := int64(Never)
	year := dateOf(today - before).Year
	for y := max(year, d.Year+1); ; y++ {
		first, last := anniversaryIn(d, y)-after, anniversaryIn(d, y)+before // the days on which it is celebrated
		if first <= today && today <= last {
			ok = true
			change = min(change, last+1)
		}
		if first > today {
			change = min(change, first)
			break
		}
	}
	if change < mostInstant/dayLength {
		a.until(home.startOfDay(change))
	}
	return ok
}
