package simulate

import (
	"math"
	"sort"
	"time"
)

const (
	minute int64 = 60
	hour         = 60 * minute
	day          = 24 * hour
)

// season says when in the year somebody buys.
type season uint8

const (
	everyday  season = iota // all year, with the shop's December peak
	gifting                 // before the days on which people give
	christmas               // the weeks before Christmas only
	valentine               // the first half of February only
	summer                  // June to August only
	school                  // the weeks around the first school day only
)

const seasonCount = int(school) + 1

var seasonNames = [seasonCount]string{"everyday", "gifting", "christmas", "valentine", "summer", "school"}

// calendar holds the days of the history and how busy each is. Instants are
// Unix seconds throughout the package.
type calendar struct {
	zone  *time.Location
	start int64 // first instant of the first day
	end   int64 // the shop's "now"
	// days holds each day's midnight in the shop's zone.
	days []int64
	// busy[s][d] is how much of season s has passed before day d, in days of
	// average business. Intervals are drawn in this measure and read back as
	// days, so that December is full and Christmas shoppers skip the spring.
	busy [seasonCount][]float64
}

func newCalendar(end time.Time, years int, zone *time.Location) *calendar {
	last := end.In(zone)
	first := last.AddDate(-years, 0, 0)
	c := &calendar{zone: zone, end: end.Unix()}
	var sum [seasonCount]float64
	for s := range sum {
		c.busy[s] = append(c.busy[s], 0)
	}
	for i := 0; ; i++ {
		midnight := time.Date(first.Year(), first.Month(), first.Day()+i, 0, 0, 0, 0, zone)
		if midnight.Unix() > c.end {
			break
		}
		c.days = append(c.days, midnight.Unix())
		for s := range sum {
			sum[s] += dayWeight(season(s), midnight)
			c.busy[s] = append(c.busy[s], sum[s])
		}
	}
	c.start = c.days[0]
	for s := range sum {
		scale := float64(len(c.days)) / sum[s]
		for d := range c.busy[s] {
			c.busy[s][d] *= scale
		}
	}
	return c
}

var (
	monthWeight   = [13]float64{0, .9, .95, 1, 1, 1.05, .95, .8, .8, 1, 1.05, 1.3, 1.4}
	weekdayWeight = [7]float64{1.2, 1.05, .95, .95, 1, .95, 1.1} // Sunday first
)

// dayWeight says how busy a day is for those who buy in this season.
func dayWeight(s season, at time.Time) float64 {
	m, d := at.Month(), at.Day()
	week := weekdayWeight[at.Weekday()]
	off := 0.004 * week // nobody is quite without exception
	switch s {
	case everyday:
		return week * monthWeight[m] * peak(m, d)
	case gifting:
		if m == time.December && d <= 22 || m == time.February && d <= 13 ||
			m == time.March && d <= 8 || m == time.May && d <= 12 {
			return week * 4
		}
		return week * 0.3
	case christmas:
		if m == time.November && d >= 20 || m == time.December && d <= 20 {
			return week
		}
	case valentine:
		if m == time.February && d <= 13 || m == time.January && d >= 28 {
			return week
		}
	case summer:
		if m >= time.June && m <= time.August {
			return week
		}
	case school:
		if m == time.August && d >= 18 || m == time.September && d <= 20 {
			return week
		}
	}
	return off
}

// peak lifts the days before Christmas and the sales at the end of November.
func peak(m time.Month, d int) float64 {
	switch {
	case m == time.December && d <= 19:
		return 1.6
	case m == time.December && (d == 25 || d == 26):
		return 0.3
	case m == time.November && d >= 22 && d <= 30:
		return 1.8
	}
	return 1
}

// dayOf returns the index of the day that an instant falls on.
func (c *calendar) dayOf(at int64) int {
	i := sort.Search(len(c.days), func(i int) bool { return c.days[i] > at })
	return max(i-1, 0)
}

// later returns the day on which the given amount of business has passed
// since the instant; false if that is after the last day.
func (c *calendar) later(s season, since int64, amount float64) (int, bool) {
	d := c.dayOf(since)
	into := float64(since-c.days[d]) / float64(day)
	busy := c.busy[s]
	x := busy[d] + min(max(into, 0), 1)*(busy[d+1]-busy[d]) + amount
	next := sort.SearchFloat64s(busy, x) - 1
	return max(next, d), next < len(c.days)
}

// arrival draws the day on which somebody first comes. The shop grows: later
// days bring more people than earlier ones.
func (c *calendar) arrival(s season, d *dice) int {
	busy := c.busy[s]
	x := busy[len(busy)-1] * math.Pow(1-d.Float64(), 0.8)
	return min(max(sort.SearchFloat64s(busy, x)-1, 0), len(c.days)-1)
}

// moment draws an instant on a day, mostly around the person's own hour.
func (c *calendar) moment(d *dice, on int, favourite float64) int64 {
	h := favourite + 1.8*d.NormFloat64()
	if d.chance(0.25) {
		h = d.between(7, 24)
	}
	if h < 0 {
		h += 24
	}
	h = math.Mod(h, 24)
	return c.days[on] + int64(h*float64(hour))
}

// stamp writes an instant as the files hold it.
func stamp(b []byte, at int64) []byte {
	return time.Unix(at, 0).UTC().AppendFormat(b, "2006-01-02T15:04:05Z")
}

func stampText(at int64) string { return string(stamp(nil, at)) }
