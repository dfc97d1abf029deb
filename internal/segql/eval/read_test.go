package eval

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"kith/internal/commerce/jsontest"
)

// checkRead compares what is read of JSON with what encoding/json makes of it.
func checkRead(t *testing.T, text string) {
	t.Helper()
	for name, want := range decodedObject([]byte(text)) {
		if got, ok := RawMember(text, name); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("the property %q of %q is\n%+v, %v, want\n%+v", name, text, got, ok, want)
		}
	}
	if got, ok := RawMember(text, "no such name"); ok {
		t.Errorf("%q has a property %+v", text, got)
	}
	if got, want := RawJSON([]byte(text)), decodedJSON([]byte(text)); !reflect.DeepEqual(got, want) {
		t.Errorf("the property %q is %+v, want %+v", text, got, want)
	}
	if json.Valid([]byte(text)) && strings.TrimLeft(text, "-0123456789") != text {
		if got, want := NumberText(text), decodedNumber(text); got != want {
			t.Errorf("the number %s is %s, want %s", text, got, want)
		}
	}
}

// TestRead reads random JSON, valid and broken.
func TestRead(t *testing.T) {
	t.Parallel()
	for _, text := range append(jsontest.Seeds(), jsontest.Deep()...) {
		checkRead(t, text)
	}
	r := rand.New(rand.NewPCG(1, 4))
	for range 5000 {
		text := jsontest.Object(r, "a", "b")
		checkRead(t, text)
		checkRead(t, "["+text+"]")
		for part := range strings.SplitSeq(text, ",") {
			_, value, _ := strings.Cut(part, ":")
			checkRead(t, value)
		}
	}
	for range 20_000 {
		text := strconv.FormatFloat((r.Float64()-0.3)*float64(r.Int64N(1e12)), 'f', r.IntN(10), 64)
		if got, want := NumberText(text), decodedNumber(text); got != want {
			t.Errorf("the number %s is %s, want %s", text, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range jsontest.Seeds() {
		f.Add(text)
	}
	for _, number := range []string{"-0", "-0.0", "1.10", "0.000001", "0.0000001", "1e21", "1E-7", "123456789012345.6", "9007199254740993.0"} {
		f.Add(number)
	}
	f.Fuzz(checkRead)
}

// decodedObject are the properties as encoding/json reads them.
func decodedObject(m []byte) map[string]Raw {
	all := map[string]Raw{}
	d := json.NewDecoder(bytes.NewReader(m))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return all
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return all
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return all
		}
		if _, again := all[name.(string)]; again {
			continue
		}
		if b := value[0]; b == '-' || '0' <= b && b <= '9' {
			all[name.(string)] = RawText(decodedNumber(string(value)))
		} else {
			all[name.(string)] = decodedJSON(value)
		}
	}
	return all
}

func decodedJSON(m []byte) Raw {
	s := strings.TrimSpace(string(m))
	switch {
	case s == "null" || s == `""` || s == "":
		return Raw{}
	case s[0] == '"':
		var t string
		if json.Unmarshal(m, &t) != nil {
			return Raw{}
		}
		return RawText(t)
	case s[0] == '[':
		return decodedList(m)
	case s[0] == '{':
		return Raw{nested: true, given: true}
	}
	return RawText(s)
}

func decodedList(m []byte) Raw {
	var parts []json.RawMessage
	if json.Unmarshal(m, &parts) != nil {
		return Raw{}
	}
	r := Raw{nested: true, given: true}
	for _, part := range parts {
		if x := decodedJSON(part); x.given && !x.nested {
			r.list = append(r.list, x.text)
		}
	}
	if r.list == nil {
		return Raw{}
	}
	return r
}

func decodedNumber(s string) string {
	if !strings.ContainsAny(s, ".eE") {
		if s == "-0" {
			return "0"
		}
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	b, err := json.Marshal(f)
	if err != nil {
		return s
	}
	if !bytes.ContainsAny(b, ".e") {
		return string(b) + ".0"
	}
	return string(b)
}

func BenchmarkRawMember(b *testing.B) {
	text := `{"product_id":"SKU-10442","name":"Fountain pen, black","category":"Pens \u0026 ink","brand":"Lamy","price":"24.90","currency":"EUR","quantity":1,` +
		`"url":"https://shop.example/en/pens/fountain-pen-black?utm_source=newsletter\u0026utm_campaign=spring","referrer":"https://shop.example/en/pens",` +
		`"title":"Stilou negru, vârf fin","locale":"en-GB","screen":{"width":1440,"height":900},"list":"search results","position":7,"weight":12.50}`
	for name, read := range map[string]func(){
		"here": func() { RawMember(text, "position") },
		"json": func() { decodedObject([]byte(text)) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				read()
			}
		})
	}
}
