package intake

import (
	"bytes"
	"fmt"
	"strings"
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
	Index  int    `json:"index"`
	Column string `json:"column"`
	Reason string `json:"reason"`
}

// Limits of a body. What a batch says for all its events is counted with each
// of them, since each takes it over.
const (
	maxTracked      = 1000
	maxTrackedEvent = 32 << 10
	maxTrackedTotal = 1 << 20

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

// Track reads the body of a tracking call: an event as a line of a file has
// it, an object with a "batch" of events, or a list of events. Each event is
// read as if it stood alone in a file; only one without an instant is of its
// arrival, not refused. A body that is no such JSON, or too much, is a
// *BodyError and brings nothing.
func Track(body []byte, cfg TrackConfig) (Tracked, error) {
	zone := cfg.Zone
	if zone == nil {
		zone = time.UTC
	}
	t := &tracker{
		at: cfg.At.UTC().Truncate(time.Microsecond), body: body, years: map[int][]segment{},
		keys: newEventKeys(&Config{Kind: commerce.Events, Zone: zone, Country: strings.ToUpper(strings.TrimSpace(cfg.Country))}),
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
	at    time.Time
	keys  *eventKeys
	body  []byte
	years map[int][]segment // how local times are read, by year
	count int               // events seen
	total int               // their size
	out   Tracked
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
		t.out.Refused = append(t.out.Refused, RefusedEvent{index, column, printable(reason)})
	}
	if !value.isObject() {
		refuse("row", errJSON.Error())
		return nil
	}
	size := len(value.raw) + outer.inheritable()
	if size > maxTrackedEvent {
		refuse("row", fmt.Sprintf("it is larger than %d KiB", maxTrackedEvent>>10))
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
	ev.complete()
	taken, column, reason := t.canonical(&ev)
	if reason != "" {
		refuse(column, reason)
		return nil
	}
	t.out.Events = append(t.out.Events, taken)
	t.warn(index, taken.Properties)
	return nil
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
