package api

import (
	"context"
	"net/http"

	"kith/internal/user"
)

func (h *handler) shopRoutes() {
	type health struct {
		Status string `json:"status"`
	}
	register(h, Route{Method: http.MethodGet, Path: "/healthz", Permission: user.Public, Summary: "whether the server answers"},
		func(context.Context, *struct{}) (*answer[health], error) {
			return &answer[health]{health{"ok"}}, nil
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/shop", Permission: user.View, Summary: "the shop's settings"},
		func(ctx context.Context, _ *struct{}) (*answer[Settings], error) {
			s, err := h.shop.Settings(ctx)
			return &answer[Settings]{s}, err
		})
	register(h, Route{Method: http.MethodPatch, Path: "/v1/shop", Permission: user.Manage, Summary: "change the shop's settings"},
		func(ctx context.Context, in *struct{ Body SettingsChange }) (*answer[Settings], error) {
			s, err := h.shop.ChangeSettings(ctx, in.Body)
			return &answer[Settings]{s}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/rebuild", Permission: user.Manage, Summary: "make the warehouse anew from the log and the archive"},
		func(ctx context.Context, _ *struct{}) (*answer[Rebuilt], error) {
			r, err := h.shop.Rebuild(ctx)
			return &answer[Rebuilt]{r}, err
		})
}

func (h *handler) valueRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/rfm", Permission: user.View, Summary: "the grid of recency against frequency and monetary, and the groups"},
		func(ctx context.Context, in *atInput) (*answer[RFM], error) {
			r, err := h.shop.RFM(ctx, in.At)
			return &answer[RFM]{r}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/customers/{id}", Permission: user.People, Summary: "one customer: traits, orders, scores, segments, timeline"},
		func(ctx context.Context, in *struct {
			CustomerID

			At string `query:"at"`
		},
		) (*answer[Customer], error) {
			c, err := h.shop.Customer(ctx, in.meant(ctx), in.At)
			maskCustomer(ctx, &c)
			return &answer[Customer]{c}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/score", Permission: user.Manage, Summary: "a scoring run as of now"},
		func(ctx context.Context, _ *struct{}) (*answer[Run], error) {
			r, err := h.shop.Score(ctx)
			return &answer[Run]{r}, err
		})
}
