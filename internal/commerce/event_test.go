package commerce

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce/jsontest"
)

// checkEvents compares ReadEvents with json.Unmarshal, and says whether the
// body could be read without it.
func checkEvents(t *testing.T, body []byte) bool {
	t.Helper()
	var want EventBatch
	wantErr := json.Unmarshal(body, &want)
	got, err := ReadEvents(body)
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Fatalf("reading %q: %v, want %v", body, err, wantErr)
	}
	if err == nil && !reflect.DeepEqual(got, want) {
		t.Fatalf("reading %q:\n%#v\n, want\n%#v", body, got, want)
	}
	_, alone := (&eventReader{scanner: scanner[[]byte]{text: body}}).batch()
	if alone && err != nil {
		t.Fatalf("%q was read", body)
	}
	return alone
}

// TestReadEvents: what json.Marshal writes is read without json.Unmarshal, and
// whatever is read is read as json.Unmarshal reads it.
func TestReadEvents(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		body, err := json.Marshal(randomBatch(r))
		if err != nil {
			t.Fatal(err)
		}
		if !checkEvents(t, body) {
			t.Fatalf("%s needs json.Unmarshal", body)
		}
		for range 5 {
			checkEvents(t, []byte(jsontest.Broken(r, string(body))))
		}
	}
}

// TestReadEventsOtherwise reads bodies that json.Marshal does not write so.
func TestReadEventsOtherwise(t *testing.T) {
	t.Parallel()
	bodies := append(jsontest.Seeds(), otherBodies()...)
	for _, body := range bodies {
		checkEvents(t, []byte(body))
	}
	event := &Event{At: time.Date(2026, 3, 1, 10, 0, 0, 1000, time.FixedZone("", 3600))}
	for i := range reflect.TypeFor[Event]().NumField() {
		switch v := reflect.ValueOf(event).Elem().Field(i).Addr().Interface().(type) {
		case *string:
			*v = fmt.Sprint("text ", i)
		case *json.RawMessage:
			*v = json.RawMessage(`{"a":[1]}`)
		case *time.Time:
		default:
			t.Fatalf("field %d is a %T", i, v)
		}
	}
	body, err := json.Marshal(EventBatch{Events: []Event{*event}})
	if err != nil {
		t.Fatal(err)
	}
	if !checkEvents(t, body) {
		t.Errorf("%s needs json.Unmarshal: is there a new field?", body)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, body, "", " "); err != nil {
		t.Fatal(err)
	}
	checkEvents(t, indented.Bytes())
}

func otherBodies() []string {
	const at = `{"at":"2026-03-01T10:00:00Z"`
	bodies := []string{`{"events":null}`, `{"events":[]}`, `{"events":[]} `, ` {"events":[]}`, `{"events":[],"events":[]}`, `{"events":[null]}`, `{"events":[{}]}`, `{"events":[]`, `{"Events":[{"AT":"2026-03-01T10:00:00Z"}]}`}
	for _, event := range []string{
		at + `}`, at, `{"at":null}`, `{"at":"2026-03-01"}`, `{"at":"2026-03-01T10:00:00,5Z"}`, `{"at":"2026-03-01T10:00:00\u005a"}`,
		at + `,"type":null}`, at + `,"type":1}`, at + `,"type":"\u0061"}`, at + `,"type":"a","type":"b"}`, at + `,"event":"a","type":"b"}`, at + `,"other":1}`,
		at + `,"properties":null}`, at + `,"properties":1,"traits":"x"}`, at + `,"traits":{"a" : 1 }}`, at + `,"traits":{"a":1},}`,
		// The text that the first name comes to stands in the second as it is.
		at + `,"event":"\\\\` + "\xff" + `"},` + at + `,"event":"\\` + "\ufffd" + `"}`,
		at + `,"properties":` + strings.Repeat("[", 9997) + strings.Repeat("]", 9997) + `}`,
		at + `,"properties":` + strings.Repeat("[", 9998) + strings.Repeat("]", 9998) + `}`,
	} {
		bodies = append(bodies, `{"events":[`+event+`]}`)
	}
	for _, rest := range []string{
		`"source":"k"`, `"source":1`, `"source":null`, `"refused":[],"source":"k"`, `"refused":null`, `"refused":[null]`,
		`"refused":[{"column":"a","reason":"b","body":{"a" : 1 }}]`, `"refused":[{"column":"a","reason":"b"}]`, `"refused":[{"column":"a","reason":"b","body":null},]`,
		`"refused":[{"column":"a","reason":"b","body":` + strings.Repeat("[", 9997) + strings.Repeat("]", 9997) + `}]`,
		`"refused":[{"column":"a","reason":"b","body":` + strings.Repeat("[", 9998) + strings.Repeat("]", 9998) + `}]`,
	} {
		bodies = append(bodies, `{"events":[],`+rest+`}`)
	}
	return bodies
}

func randomBatch(r *rand.Rand) EventBatch {
	text := func() string {
		return []string{"", "", "track", "page", "Product Viewed", "c1", `a"\` + "\n", "é😀", "\xff", "<&>\u2028", "\x7f\x00"}[r.IntN(11)]
	}
	object := func() json.RawMessage {
		if m := json.RawMessage(jsontest.Object(r)); r.IntN(3) > 0 && json.Valid(m) {
			return m
		}
		return nil
	}
	var b EventBatch
	for range r.IntN(5) {
		b.Events = append(b.Events, Event{
			At:   time.UnixMicro(r.Int64N(4e15)).UTC(),
			Type: text(), Name: text(), CustomerID: text(), Email: text(), Phone: text(), AnonymousID: text(), MessageID: text(), Properties: object(), Traits: object(),
		})
	}
	if b.Events == nil {
		b.Events = []Event{}
	}
	b.Source = text()
	for range r.IntN(3) {
		body := object()
		if body == nil {
			body = json.RawMessage("null")
		}
		b.Refused = append(b.Refused, RefusedEvent{Column: text(), Reason: text(), Body: body})
	}
	return b
}

// TestAppendEvent writes events as json.Marshal does.
func TestAppendEvent(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 8))
	for range 3000 {
		for _, e := range randomBatch(r).Events {
			checkAppended(t, &e)
		}
	}
	deep := strings.Repeat("[", maxNesting-1) + strings.Repeat("]", maxNesting-1)
	for _, text := range []string{
		`{"a": 1}`, ` {"a":1}`, `{"a":1} `, `{"a":"<b>&"}`, "{\"a\":\"\u2028\"}", "{\"a\":\"\xff\"}", `{"a":"\u003c"}`, `{`, `{}{}`, `{"a":01}`, `1`, `nul`, "\"\x01\"",
		`{"a":"b c"}`, "{\"a\":\"é\u2029\"}", deep, "[" + deep + "]", "[[" + deep + "]]",
	} {
		checkAppended(t, &Event{Properties: json.RawMessage(text)})
		checkAppended(t, &Event{Traits: json.RawMessage(text)})
		checkAppended(t, &Event{At: time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC), Name: text, Email: "ș" + text})
	}
	checkAppended(t, &Event{At: time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)})
	checkAppended(t, &Event{At: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)})
}

func checkAppended(t *testing.T, e *Event) {
	t.Helper()
	want, wrong := json.Marshal(e)
	got, err := AppendEvent([]byte("before"), e)
	if (err == nil) != (wrong == nil) || string(got) != "before"+string(want) {
		t.Fatalf("%.200q: %v, where json.Marshal gives %.200q: %v", got, err, want, wrong)
	}
}

func FuzzReadEvents(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 3))
	for range 20 {
		body, err := json.Marshal(randomBatch(r))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, body := range otherBodies() {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) { checkEvents(t, body) })
}

// BenchmarkReadEvents reads a batch of events of about 460 bytes, as kith-bench
// sends most of them.
func BenchmarkReadEvents(b *testing.B) {
	const n = 200
	var batch EventBatch
	filler := strings.Repeat("abcdefghijklmnopqrstuvwxyz", 8)[:200]
	for i := range n {
		batch.Events = append(batch.Events, Event{
			At: time.Date(2026, 3, 1, 10, 0, 0, i*1000, time.UTC), Type: "track", Name: "Product Viewed",
			CustomerID: fmt.Sprint("c", i), MessageID: fmt.Sprintf("0b6dd0a4-0000-4000-8000-%012x", i),
			Properties: json.RawMessage(`{"product_id":"p10442","category":"shoes","price":43.42,"url":"https://shop.example/p/10442?ref=` + filler + `"}`),
		})
	}
	body, err := json.Marshal(batch)
	if err != nil {
		b.Fatal(err)
	}
	for name, read := range map[string]func([]byte) (EventBatch, error){
		"here": ReadEvents,
		"json": func(body []byte) (b EventBatch, err error) { return b, json.Unmarshal(body, &b) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := read(body); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/event")
		})
	}
}

// BenchmarkAppendEvent writes such events.
func BenchmarkAppendEvent(b *testing.B) {
	e := Event{
		At: time.Date(2026, 3, 1, 10, 0, 0, 1000, time.UTC), Type: "track", Name: "Product Viewed",
		CustomerID: "c10442", MessageID: "0b6dd0a4-0000-4000-8000-000000000001",
		Properties: json.RawMessage(`{"product_id":"p10442","category":"shoes","price":43.42,"url":"https://shop.example/p/10442?ref=` + strings.Repeat("abcdefgh", 25) + `"}`),
	}
	b.Run("AppendEvent", func(b *testing.B) {
		var to []byte
		for b.Loop() {
			to, _ = AppendEvent(to[:0], &e)
		}
	})
	b.Run("Marshal", func(b *testing.B) {
		for b.Loop() {
			_, _ = json.Marshal(&e)
		}
	})
}
