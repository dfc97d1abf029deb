package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"kith/internal/commerce"
)

// TrackConfig says how a body of events is read.
type TrackConfig struct {
	// At is when the body arrived. It is required: events that do not say when
	// they happened are of then.
	At time.Time
	// Zone is what times without an offset are read in; nil means UTC.
	Zone *time.Location
	// Country, two letters, is the shop's, as Config has it.
	Country string
	// Type is that of events that do not say theirs; empty is track.
	Type string
	// Public says that anybody may have sent the body: what it says of money is
	// not believed.
	Public bool
	// UserAgent is that of the browser that sent the body, for events that do
	// not say theirs; empty if it was no browser.
	UserAgent string
}

// Tracked is what a body brought.
type Tracked struct {
	Events  []commerce.Event // those that were taken, in order
	Refused []RefusedEvent
	// Warnings say what counts as missing of those that were taken: the first
	// of a body.
	Warnings []EventWarning
}

// EventWarning is something in an event that counts as missing. Index counts
// the events of the body from 0; Property is "properties.NAME".
type EventWarning struct {
	Index    int    `json:"index"`
	Property string `json:"property"`
	Reason   string `json:"reason"`
}

// RefusedEvent is an event that cannot be used, and why. Index counts the
// events of the body from 0; Column is a field, or "row" for the whole event.
type RefusedEvent struct {
	Index  int
	Column string
	Reason string
	// Body is the event as it came, as commerce.RefusedEvent has it.
	Body json.RawMessage
}

// Limits of a body: those of the clients of the Segment protocol. What a batch
// says for all its events is counted with each of them, since each takes it
// over.
const (
	maxTracked      = 2500
	maxTrackedEvent = 32 << 10
	maxTrackedTotal = 1 << 20
	maxTrackedDepth = 16  // objects and lists within each other, the event among them
	maxTrackedKeys  = 256 // in all objects of an event

	// maxRefusedPart is how much is kept of a refused event that is too large.
	maxRefusedPart = 4 << 10

	maxTrackedWarnings = 100
)

// clockSkew is how far ahead of the arrival an event may say that it happened;
// a clock that is further off is wrong, and the arrival's counts.
const clockSkew = 24 * time.Hour

// A BodyError says why a body of events cannot be read, and where. Line and
// Column count from 1, Column in characters.
type BodyError struct {
	Line, Column int
	Reason       string
}

// Error points at the place.
func (e *BodyError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Reason) }

// Reader reads bodies of events, many at a time.
type Reader struct {
	keys    sync.Pool // of *eventKeys, which remember what headers mean
	devices devices
}

// NewReader returns a Reader.
func NewReader() *Reader { return &Reader{} }

// Track reads the body of a tracking call: an event as a line of a file has
// it, an object with a "batch" of events, or a list of events. Each event is
// read as if it stood alone in a file; only one without an instant is of its
// arrival, not refused. A body that is no such JSON, or too much, is a
// *BodyError and brings nothing.
func (r *Reader) Track(body []byte, cfg TrackConfig) (Tracked, error) {
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	cfg.Country = strings.ToUpper(strings.TrimSpace(cfg.Country))
	keys, ok := r.keys.Get().(*eventKeys)
	if !ok {
		keys = newEventKeys(&Config{Kind: commerce.Events})
	}
	defer r.keys.Put(keys)
	t := &tracker{
		TrackConfig: cfg, at: cfg.At.UTC().Truncate(time.Microsecond), body: body, years: map[int][]segment{},
		keys: keys, devices: &r.devices,
	}
	if err := t.check(); err != nil {
		return Tracked{}, err
	}
	if err := t.read(); err != nil {
		return Tracked{}, err
	}
	return t.out, nil
}

// tracker is one body on its way.
type tracker struct {
	TrackConfig

	at      time.Time // TrackConfig.At in whole microseconds
	keys    *eventKeys
	devices *devices
	body    []byte
	years   map[int][]segment // how local times are read, by year
	count   int               // events seen
	total   int               // their size
	out     Tracked
}

// check looks at the whole body before anything is made of it.
func (t *tracker) check() error {
	if i := invalidUTF8(t.body); i >= 0 {
		return t.wrong(i, "this is not UTF-8 text")
	}
	s := scanner{text: t.body}
	s.space()
	if start := s.at; start == len(t.body) {
		return t.wrong(start, "there is nothing")
	} else if b := t.body[start]; b != '{' && b != '[' {
		return t.wrong(start, "this is neither an object nor a list of objects")
	}
	depth := 0
	if t.body[s.at] == '[' {
		depth = -1 // events in a list may nest as deep as one alone
	}
	if _, err := s.value(depth); err != nil {
		return t.wrong(s.at, t.whatIsWrong(s.at, err))
	}
	if s.space(); s.at < len(t.body) {
		return t.wrong(s.at, "there is more behind the end")
	}
	return nil
}

func (t *tracker) whatIsWrong(at int, err error) string {
	switch {
	case err == errJSONDepth: //nolint:errorlint // the scanner does not wrap
		return err.Error()
	case at >= len(t.body):
		return "it ends too early"
	}
	return "this is not JSON"
}

func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}

// wrong is an error that points at a place of the body.
func (t *tracker) wrong(at int, reason string) error {
	before := t.body[:at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return &BodyError{Line: 1 + bytes.Count(before, []byte{'\n'}), Column: 1 + utf8.RuneCount(before[start:]), Reason: reason}
}

// place is where a part of the body stands in it.
func (t *tracker) place(part []byte) int { return cap(t.body) - cap(part) }

func (t *tracker) read() error {
	text := bytes.TrimLeft(t.body, " \t\r\n")
	if text[0] == '[' {
		return t.each(text, &event{})
	}
	var outer event
	if err := t.keys.read(text, &outer); err != nil {
		return err // it was checked
	}
	switch {
	case len(outer.batch.raw) == 0:
		return t.event(jsonValue{text}, &event{})
	case !outer.batch.isArray():
		return t.wrong(t.place(outer.batch.raw), errBatch.Error())
	}
	return t.each(outer.batch.raw, &outer)
}

func (t *tracker) each(list []byte, outer *event) error {
	return eachElement(list, func(value jsonValue) error { return t.event(value, outer) })
}

// event takes one event of the body. outer is what its batch says for all.
func (t *tracker) event(value jsonValue, outer *event) error {
	index := t.count
	if t.count++; t.count > maxTracked {
		return t.wrong(t.place(value.raw), fmt.Sprintf("there are more than %d events: send them in several calls", maxTracked))
	}
	refuse := func(column, reason string) {
		t.out.Refused = append(t.out.Refused, RefusedEvent{index, column, printable(reason), refusedBody(value)})
	}
	size := len(value.raw) + outer.inheritable()
	if reason := unfitEvent(value, size); reason != "" {
		refuse("row", reason)
		return nil
	}
	if t.total += size; t.total > maxTrackedTotal {
		return t.wrong(t.place(value.raw), "the events are too large, each with what it takes over from its batch: send them in several calls")
	}
	var ev event
	if err := t.keys.read(value.raw, &ev); err != nil {
		return err // it was checked
	}
	ev.inherit(outer)
	if len(ev.values[evType].raw) == 0 && t.Type != "" {
		ev.values[evType] = jsonValue{appendJSONString(nil, t.Type)}
	}
	crawler := t.surround(&ev)
	ev.complete()
	taken, column, reason := t.canonical(&ev)
	if reason != "" {
		refuse(column, reason)
		return nil
	}
	t.judge(&taken, crawler != "")
	t.out.Events = append(t.out.Events, taken)
	t.warn(index, taken.Properties)
	return nil
}

// judge marks what is not a customer's doing, and what is not believed.
func (t *tracker) judge(e *commerce.Event, crawler bool) {
	switch {
	case crawler:
		e.Name = firstOf(e.Name, e.Type)
		e.Type = commerce.CrawlerType
		e.CustomerID, e.AnonymousID, e.Email, e.Phone, e.Traits = "", "", "", "", nil
	case t.Public && e.Type == commerce.TrackType:
		e.Type = commerce.PublicType
	}
}

// unfitEvent says why an event is not looked at closer, or nothing.
func unfitEvent(value jsonValue, size int) string {
	switch {
	case !value.isObject():
		return errJSON.Error()
	case size > maxTrackedEvent:
		return fmt.Sprintf("it is larger than %d KiB", maxTrackedEvent>>10)
	}
	depth, keys := shapeOf(value.raw)
	switch {
	case depth > maxTrackedDepth:
		return fmt.Sprintf("it has objects and lists nested deeper than %d", maxTrackedDepth)
	case keys > maxTrackedKeys:
		return fmt.Sprintf("it has more than %d keys", maxTrackedKeys)
	}
	return ""
}

// shapeOf is how deep JSON nests, and how many keys it has.
func shapeOf(raw []byte) (deepest, keys int) {
	depth := 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			for i++; raw[i] != '"'; i++ { // it was checked: it ends
				if raw[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		case ':':
			keys++
		}
	}
	return deepest, keys
}

// refusedBody is what is kept of a refused event.
func refusedBody(value jsonValue) json.RawMessage {
	if value.isObject() && len(value.raw) <= maxTrackedEvent {
		return bytes.Clone(value.raw)
	}
	part := value.raw[:min(len(value.raw), maxRefusedPart)]
	return appendJSONString(nil, strings.ToValidUTF8(string(part), ""))
}

// warn tells of numbers in an event that do not fit.
func (t *tracker) warn(index int, properties []byte) {
	for _, u := range unfitNumbers(properties) {
		if len(t.out.Warnings) < maxTrackedWarnings {
			reason := printable(u.value) + " " + unfitReason + "; it counts as missing"
			t.out.Warnings = append(t.out.Warnings, EventWarning{index, u.property, reason})
		}
	}
}

// inheritable is the size of what events take over from their batch.
func (ev *event) inheritable() int {
	n := len(ev.context.raw)
	for _, i := range inherited {
		n += len(ev.values[i].raw)
	}
	return n
}
