package segqltest

import (
	"time"

	"kith/internal/segql"
)

// window makes a window in so many of a hundred cases.
func (g *generator) window(percent int) segql.Window {
	if !g.chance(percent) {
		return nil
	}
	switch g.r.IntN(14) {
	case 0, 1, 2, 3, 4:
		return &segql.InLast{D: g.duration()}
	case 5:
		return g.betweenAgo()
	case 6:
		return &segql.BeforeAgo{D: g.duration()}
	case 7:
		return &segql.SinceDate{Date: g.date()}
	case 8, 9:
		return &segql.SinceFact{Last: g.chance(50), Facts: g.facts()}
	case 10:
		return &segql.BeforeDate{Date: g.date()}
	case 11:
		from, to := g.date(), g.date()
		return &segql.BetweenDates{From: from, To: to}
	default:
		return &segql.CalendarWindow{Previous: g.chance(50), Unit: segql.CalendarUnit(g.r.IntN(int(segql.CalendarYear) + 1))}
	}
}

// betweenAgo draws spans of one unit, of which the first is longer.
func (g *generator) betweenAgo() segql.Window {
	d := g.duration()
	return &segql.BetweenAgo{From: segql.Duration{N: d.N + 1 + int64(g.r.IntN(30)), Unit: d.Unit}, To: d}
}

// duration draws spans that people ask for.
func (g *generator) duration() segql.Duration {
	spans := map[segql.DurationUnit][]int64{
		segql.Minutes: {5, 30, 90}, segql.Hours: {1, 4, 24, 48}, segql.Days: {1, 2, 7, 14, 30, 60, 90, 180, 365},
		segql.Weeks: {1, 2, 4}, segql.Months: {1, 2, 3, 6, 12}, segql.Years: {1, 2},
	}
	unit := segql.DurationUnit(g.r.IntN(int(segql.Years) + 1))
	if g.chance(40) {
		unit = segql.Days
	}
	return segql.Duration{N: pick(g.r, spans[unit]), Unit: unit}
}

// date draws a day in the two years before one of the instants, most often
// shortly before.
func (g *generator) date() segql.Date {
	asOf := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	if len(g.v.AsOf) > 0 {
		asOf = pick(g.r, g.v.AsOf)
	}
	back := g.r.IntN(40)
	if g.chance(30) {
		back = g.r.IntN(730)
	}
	return dateOf(asOf.AddDate(0, 0, -back))
}
