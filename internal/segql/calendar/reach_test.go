package calendar_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/calendar"
)

// TestReachUndoesBack tries instants around changes of clocks, ends of months
// and anywhere, in zones with and without surprises.
func TestReachUndoesBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"UTC", "Europe/Bucharest", "America/St_Johns", "America/Sao_Paulo", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Seoul"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 3_000 {
			u := randomInstant(r, zone)
			d := segql.Duration{N: int64(r.IntN(15)), Unit: segql.DurationUnit(r.IntN(6))}
			got := calendar.Reach(zone, u, d)
			if back := calendar.Back(zone, got, d); back.Before(u) {
				t.Fatalf("%s: %s is reached %s later at %s, and %s before that is %s", name, u, d, got, d, back)
			}
			if back := calendar.Back(zone, got.Add(-time.Microsecond), d); !back.Before(u) {
				t.Fatalf("%s: %s is reached %s later at %s, but a microsecond earlier too", name, u, d, got)
			}
			if before, after := calendar.Back(zone, u, d), calendar.Back(zone, u.Add(time.Microsecond), d); after.Before(before) {
				t.Fatalf("%s: %s before %s is %s, and of a microsecond later %s", name, d, u, before, after)
			}
		}
	}
}

func randomInstant(r *rand.Rand, zone *time.Location) time.Time {
	u := time.UnixMicro(r.Int64N(60*365*24*3600*1e6) + 20*365*24*3600*1e6)
	switch r.IntN(4) {
	case 0: // around a change of clocks
		if _, end := u.In(zone).ZoneBounds(); !end.IsZero() {
			u = end
		}
	case 1: // around the end of a month
		y, m, _ := u.In(zone).Date()
		u = time.Date(y, m+1, 1, 0, 0, 0, 0, zone)
	case 2: // the last days of a month
		y, m, _ := u.In(zone).Date()
		u = time.Date(y, m, 27+r.IntN(5), r.IntN(24), r.IntN(60), 0, 0, zone)
	}
	switch r.IntN(3) {
	case 0:
		u = u.Add(time.Duration(r.IntN(7)-3) * time.Microsecond)
	case 1:
		u = u.Add(time.Duration(r.IntN(7201)-3600) * time.Second)
	}
	return u.UTC().Truncate(time.Microsecond)
}

func TestReachNeverComes(t *testing.T) {
	t.Parallel()
	u := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, d := range []segql.Duration{{N: 1 << 60, Unit: segql.Minutes}, {N: 1 << 60, Unit: segql.Years}, {N: 9_000, Unit: segql.Years}} {
		if got := calendar.Reach(time.UTC, u, d); !got.Equal(calendar.Never) {
			t.Errorf("%s after 2026 is reached at %s, want never", d, got)
		}
	}
}
