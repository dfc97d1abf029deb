package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	analytics "gopkg.in/segmentio/analytics-go.v3"
)

// outcome collects what Segment's client says of its messages.
type outcome struct {
	mu     sync.Mutex
	sent   int
	failed []error
}

func (o *outcome) Success(analytics.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent++
}

func (o *outcome) Failure(_ analytics.Message, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failed = append(o.failed, err)
}

// TestSegmentsGoClient sends by gopkg.in/segmentio/analytics-go.v3 as it is:
// what it sent counts.
func TestSegmentsGoClient(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	owner, stop := serveInTest(t, dir)
	defer stop()
	kith := func(args ...string) string {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if got := run(t.Context(), append(args, "--data", dir), nil, &stdout, &stderr); got != 0 {
			t.Fatalf("kith %v: %d, %s", args, got, stderr.String())
		}
		return strings.TrimSpace(stdout.String())
	}
	send := func(key string, messages ...analytics.Message) *outcome {
		t.Helper()
		var o outcome
		client, err := analytics.NewWithConfig(key, analytics.Config{Endpoint: "http://" + owner.Address, Callback: &o, BatchSize: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if err := client.Enqueue(m); err != nil {
				t.Fatal(err)
			}
		}
		if err := client.Close(); err != nil {
			t.Fatal(err)
		}
		return &o
	}
	order := func(customer, id string) analytics.Track {
		return analytics.Track{UserId: customer, Event: "Order Completed", Properties: analytics.NewProperties().SetOrderId(id).SetTotal(120.5)}
	}
	o := send(kith("key", "create", "--secret"),
		analytics.Identify{UserId: "ana", Traits: analytics.NewTraits().SetEmail("ana@shop.example")}, order("ana", "o1"),
		analytics.Page{UserId: "ana", Name: "Home"}, analytics.Screen{UserId: "ana", Name: "Main"},
		analytics.Alias{UserId: "ana", PreviousId: "visitor"}, analytics.Group{UserId: "ana", GroupId: "g"})
	if o.sent != 6 || len(o.failed) > 0 {
		t.Errorf("%d were sent, %v", o.sent, o.failed)
	}
	if o := send(kith("key", "create"), order("bob", "o2")); o.sent != 1 {
		t.Errorf("%+v", o)
	}
	if o := send("kith_sk_unknown", order("eve", "o3")); o.sent != 0 || len(o.failed) != 1 {
		t.Errorf("%+v", o)
	}
	for text, want := range map[string]string{
		"sum(order.total) = 120.5":                "ana",
		"has page and has screen":                 "ana",
		`has event("unverified_order_completed")`: "bob",
		"everyone": "ana\nbob",
	} {
		got := ""
		for deadline := time.Now().Add(time.Minute); got != want && time.Now().Before(deadline); {
			got = kith("segment", "members", text) // which takes the warehouse a second or two
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
