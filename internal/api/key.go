package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"kith/internal/user"
)

// NewAccessKey says which key is made.
type NewAccessKey struct {
	Secret bool      `json:"secret,omitempty" doc:"may what its role may, except to manage; otherwise it is a public key, which only sends events"`
	Name   string    `json:"name,omitempty" maxLength:"1000"`
	Role   user.Role `json:"role,omitempty" enum:"owner,editor,analyst,support" doc:"of a secret key; editor if absent"`
}

// AccessKey is what a program asks with.
type AccessKey struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind" enum:"secret,public"`
	Name      string    `json:"name,omitempty"`
	Role      user.Role `json:"role,omitempty" doc:"of a secret key"`
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at,omitzero" doc:"the first use on the last day, in UTC, with one; absent: it was never used"`
	Key       string    `json:"key,omitempty" doc:"kith_sk_... or kith_pk_...; only in the answer that creates it"`
}

func showKey(k user.Key) AccessKey {
	kind := "public"
	if k.Secret {
		kind = "secret"
	}
	return AccessKey{ID: k.ID, Kind: kind, Name: k.Name, Role: k.Role, CreatedAt: k.CreatedAt, UsedAt: k.UsedAt}
}

// AccessKeyList is a list of keys.
type AccessKeyList struct {
	Keys []AccessKey `json:"keys"`
}

func (h *handler) keyRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/keys", Permission: user.Manage, Summary: "keys, the oldest first"},
		func(ctx context.Context, _ *struct{}) (*answer[AccessKeyList], error) {
			list, err := h.shop.ListKeys(ctx)
			return &answer[AccessKeyList]{AccessKeyList{list}}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/keys", Permission: user.Manage, Summary: "make a key; the answer has it this once"},
		func(ctx context.Context, in *struct{ Body NewAccessKey }) (*answer[AccessKey], error) {
			k, err := h.shop.CreateKey(ctx, in.Body)
			return &answer[AccessKey]{k}, err
		})
	register(h, Route{Method: http.MethodDelete, Path: "/v1/keys/{id}", Permission: user.Manage, Summary: "revoke a key, at once"},
		func(ctx context.Context, in *idInput) (*answer[Deletion], error) {
			d, err := h.shop.RevokeKey(ctx, in.ID)
			return &answer[Deletion]{d}, err
		})
}

// CreateKey implements Shop.
func (s *Service) CreateKey(ctx context.Context, n NewAccessKey) (AccessKey, error) {
	k, text, err := s.config.Users.AddKey(ctx, n.Secret, n.Name, n.Role)
	shown := showKey(k)
	shown.Key = text
	return shown, err
}

// ListKeys implements Shop.
func (s *Service) ListKeys(ctx context.Context) ([]AccessKey, error) {
	all, err := s.config.Users.Keys(ctx)
	list := make([]AccessKey, len(all))
	for i, k := range all {
		list[i] = showKey(k)
	}
	return list, err
}

// RevokeKey implements Shop.
func (s *Service) RevokeKey(ctx context.Context, id string) (Deletion, error) {
	return Deletion{ID: id, Outcome: "deleted"}, s.config.Users.RevokeKey(ctx, id)
}

// CreateKey implements Shop.
func (c *Client) CreateKey(ctx context.Context, n NewAccessKey) (AccessKey, error) {
	return call[AccessKey](ctx, c, http.MethodPost, "/v1/keys", n)
}

// ListKeys implements Shop.
func (c *Client) ListKeys(ctx context.Context) ([]AccessKey, error) {
	list, err := call[AccessKeyList](ctx, c, http.MethodGet, "/v1/keys", nil)
	return list.Keys, err
}

// RevokeKey implements Shop.
func (c *Client) RevokeKey(ctx context.Context, id string) (Deletion, error) {
	return call[Deletion](ctx, c, http.MethodDelete, "/v1/keys/"+url.PathEscape(id), nil)
}
