package commerce_test

import (
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
)

// FuzzAmount: an amount is what math/big reads of a decimal with at most six
// places, and is written so that it is read again.
func FuzzAmount(f *testing.F) {
	for _, text := range []string{"12.50", "-0.000001", "+", "+.5", "1.", "9223372036854.775807", "-9223372036854.775808", "9223372036854.775808", "1.0000000", "1e3", "1_0"} {
		f.Add(text)
	}
	form := regexp.MustCompile(`^[-+]?[0-9]+(\.[0-9]{0,6})?$`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := commerce.ParseAmount(text)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(strings.TrimSuffix(text, "."))
		if !ok || !form.MatchString(text) {
			t.Fatalf("%q is read as %s", text, got)
		}
		if want.Mul(want, big.NewRat(1_000_000, 1)).Cmp(new(big.Rat).SetInt64(int64(got))) != 0 {
			t.Fatalf("%q is read as %s", text, got)
		}
		if again, err := commerce.ParseAmount(got.String()); err != nil || again != got {
			t.Fatalf("%q is read as %s, and that as %s, %v", text, got, again, err)
		}
	})
}

// FuzzInstant: an instant is in whole microseconds of UTC, and is read again
// from how it is written.
func FuzzInstant(f *testing.F) {
	for _, text := range []string{"", "2026-03-01T10:00:00Z", "2026-03-01", "2026-03-29T03:30:00.123456789+02:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2018-11-04"} {
		f.Add(text, "America/Sao_Paulo")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		zone, err := commerce.ParseZone(name)
		if err != nil {
			if len(err.Error()) > 4*len(name)+100 {
				t.Fatalf("%q: %v", name, err)
			}
			zone = time.UTC
		}
		got, err := commerce.ParseInstant(text, zone)
		if err != nil || text == "" {
			if !got.IsZero() {
				t.Fatalf("%q: %s, %v", text, got, err)
			}
			return
		}
		if got.Location() != time.UTC || got.Nanosecond()%1000 != 0 || got.Year() < 2 {
			t.Fatalf("%q: %s", text, got)
		}
		if got.Year() > 9999 {
			return // not in RFC 3339
		}
		if again, err := commerce.ParseInstant(got.Format(time.RFC3339Nano), zone); err != nil || !again.Equal(got) {
			t.Fatalf("%q: %s, and of that %s, %v", text, got, again, err)
		}
	})
}

// FuzzLetterPlace: what is taken is what String writes.
func FuzzLetterPlace(f *testing.F) {
	for _, text := range []string{"17.3", "0.0", "17", "17.-1", "9223372036854775807.9223372036854775807", "9223372036854775808.0", "017.3", "+1.2", "1.2.3"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, ok := commerce.ParseLetterPlace(text); ok && p.String() != text || ok && p.Seq > 1<<63-1 {
			t.Fatalf("%q is read as %s", text, p)
		}
	})
}
