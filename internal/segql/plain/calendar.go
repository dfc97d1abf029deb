package plain

import (
	"time"

	"kith/internal/segql"
)

// The calendar by brute force: minute by minute through the days around an
// instant. Zones have changed their clocks on whole minutes of UTC since
// 1972, so nothing is missed.

// local is the time on the wall at u, written down as if it were UTC.
func local(zone *time.Location, u time.Time) time.Time {
	u = u.In(zone)
	y, m, d := u.Date()
	hour, minute, second := u.Clock()
	return time.Date(y, m, d, hour, minute, second, u.Nanosecond(), time.UTC)
}

// shown is the latest local time shown up to u: the local time of u, and in
// the second pass of an hour that hour's last microsecond.
func shown(zone *time.Location, u time.Time) time.Time {
	latest := local(zone, u)
	minute := u.Add(-30 * time.Hour).Truncate(time.Minute)
	for ; !minute.After(u); minute = minute.Add(time.Minute) {
		if before := local(zone, minute.Add(-time.Microsecond)); before.After(latest) {
			latest = before
		}
	}
	return latest
}

// firstShown is the first instant at which the wall shows l or more: the
// first pass of l, or the end of the gap that l lies in.
func firstShown(zone *time.Location, l time.Time) time.Time {
	for minute := l.Add(-30 * time.Hour).Truncate(time.Minute); ; minute = minute.Add(time.Minute) {
		missing := l.Sub(local(zone, minute))
		if missing <= 0 {
			return minute
		}
		if missing < time.Minute {
			return minute.Add(missing)
		}
	}
}

// dayOf is the calendar day that u is in.
func dayOf(zone *time.Location, u time.Time) segql.Date {
	y, m, d := shown(zone, u).Date()
	return segql.Date{Year: y, Month: int(m), Day: d}
}

// startOf is the first instant of a calendar day.
func startOf(zone *time.Location, d segql.Date) time.Time {
	return firstShown(zone, time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC))
}

// longAgo is before every fact.
var longAgo = time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)

// ago is u less a duration.
func ago(zone *time.Location, u time.Time, d segql.Duration) time.Time {
	lengths := map[segql.DurationUnit]int64{
		segql.Minutes: 60, segql.Hours: 60 * 60, segql.Days: 24 * 60 * 60, segql.Weeks: 7 * 24 * 60 * 60,
	}
	if seconds, exact := lengths[d.Unit]; exact {
		if d.N > 12_000*366*24*60*60/seconds {
			return longAgo
		}
		return later(longAgo, time.Unix(u.Unix()-d.N*seconds, int64(u.Nanosecond())).UTC())
	}
	months := d.N
	if months > 12_000*12 {
		return longAgo
	}
	if d.Unit == segql.Years {
		months *= 12
	}
	return later(longAgo, monthsAgo(zone, u, int(months)))
}

func monthsAgo(zone *time.Location, u time.Time, months int) time.Time {
	if months == 0 {
		return u
	}
	wall := local(zone, u)
	if before := shown(zone, u.Add(-time.Microsecond)); !before.Before(wall) {
		wall = before.Add(time.Microsecond) // shown once already: the hour's end
	}
	first := time.Date(wall.Year(), wall.Month()-time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	if wall.Day() > first.AddDate(0, 1, -1).Day() {
		return firstShown(zone, first.AddDate(0, 1, 0))
	}
	h, m, s := wall.Clock()
	return firstShown(zone, time.Date(first.Year(), first.Month(), wall.Day(), h, m, s, wall.Nanosecond(), time.UTC))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// calendarWindow is the first instant of the day, week, month, quarter or year
// that u is in, or of the one before, and the first instant of the next one.
func calendarWindow(zone *time.Location, u time.Time, unit segql.CalendarUnit, previous bool) (from, to time.Time) {
	d := dayOf(zone, u)
	day := time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
	step := func(t time.Time, n int) time.Time { return t.AddDate(0, 0, n) }
	switch unit {
	case segql.CalendarDay:
	case segql.CalendarWeek:
		for day.Weekday() != time.Monday {
			day = day.AddDate(0, 0, -1)
		}
		step = func(t time.Time, n int) time.Time { return t.AddDate(0, 0, 7*n) }
	case segql.CalendarMonth:
		day = day.AddDate(0, 0, 1-day.Day())
		step = func(t time.Time, n int) time.Time { return t.AddDate(0, n, 0) }
	case segql.CalendarQuarter:
		for day.Day() != 1 || int(day.Month())%3 != 1 {
			day = day.AddDate(0, 0, -1)
		}
		step = func(t time.Time, n int) time.Time { return t.AddDate(0, 3*n, 0) }
	case segql.CalendarYear:
		for day.YearDay() != 1 {
			day = day.AddDate(0, 0, -1)
		}
		step = func(t time.Time, n int) time.Time { return t.AddDate(n, 0, 0) }
	}
	if previous {
		day = step(day, -1)
	}
	return firstShown(zone, day), firstShown(zone, step(day, 1))
}
