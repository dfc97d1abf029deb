package intake

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzInstant: a text is read the same way twice, what is read lies between
// 1900 and 9999 and is no later than the arrival allows, RFC 3339 is read as
// package time reads it, and a reason is short.
func FuzzInstant(f *testing.F) {
	for _, text := range []string{
		"", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00.1234567+02:00", "2026/03/01 10:00:00 PM", "1.3.2026", "03/01/26", "20260301",
		"1772359200", "1772359200.5", "1772359200000", "1772359200000000", "1772359200000000000", "2026-03-01T24:00:00", "0000-00-00", "2026-03-29 03:30",
	} {
		f.Add(text, "")
	}
	f.Add("2026-03-01T10:00:00Z", "2026-06-01T14:00:00Z")
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text, sent string) {
		if !utf8.ValidString(text + sent) {
			t.Skip("a body is UTF-8")
		}
		read := func() (time.Time, string) {
			tr := &tracker{TrackConfig: TrackConfig{Zone: zone, Country: "RO"}, at: trackedAt.Truncate(time.Microsecond), years: map[int][]segment{}}
			return tr.instant(text, sent)
		}
		at, problem := read()
		if again, other := read(); !again.Equal(at) || other != problem {
			t.Fatalf("%q, sent %q: %s %q, then %s %q", text, sent, at, problem, again, other)
		}
		if !utf8.ValidString(problem) || utf8.RuneCountInString(problem) > 150 {
			t.Fatalf("%q: %q", text, problem)
		}
		micros := at.UnixMicro()
		if problem == "" && sent == "" && (micros < firstInstant || micros > lastInstant) || at.After(trackedAt.Add(clockSkew)) {
			t.Fatalf("%q, sent %q: %s", text, sent, at)
		}
		want, err := time.Parse(time.RFC3339Nano, text)
		want = want.UTC().Truncate(time.Microsecond)
		// package time takes a comma before decimals, and hours of one digit.
		if len(text) > 19 && err == nil && !strings.Contains(text, ",") && sent == "" && want.Year() >= 1900 && want.Year() <= 9999 &&
			!want.After(trackedAt.Add(clockSkew)) && (problem != "" || !at.Equal(want)) {
			t.Fatalf("%q: %s %q, want %s", text, at, problem, want)
		}
	})
}

// FuzzDevice: what is remembered of a User-Agent is what is found out anew, a
// crawler has no device, and all that is said is text.
func FuzzDevice(f *testing.F) {
	for _, agent := range []string{
		"", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
		"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Mozilla/5.0 (compatible; Googlebot/2.1)",
		"Mozilla/5.0 (Linux; Android 9; CUBOT X19) Mobile", "Slackbot-LinkExpanding 1.0", "Opera Mini/7 (Android; ș)",
		strings.Repeat("é", 300), "x" + strings.Repeat("é", 300), "Googlebot/\xff",
	} {
		f.Add(agent)
	}
	f.Fuzz(func(t *testing.T, agent string) {
		var known devices // one for all would make each run another
		got := known.of(agent)
		if again, anew := known.of(agent), new(devices).of(agent); again != got || anew != got {
			t.Fatalf("%q: %+v, then %+v and %+v", agent, got, again, anew)
		}
		if got.crawler != "" && got != (device{crawler: got.crawler}) {
			t.Fatalf("%q: a crawler with a device: %+v", agent, got)
		}
		switch got.kind {
		case "", "desktop", "mobile", "tablet":
		default:
			t.Fatalf("%q: %+v", agent, got)
		}
		if said := got.os + got.browser + got.crawler; !utf8.ValidString(said) || len(said) > 3*maxUserAgent {
			t.Fatalf("%q: %+v", agent, got)
		}
	})
}

// FuzzSurroundings: what a context adds to an event is a text of at most
// maxSurrounding bytes, in valid UTF-8, and never takes the place of what the
// event says itself.
func FuzzSurroundings(f *testing.F) {
	f.Add("https://shop.example/?utm_source=a&utm_medium=%C8%99#x", "https://google.example", "", "ios", "Chrome/126.0")
	f.Add("?utm_source=%ff&utm_campaign=%00", "", "", "", "")
	f.Add("/x?utm_source=a;b&utm_medium=%zz", strings.Repeat("r", 1001), "spring", "Android", "Googlebot/2.1")
	f.Fuzz(func(t *testing.T, url, referrer, campaign, kind, agent string) {
		context, err := json.Marshal(map[string]any{
			"userAgent": agent, "page": map[string]any{"url": url, "referrer": referrer},
			"campaign": map[string]any{"name": campaign}, "device": map[string]any{"type": kind}, "os": map[string]any{"name": kind},
		})
		if err != nil {
			t.Fatal(err)
		}
		body := []byte(`{"event":"x","userId":"u","properties":{"referrer":"own"},"context":` + string(context) + `}`)
		got, err := NewReader().Track(body, TrackConfig{At: trackedAt})
		if err != nil || len(got.Events)+len(got.Refused) != 1 {
			t.Fatalf("%s: %v, %+v", body, err, got)
		}
		for _, e := range got.Events {
			var properties map[string]string
			if err := json.Unmarshal(e.Properties, &properties); err != nil || !utf8.Valid(e.Properties) {
				t.Fatalf("%s: %q %v", body, e.Properties, err)
			}
			if properties["referrer"] != "own" {
				t.Fatalf("%s: %q", body, e.Properties)
			}
			for name, value := range properties {
				if len(value) > maxSurrounding || value == "" {
					t.Fatalf("%s: %s has %d bytes", body, name, len(value))
				}
			}
		}
	})
}
