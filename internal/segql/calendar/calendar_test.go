package calendar_test

import (
	"testing"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/calendar"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	u, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// The rules by example; package plain compares them with brute force in many
// zones.
func TestBack(t *testing.T) {
	t.Parallel()
	month, year := segql.Duration{N: 1, Unit: segql.Months}, segql.Duration{N: 1, Unit: segql.Years}
	for _, test := range []struct {
		zone, from string
		d          segql.Duration
		want       string
	}{
		{"UTC", "2026-03-28T10:00:00Z", month, "2026-02-28T10:00:00Z"},
		{"UTC", "2026-03-29T10:00:00Z", month, "2026-03-01T00:00:00Z"}, // February lacks the 29th
		{"UTC", "2028-02-29T10:00:00Z", year, "2027-03-01T00:00:00Z"},
		{"UTC", "2026-03-29T10:00:00Z", segql.Duration{N: 2, Unit: segql.Days}, "2026-03-27T10:00:00Z"},
		{"Europe/Bucharest", "2026-04-29T00:30:00Z", month, "2026-03-29T01:00:00Z"}, // 03:30 is skipped
		{"Europe/Bucharest", "2026-11-25T01:30:00Z", month, "2026-10-25T00:30:00Z"}, // 03:30 is repeated
		{"Europe/Bucharest", "2026-10-25T00:30:00Z", month, "2026-09-25T00:30:00Z"}, // the first pass
		{"Europe/Bucharest", "2026-10-25T01:30:00Z", month, "2026-09-25T01:00:00Z"}, // the second: as 04:00
		{"Europe/Bucharest", "2026-10-25T01:30:00Z", segql.Duration{Unit: segql.Months}, "2026-10-25T01:30:00Z"},
		{"UTC", "2026-03-29T10:00:00Z", segql.Duration{N: 1 << 62, Unit: segql.Weeks}, "-1"},
		{"UTC", "2026-03-29T10:00:00Z", segql.Duration{N: 1 << 62, Unit: segql.Years}, "-1"},
		{"UTC", "2026-03-29T10:00:00Z", segql.Duration{N: 2500, Unit: segql.Years}, "-1"},
	} {
		want := calendar.Earliest
		if test.want != "-1" {
			want = instant(t, test.want)
		}
		if got := calendar.Back(zone(t, test.zone), instant(t, test.from), test.d); !got.Equal(want) {
			t.Errorf("%s less %v in %s: got %v, want %v", test.from, test.d, test.zone, got, want)
		}
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		zone  string
		day   segql.Date
		start string
	}{
		{"Europe/Bucharest", segql.Date{Year: 2026, Month: 3, Day: 10}, "2026-03-09T22:00:00Z"},
		{"America/Sao_Paulo", segql.Date{Year: 2018, Month: 11, Day: 4}, "2018-11-04T03:00:00Z"}, // midnight is skipped
		{"America/Sao_Paulo", segql.Date{Year: 2018, Month: 2, Day: 18}, "2018-02-18T03:00:00Z"}, // 23:00 is repeated
		{"Pacific/Apia", segql.Date{Year: 2011, Month: 12, Day: 31}, "2011-12-30T10:00:00Z"},
		{"America/St_Johns", segql.Date{Year: 2006, Month: 10, Day: 29}, "2006-10-29T02:30:00Z"}, // 00:00 is repeated
	} {
		z, start := zone(t, test.zone), instant(t, test.start)
		if got := calendar.StartOfDay(z, test.day); !got.Equal(start) {
			t.Errorf("start of %v in %s: got %v, want %v", test.day, test.zone, got, start)
		}
		if got := calendar.Day(z, start); got != test.day {
			t.Errorf("day of %v in %s: got %v, want %v", start, test.zone, got, test.day)
		}
		if got := calendar.Day(z, start.Add(-time.Microsecond)); got == test.day {
			t.Errorf("%v starts before %v in %s", test.day, start, test.zone)
		}
	}
	// The day that Samoa skipped is empty.
	apia := zone(t, "Pacific/Apia")
	skipped := segql.Date{Year: 2011, Month: 12, Day: 30}
	if from, to := calendar.StartOfDay(apia, skipped), calendar.StartOfDay(apia, calendar.AddDays(skipped, 1)); !from.Equal(to) {
		t.Errorf("30 December 2011 runs from %v to %v", from, to)
	}
}

func TestOffsets(t *testing.T) {
	t.Parallel()
	from, to := instant(t, "2026-01-01T00:00:00Z"), instant(t, "2027-01-01T00:00:00Z")
	rungs := calendar.Offsets(zone(t, "Europe/Bucharest"), from, to)
	want := []calendar.Offset{
		{from, 2 * time.Hour},
		{instant(t, "2026-03-29T01:00:00Z"), 3 * time.Hour},
		{instant(t, "2026-10-25T01:00:00Z"), 2 * time.Hour},
	}
	if len(rungs) != len(want) {
		t.Fatalf("got %v, want %v", rungs, want)
	}
	for i := range want {
		if !rungs[i].From.Equal(want[i].From) || rungs[i].Offset != want[i].Offset {
			t.Errorf("rung %d: got %v, want %v", i, rungs[i], want[i])
		}
	}
}
