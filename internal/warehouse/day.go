package warehouse

import (
	"fmt"
	"strings"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/calendar"
)

// dayMacro returns the SQL of a macro that gives the calendar day of an
// instant in the zone, exact for instants from one to the other: a tree of
// comparisons with the instants at which the zone's offset changes. DuckDB's
// own zones come from another database than Go's, and are slower.
func dayMacro(zone *time.Location, from, to time.Time) string {
	steps := calendar.Offsets(zone, from, to.Add(time.Microsecond))
	return "CREATE OR REPLACE TEMP MACRO shop_day(t) AS " + dayCase(steps)
}

func dayCase(steps []calendar.Offset) string {
	if len(steps) == 1 {
		if steps[0].Offset == 0 {
			return "CAST(t AS DATE)"
		}
		return fmt.Sprintf("CAST(t + to_microseconds(%d) AS DATE)", steps[0].Offset.Microseconds())
	}
	middle := len(steps) / 2
	var b strings.Builder
	fmt.Fprintf(&b, "CASE WHEN t < TIMESTAMP %s THEN %s ELSE %s END",
		literal(steps[middle].From.UTC().Format("2006-01-02 15:04:05.999999")),
		dayCase(steps[:middle]), dayCase(steps[middle:]))
	return b.String()
}

// dayOf is the same for one instant, for rows that Go makes: the day as
// midnight in UTC.
func dayOf(zone *time.Location, at time.Time) time.Time {
	d := calendar.Day(zone, at)
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
}

// moment reads an instant in RFC 3339, or a date as its first instant.
func moment(s string, zone *time.Location) (time.Time, bool) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return calendar.StartOfDay(zone, segql.Date{Year: day.Year(), Month: int(day.Month()), Day: day.Day()}), true
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	return at.UTC().Truncate(time.Microsecond), err == nil
}
