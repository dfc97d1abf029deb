package eval

import (
	"math"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/calendar"
)

// Never is when what never changes changes next.
const Never = math.MaxInt64

// Zone is the calendar of a time zone, in microseconds since 1970 and days
// since 1970. It may be used by several goroutines.
type Zone struct {
	location *time.Location
	// rungs say what to add to an instant from firstRung on, for its day.
	rungs []calendar.Offset
}

// The years that most facts are of; others take the long way.
var (
	firstRung = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	lastRung  = time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)
)

// NewZone makes the calendar of a zone.
func NewZone(l *time.Location) *Zone {
	return &Zone{location: l, rungs: calendar.Offsets(l, firstRung, lastRung)}
}

const dayLength = 86_400 * million

// Day is the calendar day that an instant is in, in days since 1970.
func (z *Zone) Day(at int64) int64 {
	if at >= firstRung.UnixMicro() && at < lastRung.UnixMicro() {
		low, high := 0, len(z.rungs)
		for high-low > 1 {
			if middle := (low + high) / 2; z.rungs[middle].From.UnixMicro() <= at {
				low = middle
			} else {
				high = middle
			}
		}
		return floorDiv(at+z.rungs[low].Offset.Microseconds(), dayLength)
	}
	return dayNumber(calendar.Day(z.location, instantOf(at)))
}

// dayOf is the calendar day of an instant or a date.
func (z *Zone) dayOf(v Value) int64 {
	if v.typ == segql.DateType {
		return v.num
	}
	return z.Day(v.num)
}

// startOfDay is a day's first instant.
func (z *Zone) startOfDay(day int64) int64 {
	return calendar.StartOfDay(z.location, dateOf(day)).UnixMicro()
}

// back is t less a duration.
func (z *Zone) back(t int64, d segql.Duration) int64 {
	return calendar.Back(z.location, instantOf(t), d).UnixMicro()
}

// reach is the first instant from which t or later lies a duration back.
func (z *Zone) reach(t int64, d segql.Duration) int64 {
	at := calendar.Reach(z.location, instantOf(t), d)
	if !at.Before(calendar.Never) {
		return Never
	}
	return at.UnixMicro()
}

// bounds are the first instant of a calendar window, and the first after it.
func (z *Zone) bounds(t int64, unit segql.CalendarUnit, previous bool) (from, to int64) {
	a, b := calendar.Bounds(z.location, instantOf(t), unit, previous)
	return a.UnixMicro(), b.UnixMicro()
}

func instantOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// dayNumber counts days since 1970-01-01.
func dayNumber(d segql.Date) int64 {
	return floorDiv(time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Unix(), 86_400)
}

func dateOf(day int64) segql.Date {
	y, m, d := time.Unix(day*86_400, 0).UTC().Date()
	return segql.Date{Year: y, Month: int(m), Day: d}
}
