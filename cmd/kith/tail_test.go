package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/tail"
)

// shownEvents hands on each line that is printed.
type shownEvents chan api.TailEvent

func (w shownEvents) Write(b []byte) (int, error) {
	var e api.TailEvent
	err := json.Unmarshal(b, &e)
	w <- e
	return len(b), err
}

// TestEventsAreSeenAsTheyComeIn to a server: those that are taken, those that
// are refused, and a body that nobody can read.
func TestEventsAreSeenAsTheyComeIn(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	kith(t, dir, "init")
	var out, said bytes.Buffer
	if status := run(t.Context(), []string{"tail", "--data", dir}, nil, &out, &said); status != 1 || !strings.Contains(said.String(), `no server runs on this folder, so that no events come in; start one with "kith serve"`) {
		t.Errorf("without a server: status %d: %s", status, said.String())
	}
	_, stop := serveInTest(t, dir)
	p := &program{data: dir, stderr: &said, now: time.Now}
	shop, err := p.open(t.Context(), mustExist)
	if err != nil {
		t.Fatal(err)
	}
	send := func(body string) {
		t.Helper()
		if _, err := shop.Track(t.Context(), api.Sender{}, []byte(body)); err != nil && commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Fatal(err)
		}
	}
	send(`[{"event":"Product Viewed","userId":"ana","messageId":"m1","properties":{"product_id":"p"}},{"event":"Order Completed","email":"bob@example.com","timestamp":"yesterday"}]`)

	tailing := func(args ...string) (lines shownEvents, end func(interrupt bool) (int, string)) {
		ctx, cancel := context.WithCancel(t.Context())
		lines = make(shownEvents, 100)
		ended := make(chan int, 1)
		var stderr bytes.Buffer
		go func() {
			ended <- run(ctx, append([]string{"tail", "--json", "--data", dir}, args...), nil, lines, &stderr)
		}()
		return lines, func(interrupt bool) (int, string) {
			defer cancel()
			if interrupt {
				cancel()
			}
			return <-ended, stderr.String()
		}
	}
	next := func(lines shownEvents) api.TailEvent {
		t.Helper()
		select {
		case e := <-lines:
			return e
		case <-time.After(time.Minute):
			t.Fatal("nothing came")
			return api.TailEvent{}
		}
	}
	all, endAll := tailing()
	refused, endRefused := tailing("--status", "refused")
	if e := next(all); e.Status != tail.Accepted || e.Kind != "track" || e.Event != "Product Viewed" || e.Customer != "ana" || e.KnownBy != "customer_id" || e.MessageID != "m1" || !strings.Contains(e.Body, `"product_id":"p"`) {
		t.Errorf("the first: %+v", e)
	}
	for _, lines := range []shownEvents{all, refused} {
		if e := next(lines); e.Status != tail.Refused || e.Column == "" || !strings.Contains(e.Reason, "yesterday") || e.Event != "Order Completed" || e.Customer != "bob@example.com" || e.KnownBy != "email" || !strings.HasPrefix(e.Body, `{"event":"Order Completed",`) {
			t.Errorf("the refused one: %+v", e)
		}
	}
	send(`{"event":`)
	send(`{"event":"Cart Viewed","anonymousId":"b-1"}`)
	for _, lines := range []shownEvents{all, refused} {
		if e := next(lines); e.Status != tail.Refused || e.Column != "row" || e.Body != `{"event":` || e.Reason == "" {
			t.Errorf("the body: %+v", e)
		}
	}
	if e := next(all); e.Event != "Cart Viewed" || e.KnownBy != "anonymous_id" {
		t.Errorf("the last: %+v", e)
	}
	if status, said := endRefused(true); status != 0 || said != "" {
		t.Errorf("interrupted: status %d: %s", status, said)
	}
	if status := run(t.Context(), []string{"tail", "--status", "lost", "--data", dir}, nil, &out, &said); status != 2 {
		t.Errorf("a status that is none: %d", status)
	}
	if err := shop.Close(); err != nil {
		t.Error(err)
	}
	stop()
	if status, said := endAll(false); status != 1 || !strings.Contains(said, "the server ended") {
		t.Errorf("the server ended: status %d: %s", status, said)
	}
}

func TestAnEventIsALine(t *testing.T) {
	t.Parallel()
	var out, said bytes.Buffer
	p := &program{stdout: &out, stderr: &said}
	err := p.printTailEvent(api.TailEvent{
		At: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Status: tail.Refused, Kind: "track", Event: "a\nb\x1b[31m", Customer: "ana", MessageID: "m", Column: "total", Reason: "bad", Missed: 7,
	})
	if want := "2026-03-01T10:00:00Z refused track a\\nb\\x1b[31m ana m: total: bad\n"; err != nil || out.String() != want || said.String() != "7 were not shown: they came too fast\n" {
		t.Errorf("%v: %q, %q", err, out.String(), said.String())
	}
}
