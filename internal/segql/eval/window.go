package eval

import (
	"fmt"

	"kith/internal/segql"
)

// window limits rows in time.
type window interface {
	// span is the range [low, high) of the rows inside.
	span(a *asking, r *rows) (low, high int)
	// changes notes when other rows may be inside.
	changes(a *asking, r *rows, low, high int)
	// emptiness notes when there may be none inside where there are some, or
	// the other way round.
	emptiness(a *asking, r *rows, low, high int)
	// grows says that rows may come in by time alone.
	grows() bool
}

func (c *compiler) window(w segql.Window) (window, error) {
	switch w := w.(type) {
	case nil:
		return fixed{from: -Never, to: Never}, nil
	case *segql.InLast:
		return inLast{w.D}, nil
	case *segql.BetweenAgo:
		return betweenAgo{w.From, w.To}, nil
	case *segql.BeforeAgo:
		return beforeAgo{w.D}, nil
	case *segql.SinceDate:
		return fixed{from: c.startOf(w.Date), to: Never}, nil
	case *segql.BeforeDate:
		return fixed{from: -Never, to: c.startOf(w.Date)}, nil
	case *segql.BetweenDates:
		to := w.To
		to.Day++
		return fixed{from: c.startOf(w.From), to: c.startOf(to)}, nil
	case *segql.CalendarWindow:
		return calendarWindow{w.Unit, w.Previous}, nil
	case *segql.SinceFact:
		m, err := c.matcher(w.Facts)
		return sinceFact{m, w.Last}, err
	}
	return nil, fmt.Errorf("unknown window %T", w)
}

func (c *compiler) startOf(d segql.Date) int64 { return c.zone.startOfDay(dayNumber(d)) }

// fixed is from <= at < to.
type fixed struct{ from, to int64 }

func (w fixed) span(_ *asking, r *rows) (low, high int) {
	low = r.from(w.from)
	return low, max(low, r.from(w.to))
}

func (w fixed) changes(*asking, *rows, int, int)   {}
func (w fixed) emptiness(*asking, *rows, int, int) {}
func (w fixed) grows() bool                        { return false }

type inLast struct{ d segql.Duration }

func (w inLast) span(a *asking, r *rows) (low, high int) {
	return r.after(a.zone.back(a.at, w.d)), len(r.at)
}

func (w inLast) changes(a *asking, r *rows, low, high int) {
	if low < high {
		a.until(a.zone.reach(r.at[low], w.d))
	}
}

func (w inLast) emptiness(a *asking, r *rows, low, high int) {
	if low < high {
		a.until(a.zone.reach(r.at[high-1], w.d))
	}
}

func (w inLast) grows() bool { return false }

type betweenAgo struct{ longer, shorter segql.Duration }

func (w betweenAgo) span(a *asking, r *rows) (low, high int) {
	low, high = r.after(a.zone.back(a.at, w.longer)), r.after(a.zone.back(a.at, w.shorter))
	return min(low, high), high
}

func (w betweenAgo) changes(a *asking, r *rows, low, high int) {
	if low < len(r.at) {
		a.until(a.zone.reach(r.at[low], w.longer))
	}
	if high < len(r.at) {
		a.until(a.zone.reach(r.at[high], w.shorter))
	}
}

func (w betweenAgo) emptiness(a *asking, r *rows, low, high int) {
	if low < high {
		a.until(a.zone.reach(r.at[high-1], w.longer))
	} else {
		w.changes(a, r, low, high)
	}
}

func (w betweenAgo) grows() bool { return true }

type beforeAgo struct{ d segql.Duration }

func (w beforeAgo) span(a *asking, r *rows) (low, high int) {
	return 0, r.after(a.zone.back(a.at, w.d))
}

func (w beforeAgo) changes(a *asking, r *rows, _, high int) {
	if high < len(r.at) {
		a.until(a.zone.reach(r.at[high], w.d))
	}
}

func (w beforeAgo) emptiness(a *asking, r *rows, low, high int) {
	if low == high {
		w.changes(a, r, low, high)
	}
}

func (w beforeAgo) grows() bool { return true }

type calendarWindow struct {
	unit     segql.CalendarUnit
	previous bool
}

func (w calendarWindow) span(a *asking, r *rows) (low, high int) {
	from, to := a.zone.bounds(a.at, w.unit, w.previous)
	return r.from(from), r.from(to)
}

// changes: at the end of the period that T is in, whose rows become those of
// the one before.
func (w calendarWindow) changes(a *asking, r *rows, low, _ int) {
	if low < len(r.at) {
		_, end := a.zone.bounds(a.at, w.unit, false)
		a.until(end)
	}
}

func (w calendarWindow) emptiness(a *asking, r *rows, low, high int) { w.changes(a, r, low, high) }
func (w calendarWindow) grows() bool                                 { return w.previous }

// sinceFact is after the first or last of other facts.
type sinceFact struct {
	facts *matcher
	last  bool
}

func (w sinceFact) span(a *asking, r *rows) (low, high int) {
	anchors := a.rowsOf(w.facts)
	n := len(anchors.at)
	switch {
	case n == 0:
		return 0, 0
	case w.last:
		return r.after(anchors.at[n-1]), len(r.at)
	}
	return r.after(anchors.at[0]), len(r.at)
}

func (w sinceFact) changes(*asking, *rows, int, int)   {}
func (w sinceFact) emptiness(*asking, *rows, int, int) {}
func (w sinceFact) grows() bool                        { return w.facts.moving }
