package intake

import (
	"errors"
	"slices"
	"strings"
)

// errBatch is a batch that cannot be taken apart.
var errBatch = errors.New("its batch is not a list of objects")

// eventReader writes events out of JSON lines: flat objects under the
// manual's names, and the bodies of tracking calls, batches included.
type eventReader struct {
	keys  *eventKeys
	table *table
	plain *plainFile
}

// eventKeys takes the objects of events apart: those of files, and those that
// come one by one.
type eventKeys struct {
	cfg   *Config
	known map[string]eventKey // by header, as met
}

func newEventKeys(cfg *Config) *eventKeys { return &eventKeys{cfg: cfg, known: map[string]eventKey{}} }

// eventKey is what a key of an event's object is: a field, the better the
// lower the rank; part of the envelope, which says nothing; or a property.
type eventKey struct {
	field    int // -1: none
	rank     int
	envelope bool
	sent     bool
	property string
}

// Places in eventFields.
const (
	evAt = iota
	evEvent
	evCustomerID
	evAnonymousID
	evEmail
	evPhone
	evMessageID
	evProperties
	evType
	evTraits
	evCount
)

// envelope lists the keys of a tracking call's body that are no properties.
var envelope = [...]string{
	"context", "integrations", "channel", "version", "projectid", "writekey", "sentat", "receivedat", "batch",
	"originaltimestamp", "metadata", "_metadata", "library", "previousid", "groupid", "name", "category",
}

func newEventReader(cfg *Config, t *table, plain *plainFile) (*eventReader, error) {
	e := &eventReader{keys: newEventKeys(cfg), table: t, plain: plain}
	t.mapping = &mapping{fields: map[string][]int{}}
	for i, f := range eventFields {
		t.headers = append(t.headers, f.name)
		t.columns = append(t.columns, &column{header: f.name, roles: surveyed(f.role)})
		t.mapping.fields[f.name] = []int{i}
	}
	for name := range cfg.Map {
		if strings.HasPrefix(name, traitPrefix) {
			return nil, usage("--map: events have no field %q", name)
		}
	}
	return e, nil
}

// classify says what a key is, by the mapping, then by name.
func (e *eventKeys) classify(header string) eventKey {
	for name, column := range e.cfg.Map {
		if key(column) != key(header) {
			continue
		}
		if property, ok := strings.CutPrefix(name, propertyPrefix); ok {
			return eventKey{field: -1, property: property}
		}
		if i := slices.IndexFunc(eventFields[:], func(f field) bool { return f.name == name }); i >= 0 {
			return eventKey{field: i}
		}
	}
	k := key(header)
	for i, f := range eventFields {
		if _, asked := e.cfg.Map[f.name]; asked {
			continue
		}
		if rank := slices.Index(append([]string{key(f.name)}, f.synonyms...), k); rank >= 0 {
			return eventKey{field: i, rank: rank, sent: k == "sentat"}
		}
	}
	return eventKey{field: -1, envelope: slices.Contains(envelope[:], k), property: header}
}

// event is one event on its way to the plain file.
type event struct {
	values   [evCount]jsonValue
	ranks    [evCount]int
	name     jsonValue
	category jsonValue
	previous jsonValue
	sent     jsonValue // when the client sent it, by its own clock
	context  jsonValue
	batch    jsonValue
	others   []property
}

type property struct {
	name  string
	value jsonValue
}

// take writes the events of one line and says how many they were.
func (e *eventReader) take(row textRow, place int64) (int, error) {
	var outer event
	if err := e.keys.read(row.raw, &outer); err != nil {
		return 0, err
	}
	if !outer.batch.isArray() {
		return 1, e.write(&outer, place, row.line)
	}
	if err := checkBatch(outer.batch); err != nil {
		return 0, err
	}
	count := 0
	err := eachElement(outer.batch.raw, func(value jsonValue) error {
		var inner event
		if err := e.keys.read(value.raw, &inner); err != nil {
			return err
		}
		inner.inherit(&outer)
		count++
		return e.write(&inner, place+int64(count)-1, row.line)
	})
	return count, err
}

func checkBatch(batch jsonValue) error {
	if !batch.isArray() {
		return errBatch
	}
	return eachElement(batch.raw, func(value jsonValue) error {
		if !value.isObject() {
			return errBatch
		}
		return nil
	})
}

// read takes the object of an event apart.
func (e *eventKeys) read(text []byte, ev *event) error {
	return eachMember(text, func(header []byte, value jsonValue) error {
		k, ok := e.known[string(header)]
		if !ok {
			k = e.classify(string(header))
			if len(e.known) < maxColumns {
				e.known[string(header)] = k
			}
		}
		switch {
		case value.isNull():
		case k.field >= 0:
			if k.sent {
				ev.sent = value
			}
			if len(ev.values[k.field].raw) == 0 || k.rank <= ev.ranks[k.field] {
				ev.values[k.field], ev.ranks[k.field] = value, k.rank
			}
		case k.envelope:
			ev.keep(string(header), value)
		default:
			ev.others = append(ev.others, property{k.property, value})
		}
		return nil
	})
}

// keep keeps what of the envelope is looked at later.
func (ev *event) keep(header string, value jsonValue) {
	switch key(header) {
	case "context":
		ev.context = value
	case "batch":
		ev.batch = value
	case "name":
		ev.name = value
	case "category":
		ev.category = value
	case "previousid":
		ev.previous = value
	case "channel", "version":
		if len(ev.values[evType].raw) == 0 {
			ev.others = append(ev.others, property{header, value})
		}
	case "groupid":
		ev.others = append(ev.others, property{header, value})
	}
}

// inherited are the fields that a batch says for all its events.
var inherited = [...]int{evCustomerID, evAnonymousID, evEmail, evAt}

// inherit takes from a batch what the event itself does not say.
func (ev *event) inherit(outer *event) {
	for _, i := range inherited {
		if len(ev.values[i].raw) == 0 {
			ev.values[i] = outer.values[i]
		}
	}
	if !ev.context.isObject() {
		ev.context = outer.context
	}
	if len(ev.sent.raw) == 0 {
		ev.sent = outer.sent
	}
}

func (e *eventReader) write(ev *event, place, line int64) error {
	ev.complete()
	properties := ev.properties()
	e.plain.begin(place, line)
	for i, v := range ev.values {
		if i == evProperties {
			e.plain.cell(properties, e.table.columns[i])
			continue
		}
		e.plain.jsonCell(v, e.table.columns[i])
	}
	return e.plain.end()
}

// complete fills in what a tracking call says in other places.
func (ev *event) complete() {
	set := func(field int, value jsonValue) {
		if len(ev.values[field].raw) == 0 && !value.isNull() && !value.isObject() && !value.isArray() {
			ev.values[field] = value
		}
	}
	switch string(ev.values[evType].text()) {
	case "page", "screen":
		set(evEvent, ev.name)
		if len(ev.name.raw) > 0 {
			ev.others = append(ev.others, property{"name", ev.name})
		}
		if len(ev.category.raw) > 0 {
			ev.others = append(ev.others, property{"category", ev.category})
		}
	case "alias":
		set(evAnonymousID, ev.previous)
	default:
		for _, p := range [...]property{{"name", ev.name}, {"category", ev.category}} {
			if len(p.value.raw) > 0 {
				ev.others = append(ev.others, p)
			}
		}
	}
	traits := ev.values[evTraits]
	if ev.context.isObject() {
		_ = eachMember(ev.context.raw, func(header []byte, value jsonValue) error { // it was checked with its line
			if string(header) == "traits" && value.isObject() && !traits.isObject() {
				ev.values[evTraits] = value
			}
			return nil
		})
	}
	for _, from := range [...]jsonValue{traits, ev.values[evTraits]} {
		if !from.isObject() {
			continue
		}
		_ = eachMember(from.raw, func(header []byte, value jsonValue) error { // checked too
			switch string(header) {
			case "email":
				set(evEmail, value)
			case "phone":
				set(evPhone, value)
			}
			return nil
		})
	}
}

// properties are the event's own, and the keys that stood beside them.
func (ev *event) properties() []byte {
	own := trimmed(ev.values[evProperties].text())
	if len(ev.others) == 0 || len(own) > 0 && own[0] != '{' {
		return own
	}
	has := map[string]bool{}
	out := []byte{'{'}
	if len(own) > 0 {
		if err := eachMember(own, func(name []byte, _ jsonValue) error { has[string(name)] = true; return nil }); err != nil {
			return own
		}
		out = append(out, trimmed(own[1:len(own)-1])...)
	}
	for _, p := range ev.others {
		if has[p.name] {
			continue
		}
		has[p.name] = true
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(appendJSONString(out, p.name), ':')
		out = append(out, p.value.raw...)
	}
	return append(out, '}')
}

func appendJSONString(out []byte, text string) []byte {
	const digits = "0123456789abcdef"
	out = append(out, '"')
	for _, b := range []byte(text) {
		switch {
		case b == '"' || b == '\\':
			out = append(out, '\\', b)
		case b < ' ':
			out = append(out, '\\', 'u', '0', '0', digits[b>>4], digits[b&15])
		default:
			out = append(out, b)
		}
	}
	return append(out, '"')
}
