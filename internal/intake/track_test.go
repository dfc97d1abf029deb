package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
)

var trackedAt = time.Date(2026, 6, 1, 12, 0, 0, 123456789, time.UTC)

// trackedFiles are lines that one file may hold: their instants are written
// alike, or in the one way that takes all of them.
var trackedFiles = map[string][]string{
	"forms": {
		`{"event":"Product Viewed","userId":"u1","timestamp":"2026-03-01T10:00:00Z","properties":{"price": 1.50, "name":"Lampă"},"score":3}`,
		`{"event":"x","customer_id":"  u2 ","at":"2026-03-01 10:00","message_id":" m 1 ","colour":"red","nested":{"a":[1,2]}}`,
		`{"type":"page","name":"Home","category":"top","anonymousId":"a1","timestamp":"2026-03-01T10:00:00.1234567+02:00"}`,
		`{"type":"Screen","name":"Main","anonymousId":"a1","timestamp":"2026/03/01 10:00:00 PM"}`,
		`{"type":"identify","userId":"u1","traits":{"email":"ANA@X.ro","phone":"0712 345 678","tags":["a","b"]},"timestamp":"2026-03-01"}`,
		`{"type":"identify","userId":"u1","context":{"traits":{"email":"ana@x.ro"},"ip":"1.1.1.1"},"timestamp":"2026-03-01T10:00:00Z"}`,
		`{"type":"alias","userId":"u1","previousId":"a1","timestamp":"2026-03-01T10:00:00Z"}`,
		`{"type":"group","userId":"u1","groupId":"g1","traits":{"name":"Shop"},"timestamp":"2026-03-01T10:00:00Z"}`,
		`{"type":"track","event":"x","userId":7,"timestamp":"2026-03-01T10:00:00Z","channel":"web","name":"n","category":"c"}`,
		`{"event":"x","email":"İSTANBUL@X.RO","phone":"+44 20 7946 0958","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","email":"no address","userId":"u","phone":"12","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"u","properties":"{\"a\":1, \"b\":\"\\u00e9\"}","at":"2026-03-01T10:00:00Z","other":"y\n\u0002z"}`,
		`{"event":"x","userId":"u","properties":{"a":1},"a":2,"b":null,"c":"","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"u","properties":{},"at":"2026-03-01T10:00:00Z"}`,
		`{"event":"\u00a0 x \ufeff","userId":"'u'","at":"2026-03-01T10:00:00 GMT","traits":{}}`,
		`{"event":true,"userId":"u","message_id":7,"at":"2026-03-01T10:00:00Z"}`,
		// Refused ones.
		`{"event":"x","userId":"u","at":"soon"}`,
		`{"event":"x","userId":"u","at":"1899-12-31T23:59:59Z"}`,
		`{"event":"x","userId":"u","at":"2026-02-30T10:00:00Z"}`,
		`{"event":"x","userId":"u","at":{"a":1}}`,
		`{"userId":"u","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"  ","type":"track","userId":"u","at":"never"}`,
		`{"event":"x","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","email":"none","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":{"id":1},"at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"u","anonymousId":[],"at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"a\u0007b","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"a\ud800b","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"u","email":"a\u0085@x.ro","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"u","properties":[1],"at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"u","properties":"text","at":"2026-03-01T10:00:00Z","more":1}`,
		`{"event":"x","userId":"u","properties":{"a":"\ud800"},"at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"u","properties":{"a":"\ud83d\ude00\\u"},"at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"u","traits":5,"at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","type":"Delete","userId":"u","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"` + strings.Repeat(`é\u0007`, 70) + `","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"` + strings.Repeat(`é\n`, 70) + `","at":"2026-03-01T10:00:00Z"}`,
	},
	"names": {
		`{"event":"` + strings.Repeat("é", 200) + `","userId":"u","message_id":"` + strings.Repeat("é", 200) + `","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"Quiz\tFinished","userId":"u","message_id":"ajs-next-1767225600000-7c9e6679-7425-40de-944b-e07fc1f90ae7","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"\tx ","userId":"u","message_id":" m\n","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"a\u001b[2Jb","userId":"u\u0007","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"u","message_id":"a\u0085b","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"u","message_id":{"a":1},"at":"2026-03-01T10:00:00Z"}`,
		`{"event":["a"],"userId":"u","at":"2026-03-01T10:00:00Z"}`,
		`{"type":"page","name":"a\u0000b","userId":"u","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"` + strings.Repeat("é", 201) + `","userId":"u","at":"2026-03-01T10:00:00Z"}`,
		`{"event":"x","userId":"u","message_id":"` + strings.Repeat("é", 201) + `","at":"2026-03-01T10:00:00Z"}`,
	},
	"local": instants("2026-03-29 03:30:00", "2025-10-26T03:30:00.5", "2026-03-01", "2026-03-01 10:00", "2026-03-01T10:00:00.9999999",
		"2026-02-30", "2026-03-01T24:00:00", "2026-03-01 24:00", "2026-03-01T25:00:00", "2026-03-01T24:00:01", "1916-05-01 00:00:00", "2026-13-01"),
	"zulu":   instants("2026-03-01T10:00:00Z", "2026-03-01 10:00:00.000001Z", "2026-03-01T10:00:60Z", "2026-03-01T24:00:00Z", "2026-03-01T23:60:00Z"),
	"offset": instants("2026-03-01T10:00:00+02:00", "2026-03-01T10:00:00-25:00", "2026-03-01T10:00:00+02:75", "2026-03-01T10:00:00.1234567-00:30"),
	"day":    instants("31/03/2026", "1/4/26 3:05 PM", "01/04/2026 12:00 am", "01/04/26 13:00 PM"),
	"millis": instants("1767225600000", "1767225600123.9", "1767225600123.4567"),
	"nanos":  instants("1767225600000000001", "1767225600999999999"),
	"digits": instants("20260301", "20260230", "2026030"),
}

func instants(texts ...string) []string {
	lines := make([]string, len(texts))
	for i, text := range texts {
		lines[i] = fmt.Sprintf(`{"event":"x","userId":"u%d","at":%q}`, i, text)
	}
	return lines
}

// TestTrackReadsLikeFiles: events that come one by one become the records that
// a file of them becomes, and are refused for the same reasons.
func TestTrackReadsLikeFiles(t *testing.T) {
	t.Parallel()
	for name, lines := range trackedFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bucharest := zone(t, "Europe/Bucharest")
			content := strings.Join(lines, "\n") + "\n"
			read := run(t, Config{Kind: commerce.Events, Files: []string{file(t, "a.jsonl", content)}, Zone: bucharest, Country: "RO"})
			reasons := map[string]string{}
			for line := range strings.Lines(read.rejects) {
				place, rest, _ := strings.Cut(line, ": ")
				reasons[place], _, _ = strings.Cut(rest, "\t")
			}
			for i, line := range lines {
				want := readLine(read, i+1)
				got, err := NewReader().Track([]byte(line), TrackConfig{At: trackedAt, Zone: bucharest, Country: "ro"})
				if err != nil {
					t.Errorf("%s: %v", line, err)
					continue
				}
				if len(got.Refused) > 0 {
					told := got.Refused[0].Column + ": " + got.Refused[0].Reason
					if reason := reasons[fmt.Sprintf("a.jsonl:%d", i+1)]; withoutForm(told) != withoutForm(reason) {
						t.Errorf("%s\nis refused for %s\nin a file for %s", line, told, reason)
					}
				} else if text := trackedRow(got.Events[0]); text != want {
					t.Errorf("%s\ngives %s\nin a file %s (%s)", line, text, want, reasons[fmt.Sprintf("a.jsonl:%d", i+1)])
				}
			}
		})
	}
}

// withoutForm is a reason without how the rest of the column is written.
func withoutForm(reason string) string {
	reason, _, _ = strings.Cut(reason, "is not an instant")
	return reason
}

var trackedColumns = []string{"ts", "type", "event", "customer_id", "email", "phone", "anonymous_id", "message_id", "properties", "traits"}

func readLine(r read, line int) string {
	for _, row := range r.rows {
		if row["line"] == fmt.Sprint(line) {
			texts := make([]string, len(trackedColumns))
			for i, c := range trackedColumns {
				texts[i] = c + "=" + row[c]
			}
			return strings.Join(texts, "; ")
		}
	}
	return ""
}

func trackedRow(e commerce.Event) string {
	at := strings.TrimSuffix(strings.TrimRight(e.At.Format("2006-01-02 15:04:05.000000"), "0"), ".")
	values := []string{at, e.Type, e.Name, e.CustomerID, e.Email, e.Phone, e.AnonymousID, e.MessageID, string(e.Properties), string(e.Traits)}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = trackedColumns[i] + "=" + v
	}
	return strings.Join(texts, "; ")
}

// TestTrackReasons: what an event is refused for is said of an event, not of a
// file. Names and message ids go to terminals and into lists, so they are
// refused where a customer id would be, and may not be long.
func TestTrackReasons(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 201)
	for line, want := range map[string]RefusedEvent{
		`"event":"x","timestamp":"soon"`:          {0, "at", `"soon" is not an instant like 2026-03-01T10:00:00Z, from 1900 on`, nil},
		`"event":"x","at":"1899-12-31"`:           {0, "at", `"1899-12-31" is not an instant like 2026-03-01T10:00:00Z, from 1900 on`, nil},
		`"event":"a\u001bb"`:                      {0, "event", "\"a\\u{1b}b\" holds a line break or another control character, which a name may not", nil},
		`"event":["a"]`:                           {0, "event", `"["a"]" is a list or an object: a name is a text`, nil},
		`"event":"` + long + `"`:                  {0, "event", `"` + long[:60] + `…" is longer than 200 characters`, nil},
		`"event":"x","message_id":"a\nb"`:         {0, "message_id", "\"a\\nb\" holds a line break or another control character, which an id may not", nil},
		`"event":"x","message_id":[1]`:            {0, "message_id", `"[1]" is a list or an object: an id is a text or a number`, nil},
		`"event":"x","message_id":"` + long + `"`: {0, "message_id", `"` + long[:60] + `…" is longer than 200 characters`, nil},
	} {
		got, err := NewReader().Track([]byte(`{"userId":"u",`+line+`}`), TrackConfig{At: trackedAt})
		if err != nil || !reflect.DeepEqual(withoutBodies(got.Refused), []RefusedEvent{want}) {
			t.Errorf("%s: %+v %v", line, got.Refused, err)
		}
	}
}

func withoutBodies(refused []RefusedEvent) []RefusedEvent {
	for i := range refused {
		refused[i].Body = nil
	}
	return refused
}

// TestTrackBatches: a batch and a list bring the events that stand in them.
func TestTrackBatches(t *testing.T) {
	t.Parallel()
	read := func(body string) Tracked {
		t.Helper()
		got, err := NewReader().Track([]byte(body), TrackConfig{At: trackedAt})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := read(` {"userId":"u","sentAt":"2026-03-01T10:00:00Z","context":{"traits":{"email":"A@x.ro"}},
		"batch":[{"event":"x"}, {"event":"y","userId":"v","timestamp":"2026-03-02T10:00:00Z"}, 5, {"type":"page"}, {}]}`)
	if len(got.Events) != 3 || len(got.Refused) != 2 {
		t.Fatalf("%+v", got)
	}
	for i, want := range []string{
		"ts=2026-03-01 10:00:00; type=track; event=x; customer_id=u; email=a@x.ro; phone=; anonymous_id=; message_id=; properties=; traits={\"email\":\"A@x.ro\"}",
		"ts=2026-03-02 10:00:00; type=track; event=y; customer_id=v; email=a@x.ro; phone=; anonymous_id=; message_id=; properties=; traits={\"email\":\"A@x.ro\"}",
		"ts=2026-03-01 10:00:00; type=page; event=; customer_id=u; email=a@x.ro; phone=; anonymous_id=; message_id=; properties=; traits={\"email\":\"A@x.ro\"}",
	} {
		if text := trackedRow(got.Events[i]); text != want {
			t.Errorf("got  %s\nwant %s", text, want)
		}
	}
	if want := []RefusedEvent{{2, "row", "it is not a JSON object", json.RawMessage(`"5"`)}, {4, "event", "it is missing", json.RawMessage(`{}`)}}; !reflect.DeepEqual(got.Refused, want) {
		t.Errorf("%+v", got.Refused)
	}
	if got := read(`[{"event":"x","anonymousId":"a"}]`); len(got.Events) != 1 || !got.Events[0].At.Equal(trackedAt.Truncate(time.Microsecond)) {
		t.Errorf("%+v", got)
	}
	if got := read(`[]`); len(got.Events)+len(got.Refused) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestTrackAhead: a clock that is far ahead says nothing.
func TestTrackAhead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-06-02T12:00:00.123456Z": "2026-06-02T12:00:00.123456Z", "2026-06-02T12:00:00.123457Z": "2026-06-01T12:00:00.123456Z",
		"2038-01-01": "2026-06-01T12:00:00.123456Z", "0000-00-00 00:00:00": "2026-06-01T12:00:00.123456Z", " ": "2026-06-01T12:00:00.123456Z",
	} {
		got, err := NewReader().Track([]byte(instants(text)[0]), TrackConfig{At: trackedAt})
		if err != nil || len(got.Events) != 1 || got.Events[0].At.Format(time.RFC3339Nano) != want {
			t.Errorf("%s: %+v %v", text, got, err)
		}
	}
}

// TestTrackLimits: a body that cannot be read says where, and brings nothing.
func TestTrackLimits(t *testing.T) {
	t.Parallel()
	one := `{"event":"x","userId":"u"}`
	many := "[" + strings.Repeat(one+",", 2500) + one + "]"
	for body, want := range map[string]string{
		"":                            "1:1: there is nothing",
		" \n x":                       "2:2: this is neither an object nor a list of objects",
		"{\n  \"é\": é}":              "2:8: this is not JSON",
		`[{"a":1}`:                    "1:9: it ends too early",
		`{"a":1}{"a":2}`:              "1:8: there is more behind the end",
		"{\"a\":\"\xff\"}":            "1:7: this is not UTF-8 text",
		`{"event":"x","batch":5}`:     "1:22: its batch is not a list of objects",
		strings.Repeat("[", 70) + "]": "1:67: it nests deeper than 64",
		many:                          "1:67502: there are more than 2500 events: send them in several calls",
		`{"userId":"` + strings.Repeat("u", 30<<10) + `","batch":` + "[" + strings.Repeat(one+",", 40) + one + `]}`: "1:31661: the events are too large, " +
			"each with what it takes over from its batch: send them in several calls",
	} {
		got, err := NewReader().Track([]byte(body), TrackConfig{At: trackedAt})
		problem, ok := errors.AsType[*BodyError](err)
		if !ok || problem.Error() != want || len(got.Events)+len(got.Refused) != 0 {
			t.Errorf("%.60q gives %v, want %s", body, err, want)
		}
	}
	got, err := NewReader().Track([]byte(`[{"event":"`+strings.Repeat("x", 33<<10)+`","userId":"u"},`+one+`]`), TrackConfig{At: trackedAt})
	if err != nil || len(got.Events) != 1 || len(got.Refused) != 1 || got.Refused[0].Reason != "it is larger than 32 KiB" ||
		len(got.Refused[0].Body) > maxRefusedPart+100 || !json.Valid(got.Refused[0].Body) {
		t.Errorf("%+v %v", got.Refused, err)
	}
}

// FuzzTrack: no body panics, an error points into the body, and what is taken
// is canonical: it can be written and read back.
func FuzzTrack(f *testing.F) {
	for _, lines := range trackedFiles {
		for _, line := range lines {
			f.Add(line)
		}
		f.Add("[" + strings.Join(lines, ",") + "]")
	}
	f.Add(`{"batch":[{"a":{}},5],"context":{"traits":{"email":1}}}`)
	f.Fuzz(func(t *testing.T, body string) {
		got, err := NewReader().Track([]byte(body), TrackConfig{At: trackedAt, Country: "RO", Public: len(body)%2 == 0})
		for _, r := range got.Refused {
			if !json.Valid(r.Body) {
				t.Fatalf("%q: of a refused event %q is kept", body, r.Body)
			}
		}
		if problem, ok := errors.AsType[*BodyError](err); ok && (problem.Line < 1 || problem.Column < 1) {
			t.Fatalf("%q: %v", body, err)
		} else if err != nil && !ok {
			t.Fatalf("%q: %v does not say where", body, err)
		}
		if err == nil && !json.Valid([]byte(body)) {
			t.Fatalf("%q was taken", body)
		}
		for _, e := range got.Events {
			text, err := json.Marshal(e)
			if err != nil {
				t.Fatalf("%q: %v", body, err)
			}
			var back commerce.Event
			if err := json.Unmarshal(text, &back); err != nil || !back.At.Equal(e.At) || back.Name != e.Name {
				t.Fatalf("%q: %s %v", body, text, err)
			}
			if e.At.After(trackedAt.Add(clockSkew)) || e.Type == "" || e.Type != commerce.CrawlerType && e.CustomerID+e.Email+e.Phone+e.AnonymousID == "" {
				t.Fatalf("%q: %s", body, text)
			}
		}
	})
}
