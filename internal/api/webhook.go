package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/user"
	"kith/internal/webhook"
)

// NewWebhook says what a webhook is to be told, and where.
type NewWebhook struct {
	URL      string   `json:"url" maxLength:"2048" doc:"http or https"`
	Segments []string `json:"segments,omitempty" maxItems:"1000" doc:"ids; all segments if absent"`
	Causes   []string `json:"causes,omitempty" maxItems:"20" doc:"why memberships changed; event and time if absent"`
}

// Webhook is a URL that is told of transitions.
type Webhook struct {
	ID        string    `json:"id"`
	URL       string    `json:"url"`
	Segments  []string  `json:"segments" doc:"ids; empty for all"`
	Causes    []string  `json:"causes"`
	CreatedAt time.Time `json:"created_at"`
	Secret    string    `json:"secret,omitempty" doc:"what messages are signed with: whsec_ and base64; only in the answer that creates it"`
	Told      int64     `json:"told" doc:"transitions up to this number were told, or recorded before it was added"`
	Disabled  string    `json:"disabled,omitempty" doc:"why nothing is told any more" words:"message"`
	Failures  int       `json:"failures" doc:"attempts that failed since one succeeded"`
	// The last ones of each kind.
	LastSuccess *WebhookAttempt `json:"last_success,omitempty"`
	LastFailure *WebhookAttempt `json:"last_failure,omitempty"`
}

// WebhookAttempt is a message that was sent, or was to be.
type WebhookAttempt struct {
	At     time.Time `json:"at"`
	Status int       `json:"status" doc:"of the answer; 0 if there was none"`
	Reason string    `json:"reason,omitempty" doc:"why it failed; absent if it succeeded" words:"message"`
}

func showWebhook(w webhook.Webhook) Webhook {
	return Webhook{
		ID: w.ID, URL: w.URL, Segments: append([]string{}, w.Segments...), Causes: append([]string{}, w.Causes...), CreatedAt: w.CreatedAt,
		Told: w.Cursor.Number, Disabled: w.Disabled, Failures: w.Failures,
		LastSuccess: attemptOrNil(w.Success), LastFailure: attemptOrNil(w.Failure),
	}
}

func attemptOrNil(a webhook.Attempt) *WebhookAttempt {
	if a.At.IsZero() {
		return nil
	}
	return new(showAttempt(a))
}

func showAttempt(a webhook.Attempt) WebhookAttempt { return WebhookAttempt{a.At, a.Status, a.Reason} }

// WebhookRecord lets a webhook.Sender read a Record. What a message says of a
// transition is what the API says of it.
func WebhookRecord(record segment.Record) webhook.Record {
	return func(ctx context.Context, id string, after int64, yield func(webhook.Event) error) error {
		filter := segment.TransitionFilter{Segment: id, After: after}
		return record.Transitions(ctx, filter, func(t segment.Transition) error {
			shown := showTransition(t)
			return yield(webhook.Event{
				Place: webhook.Cursor{Number: t.Number, Person: t.Person}, Type: "segment." + shown.Change,
				Segment: t.Segment, Cause: string(t.Cause), At: t.At, Data: shown,
			})
		})
	}
}

// usualCauses are what a webhook is told when nobody says: what customers did,
// and what time did. The others come many at a time.
var usualCauses = []string{string(segment.CauseEvent), string(segment.CauseTime)}

// AddWebhook implements Shop.
func (s *Service) AddWebhook(ctx context.Context, n NewWebhook) (Webhook, error) {
	for _, id := range n.Segments {
		if _, err := s.GetSegment(ctx, id); err != nil {
			return Webhook{}, err
		}
	}
	for _, cause := range n.Causes {
		if !slices.Contains(segment.Causes[:], segment.Cause(cause)) {
			return Webhook{}, commerce.Errorf(commerce.CodeInvalid, "%q is no cause; there are %s", cause, listed(segment.Causes[:]))
		}
	}
	if len(n.Causes) == 0 {
		n.Causes = usualCauses
	}
	added, err := s.config.Webhooks.Add(ctx, n.URL, eachOnce(n.Segments), eachOnce(n.Causes))
	if err := s.noted(ctx, err, "webhook.add", added.ID, n.URL); err != nil {
		return Webhook{}, err
	}
	shown := showWebhook(added)
	shown.Secret = added.Secret.Text()
	return shown, nil
}

func eachOnce(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

func listed(causes []segment.Cause) (text string) {
	for i, c := range causes {
		if i > 0 {
			text += ", "
		}
		text += string(c)
	}
	return text
}

// ListWebhooks implements Shop.
func (s *Service) ListWebhooks(ctx context.Context) ([]Webhook, error) {
	all, err := s.config.Webhooks.List(ctx)
	list := make([]Webhook, len(all))
	for i, w := range all {
		list[i] = showWebhook(w)
	}
	return list, err
}

// EnableWebhook implements Shop.
func (s *Service) EnableWebhook(ctx context.Context, id string) (Webhook, error) {
	w, err := s.config.Webhooks.Enable(ctx, id)
	return showWebhook(w), s.noted(ctx, err, "webhook.enable", id, "")
}

// DeleteWebhook implements Shop.
func (s *Service) DeleteWebhook(ctx context.Context, id string) (Deletion, error) {
	err := s.config.Webhooks.Delete(ctx, id)
	return Deletion{ID: id, Outcome: "deleted"}, s.noted(ctx, err, "webhook.delete", id, "")
}

// TestWebhook implements Shop.
func (s *Service) TestWebhook(ctx context.Context, id string) (WebhookAttempt, error) {
	a, err := s.config.Webhooks.Test(ctx, id)
	return showAttempt(a), err
}

// WebhookList is a list of webhooks.
type WebhookList struct {
	Webhooks []Webhook `json:"webhooks"`
}

// webhookRoutes are the owner's all: a URL may hold a password, and what is
// told leaves the machine.
func (h *handler) webhookRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/webhooks", Permission: user.Manage, Summary: "URLs that are told of transitions, the oldest first"},
		func(ctx context.Context, _ *struct{}) (*answer[WebhookList], error) {
			list, err := h.shop.ListWebhooks(ctx)
			return &answer[WebhookList]{WebhookList{list}}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/webhooks", Permission: user.Manage, Summary: "tell a URL of transitions from now on; the answer has the secret that signs"},
		func(ctx context.Context, in *struct{ Body NewWebhook }) (*answer[Webhook], error) {
			w, err := h.shop.AddWebhook(ctx, in.Body)
			return &answer[Webhook]{w}, err
		})
	register(h, Route{Method: http.MethodDelete, Path: "/v1/webhooks/{id}", Permission: user.Manage, Summary: "tell a URL nothing any more"},
		func(ctx context.Context, in *idInput) (*answer[Deletion], error) {
			d, err := h.shop.DeleteWebhook(ctx, in.ID)
			return &answer[Deletion]{d}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/webhooks/{id}/enable", Permission: user.Manage, Summary: "let a disabled webhook go on from where it stopped"},
		func(ctx context.Context, in *idInput) (*answer[Webhook], error) {
			w, err := h.shop.EnableWebhook(ctx, in.ID)
			return &answer[Webhook]{w}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/webhooks/{id}/test", Permission: user.Manage, Summary: "send a message that says nothing, at once, and say what came of it"},
		func(ctx context.Context, in *idInput) (*answer[WebhookAttempt], error) {
			a, err := h.shop.TestWebhook(ctx, in.ID)
			return &answer[WebhookAttempt]{a}, err
		})
}

// AddWebhook implements Shop.
func (c *Client) AddWebhook(ctx context.Context, n NewWebhook) (Webhook, error) {
	return call[Webhook](ctx, c, http.MethodPost, "/v1/webhooks", n)
}

// ListWebhooks implements Shop.
func (c *Client) ListWebhooks(ctx context.Context) ([]Webhook, error) {
	list, err := call[WebhookList](ctx, c, http.MethodGet, "/v1/webhooks", nil)
	return list.Webhooks, err
}

func webhookPath(id string) string { return "/v1/webhooks/" + url.PathEscape(id) }

// EnableWebhook implements Shop.
func (c *Client) EnableWebhook(ctx context.Context, id string) (Webhook, error) {
	return call[Webhook](ctx, c, http.MethodPost, webhookPath(id)+"/enable", nil)
}

// DeleteWebhook implements Shop.
func (c *Client) DeleteWebhook(ctx context.Context, id string) (Deletion, error) {
	return call[Deletion](ctx, c, http.MethodDelete, webhookPath(id), nil)
}

// TestWebhook implements Shop.
func (c *Client) TestWebhook(ctx context.Context, id string) (WebhookAttempt, error) {
	return call[WebhookAttempt](ctx, c, http.MethodPost, webhookPath(id)+"/test", nil)
}
