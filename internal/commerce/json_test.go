package commerce_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"kith/internal/commerce"
	"kith/internal/commerce/jsontest"
)

type member struct{ name, value string }

// checkJSON compares what reads JSON here with encoding/json.
func checkJSON(t *testing.T, text string) {
	t.Helper()
	var got []member
	for name, value := range commerce.Members(text) {
		got = append(got, member{name, value})
	}
	if want := decodedMembers(text); !reflect.DeepEqual(got, want) {
		t.Errorf("the members of %q are %q, want %q", text, got, want)
	}

	list, ok := commerce.Elements(text)
	var parts []json.RawMessage
	isList := json.Unmarshal([]byte(text), &parts) == nil && parts != nil
	if ok != isList || len(list) != len(parts) {
		t.Fatalf("the elements of %q are %q, %v, want %q, %v", text, list, ok, parts, isList)
	}
	for i := range list {
		if list[i] != string(parts[i]) {
			t.Errorf("element %d of %q is %q, want %q", i, text, list[i], parts[i])
		}
	}

	unquoted, ok := commerce.Unquoted(text)
	var s *string
	isText := json.Unmarshal([]byte(text), &s) == nil && s != nil
	if ok != isText || ok && unquoted != *s {
		t.Errorf("%q unquoted is %q, %v", text, unquoted, ok)
	}
	for _, m := range got {
		const most = 1000 // what is nested deep would be looked at again and again
		if len(m.value) < most {
			checkJSON(t, m.value)
		}
	}
}

// decodedMembers are the members that a json.Decoder sees.
func decodedMembers(text string) []member {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil
	}
	var all []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return all
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return all
		}
		all = append(all, member{name.(string), string(value)})
	}
	return all
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for _, text := range append(jsontest.Seeds(), jsontest.Deep()...) {
		checkJSON(t, text)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 20_000 {
		checkJSON(t, jsontest.Object(r, "a", "b"))
	}
}

func FuzzJSON(f *testing.F) {
	for _, text := range jsontest.Seeds() {
		f.Add(text)
	}
	f.Fuzz(checkJSON)
}
