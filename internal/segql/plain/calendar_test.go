package plain

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/calendar"
)

var zones = []string{
	"UTC", "Europe/Bucharest", "America/New_York", "Asia/Seoul", "Asia/Taipei",
	"Australia/Lord_Howe", // half an hour of daylight saving
	"Pacific/Apia",        // 30 December 2011 never was
	"America/Sao_Paulo",   // gaps and second passes at midnight, until 2019
	"Africa/Casablanca",   // clocks go back for Ramadan
	"America/St_Johns",    // until 2011 from 00:01 back to 23:01, over midnight
	"Antarctica/Casey",    // three hours back, over midnight
	"Asia/Kathmandu", "America/Havana", "Africa/Cairo", "Antarctica/Troll",
}

// instants returns instants of the years 1990 to 2040: many within a day of
// a change of clocks, some just around it, the rest anywhere.
func instants(r *rand.Rand, zone *time.Location, n int) []time.Time {
	from, to := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2041, 1, 1, 0, 0, 0, 0, time.UTC)
	var changes []time.Time
	_, before := from.In(zone).Zone()
	for u := from; u.Before(to); u = u.Add(15 * time.Minute) {
		_, now := u.In(zone).Zone()
		if now != before {
			changes = append(changes, u) // up to 15 minutes late
		}
		before = now
	}
	var out []time.Time
	for range n {
		u := from.Add(time.Duration(r.Int64N(int64(to.Sub(from)/time.Microsecond))) * time.Microsecond)
		if len(changes) > 0 && r.IntN(3) > 0 {
			u = changes[r.IntN(len(changes))]
			switch r.IntN(3) {
			case 0:
				u = u.Add(time.Duration(r.IntN(3)-1) * time.Microsecond)
			case 1:
				u = u.Add(time.Duration(r.IntN(48*60)-24*60) * time.Minute)
			case 2:
				u = u.Add(time.Duration(r.Int64N(4*3600_000_000)-2*3600_000_000) * time.Microsecond)
			}
			if r.IntN(2) == 0 { // the same clock time, some months later
				u = u.AddDate(0, r.IntN(24), 0)
			}
		}
		out = append(out, u)
	}
	return out
}

func TestCalendarAgreesWithBruteForce(t *testing.T) {
	t.Parallel()
	for _, name := range zones {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(1, 1))
			for _, u := range instants(r, zone, 50) {
				compareDays(t, r, zone, u)
				compareSteps(t, r, zone, u)
				compareWindows(t, r, zone, u)
			}
		})
	}
}

func compareDays(t *testing.T, r *rand.Rand, zone *time.Location, u time.Time) {
	want := dayOf(zone, u)
	same(t, calendar.Day(zone, u), want, "day of %v", u)
	same(t, calendar.StartOfDay(zone, want), startOf(zone, want), "start of %v", want)
	from := u.Add(-time.Duration(r.IntN(100_000)) * time.Hour)
	rungs := calendar.Offsets(zone, from, u.Add(time.Microsecond))
	same(t, rungs[0].From, from, "first rung")
	last := rungs[len(rungs)-1]
	y, m, d := u.Add(last.Offset).UTC().Date()
	same(t, segql.Date{Year: y, Month: int(m), Day: d}, want, "day by rungs of %v since %v", u, from)
}

func compareSteps(t *testing.T, r *rand.Rand, zone *time.Location, u time.Time) {
	d := segql.Duration{N: int64(r.IntN(40)), Unit: segql.DurationUnit(r.IntN(6))}
	got := calendar.Back(zone, u, d)
	same(t, got, ago(zone, u, d), "%v less %v", u.In(zone), d)
	sooner := u.Add(-time.Duration(r.Int64N(3*3600_000_000)) * time.Microsecond)
	if calendar.Back(zone, sooner, d).After(got) {
		t.Errorf("going from %v to %v goes back by %v", sooner, u, d)
	}
}

func compareWindows(t *testing.T, r *rand.Rand, zone *time.Location, u time.Time) {
	unit, previous := segql.CalendarUnit(r.IntN(5)), r.IntN(2) == 0
	from, to := calendar.Bounds(zone, u, unit, previous)
	wantFrom, wantTo := calendarWindow(zone, u, unit, previous)
	same(t, from, wantFrom, "from of %v %v at %v", unit, previous, u)
	same(t, to, wantTo, "to of %v %v at %v", unit, previous, u)
}

func same[V comparable](t *testing.T, got, want V, format string, args ...any) {
	t.Helper()
	if g, ok := any(got).(time.Time); ok && g.Equal(any(want).(time.Time)) {
		return
	}
	if got != want {
		t.Errorf("%s: got %v, want %v", fmt.Sprintf(format, args...), got, want)
	}
}
