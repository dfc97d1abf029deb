package stream

import (
	"bytes"
	"encoding/binary"
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

// FuzzRecord: a record is read as it was written; any other bytes are an
// error or, with a right checksum, an entry of no more than there is.
func FuzzRecord(f *testing.F) {
	for _, body := range []string{`{"events":[]}`, "", "null"} {
		record, err := encode(7, commerce.Entry{Type: commerce.EventsEntry, At: time.Unix(1772359200, 0), Body: []byte(body)})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(record)
	}
	f.Add([]byte(oldMagic + "\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x00" + `{"type":"events","at":"2026-03-01T10:00:00Z","body":{}}`))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, record []byte) {
		if len(record) >= headerSize { // or hardly any came behind the checksum
			record = bytes.Clone(record)
			binary.BigEndian.PutUint32(record[12:], checksum(record))
		}
		e, err := decode(7, record)
		if err != nil {
			return
		}
		if e.Seq != 7 || len(e.Type)+len(e.Body) > len(record) && string(record[:4]) == magic {
			t.Fatalf("%q is read as %+v", record, e)
		}
		if len(e.Type) > maxType {
			return
		}
		again, err := encode(7, e)
		if err != nil {
			t.Fatalf("%q is read as %+v: %v", record, e, err)
		}
		if string(record[:4]) == magic && !bytes.Equal(again, record) {
			t.Fatalf("%q is written as %q", record, again)
		}
		back, err := decode(7, again)
		if err != nil || back.Type != e.Type || back.At.UnixMicro() != e.At.UnixMicro() || !bytes.Equal(back.Body, e.Body) {
			t.Fatalf("%q is read as %+v, then as %+v, %v", record, e, back, err)
		}
	})
}
