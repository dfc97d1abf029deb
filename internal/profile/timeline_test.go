package profile_test

import (
	"testing"

	"kith/internal/profile"
)

// FuzzTimelinePlace: a place is read again from how it is written, and skips
// no more than it may.
func FuzzTimelinePlace(f *testing.F) {
	for _, text := range []string{"1772359200000000-3", "-5-0", "0-100000", "0-100001", "36028797018963968-0", "-", "1--1", "+1-+1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := profile.ParseTimelinePlace(text)
		if err != nil {
			return
		}
		if year := p.At.Year(); p.Past < 0 || p.Past > 100_000 || year < 0 || year > 3200 {
			t.Fatalf("%q: %+v", text, p)
		}
		if again, err := profile.ParseTimelinePlace(p.String()); err != nil || again != p {
			t.Fatalf("%q: %s, and of that %s, %v", text, p, again, err)
		}
	})
}
