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
	Secret          bool      `json:"secret,omitempty" doc:"may what its role may, except to manage; otherwise it is a public key, which only sends events"`
	Name            string    `json:"name,omitempty" maxLength:"1000"`
	Role            user.Role `json:"role,omitempty" enum:"owner,editor,analyst,support" doc:"of a secret key; editor if absent"`
	Origins         []string  `json:"origins,omitempty" maxItems:"50" doc:"the sites that a public key may be used from, like https://shop.example or https://*.shop.example for its subdomains; any if absent"`
	EventsPerMinute int       `json:"events_per_minute,omitempty" minimum:"0" maximum:"1000000" doc:"how many events may be sent with it; 0 or absent: the limit that all keys have"`
}

// AccessKeyChange says what becomes different about a key; nil for what stays.
type AccessKeyChange struct {
	Origins         *[]string `json:"origins,omitempty" maxItems:"50" doc:"of a public key; an empty list for any site"`
	EventsPerMinute *int      `json:"events_per_minute,omitempty" minimum:"0" maximum:"1000000" doc:"0: the limit that all keys have"`
}

// KeyRotation says how a key is replaced.
type KeyRotation struct {
	OverlapSeconds *int `json:"overlap_seconds,omitempty" minimum:"0" maximum:"2592000" doc:"how long the old key works beside the new one; a day if absent"`
}

// AccessKey is what a program asks with.
type AccessKey struct {
	ID              string    `json:"id"`
	Kind            string    `json:"kind" enum:"secret,public"`
	Name            string    `json:"name,omitempty"`
	Role            user.Role `json:"role,omitempty" doc:"of a secret key"`
	Origins         []string  `json:"origins,omitempty" doc:"the sites that a public key may be used from; absent: any"`
	EventsPerMinute int       `json:"events_per_minute,omitempty" doc:"how many events may be sent with it; absent: the limit that all keys have"`
	CreatedAt       time.Time `json:"created_at"`
	UsedAt          time.Time `json:"used_at,omitzero" doc:"the first use on the last day, in UTC, with one; absent: it was never used"`
	ExpiresAt       time.Time `json:"expires_at,omitzero" doc:"it was replaced, and is refused from then on; absent: never"`
	Ended           bool      `json:"ended,omitempty" doc:"it is refused: expires_at is over"`
	Key             string    `json:"key,omitempty" doc:"kith_sk_... or kith_pk_...; only in the answer that creates it"`
}

func (s *Service) showKey(k user.Key) AccessKey {
	kind := "public"
	if k.Secret {
		kind = "secret"
	}
	return AccessKey{
		ID: k.ID, Kind: kind, Name: k.Name, Role: k.Role, Origins: k.Origins, EventsPerMinute: k.EventsPerMinute,
		CreatedAt: k.CreatedAt, UsedAt: k.UsedAt, ExpiresAt: k.ExpiresAt, Ended: k.Ended(s.config.Now()),
	}
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
	register(h, Route{Method: http.MethodPatch, Path: "/v1/keys/{id}", Permission: user.Manage, Summary: "change what a key is bound to, at once; the key stays"},
		func(ctx context.Context, in *struct {
			ID   string `path:"id"`
			Body AccessKeyChange
		},
		) (*answer[AccessKey], error) {
			k, err := h.shop.ChangeKey(ctx, in.ID, in.Body)
			return &answer[AccessKey]{k}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/keys/{id}/rotate", Permission: user.Manage, Summary: "make a key in place of this one, which works beside it for a while; the answer has the new one this once"},
		func(ctx context.Context, in *struct {
			ID   string `path:"id"`
			Body KeyRotation
		},
		) (*answer[AccessKey], error) {
			k, err := h.shop.RotateKey(ctx, in.ID, in.Body)
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
	k, text, err := s.config.Users.AddKey(ctx, user.NewKey{
		Secret: n.Secret, Name: n.Name, Role: n.Role, Origins: n.Origins, EventsPerMinute: n.EventsPerMinute,
	})
	shown := s.showKey(k)
	shown.Key = text
	return shown, err
}

// ListKeys implements Shop.
func (s *Service) ListKeys(ctx context.Context) ([]AccessKey, error) {
	all, err := s.config.Users.Keys(ctx)
	list := make([]AccessKey, len(all))
	for i, k := range all {
		list[i] = s.showKey(k)
	}
	return list, err
}

// ChangeKey implements Shop.
func (s *Service) ChangeKey(ctx context.Context, id string, c AccessKeyChange) (AccessKey, error) {
	k, err := s.config.Users.ChangeKey(ctx, id, user.KeyChange{Origins: c.Origins, EventsPerMinute: c.EventsPerMinute})
	return s.showKey(k), err
}

// RotateKey implements Shop.
func (s *Service) RotateKey(ctx context.Context, id string, r KeyRotation) (AccessKey, error) {
	overlap := user.Overlap
	if r.OverlapSeconds != nil {
		overlap = time.Duration(*r.OverlapSeconds) * time.Second
	}
	k, text, err := s.config.Users.RotateKey(ctx, id, overlap)
	shown := s.showKey(k)
	shown.Key = text
	return shown, err
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

// ChangeKey implements Shop.
func (c *Client) ChangeKey(ctx context.Context, id string, change AccessKeyChange) (AccessKey, error) {
	return call[AccessKey](ctx, c, http.MethodPatch, "/v1/keys/"+url.PathEscape(id), change)
}

// RotateKey implements Shop.
func (c *Client) RotateKey(ctx context.Context, id string, r KeyRotation) (AccessKey, error) {
	return call[AccessKey](ctx, c, http.MethodPost, "/v1/keys/"+url.PathEscape(id)+"/rotate", r)
}

// RevokeKey implements Shop.
func (c *Client) RevokeKey(ctx context.Context, id string) (Deletion, error) {
	return call[Deletion](ctx, c, http.MethodDelete, "/v1/keys/"+url.PathEscape(id), nil)
}
