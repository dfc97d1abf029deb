package live

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/big"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"kith/internal/commerce/jsontest"
	"kith/internal/customer"
	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// objectNames are asked of every object.
var objectNames = []string{"a", "b", "order_id", "total", "quantity", "products", "tags", "", "d", "\ufffd"}

// checkObject compares an object with what encoding/json reads.
func checkObject(t *testing.T, text string) {
	t.Helper()
	got, want := readObject(text), decodeObject(text)
	if names := slices.Collect(got.names()); !slices.Equal(names, want.names) {
		t.Fatalf("the names of %q are %q, want %q", text, names, want.names)
	}
	for _, name := range append(objectNames, want.names...) {
		checkMember(t, text, name, got, want)
	}
}

func checkMember(t *testing.T, text, name string, got object, want decoded) {
	t.Helper()
	value := want.text(name)
	scalar := value
	if value != "" && (value[0] == '{' || value[0] == '[') {
		scalar = ""
	}
	if got.text(name) != value || got.scalar(name) != scalar || got.has(name) != (want.values[name] != nil) {
		t.Errorf("%q of %q is %q, %q, %v, want %q, %q", name, text, got.text(name), got.scalar(name), got.has(name), value, scalar)
	}
	if d := matchDecimal(value); got.number(name).String() != d.String() || !reflect.DeepEqual(got.numberValue(name), d.value()) {
		t.Errorf("%q of %q is the number %v, %v, want %v", name, text, got.number(name), got.numberValue(name), d)
	}
	if at, ok := parsedInstant(value); ok != !eval.RawText(value).Read(segql.Instant).Missing() {
		t.Errorf("%q is an instant: %v", value, ok)
	} else if gotAt, gotOK := got.instant(name); gotAt != at || gotOK != ok {
		t.Errorf("%q of %q is at %v, %v, want %v, %v", name, text, gotAt, gotOK, at, ok)
	}
	if isNumber(value) != someNumber.MatchString(value) || (noID(value) == "") == someControl.MatchString(value) {
		t.Errorf("%q is a number: %v; an id: %q", value, isNumber(value), noID(value))
	}
	list, wantList := got.list(name), want.list(name)
	if len(list) != len(wantList) {
		t.Fatalf("%q of %q is %q, want %q", name, text, list, wantList)
	}
	for i := range list {
		if list[i] != string(wantList[i]) {
			t.Errorf("%q of %q is %q, want %q", name, text, list, wantList)
		}
	}
}

func TestObject(t *testing.T) {
	t.Parallel()
	for _, text := range append(jsontest.Seeds(), jsontest.Deep()...) {
		checkObject(t, text)
	}
	r := rand.New(rand.NewPCG(1, 5))
	for range 5000 {
		checkObject(t, jsontest.Object(r, objectNames[:9]...))
	}
}

// TestIdentified compares what traits say with what encoding/json reads.
func TestIdentified(t *testing.T) {
	t.Parallel()
	var names []string
	for _, name := range customer.TraitNames {
		names = append(names, name[0])
	}
	r := rand.New(rand.NewPCG(1, 6))
	some := 0
	for range 3000 {
		text := jsontest.Object(r, append(names[r.IntN(len(names)):], "address", "tags", "createdAt", "created_at")...)
		if r.IntN(3) == 0 {
			text = `{"address":` + text + `,"created_at":"2026-03-01T10:00:00Z","createdAt":"2026-03-01T10:00:00.5Z","created_at":"2026-03-02T10:00:00Z"}`
		}
		f := &fact{at: 7, place: customer.Place{Seq: 1, Pos: 2}, meaning: meaning{class: customer.IdentifyEvent}}
		f.Traits = json.RawMessage(text)
		said, since := f.identified()
		wantSaid, wantSince := decodeSaid(f), decodeSince(text)
		if len(said)+len(wantSaid) > 0 && !reflect.DeepEqual(said, wantSaid) || !slices.Equal(since, wantSince) {
			t.Fatalf("%q says %+v, %v, want %+v, %v", text, said, since, wantSaid, wantSince)
		}
		some += len(since)
	}
	if some == 0 {
		t.Error("nobody was known since")
	}
}

// decodeSaid is fact.said as a map of names.
func decodeSaid(f *fact) []customer.Statement {
	values := map[string]*string{}
	say := func(name, value string) {
		before, again := values[name]
		if !again {
			values[name] = nil
		}
		if value != "" && (before == nil || *before < value) {
			values[name] = &value
		}
	}
	traits := decodeObject(string(f.Traits))
	for _, trait := range traits.names {
		switch name := customer.TraitField(trait); {
		case trait == "", name == "":
		case name == "tags":
			text := traits.text("tags")
			if raw := traits.values["tags"]; text != "" && raw[0] != '[' {
				list, _ := json.Marshal([]string{text}) // a list of texts can be written
				text = string(list)
			}
			say(name, text)
		default:
			say(name, traits.text(trait))
		}
		if trait == "address" {
			address := decodeObject(string(traits.values[trait]))
			for _, part := range customer.AddressTraits() {
				if raw := address.values[part]; len(raw) > 0 && raw[0] != 'n' {
					say(customer.TraitField("address."+part), address.text(part))
				}
			}
		}
	}
	var said []customer.Statement
	for _, name := range slices.Sorted(maps.Keys(values)) {
		said = append(said, customer.Statement{At: f.at, Place: f.place, Name: name, Value: values[name]})
	}
	return said
}

func decodeSince(text string) []int64 {
	var known []int64
	traits := decodeObject(text)
	for _, name := range traits.names {
		if at, ok := parsedInstant(traits.text(name)); ok && customer.TraitField(name) == "created_at" {
			known = append(known, at)
		}
	}
	return known
}

func FuzzObject(f *testing.F) {
	for _, text := range jsontest.Seeds() {
		f.Add(text)
	}
	for _, text := range []string{`{"a":"+1","b":"-12.5","d":"1.","total":"999999999999.999999"}`, `{"a":"2026-03-01T10:00:00.1234567Z","b":"2026-03-01T10:00:00+24:00"}`} {
		f.Add(text)
	}
	f.Fuzz(checkObject)
}

// decoded is an object as encoding/json reads it.
type decoded struct {
	names  []string
	values map[string]json.RawMessage
}

func decodeObject(text string) decoded {
	o := decoded{values: map[string]json.RawMessage{}}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return o
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return o
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return o
		}
		if _, again := o.values[name.(string)]; !again {
			o.names = append(o.names, name.(string))
			o.values[name.(string)] = value
		}
	}
	return o
}

func (o decoded) text(name string) string {
	raw := o.values[name]
	switch {
	case len(raw) == 0:
		return ""
	case raw[0] == '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return ""
		}
		return s
	case raw[0] == '{', raw[0] == '[':
		var b bytes.Buffer
		if json.Compact(&b, raw) != nil {
			return ""
		}
		return b.String()
	case raw[0] == 'n':
		return ""
	case raw[0] == 't', raw[0] == 'f':
		return string(raw)
	}
	return eval.NumberText(string(raw))
}

func (o decoded) list(name string) []json.RawMessage {
	var parts []json.RawMessage
	if raw := o.values[name]; len(raw) > 0 && raw[0] == '[' && json.Unmarshal(raw, &parts) != nil {
		return nil
	}
	return parts
}

var (
	someDecimal = regexp.MustCompile(`^[+-]?([0-9]{1,12})(?:\.([0-9]{1,6}))?$`)
	someNumber  = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)
	someControl = regexp.MustCompile(`[\x00-\x1f\x7f-\x{9f}\x{fffd}]`)
)

func matchDecimal(s string) decimal {
	m := someDecimal.FindStringSubmatch(s)
	if m == nil {
		return decimal{}
	}
	n, ok := new(big.Int).SetString(m[1]+(m[2] + "000000")[:6], 10)
	if ok && s[0] == '-' {
		n.Neg(n)
	}
	return decimal{n}
}

func parsedInstant(s string) (int64, bool) {
	if eval.RawText(s).Read(segql.Instant).Missing() {
		return 0, false
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	return at.UnixMicro(), err == nil
}
