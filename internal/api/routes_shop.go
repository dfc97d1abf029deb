package api

import (
	"context"
	"net/http"
)

func (h *handler) shopRoutes() {
	type health struct {
		Status string `json:"status"`
	}
	register(h, Route{Method: http.MethodGet, Path: "/healthz", Permission: Public, Summary: "whether the server answers"},
		func(context.Context, *struct{}) (*answer[health], error) {
			return &answer[health]{health{"ok"}}, nil
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/shop", Permission: Read, Summary: "the shop's settings"},
		func(ctx context.Context, _ *struct{}) (*answer[Settings], error) {
			s, err := h.shop.Settings(ctx)
			return &answer[Settings]{s}, err
		})
	register(h, Route{Method: http.MethodPatch, Path: "/v1/shop", Permission: Local, Summary: "change the shop's settings"},
		func(ctx context.Context, in *struct{ Body SettingsChange }) (*answer[Settings], error) {
			s, err := h.shop.ChangeSettings(ctx, in.Body)
			return &answer[Settings]{s}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/rebuild", Permission: Local, Summary: "make the warehouse anew from the log and the archive"},
		func(ctx context.Context, _ *struct{}) (*answer[Rebuilt], error) {
			r, err := h.shop.Rebuild(ctx)
			return &answer[Rebuilt]{r}, err
		})
}

func (h *handler) valueRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/rfm", Permission: Read, Summary: "the grid of recency against frequency and monetary, and the groups"},
		func(ctx context.Context, in *atInput) (*answer[RFM], error) {
			r, err := h.shop.RFM(ctx, in.At)
			return &answer[RFM]{r}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/customers/{id}", Permission: Read, Summary: "one customer: traits, orders, scores, segments, timeline"},
		func(ctx context.Context, in *struct {
			ID string `path:"id"`
			At string `query:"at"`
		},
		) (*answer[Customer], error) {
			c, err := h.shop.Customer(ctx, in.ID, in.At)
			return &answer[Customer]{c}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/score", Permission: Local, Summary: "a scoring run as of now"},
		func(ctx context.Context, _ *struct{}) (*answer[Run], error) {
			r, err := h.shop.Score(ctx)
			return &answer[Run]{r}, err
		})
}
