package simulate

import (
	"cmp"
	"slices"
	"strconv"
)

// event is one entry of a person's log; its properties are buf[from:to].
type event struct {
	at       int64
	name     string
	from, to int
	keys     keys
}

// keys says by what an event names its person.
type keys uint8

const (
	known     keys = iota // customer id or e-mail address, as a server sends it
	browsing              // the same, with the browser's anonymous id
	anonymous             // the browser's anonymous id alone
)

// eventLog gathers one person's events, which come in any order, until they
// are written. What would lie after the end has not happened and is dropped.
type eventLog struct {
	end  int64
	buf  []byte
	list []event
	keys keys
}

func (l *eventLog) reset() { l.buf, l.list, l.keys = l.buf[:0], l.list[:0], known }

// begin opens an event; properties follow, then done.
func (l *eventLog) begin(at int64, name string) {
	l.list = append(l.list, event{at: at, name: name, from: len(l.buf), keys: l.keys})
	l.buf = append(l.buf, '{')
}

func (l *eventLog) done() {
	last := len(l.list) - 1
	l.buf = append(l.buf, '}')
	l.list[last].to = len(l.buf)
	if l.list[last].at > l.end {
		l.buf = l.buf[:l.list[last].from]
		l.list = l.list[:last]
	}
}

func (l *eventLog) key(k string) {
	if l.buf[len(l.buf)-1] != '{' {
		l.buf = append(l.buf, ',')
	}
	l.buf = append(l.buf, '"')
	l.buf = append(l.buf, k...)
	l.buf = append(l.buf, '"', ':')
}

// text adds a property; an empty one is left out.
func (l *eventLog) text(k, v string) {
	if v == "" {
		return
	}
	l.key(k)
	l.buf = appendJSON(l.buf, v)
}

func (l *eventLog) number(k string, v int) {
	l.key(k)
	l.buf = strconv.AppendInt(l.buf, int64(v), 10)
}

func (l *eventLog) amount(k string, c currency, m money) {
	l.key(k)
	l.buf = c.append(l.buf, m)
}

func (l *eventLog) instant(k string, at int64) {
	l.key(k)
	l.buf = append(l.buf, '"')
	l.buf = append(stamp(l.buf, at), '"')
}

func (l *eventLog) sort() {
	slices.SortStableFunc(l.list, func(a, b event) int { return cmp.Compare(a.at, b.at) })
}

// appendJSON writes a string; what is written here holds no control
// characters.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

func appendJSONOrNull(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return appendJSON(b, s)
}

// append writes an event as its line. All keys are always there, so that
// every line shows a reader the whole form.
func (l *eventLog) append(b []byte, e *event, p *person, messageID string) []byte {
	customerID, email, anonymousID := p.customerID, "", ""
	if customerID == "" {
		email = p.email
	}
	switch e.keys {
	case known:
	case browsing:
		anonymousID = p.anonymousID
	case anonymous:
		customerID, email, anonymousID = "", "", p.anonymousID
	}
	b = append(b, `{"at":"`...)
	b = stamp(b, e.at)
	b = append(b, `","event":`...)
	b = appendJSON(b, e.name)
	b = append(b, `,"customer_id":`...)
	b = appendJSONOrNull(b, customerID)
	b = append(b, `,"anonymous_id":`...)
	b = appendJSONOrNull(b, anonymousID)
	b = append(b, `,"email":`...)
	b = appendJSONOrNull(b, email)
	b = append(b, `,"message_id":`...)
	b = appendJSON(b, messageID)
	b = append(b, `,"properties":`...)
	b = append(b, l.buf[e.from:e.to]...)
	return append(b, '}', '\n')
}
