package commerce

import (
	"encoding/json"
	"time"
)

// Event is one event as it was taken from the shop's site, app or till: a
// record of Events. Texts are trimmed; e-mails and phones are normalised; what
// is not known is empty.
type Event struct {
	// At is when it happened, UTC, in whole microseconds.
	At time.Time `json:"at"`
	// Type is one of the types below; empty is TrackType.
	Type string `json:"type,omitempty"`
	// Name is the event's name as it was given.
	Name        string `json:"event,omitempty"`
	CustomerID  string `json:"customer_id,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       string `json:"phone,omitempty"`
	AnonymousID string `json:"anonymous_id,omitempty"`
	MessageID   string `json:"message_id,omitempty"`
	// Properties and Traits are JSON objects, or nil.
	Properties json.RawMessage `json:"properties,omitempty"`
	Traits     json.RawMessage `json:"traits,omitempty"`
}

// Types of events. The last two are made of the others when they come in.
const (
	TrackType    = "track"
	PageType     = "page"
	ScreenType   = "screen"
	IdentifyType = "identify"
	GroupType    = "group"
	AliasType    = "alias"
	// PublicType is a track event that came with a public key, which anybody
	// may read: what it says of money is not believed.
	PublicType = "public"
	// CrawlerType is whatever a known crawler does. It belongs to nobody.
	CrawlerType = "crawler"
)

// EventBatch is the body of an EventsEntry: what came in together, in order.
type EventBatch struct {
	Events []Event `json:"events"`
	// Source is the id of the key that it came with; empty if it came with none.
	Source string `json:"source,omitempty"`
	// Refused are those that cannot be used as they are. They are kept so that
	// they can be mended.
	Refused []RefusedEvent `json:"refused,omitempty"`
}

// RefusedEvent is an event that cannot be used, as it came.
type RefusedEvent struct {
	// Column is the field that is wrong, or "row"; Reason is why.
	Column string `json:"column"`
	Reason string `json:"reason"`
	// Body is the event's object; the first part of it, as a JSON string, if it
	// was too large or no object.
	Body json.RawMessage `json:"body"`
}

// ReadEvents reads the body of an EventsEntry as json.Unmarshal does, only
// sooner. Properties and traits are parts of the body, not copies.
func ReadEvents(body []byte) (EventBatch, error) {
	r := eventReader{scanner: scanner[[]byte]{text: body}}
	if batch, ok := r.batch(); ok {
		return batch, nil
	}
	var batch EventBatch
	if err := json.Unmarshal(body, &batch); err != nil {
		return EventBatch{}, err
	}
	return batch, nil
}

// eventReader reads a batch in the form in which json.Marshal writes it, to the
// letter. Any other is json.Unmarshal's.
type eventReader struct {
	scanner[[]byte]

	// repeated are the latest of those texts that come again and again, the
	// oldest at next.
	repeated [8]string
	next     int
}

func (r *eventReader) batch() (b EventBatch, ok bool) {
	if !r.word(`{"events":[`) {
		return b, false
	}
	const size = 512 // of an event, more or less
	b.Events = make([]Event, 0, len(r.text)/size+1)
	if !r.word("]") {
		for first := true; first || r.word(","); first = false {
			b.Events = append(b.Events, Event{})
			if !r.event(&b.Events[len(b.Events)-1]) {
				return b, false
			}
		}
		if !r.word("]") {
			return b, false
		}
	}
	if r.word(`,"source":`) && !r.textInto(&b.Source) || r.word(`,"refused":`) && !r.refused(&b.Refused) {
		return b, false
	}
	return b, r.word("}") && r.end()
}

func (r *eventReader) refused(all *[]RefusedEvent) bool {
	if !r.word("[") {
		return false
	}
	for first := true; first || r.word(","); first = false {
		var e RefusedEvent
		if !r.word(`{"column":`) || !r.textInto(&e.Column) || !r.word(`,"reason":`) || !r.textInto(&e.Reason) ||
			!r.word(`,"body":`) || !r.part(&e.Body) || !r.word("}") {
			return false
		}
		*all = append(*all, e)
	}
	return r.word("]")
}

func (r *eventReader) event(e *Event) bool {
	return r.word(`{"at":`) && r.instant(&e.At) &&
		(!r.word(`,"type":`) || r.repeatedText(&e.Type)) &&
		(!r.word(`,"event":`) || r.repeatedText(&e.Name)) &&
		(!r.word(`,"customer_id":`) || r.textInto(&e.CustomerID)) &&
		(!r.word(`,"email":`) || r.textInto(&e.Email)) &&
		(!r.word(`,"phone":`) || r.textInto(&e.Phone)) &&
		(!r.word(`,"anonymous_id":`) || r.textInto(&e.AnonymousID)) &&
		(!r.word(`,"message_id":`) || r.textInto(&e.MessageID)) &&
		(!r.word(`,"properties":`) || r.part(&e.Properties)) &&
		(!r.word(`,"traits":`) || r.part(&e.Traits)) &&
		r.word("}")
}

func (r *eventReader) instant(at *time.Time) bool {
	start := r.at
	return r.string() && at.UnmarshalJSON(r.text[start:r.at]) == nil
}

// inner takes a string, and gives what stands between its quotes.
func (r *eventReader) inner() ([]byte, bool) {
	start := r.at
	if !r.string() {
		return nil, false
	}
	return r.text[start+1 : r.at-1], true
}

// textInto takes a string. It is a copy, which may be kept without the body.
func (r *eventReader) textInto(s *string) bool {
	inner, ok := r.inner()
	*s = unescaped(string(inner))
	return ok
}

// repeatedText takes a string that is likely one of those that came before.
func (r *eventReader) repeatedText(s *string) bool {
	inner, ok := r.inner()
	for _, known := range &r.repeated {
		if string(inner) == known {
			*s = known
			return ok
		}
	}
	*s = unescaped(string(inner))
	if *s == string(inner) { // without escapes
		r.repeated[r.next%len(r.repeated)] = *s
		r.next++
	}
	return ok
}

// part takes any value as it stands in the body.
func (r *eventReader) part(m *json.RawMessage) bool {
	const outside = 3 // the event, the list and the batch
	start := r.at
	ok := r.value(maxNesting - outside)
	*m = r.text[start:r.at:r.at]
	return ok
}
