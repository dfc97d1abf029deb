package intake

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kith/internal/commerce"
)

// TestRoundedNumbers: what a binary computation leaves behind the sixth
// decimal goes; anything else stays to the letter.
func TestRoundedNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"3.3000000000000003": "3.3", "0.30000000000000004": "0.3", "2.9999999999999996": "3", "-3.2999999999999998": "-3.3",
		"0.9999999999": "1", "1.0000000004": "1", "3.30000000": "3.3",
		"-2.7755575615628914e-17": "0", "5.551115123125783E-17": "0", "1.10000000000000008882e0": "1.1", "330000000000000003e-17": "3.3",
		// From a million on fifteen digits decide: a double has no more.
		"16650000.000000002": "16650000", "60000000.300000004": "60000000.3",
		// No noise.
		"1.000000002": "1.000000002", "0.1234565000000001": "0.1234565000000001", "999999999999.99999999": "999999999999.99999999", "0.1234567": "0.1234567", "3.3333333333333335": "3.3333333333333335", "1e-7": "1e-7",
		"12.50": "12.50", "1e2": "1e2", "1.5e0": "1.5e0", "0": "0", "-0": "-0", "1234567890123.0000000000001": "1234567890123.0000000000001",
		"1e999999999": "1e999999999", "1.00000000000000001e999999999": "1.00000000000000001e999999999",
		`"3.3000000000000003"`: `"3.3000000000000003"`, `{"3.3000000000000003":1}`: `{"3.3000000000000003":1}`,
		`"\"3.3000000000000003"`: `"\"3.3000000000000003"`,
		` {"a": [0.30000000000000004 ,{"b":3.3000000000000003}],"c":"x"}`: ` {"a": [0.3 ,{"b":3.3}],"c":"x"}`,
		// What is no JSON is refused elsewhere.
		`"a\`: `"a\`, "-": "-", "1.00000000000.": "1.00000000000.", "": "",
	} {
		if got := roundedNumbers(text); got != want {
			t.Errorf("roundedNumbers(%s) = %s, want %s", text, got, want)
		}
	}
}

func TestMayNotFit(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(unfitForm)
	r, letters := rand.New(rand.NewPCG(1, 2)), strings.Repeat("0123456789", 4)+"..eE-x"
	for range 20_000 {
		text := make([]byte, r.IntN(30))
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
		}
		if got := mayNotFit(text); got != form.Match(text) {
			t.Fatalf("mayNotFit(%s) = %t", text, got)
		}
	}
}

// TestTrackedNumbers: prices with noise count, and those that do not fit are
// missing with a warning: in the events of a body as in those of a file.
func TestTrackedNumbers(t *testing.T) {
	t.Parallel()
	const at = `"at":"2026-03-01T10:00:00Z"`
	lines := []string{
		`{"event":"Order Completed","userId":"u",` + at + `,"properties":{"total":3.3000000000000003,"products":[{"price":0.30000000000000004,"quantity":3}]}}`,
		`{"event":"Order Completed","userId":"u",` + at + `,"properties":{"total":3.3333333333,"products":[{"price":"0.1234567"},{"price":1e13},{"quantity":1e-7}]}}`,
		`{"event":"Order Completed","userId":"u",` + at + `,"total":1234567890123,"lat":44.12345678,"items":5,"discount":"99,90"}`,
		`{"event":"x","userId":"u",` + at + `,"properties":{"value":4.4444444444},"lat":44.1234567}`,
		`{"type":"identify","userId":"u",` + at + `,"traits":{"height":1.7000000000000002}}`,
		`{"event":"x",` + at + `,"properties":{"value":4.4444444444}}`, // refused
	}
	got, err := NewReader().Track([]byte("["+strings.Join(lines, ",")+"]"), TrackConfig{At: trackedAt})
	if err != nil || len(got.Refused) != 1 {
		t.Fatal(got.Refused, err)
	}
	for i, want := range []string{
		`{"total":3.3,"products":[{"price":0.3,"quantity":3}]}`,
		`{"total":3.3333333333,"products":[{"price":"0.1234567"},{"price":1e13},{"quantity":1e-7}]}`,
		`{"total":1234567890123,"lat":44.12345678,"items":5,"discount":"99,90"}`,
	} {
		if p := string(got.Events[i].Properties); p != want {
			t.Errorf("got %s, want %s", p, want)
		}
	}
	if p := string(got.Events[4].Traits); p != `{"height":1.7}` {
		t.Errorf("got %s", p)
	}
	const unfit = " does not fit: at most 12 digits and 6 decimals; it counts as missing"
	want := []EventWarning{
		{1, "properties.total", "3.3333333333" + unfit},
		{1, "properties.products.price", `"0.1234567"` + unfit},
		{1, "properties.products.quantity", "1e-7" + unfit},
		{2, "properties.total", "1234567890123" + unfit},
		{3, "properties.value", "4.4444444444" + unfit},
	}
	if !slices.Equal(got.Warnings, want) {
		t.Errorf("warnings %+v\nwant %+v", got.Warnings, want)
	}
	read := run(t, Config{Kind: commerce.Events, Files: []string{file(t, "a.jsonl", strings.Join(lines, "\n")+"\n")}})
	for i, e := range got.Events {
		if row, want := readLine(read, i+1), trackedRow(e); row != want {
			t.Errorf("in a file %s\nwant %s", row, want)
		}
	}
	const reason = "the number does not fit: at most 12 digits and 6 decimals"
	wantFile := []Warning{
		{"properties.total", reason, 2, 2, "3.3333333333"},
		{"properties.products.price", reason, 1, 2, `"0.1234567"`},
		{"properties.products.quantity", reason, 1, 2, "1e-7"},
		{"properties.value", reason, 1, 4, "4.4444444444"},
	}
	if w := read.Files[0].Warnings; !slices.Equal(w, wantFile) {
		t.Errorf("warnings %+v\nwant %+v", w, wantFile)
	}
}

// TestNumbersOfEventColumns: numbers in JSON inside a column are read alike; a
// column of its own is a text.
func TestNumbersOfEventColumns(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Events}, "at,event,customer_id,properties,price,traits",
		`2026-03-01,x,u,"{""total"": 3.3000000000000003}",0.30000000000000004,"{""a"":0.30000000000000004}"`,
		`2026-03-01,x,u,"{""total"": 3.3000000000000003",1,`)
	is(t, got.rows[0], `properties={"price":"0.30000000000000004","total":3.3}; traits={"a":0.3}`)
	if w := got.Files[0].Warnings; len(w) != 1 || w[0].Field != "properties.price" || got.Refused != 1 {
		t.Errorf("got %+v, %s", w, got.rejects)
	}
}

// TestManyWarnings: the answer to a body does not grow without end.
func TestManyWarnings(t *testing.T) {
	t.Parallel()
	line := `{"event":"x","userId":"u","properties":{"value":4.4444444444}}`
	got, err := NewReader().Track([]byte("["+strings.Repeat(line+",", 500)+line+"]"), TrackConfig{At: trackedAt})
	if err != nil || len(got.Events) != 501 || len(got.Warnings) != maxTrackedWarnings {
		t.Errorf("%d events, %d warnings, %v", len(got.Events), len(got.Warnings), err)
	}
}
