package api

import (
	"context"
	"log/slog"
	"net/http"

	"kith/internal/user"
)

// RegisterForTest registers a route with a permission.
func RegisterForTest(permission user.Permission) {
	h := newHandler(HandlerConfig{Log: slog.New(slog.DiscardHandler)}, http.NewServeMux())
	register(h, Route{Method: http.MethodGet, Path: "/v1/test", Permission: permission}, func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
}
