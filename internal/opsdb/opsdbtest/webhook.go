package opsdbtest

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/segment"
	"kith/internal/webhook"
)

// webhookTests say what a webhook.Store must do.
var webhookTests = map[string]func(*testing.T, func(*testing.T, string) Store){
	"webhooks: all of one is kept":                  testWebhookKept,
	"webhooks: a new one begins with what comes":    testWebhookBegins,
	"webhooks: the state is replaced":               testWebhookState,
	"webhooks: of one that is gone nothing is kept": testWebhookGone,
}

func exampleWebhook(id string, at time.Time) webhook.Webhook {
	return webhook.Webhook{
		ID: id, URL: "https://example.com/hooks?a=1&b=ț", Segments: []string{"vip", "중요"}, Causes: []string{"event", "time"},
		Secret: webhook.Secret{0, 1, 2, 255}, CreatedAt: at, State: webhook.State{Cursor: webhook.After(0)},
	}
}

func addWebhooks(t *testing.T, s Store, list ...webhook.Webhook) {
	t.Helper()
	for _, w := range list {
		if err := s.AddWebhook(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
}

func wantWebhooks(t *testing.T, s Store, want ...webhook.Webhook) {
	t.Helper()
	got, err := s.ListWebhooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Secrets compare as texts, because they do not print.
	if diff := cmp.Diff(want, got, cmp.Transformer("secret", webhook.Secret.Text)); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
}

func testWebhookKept(t *testing.T, open func(*testing.T, string) Store) {
	place := t.TempDir()
	s := open(t, place)
	wantWebhooks(t, s)
	first, second, third := exampleWebhook("b", day), exampleWebhook("c", day), exampleWebhook("a", day.Add(time.Microsecond))
	second.Segments, second.Causes = []string{}, []string{}
	addWebhooks(t, s, third, second, first)
	wantWebhooks(t, s, first, second, third) // the oldest first, then by id
	if err := s.AddWebhook(t.Context(), exampleWebhook("a", day)); err == nil {
		t.Error("another webhook of the same id was added")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantWebhooks(t, open(t, place), first, second, third)
}

func testWebhookBegins(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	b, want := first()
	commit(t, s, b)
	w := exampleWebhook("a", day)
	w.State = webhook.State{Cursor: webhook.Cursor{Number: 1, Person: 2}, Failures: 3, Disabled: "it says so itself"}
	addWebhooks(t, s, w)
	w.State = webhook.State{Cursor: webhook.After(want.Last)}
	wantWebhooks(t, s, w)
	commit(t, s, segment.Batch{Progress: b.Progress, Transitions: b.Transitions})
	wantWebhooks(t, s, w)
}

func testWebhookState(t *testing.T, open func(*testing.T, string) Store) {
	place := t.TempDir()
	s := open(t, place)
	one, other := exampleWebhook("a", day), exampleWebhook("b", day)
	addWebhooks(t, s, one, other)
	for _, state := range []webhook.State{
		{
			Cursor: webhook.Cursor{Number: math.MaxInt64, Person: math.MinInt64}, Disabled: "중요", Failures: 78,
			Success: webhook.Attempt{At: day, Status: 204}, Failure: webhook.Attempt{At: day.Add(time.Hour), Status: 500, Reason: "x'\x00"},
		},
		{Cursor: webhook.Cursor{Number: 1, Person: 1}, Failure: webhook.Attempt{At: day, Reason: "no answer"}},
		{},
	} {
		if err := s.PutWebhookState(t.Context(), "a", state); err != nil {
			t.Fatal(err)
		}
		one.State = state
		wantWebhooks(t, s, one, other)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.PutWebhookState(ctx, "a", webhook.State{Failures: 1}); err == nil {
		t.Error("a state was kept for nobody who waits")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantWebhooks(t, open(t, place), one, other)
}

func testWebhookGone(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	one, other := exampleWebhook("a", day), exampleWebhook("b", day)
	addWebhooks(t, s, one, other)
	for _, want := range []bool{true, false} {
		if found, err := s.DeleteWebhook(t.Context(), "a"); found != want || err != nil {
			t.Errorf("DeleteWebhook = %v, %v; want %v", found, err, want)
		}
		if err := s.PutWebhookState(t.Context(), "a", webhook.State{Failures: 1}); err != nil {
			t.Errorf("PutWebhookState of one that is gone: %v", err)
		}
		wantWebhooks(t, s, other)
	}
}
