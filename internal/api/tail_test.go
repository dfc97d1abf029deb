package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/tail"
	"kith/internal/user"
)

// tailing reads events of a stream until it ends.
type tailing struct {
	t     *testing.T
	body  io.ReadCloser
	lines *bufio.Scanner
}

func openTail(t *testing.T, server *httptest.Server, who as, query string) *tailing {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/tail"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range who {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		text, _ := io.ReadAll(response.Body)
		t.Fatalf("%s: %d: %s", query, response.StatusCode, text)
	}
	return &tailing{t, response.Body, bufio.NewScanner(response.Body)}
}

// next is the next event; ok is false when the stream has ended.
func (s *tailing) next() (e api.TailEvent, ok bool) {
	s.t.Helper()
	for s.lines.Scan() {
		if data, found := strings.CutPrefix(s.lines.Text(), "data: "); found {
			if err := json.Unmarshal([]byte(data), &e); err != nil {
				s.t.Fatal(err)
			}
			return e, true
		}
	}
	return e, false
}

func refusedEvent() tail.Event {
	return tail.Event{
		At: noon, Source: "key_a", Kind: "track", Name: "Order Completed", MessageID: "m1", Whose: "ana.pop@example.com", WhoseKind: "email", Status: tail.Refused,
		Column: "total", Reason: `"twelve" is not a number`,
		Body: []byte(`{"event":"Order Completed","email":"ana.pop@example.com","anonymousId":"b-1","properties":{"shipping_address":{"city":"Cluj","lines":["Main 1"]},"phone":40712345678,"total":"twelve","note":"call +40 712 345 678"}}`),
	}
}

func TestEventsAreShownAsTheyComeIn(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	server, _ := serveTeam(t, k, k.team)
	owner, support := k.team.session(t, server, user.Owner), k.team.session(t, server, user.Support)
	k.tail.Put(refusedEvent())
	stream := openTail(t, server, owner, "?language=ro")
	e, _ := stream.next()
	want := api.TailEvent{
		ID: e.ID, At: noon, Key: "key_a", Kind: "track", Event: "Order Completed", MessageID: "m1", Customer: "ana.pop@example.com", KnownBy: "email",
		Status: tail.Refused, Column: "total", Reason: `"twelve" nu este un număr`, Body: string(refusedEvent().Body),
	}
	if e != want {
		t.Errorf("got  %+v\nwant %+v", e, want)
	}
	k.tail.Put(tail.Event{Kind: "page", Name: "Cart", Status: tail.Accepted, Whose: "b-1", WhoseKind: "anonymous_id", Body: []byte(`{"cut`), Cut: true})
	second, _ := stream.next()
	if second.Event != "Cart" || second.Body != `{"cut` || !second.Cut || second.Customer != "b-1" {
		t.Errorf("then %+v", second)
	}

	// Whoever sees no contact data sees none here.
	stream = openTail(t, server, support, "")
	e, _ = stream.next()
	if e.Customer != "a***@***.com" || e.Body != `{"anonymousId":"***","email":"a***@***.com","event":"Order Completed","properties":{"note":"call ***78","phone":"***78","shipping_address":{"city":"***","lines":["***"]},"total":"twelve"}}` {
		t.Errorf("support sees %+v", e)
	}
	if e, _ = stream.next(); e.Customer != "***" || e.Body != "" || !e.Cut {
		t.Errorf("support sees %+v", e)
	}

	for query, want := range map[string]string{
		"?status=accepted": "Cart", "?key=key_a": "Order Completed", "?event=page": "Cart", "?event=order": "Order Completed", "?after=" + want.ID: "Cart",
	} {
		if e, _ := openTail(t, server, owner, query).next(); e.Event != want {
			t.Errorf("%s: %+v", query, e)
		}
	}
	again := as{"Last-Event-ID": want.ID, "Cookie": owner["Cookie"]}
	if e, _ := openTail(t, server, again, "").next(); e.Event != "Cart" {
		t.Errorf("behind the first: %+v", e)
	}
	ask(t, server, owner, "GET", "/v1/tail?status=lost", "", 422)
	ask(t, server, owner, "GET", "/v1/tail?stat=refused", "", 422)
}

// TestABodyThatCannotBeMasked is not shown to whoever sees no contact data.
func TestABodyThatCannotBeMasked(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	server, _ := serveTeam(t, k, k.team)
	stream := openTail(t, server, k.team.session(t, server, user.Support), "")
	for body, want := range map[string]string{
		`{"email":"ana@example.com"`:            "",
		`"{\"email\":\"ana"`:                    "",
		`{} {"email":"ana@example.com"}`:        "",
		`[{"last_name":"Popescu"},null,1,true]`: `[{"last_name":"P***"},null,1,true]`,
		`{"ana@example.com":"<a>"}`:             `{"a***@***.com":"<a>"}`,
		`12`:                                    `12`,
		``:                                      "",
	} {
		k.tail.Put(tail.Event{Status: tail.Refused, Body: []byte(body), Whose: "Ana", Reason: `"ana@example.com" is not a number`})
		if e, _ := stream.next(); e.Body != want || e.Customer != "***" || e.Reason != `"a***@***.com" is not a number` {
			t.Errorf("%s: %+v, want %s", body, e, want)
		}
	}
}

func TestSoManyLookAtEvents(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	server, client := serveTeam(t, k, k.team)
	for range tail.MaxListeners {
		l, err := k.tail.Listen(tail.Filter{}, "")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
	if got := ask(t, server, byToken, "GET", "/v1/tail", "", 429); got["code"] != "throttled" {
		t.Errorf("%v", got)
	}
	for _, shop := range []api.Shop{k, client} {
		if _, err := shop.Tail(t.Context(), api.TailQuestion{}); commerce.CodeOf(err) != commerce.CodeThrottled {
			t.Error(err)
		}
	}
}

// TestAStreamOfEventsEnds with the permission, and with whoever reads it: then
// another one may listen.
func TestAStreamOfEventsEnds(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	server, client := serveTeam(t, k, k.team)
	k.tail.Put(refusedEvent())
	key, text, err := k.team.AddKey(t.Context(), user.NewKey{Secret: true, Role: user.Analyst})
	if err != nil {
		t.Fatal(err)
	}
	stream := openTail(t, server, as{"Authorization": "Bearer " + text}, "")
	stream.next()
	if err := k.team.RevokeKey(t.Context(), key.ID); err != nil {
		t.Fatal(err)
	}
	if e, more := stream.next(); more {
		t.Errorf("then came %+v", e)
	}

	ctx, cancel := context.WithCancel(t.Context())
	reader, err := client.Tail(ctx, api.TailQuestion{Status: tail.Refused})
	if err != nil {
		t.Fatal(err)
	}
	if batch, err := reader.Next(ctx); err != nil || len(batch) != 1 || batch[0].Column != "total" {
		t.Errorf("%+v, %v", batch, err)
	}
	cancel()
	if _, err := reader.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
	deadline := time.After(time.Minute)
	for { // until both have given up their places
		var all []*tail.Listener
		for range tail.MaxListeners {
			l, err := k.tail.Listen(tail.Filter{}, "")
			if err != nil {
				break
			}
			all = append(all, l)
		}
		for _, l := range all {
			l.Close()
		}
		if len(all) == tail.MaxListeners {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%d places are free", len(all))
		default:
		}
	}
}
