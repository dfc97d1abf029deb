package calendar

import (
	"time"

	"kith/internal/segql"
)

// Never is later than every instant of a fact, and what Reach gives when there
// is none: the year 10000.
var Never = time.UnixMicro(latest).UTC()

// Reach returns the first instant t with Back(zone, t, d) at u or later: when
// what happened at u leaves "in last d", and comes into "before d ago". It is
// the inverse of Back, which never goes back.
func Reach(zone *time.Location, u time.Time, d segql.Duration) time.Time {
	switch d.Unit {
	case segql.Minutes:
		return more(u, d.N, minute)
	case segql.Hours:
		return more(u, d.N, hour)
	case segql.Days:
		return more(u, d.N, day)
	case segql.Weeks:
		return more(u, d.N, 7*day)
	case segql.Months:
		return reachMonths(zone, u, d.N)
	case segql.Years:
		return reachMonths(zone, u, min(d.N, mostMonths)*12)
	}
	panic("calendar: unknown unit of a duration")
}

// more is u plus n units, or Never if that is earlier.
func more(u time.Time, n, unit int64) time.Time {
	micros := u.UnixMicro()
	if n > (latest-micros)/unit {
		return Never
	}
	return utc(micros + n*unit)
}

// reachMonths guesses by stepping forward, and where that is not the instant
// (around changes of clocks) searches beside it.
func reachMonths(zone *time.Location, u time.Time, months int64) time.Time {
	if months <= 0 {
		return utc(u.UnixMicro())
	}
	if months > mostMonths {
		return Never
	}
	at := u.UnixMicro()
	reached := func(t int64) bool { return Step(zone, utc(t), months).UnixMicro() >= at }
	guess := instant(zone, monthsAfter(clock(zone, at), months))
	if guess >= latest {
		return Never
	}
	low, high := guess-1, guess // not reached, reached
	for step := minute; reached(low); step *= 2 {
		high, low = low, low-step
	}
	for step := minute; !reached(high); step *= 2 {
		low, high = high, high+step
	}
	for high-low > 1 {
		if middle := low + (high-low)/2; reached(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return utc(high)
}

// monthsAfter steps a local time forward; a day that the month lacks becomes
// the first moment of the month after it.
func monthsAfter(l, months int64) int64 {
	return monthsBefore(l, -months)
}
