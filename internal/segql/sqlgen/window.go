package sqlgen

import (
	"time"

	"kith/internal/segql"
	"kith/internal/segql/calendar"
)

// span is a window relative to T as lo < ts <= hi, cut at T.
type span struct {
	lo, hi time.Time
	hasLo  bool
	// since is set when lo is another fact's instant.
	since *segql.SinceFact
}

// before is the last instant before t: bounds that exclude t itself.
func before(t time.Time) time.Time { return t.Add(-time.Microsecond) }

// span works out a window; nil is all facts up to T.
func (g *gen) span(w segql.Window) span {
	t, zone := g.opt.At, g.opt.Zone
	s := span{hi: t}
	set := func(lo time.Time) { s.lo, s.hasLo = lo, true }
	end := func(hi time.Time) {
		if hi.Before(t) {
			s.hi = hi
		}
	}
	switch w := w.(type) {
	case nil:
	case *segql.InLast:
		set(calendar.Back(zone, t, w.D))
	case *segql.BetweenAgo:
		set(calendar.Back(zone, t, w.From))
		end(calendar.Back(zone, t, w.To))
	case *segql.BeforeAgo:
		end(calendar.Back(zone, t, w.D))
	case *segql.SinceDate:
		set(before(calendar.StartOfDay(zone, w.Date)))
	case *segql.BeforeDate:
		end(before(calendar.StartOfDay(zone, w.Date)))
	case *segql.BetweenDates:
		set(before(calendar.StartOfDay(zone, w.From)))
		end(before(calendar.StartOfDay(zone, calendar.AddDays(w.To, 1))))
	case *segql.CalendarWindow:
		from, to := calendar.Bounds(zone, t, w.Unit, w.Previous)
		set(before(from))
		end(before(to))
	case *segql.SinceFact:
		s.since = w
	default:
		g.fail("window %T is not known", w)
	}
	return s
}
