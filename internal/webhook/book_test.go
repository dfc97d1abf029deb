package webhook_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/egress"
	"kith/internal/webhook"
)

func TestABook(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	changed := s.book.Changed()
	w := s.add("https://example.com/", []string{"vip"}, []string{"event"})
	<-changed
	if !regexp.MustCompile(`^wh_[a-z2-7]{12}$`).MatchString(w.ID) || len(w.Secret) != 32 || !w.CreatedAt.Equal(day) {
		t.Errorf("it is %+v", w)
	}
	if list, err := s.book.List(t.Context()); err != nil || len(list) != 1 || list[0].ID != w.ID {
		t.Errorf("the list is %v, %v", list, err)
	}
	changed = s.book.Changed()
	if err := s.book.Delete(t.Context(), w.ID); err != nil {
		t.Error(err)
	}
	<-changed
	if err := s.book.Delete(t.Context(), w.ID); commerce.CodeOf(err) != commerce.CodeNotFound {
		t.Errorf("deleting it again: %v", err)
	}
	if _, err := s.book.Test(t.Context(), w.ID); commerce.CodeOf(err) != commerce.CodeNotFound {
		t.Errorf("testing it: %v", err)
	}
	for range webhook.MaxWebhooks {
		s.add("https://example.com/", nil, []string{"event"})
	}
	if _, err := s.book.Add(t.Context(), "https://example.com/", nil, nil); commerce.CodeOf(err) != commerce.CodeConflict {
		t.Errorf("one more than there may be: %v", err)
	}
}

func TestTheURLIsCheckedWhenItIsAdded(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	book, err := webhook.NewBook(webhook.BookConfig{Store: s.db, Post: s.post, CheckURL: egress.CheckURL})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []string{"ftp://example.com/", "https://a:b@example.com/", "https://0x7f.1/", "https://" + strings.Repeat("a.", 2000), ""} {
		if _, err := book.Add(t.Context(), u, nil, nil); commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("%.60q: %v", u, err)
		}
	}
}

func TestATestMessage(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) })
	s := newShop(t, r)
	w := s.add(r.URL, nil, []string{"event"})
	before := s.state(w.ID)
	for i, status := range []int{200, 410} {
		a, err := s.book.Test(t.Context(), w.ID)
		if err != nil || a.Status != status || a.Succeeded() != (a.Reason == "") {
			t.Errorf("attempt %d is %+v, %v", i, a, err)
		}
	}
	list := r.requests()
	g := list[0]
	if err := verify(w.Secret.Text(), g, s.clock.Now()); err != nil {
		t.Error(err)
	}
	if want := `{"type":"webhook.test","timestamp":"2026-03-01T10:00:00.000123Z","data":{"webhook":"` + w.ID + `"}}`; string(g.body) != want {
		t.Errorf("the body is %s, want %s", g.body, want)
	}
	if g.id == list[1].id {
		t.Error("two tests have one id")
	}
	if s.state(w.ID) != before {
		t.Errorf("the state is %+v, and was %+v", s.state(w.ID), before)
	}
	// This machine, where nobody allowed to send.
	inner := s.add("http://127.0.0.1:1/?token=x", nil, []string{"event"})
	if a, err := s.book.Test(t.Context(), inner.ID); err != nil || a.Status != 0 || !strings.Contains(a.Reason, "not among the hosts") || strings.Contains(a.Reason, "token") {
		t.Errorf("the attempt is %+v, %v", a, err)
	}
}

func TestWhatIsRequired(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for name, without := range map[string]func(*webhook.Config){
		"Store":   func(c *webhook.Config) { c.Store = nil },
		"Record":  func(c *webhook.Config) { c.Record = nil },
		"Post":    func(c *webhook.Config) { c.Post.Client = nil },
		"Changed": func(c *webhook.Config) { c.Changed = nil },
		"Listed":  func(c *webhook.Config) { c.Listed = nil },
		"Logger":  func(c *webhook.Config) { c.Logger = nil },
	} {
		c := s.config()
		without(&c)
		if _, err := webhook.NewSender(c); err == nil || !strings.Contains(err.Error(), "Config."+name+" ") {
			t.Errorf("without %s: %v", name, err)
		}
	}
	for name, c := range map[string]webhook.BookConfig{
		"Store":    {Post: s.post, CheckURL: egress.CheckURL},
		"Post":     {Store: s.db, CheckURL: egress.CheckURL},
		"CheckURL": {Store: s.db, Post: s.post},
	} {
		if _, err := webhook.NewBook(c); err == nil || !strings.Contains(err.Error(), "BookConfig."+name+" ") {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

// unreadable is a store whose webhooks cannot be read.
type unreadable struct{ webhook.Store }

func (unreadable) ListWebhooks(context.Context) ([]webhook.Webhook, error) { return nil, errBroken }

func TestASenderWithoutItsWebhooksEnds(t *testing.T) {
	t.Parallel()
	c := newShop(t).config()
	c.Store, c.Wait, c.Jitter, c.Logger = unreadable{c.Store}, nil, nil, slog.New(slog.DiscardHandler)
	sender, err := webhook.NewSender(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := sender.Run(ctx); !errors.Is(err, errBroken) {
		t.Errorf("it ended with %v", err)
	}
}
