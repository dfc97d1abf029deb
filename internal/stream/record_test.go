package stream

import (
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
)

func TestDecodeFindsWhatTheStoreDidNot(t *testing.T) {
	t.Parallel()
	record, err := encode(7, commerce.Entry{Type: commerce.RunEntry, Body: []byte(`{"x":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	if e, err := decode(7, record); err != nil || e.Seq != 7 || string(e.Body) != `{"x":1}` {
		t.Fatalf("decode = %+v, %v", e, err)
	}
	if _, err := decode(8, record); err == nil || !strings.Contains(err.Error(), "carries the number 7") {
		t.Errorf("a record in another's place: %v", err)
	}
	if _, err := decode(7, record[:10]); err == nil {
		t.Error("a cut record was read")
	}
	for i := range record {
		damaged := append([]byte(nil), record...)
		damaged[i] ^= 1
		if _, err := decode(7, damaged); err == nil {
			t.Errorf("a flipped bit in byte %d was not noticed", i)
		}
	}
}

// TestARecordOfAnOlderVersionIsRead: it was written by the first version.
func TestARecordOfAnOlderVersionIsRead(t *testing.T) {
	t.Parallel()
	const record = "KL01\x00\x00\x00\x00\x00\x00\x00\a_\x80\x04\xd3" +
		`{"type":"import","at":"2026-03-01T10:00:00.123456Z","body":{"kind":"orders","files":["2026-03/000000000007-0.parquet"]}}`
	e, err := decode(7, []byte(record))
	if err != nil {
		t.Fatal(err)
	}
	if e.Seq != 7 || e.Type != commerce.ImportEntry || !e.At.Equal(time.Date(2026, 3, 1, 10, 0, 0, 123456000, time.UTC)) ||
		string(e.Body) != `{"kind":"orders","files":["2026-03/000000000007-0.parquet"]}` {
		t.Errorf("decode = %+v", e)
	}
	for i := range len(record) {
		damaged := []byte(record)
		damaged[i] ^= 1
		if _, err := decode(7, damaged); err == nil {
			t.Errorf("a flipped bit in byte %d was not noticed", i)
		}
	}
}

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, want := range []commerce.Entry{
		{Seq: 1},
		{Seq: 2, Type: commerce.EventsEntry, At: time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), Body: []byte(`{"a":"<é>"}`)},
	} {
		record, err := encode(want.Seq, want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(want.Seq, record)
		if err != nil || got.Seq != want.Seq || got.Type != want.Type || !got.At.Equal(want.At) || string(got.Body) != string(want.Body) {
			t.Errorf("decode = %+v, %v; want %+v", got, err, want)
		}
	}
	if _, err := encode(1, commerce.Entry{Type: commerce.EntryType(strings.Repeat("x", 256))}); err == nil {
		t.Error("a type that does not fit was taken")
	}
}
