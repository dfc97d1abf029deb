package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/egress"
	"kith/internal/webhook"
)

// webhooks is what a folder's webhooks need: the book that the service asks,
// and the way out that it shares with the sender.
type webhooks struct {
	book   *webhook.Book
	post   webhook.Post
	client *http.Client
}

// webhookFlag lets a command that serves send to hosts of the operator's own
// network.
func (p *program) webhookFlag(c *cobra.Command) {
	c.Flags().StringVar(&p.webhookAllow, "webhook-allow", "",
		"HOST[:PORT],... that webhooks may send to although they are on this machine or its network, or not on port 80 or 443")
}

// openWebhooks makes the webhooks of a folder whose stores are open.
func (p *program) openWebhooks(l *local) (*webhooks, error) {
	allow, err := egress.ParseAllow(p.webhookAllow)
	if err != nil {
		return nil, commerce.Errorf(commerce.CodeInvalid, "--webhook-allow: %w", err)
	}
	client := egress.NewClient(egress.Config{Allow: allow})
	post := webhook.Post{Client: client, Now: p.now}
	book, err := webhook.NewBook(webhook.BookConfig{Store: l.ops, Post: post, CheckURL: egress.CheckURL})
	return &webhooks{book, post, client}, err
}

// close closes idle connections.
func (w *webhooks) close() {
	if w != nil {
		w.client.CloseIdleConnections()
	}
}

// sendWebhooks tells webhooks of transitions until the context ends.
func (l *local) sendWebhooks(ctx context.Context, live api.Live, logger *slog.Logger) error {
	sender, err := webhook.NewSender(webhook.Config{
		Store: l.ops, Record: api.WebhookRecord(l.ops), Post: l.webhooks.post,
		Changed: live.Changed, Listed: l.webhooks.book.Changed, Logger: logger,
	})
	if err != nil {
		return err
	}
	if err := sender.Run(ctx); err != nil {
		return fmt.Errorf("telling webhooks: %w", err)
	}
	return nil
}
