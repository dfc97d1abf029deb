package calendar

import (
	"time"

	"kith/internal/segql"
)

// Earliest is where steps back stop: facts have instants of the years 0 to
// 9999.
var Earliest = time.UnixMicro(earliest).UTC()

const (
	earliest = -62_198_755_200 * second // -0001-01-01
	latest   = 253_402_300_800 * second // 10000-01-01
)

// StartOfDay returns the first instant of a calendar day.
func StartOfDay(zone *time.Location, d segql.Date) time.Time {
	return utc(instant(zone, midnight(d)))
}

// Day returns the calendar day that t is in.
func Day(zone *time.Location, t time.Time) segql.Date {
	return dateOf(shown(zone, t.UnixMicro()))
}

// AddDays returns the day n days after d, or before it.
func AddDays(d segql.Date, n int) segql.Date {
	d.Day += n
	return dateOf(midnight(d))
}

// Back returns t − d: an exact length for minutes to weeks, a step of the
// calendar for months and years.
func Back(zone *time.Location, t time.Time, d segql.Duration) time.Time {
	switch d.Unit {
	case segql.Minutes:
		return less(t, d.N, minute)
	case segql.Hours:
		return less(t, d.N, hour)
	case segql.Days:
		return less(t, d.N, day)
	case segql.Weeks:
		return less(t, d.N, 7*day)
	case segql.Months:
		return Step(zone, t, d.N)
	case segql.Years:
		return Step(zone, t, min(d.N, mostMonths)*12)
	}
	panic("calendar: unknown unit of a duration")
}

// mostMonths is more than lie between any two instants of facts.
const mostMonths = 10_002 * 12

// Step returns t − months in the zone's calendar; months is not negative.
func Step(zone *time.Location, t time.Time, months int64) time.Time {
	if months <= 0 {
		return utc(t.UnixMicro())
	}
	if months > mostMonths {
		return Earliest
	}
	return utc(max(instant(zone, monthsBefore(clock(zone, t.UnixMicro()), months)), earliest))
}

// monthsBefore steps a local time back. A day that the month lacks becomes
// the first moment of the month after it.
func monthsBefore(l, months int64) int64 {
	d := dateOf(l)
	month := segql.Date{Year: d.Year, Month: d.Month - int(months), Day: 1}
	next := segql.Date{Year: d.Year, Month: month.Month + 1, Day: 1}
	return min(midnight(month)+int64(d.Day-1)*day+mod(l, day), midnight(next))
}

// Bounds returns the first instant of a calendar window and the first instant
// after it: the day, week (from Monday), month, quarter or year that t is in,
// or with previous the one before.
func Bounds(zone *time.Location, t time.Time, unit segql.CalendarUnit, previous bool) (from, to time.Time) {
	first := Day(zone, t)
	var days, months int
	switch unit {
	case segql.CalendarDay:
		days = 1
	case segql.CalendarWeek:
		first.Day -= int(mod(midnight(first)/day+3, 7)) // 1970-01-01 was a Thursday
		days = 7
	case segql.CalendarMonth:
		first.Day, months = 1, 1
	case segql.CalendarQuarter:
		first.Day, first.Month, months = 1, first.Month-(first.Month-1)%3, 3
	case segql.CalendarYear:
		first.Day, first.Month, months = 1, 1, 12
	}
	if previous {
		first.Day -= days
		first.Month -= months
	}
	next := segql.Date{Year: first.Year, Month: first.Month + months, Day: first.Day + days}
	return StartOfDay(zone, first), StartOfDay(zone, next)
}

// Offset is a rung of Offsets: from this instant on, until the next rung's.
type Offset struct {
	From   time.Time
	Offset time.Duration
}

// Offsets returns the rungs by which the day of every instant of [from, to)
// can be computed without the zone: Day(t) is the day of t + Offset in UTC.
// The first rung starts at from. Within the hour that is shown twice a rung
// may differ from the zone's own offset, so that days do not go back.
func Offsets(zone *time.Location, from, to time.Time) []Offset {
	var rungs []Offset
	add := func(u, off int64) {
		n := len(rungs)
		if n == 0 || rungs[n-1].Offset != time.Duration(off)*time.Microsecond {
			rungs = append(rungs, Offset{utc(u), time.Duration(off) * time.Microsecond})
		}
	}
	for u := from.UnixMicro(); u < to.UnixMicro(); {
		off, end := offset(zone, u)
		latest := shown(zone, u)
		if start := latest - mod(latest, day); u+off < start {
			// Clocks went back over midnight: the new day goes on.
			add(u, start-u)
			u = min(start-off, end)
			continue
		}
		add(u, off)
		u = end
	}
	return rungs
}

// less is t less n units, or Earliest if that is later.
func less(t time.Time, n, unit int64) time.Time {
	u := t.UnixMicro()
	if n > (u-earliest)/unit {
		return Earliest
	}
	return utc(u - n*unit)
}

// midnight is the local time at which the day starts; month and day may lie
// outside their usual range.
func midnight(d segql.Date) int64 {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).UnixMicro()
}

func dateOf(l int64) segql.Date {
	y, m, d := time.UnixMicro(l).UTC().Date()
	return segql.Date{Year: y, Month: int(m), Day: d}
}

func utc(u int64) time.Time { return time.UnixMicro(u).UTC() }
