package warehouse

import (
	"fmt"
	"strings"
	"time"
)

// dayMacro returns the SQL of a macro that gives the calendar day of an
// instant in the zone, exact for instants from one to the other: a tree of
// comparisons with the instants at which the zone's offset changes. DuckDB's
// own zones come from another database than Go's, and are slower.
func dayMacro(zone *time.Location, from, to time.Time) string {
	steps := offsetSteps(zone, from, to)
	return "CREATE OR REPLACE TEMP MACRO shop_day(t) AS " + dayCase(steps)
}

// offsetStep is an offset from UTC that holds from an instant on.
type offsetStep struct {
	from   time.Time
	offset int // seconds
}

// offsetSteps lists the offsets in force from one instant to another.
func offsetSteps(zone *time.Location, from, to time.Time) []offsetStep {
	var steps []offsetStep
	for at := from; ; {
		local := at.In(zone)
		_, offset := local.Zone()
		if n := len(steps); n == 0 || steps[n-1].offset != offset {
			steps = append(steps, offsetStep{at, offset})
		}
		_, end := local.ZoneBounds()
		if end.IsZero() || end.After(to) {
			return steps
		}
		at = end
	}
}

func dayCase(steps []offsetStep) string {
	if len(steps) == 1 {
		if steps[0].offset == 0 {
			return "CAST(t AS DATE)"
		}
		return fmt.Sprintf("CAST(t + to_seconds(%d) AS DATE)", steps[0].offset)
	}
	middle := len(steps) / 2
	var b strings.Builder
	fmt.Fprintf(&b, "CASE WHEN t < TIMESTAMP %s THEN %s ELSE %s END",
		literal(steps[middle].from.UTC().Format("2006-01-02 15:04:05.999999")),
		dayCase(steps[:middle]), dayCase(steps[middle:]))
	return b.String()
}

// dayOf is the same for one instant, for rows that Go makes: the day as
// midnight in UTC.
func dayOf(zone *time.Location, at time.Time) time.Time {
	y, m, d := at.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// startOf is the first instant of a day in a zone: where midnight is skipped,
// the end of the gap; where it comes twice, the first.
func startOf(year int, month time.Month, day int, zone *time.Location) time.Time {
	noon := time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
	at := time.Date(year, month, day, 0, 0, 0, 0, zone)
	_, end := at.ZoneBounds()
	if dayOf(zone, at).Before(noon.Truncate(24*time.Hour)) && !end.IsZero() {
		return end // Go went back before the gap
	}
	start, _ := at.ZoneBounds()
	if start.IsZero() {
		return at
	}
	// The same wall clock before the last change, if it was shown then too.
	_, before := start.Add(-time.Nanosecond).Zone()
	if earlier := time.Date(year, month, day, 0, 0, 0, 0, time.FixedZone("", before)); earlier.Before(start) {
		return earlier
	}
	if dayOf(zone, start).Equal(noon.Truncate(24*time.Hour)) && start.Before(at) {
		return start
	}
	return at
}
