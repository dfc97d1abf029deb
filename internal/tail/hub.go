package tail

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"kith/internal/commerce"
)

// Status is what became of an event.
type Status string

// Statuses.
const (
	Accepted Status = "accepted" // it is on the disk
	Refused  Status = "refused"  // it cannot be used: Column and Reason say why
	Repeated Status = "repeated" // it had come before
	Crawler  Status = "crawler"  // a known crawler did it
)

// Statuses lists all.
func Statuses() []Status { return []Status{Accepted, Refused, Repeated, Crawler} }

// Event is one that came in.
type Event struct {
	At        time.Time // when it came in
	Source    string    // the id of the key that it came with; "" if it came with none
	Kind      string    // track, page, identify and so on
	Name      string    // of a track, a page or a screen
	MessageID string
	// Whose is the customer's key as it was sent, and WhoseKind which one it is:
	// customer_id, email, phone or anonymous_id.
	Whose, WhoseKind string
	Status           Status
	Column, Reason   string // why it was refused
	// Body is the event's JSON. The Hub keeps a copy of its first MaxBody bytes;
	// Cut says that there was more.
	Body []byte
	Cut  bool
}

const (
	// MaxBody is how much of an event's JSON is kept.
	MaxBody = 4 << 10
	// maxText is how long the other texts of an event are, in bytes.
	maxText = 400
)

// Limits of a Hub.
const (
	Ring         = 1000 // how many events are held
	MaxListeners = 100
)

// Hub holds the last events. It is safe for concurrent use.
type Hub struct {
	epoch string // another one each time: numbers begin anew

	mu        sync.Mutex
	ring      [Ring]Event // the event with number n is at n%Ring
	last      uint64      // the number of the last event; they begin with 1
	listeners int
	// changed is closed when an event is put; nil if nobody waits for one.
	changed chan struct{}
}

// New makes a Hub.
func New() *Hub { return &Hub{epoch: strings.ToLower(rand.Text()[:8])} }

// Put adds an event. It keeps nothing of what e refers to.
func (h *Hub) Put(e Event) {
	body := e.Body
	if len(body) > MaxBody {
		body, e.Cut = whole(body[:MaxBody]), true
	}
	for _, text := range []*string{&e.Source, &e.Kind, &e.Name, &e.MessageID, &e.Whose, &e.WhoseKind, &e.Column, &e.Reason} {
		*text = clipped(*text)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last++
	place := &h.ring[h.last%Ring]
	e.Body = append(place.Body[:0], body...)
	*place = e
	if h.changed != nil {
		close(h.changed)
		h.changed = nil
	}
}

// whole leaves out the part of a letter at the end of a text that was cut.
func whole(text []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(text); i++ {
		if rest := text[len(text)-i:]; utf8.RuneStart(rest[0]) {
			if !utf8.FullRune(rest) {
				return text[:len(text)-i]
			}
			break
		}
	}
	return text
}

// clipped is a text with an end of its own, which keeps no larger one alive.
func clipped(text string) string {
	if len(text) > maxText {
		return string(whole([]byte(text[:maxText]))) + "…"
	}
	return strings.Clone(text)
}

// Filter says which events somebody wants to see.
type Filter struct {
	Status Status // "" for all
	Source string // the id of a key; "" for all
	Name   string // what a name or a kind contains, in any case; "" for all
}

func (f Filter) takes(e *Event) bool {
	return (f.Status == "" || f.Status == e.Status) && (f.Source == "" || f.Source == e.Source) &&
		(f.Name == "" || contains(e.Name, f.Name) || contains(e.Kind, f.Name))
}

func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// Numbered is an event with an id, by which whoever comes again says how far
// they were.
type Numbered struct {
	Event

	ID string
}

// Listener is somebody who sees events as they are put.
type Listener struct {
	hub    *Hub
	filter Filter
	seen   uint64 // the number of the last one that was looked at
	missed int    // so many were lost and not told yet
	closed bool
}

// Listen begins with the events that are held, or behind the one with an id,
// if this Hub gave it. The Listener must be closed. It is for one goroutine.
func (h *Hub) Listen(f Filter, after string) (*Listener, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listeners >= MaxListeners {
		return nil, commerce.Errorf(commerce.CodeThrottled, "%d look at the events that come in already, which is as many as there may be; close another one", h.listeners)
	}
	h.listeners++
	l := &Listener{hub: h, filter: f}
	if epoch, number, found := strings.Cut(after, "-"); found && epoch == h.epoch {
		if n, err := strconv.ParseUint(number, 10, 64); err == nil && n <= h.last {
			l.seen = n
			return l, nil
		}
	}
	l.seen = h.last - min(h.last, Ring)
	return l, nil
}

// Close lets another one listen.
func (l *Listener) Close() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if !l.closed {
		l.closed = true
		l.hub.listeners--
	}
}

// Next waits for events that the Listener wants to see, and returns all of them
// that came since it was called last, and how many it missed before these
// because they came too fast, of whatever kind. It ends with the context.
func (l *Listener) Next(ctx context.Context) (batch []Numbered, missed int, err error) {
	for {
		batch, changed := l.look()
		if len(batch) > 0 {
			missed, l.missed = l.missed, 0
			return batch, missed, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		}
	}
}

// look takes what is there. changed is closed when there is more.
func (l *Listener) look() (batch []Numbered, changed <-chan struct{}) {
	h := l.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if oldest := h.last - min(h.last, Ring); l.seen < oldest {
		l.missed += int(oldest - l.seen)
		l.seen = oldest
	}
	for l.seen < h.last {
		l.seen++
		e := &h.ring[l.seen%Ring]
		if l.filter.takes(e) {
			n := Numbered{Event: *e, ID: h.epoch + "-" + strconv.FormatUint(l.seen, 10)}
			n.Body = append([]byte(nil), e.Body...) // the ring writes over it
			batch = append(batch, n)
		}
	}
	if h.changed == nil {
		h.changed = make(chan struct{})
	}
	return batch, h.changed
}
