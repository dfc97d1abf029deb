package webhook

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"kith/internal/commerce"
)

// MaxWebhooks is how many there may be: each is a goroutine and a reader.
const MaxWebhooks = 100

// BookConfig says what a Book works with. All of it is required.
type BookConfig struct {
	Store Store
	Post  Post
	// CheckURL says what is wrong with the form of a URL.
	CheckURL func(text string) error
}

// Book adds, lists, tries, enables and deletes webhooks. It is safe for concurrent use.
type Book struct {
	config BookConfig

	adding  sync.Mutex // so that MaxWebhooks holds
	mu      sync.Mutex
	changed chan struct{}
}

// NewBook makes a Book.
func NewBook(config BookConfig) (*Book, error) {
	switch {
	case config.Store == nil:
		return nil, errors.New("webhook: BookConfig.Store is required")
	case config.Post.Client == nil || config.Post.Now == nil:
		return nil, errors.New("webhook: BookConfig.Post is required")
	case config.CheckURL == nil:
		return nil, errors.New("webhook: BookConfig.CheckURL is required")
	}
	return &Book{config: config, changed: make(chan struct{})}, nil
}

// Changed returns a channel that is closed when a webhook was added, enabled or
// deleted.
func (b *Book) Changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

func (b *Book) change() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.changed)
	b.changed = make(chan struct{})
}

// Add makes a webhook that is told what is recorded from now on, and returns it
// with its secret.
func (b *Book) Add(ctx context.Context, url string, segments, causes []string) (Webhook, error) {
	if err := b.config.CheckURL(url); err != nil {
		return Webhook{}, commerce.WithCode(commerce.CodeInvalid, err)
	}
	b.adding.Lock()
	defer b.adding.Unlock()
	all, err := b.List(ctx)
	if err != nil {
		return Webhook{}, err
	}
	if len(all) >= MaxWebhooks {
		return Webhook{}, commerce.Errorf(commerce.CodeConflict, "there are %d webhooks already, which is as many as there may be", len(all))
	}
	w := Webhook{
		ID: newID(), URL: url, Segments: segments, Causes: causes, Secret: NewSecret(),
		CreatedAt: b.config.Post.Now().UTC().Truncate(time.Microsecond),
	}
	if err := b.config.Store.AddWebhook(ctx, w); err != nil {
		return Webhook{}, err
	}
	b.change()
	return b.get(ctx, w.ID) // with the place from which it is told
}

// newID makes a random id of 60 bits that is easily read and typed.
func newID() string { return "wh_" + strings.ToLower(rand.Text()[:12]) }

// List lists all webhooks, the oldest first.
func (b *Book) List(ctx context.Context) ([]Webhook, error) {
	return b.config.Store.ListWebhooks(ctx)
}

// Delete ends a webhook; what is on its way may still arrive.
func (b *Book) Delete(ctx context.Context, id string) error {
	found, err := b.config.Store.DeleteWebhook(ctx, id)
	if err != nil {
		return err
	}
	if !found {
		return notThere(id)
	}
	b.change()
	return nil
}

// Test sends a message that says nothing at once, and returns what came of it.
// The webhook's state stays as it is.
func (b *Book) Test(ctx context.Context, id string) (Attempt, error) {
	w, err := b.get(ctx, id)
	if err != nil {
		return Attempt{}, err
	}
	m, err := testMessage(w, b.config.Post.Now())
	if err != nil {
		return Attempt{}, fmt.Errorf("testing webhook %s: %w", id, err)
	}
	return b.config.Post.send(ctx, &w, m), ctx.Err()
}

// Enable lets a disabled webhook go on from where it stopped; nothing that was
// recorded since is left out. One that is not disabled stays as it is.
func (b *Book) Enable(ctx context.Context, id string) (Webhook, error) {
	w, err := b.get(ctx, id)
	if err != nil || w.Disabled == "" {
		return w, err
	}
	// Nobody else writes the state of a disabled one.
	w.Disabled, w.Failures = "", 0
	if err := b.config.Store.PutWebhookState(ctx, id, w.State); err != nil {
		return Webhook{}, err
	}
	b.change()
	return w, nil
}

func (b *Book) get(ctx context.Context, id string) (Webhook, error) {
	all, err := b.List(ctx)
	if err != nil {
		return Webhook{}, err
	}
	for _, w := range all {
		if w.ID == id {
			return w, nil
		}
	}
	return Webhook{}, notThere(id)
}

func notThere(id string) error {
	return commerce.Errorf(commerce.CodeNotFound, "there is no webhook %q", id)
}
