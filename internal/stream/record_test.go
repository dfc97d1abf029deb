package stream

import (
	"strings"
	"testing"

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
