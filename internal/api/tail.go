package api

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/commerce"
	"kith/internal/tail"
	"kith/internal/user"
)

// TailQuestion says which events somebody wants to see as they come in.
type TailQuestion struct {
	Status tail.Status // "" for all
	Key    string      // the id of the key they came with; "" for all
	Event  string      // what the name or the kind contains, in any case; "" for all
	After  string      // the id of the last one seen; "" for what is held
}

// TailEvent is an event that came in.
type TailEvent struct {
	ID        string      `json:"id" doc:"by which a stream goes on behind it"`
	At        time.Time   `json:"at" doc:"when it came in"`
	Key       string      `json:"key,omitempty" doc:"the id of the key that it came with; absent: none"`
	Kind      string      `json:"kind,omitempty" doc:"track, page, identify and so on"`
	Event     string      `json:"event,omitempty" doc:"its name"`
	MessageID string      `json:"message_id,omitempty"`
	Customer  string      `json:"customer,omitempty" doc:"the customer's key as it was sent"`
	KnownBy   string      `json:"known_by,omitempty" enum:"customer_id,email,phone,anonymous_id" doc:"which key that is"`
	Status    tail.Status `json:"status" enum:"accepted,refused,repeated,crawler"`
	Column    string      `json:"column,omitempty" doc:"the field that is wrong, or row for the whole event"`
	Reason    string      `json:"reason,omitempty" words:"message" doc:"why it was refused"`
	Body      string      `json:"body,omitempty" doc:"the event's JSON, up to 4 KiB"`
	Cut       bool        `json:"cut,omitempty" doc:"there was more of the body"`
	// Missed is told with the first event behind them.
	Missed int `json:"missed,omitempty" doc:"so many before it were not sent, because they came too fast"`
}

// TailStream gives events as they come in. It is for one goroutine.
type TailStream interface {
	// Next waits for events. It returns the context's error when that ends, and
	// goes on if it is asked again.
	Next(ctx context.Context) ([]TailEvent, error)
	Close() error
}

// Tail implements Shop.
func (s *Service) Tail(_ context.Context, q TailQuestion) (TailStream, error) {
	if !s.config.Served() {
		return nil, commerce.Errorf(commerce.CodeConflict, "no server runs on this folder, so that no events come in; start one with \"kith serve\"")
	}
	l, err := s.config.Tail.Listen(tail.Filter{Status: q.Status, Source: q.Key, Name: q.Event}, q.After)
	if err != nil {
		return nil, err
	}
	return tailed{l}, nil
}

// tailed is a tail.Listener as a TailStream.
type tailed struct{ listener *tail.Listener }

func (t tailed) Close() error {
	t.listener.Close()
	return nil
}

func (t tailed) Next(ctx context.Context) ([]TailEvent, error) {
	batch, missed, err := t.listener.Next(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]TailEvent, len(batch))
	for i, e := range batch {
		list[i] = TailEvent{
			ID: e.ID, At: e.At, Key: e.Source, Kind: e.Kind, Event: e.Name, MessageID: e.MessageID, Customer: e.Whose, KnownBy: e.WhoseKind,
			Status: e.Status, Column: e.Column, Reason: e.Reason, Body: string(e.Body), Cut: e.Cut,
		}
	}
	list[0].Missed = missed
	return list, nil
}

// tailBatch shows what came of a body of events to whoever looks.
func (s *Service) tailBatch(from Sender, events commerce.EventBatch, refused []RefusedEvent) {
	now := s.config.Now().UTC()
	var body []byte // of one event after the other: the tail keeps a copy
	for i := range events.Events {
		e := &events.Events[i]
		shown := tail.Event{
			At: now, Source: from.Key, Kind: cmp.Or(e.Type, "track"), Name: e.Name, MessageID: e.MessageID, Status: tail.Accepted,
		}
		if e.Type == "crawler" {
			shown.Status = tail.Crawler
		}
		shown.WhoseKind, shown.Whose = firstKey(e.CustomerID, e.Email, e.Phone, e.AnonymousID)
		body, _ = commerce.AppendEvent(body[:0], e) // what was read from JSON can be written
		shown.Body = body
		s.config.Tail.Put(shown)
	}
	for i, r := range refused {
		shown := tail.Event{At: now, Source: from.Key, Status: tail.Refused, Column: r.Column, Reason: r.Reason}
		if i < len(events.Refused) {
			shown.Body = events.Refused[i].Body
			glance(&shown)
		}
		s.config.Tail.Put(shown)
	}
}

// firstKey is the key that stands for a customer, and which one it is.
func firstKey(customerID, email, phone, anonymousID string) (kind, key string) {
	for _, k := range [][2]string{{"customer_id", customerID}, {"email", email}, {"phone", phone}, {"anonymous_id", anonymousID}} {
		if k[1] != "" {
			return k[0], k[1]
		}
	}
	return "", ""
}

// glance takes out of the body of a refused event what it is called and whose
// it is, as far as that can be read in the commonest spelling: it is only shown.
func glance(e *tail.Event) {
	var x struct {
		Event, Name, Type, Email, Phone string
		UserID                          string `json:"userId"`
		CustomerID                      string `json:"customer_id"`
		AnonymousID                     string `json:"anonymousId"`
		MessageID                       string `json:"messageId"`
	}
	// What has another type than it should is left out, and the rest is read.
	_ = json.Unmarshal(e.Body, &x)
	e.Kind, e.Name, e.MessageID = x.Type, cmp.Or(x.Event, x.Name), x.MessageID
	e.WhoseKind, e.Whose = firstKey(cmp.Or(x.UserID, x.CustomerID), x.Email, x.Phone, x.AnonymousID)
}

// tailUnread shows a body that cannot be read.
func (s *Service) tailUnread(from Sender, body []byte, err error) {
	if commerce.CodeOf(err) == commerce.CodeInvalid {
		s.config.Tail.Put(tail.Event{
			At: s.config.Now().UTC(), Source: from.Key, Status: tail.Refused, Column: "row", Reason: err.Error(), Body: body,
		})
	}
}

// maskTail masks contact data of an event that came in, in place.
func maskTail(ctx context.Context, e *TailEvent) {
	if !masks(ctx) {
		return
	}
	switch e.KnownBy {
	case "customer_id":
		e.Customer = maskID(ctx, e.Customer)
	case "email", "phone":
		e.Customer = user.MaskField(e.KnownBy, e.Customer)
	default: // the id of a browser, or who knows what
		e.Customer = user.MaskField("anonymous_id", e.Customer)
	}
	e.Event, e.MessageID, e.Reason = user.MaskText(e.Event), user.MaskText(e.MessageID), user.MaskText(e.Reason)
	e.Body = maskBody(ctx, e.Body)
}

// maskBody masks contact data in an event's JSON by what its fields are called.
// Of what is no whole document nothing is shown: nobody knows what stands there.
func maskBody(ctx context.Context, body string) string {
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	var x any
	if d.Decode(&x) != nil || !errors.Is(d.Decode(&struct{}{}), io.EOF) {
		return ""
	}
	if _, ok := x.(string); ok { // the beginning of a body that was no object
		return ""
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(maskValue(ctx, "", x)) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

type tailInput struct {
	Status string `query:"status" enum:"accepted,refused,repeated,crawler" doc:"only those that this became of; all if absent"`
	Key    string `query:"key" maxLength:"100" doc:"only those that came with the key with this id"`
	Event  string `query:"event" maxLength:"200" doc:"only those whose name or kind contains this, in any case"`
	After  string `query:"after" maxLength:"100" doc:"the id of the last event seen; otherwise the stream begins with the last thousand"`
	LastID string `header:"Last-Event-ID" doc:"as after; a browser sends it by itself"`

	Accept   string `header:"Accept-Language"`
	Language string `query:"language" maxLength:"100" doc:"of reasons: en, ro, ko or zh-TW; as Accept-Language if absent"`
}

func (h *handler) tailRoute() {
	h.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[TailEvent](), true, "") // the data of the stream
	register(h, Route{Method: http.MethodGet, Path: "/v1/tail", Permission: user.People, Summary: "events as they come in, as server-sent events, those that cannot be used too: first the last thousand, then what comes", gives: "text/event-stream"}, h.tail)
}

// tail streams events as server-sent events (WHATWG HTML, 9.2): each has an id,
// and a TailEvent as its data.
func (h *handler) tail(ctx context.Context, in *tailInput) (*huma.StreamResponse, error) {
	q := TailQuestion{Status: tail.Status(in.Status), Key: in.Key, Event: in.Event, After: cmp.Or(in.LastID, in.After)}
	stream, err := h.shop.Tail(ctx, q)
	if err != nil {
		return nil, err
	}
	return h.events(ctx, "showing events", func(ctx context.Context, out *eventWriter) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(h.done, cancel)()
		return errors.Join(sendTail(ctx, stream, readersLanguage(in.Language, in.Accept), out), stream.Close())
	}), nil
}

// sendTail writes events until the context ends.
func sendTail(ctx context.Context, stream TailStream, language string, out *eventWriter) error {
	for {
		waiting, cancel := context.WithTimeout(ctx, stillHere)
		batch, err := stream.Next(waiting)
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, context.DeadlineExceeded):
			if err := out.comment("still here"); err != nil {
				return goneError{err}
			}
			continue
		case err != nil:
			return err
		}
		for i := range batch {
			maskTail(ctx, &batch[i])
			if err := out.numbered(batch[i].ID, "event", said(language, batch[i])); err != nil {
				return goneError{err}
			}
		}
		if err := out.flush(); err != nil {
			return goneError{err}
		}
	}
}

// Tail implements Shop.
func (c *Client) Tail(ctx context.Context, q TailQuestion) (TailStream, error) {
	values := url.Values{}
	for name, value := range map[string]string{"status": string(q.Status), "key": q.Key, "event": q.Event, "after": q.After} {
		if value != "" {
			values.Set(name, value)
		}
	}
	content, err := c.send(ctx, http.MethodGet, "/v1/tail?"+values.Encode(), nil)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(content)
	lines.Buffer(nil, longestEvent)
	return &clientTail{content: content, lines: lines}, nil
}

// clientTail reads a stream of server-sent events.
type clientTail struct {
	content io.ReadCloser
	lines   *bufio.Scanner
}

// Next ends with the context that the stream was begun with.
func (t *clientTail) Next(ctx context.Context) ([]TailEvent, error) {
	for t.lines.Scan() {
		value, isData := strings.CutPrefix(t.lines.Text(), "data: ")
		if !isData {
			continue
		}
		var e TailEvent
		if err := json.Unmarshal([]byte(value), &e); err != nil {
			return nil, fmt.Errorf("reading the server's answer: %w", err)
		}
		return []TailEvent{e}, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, errors.Join(ErrEnded, t.lines.Err())
}

func (t *clientTail) Close() error { return t.content.Close() }
