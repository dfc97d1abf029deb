package api

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kith/internal/commerce"
)

// Permission says what a request must bring to be answered.
type Permission string

// Permissions.
const (
	Public Permission = "public" // nothing: says nothing of the shop
	Read   Permission = "read"   // to come from this machine
	Write  Permission = "write"  // the same, and not from another site
	Local  Permission = "local"  // the token of the folder's lock file
)

// Route is one HTTP route.
type Route struct {
	Method     string     `json:"method"`
	Path       string     `json:"path"`
	Permission Permission `json:"perm"`
	Public     bool       `json:"public"`
	Summary    string     `json:"summary"`
	// unchecked says that the body is read by whoever answers.
	unchecked bool
}

// HandlerConfig says what a Handler works with. All of it is required, except
// ReaderTime.
type HandlerConfig struct {
	Shop    Shop
	Token   string // of the lock file
	Version string
	Log     *slog.Logger
	// Done ends when the server stops: answers that last end with it.
	Done context.Context //nolint:containedctx // as http.Server.BaseContext
	// ReaderTime is how long a stream waits for a reader who takes nothing; 30
	// seconds if it is 0.
	ReaderTime time.Duration
}

// handler holds what the routes share.
type handler struct {
	shop  Shop
	token string
	log   *slog.Logger
	done  context.Context //nolint:containedctx // see HandlerConfig
	// readerTime is HandlerConfig.ReaderTime.
	readerTime time.Duration
	api        huma.API
	routes     []Route
}

// Handler puts a shop behind HTTP.
func Handler(config HandlerConfig) (http.Handler, error) {
	switch {
	case config.Shop == nil:
		return nil, errors.New("api: HandlerConfig.Shop is required")
	case config.Token == "":
		return nil, errors.New("api: HandlerConfig.Token is required")
	case config.Log == nil:
		return nil, errors.New("api: HandlerConfig.Log is required")
	case config.Done == nil:
		return nil, errors.New("api: HandlerConfig.Done is required")
	}
	mux := http.NewServeMux()
	newHandler(config, mux)
	crossOrigin := http.NewCrossOriginProtection()
	return loopbackHost(config.Log, recovered(config.Log, crossOrigin.Handler(mux))), nil
}

// Routes lists every route.
func Routes() []Route {
	h := newHandler(HandlerConfig{Log: slog.New(slog.DiscardHandler)}, http.NewServeMux())
	// huma serves the description itself.
	routes := append(h.routes, Route{Method: http.MethodGet, Path: "/openapi.json", Permission: Public, Public: true, Summary: "this description, as OpenAPI 3.1"})
	slices.SortFunc(routes, func(a, b Route) int {
		if order := strings.Compare(a.Path, b.Path); order != 0 {
			return order
		}
		return strings.Compare(a.Method, b.Method)
	})
	return routes
}

func newHandler(config HandlerConfig, mux *http.ServeMux) *handler {
	c := huma.DefaultConfig("Kith", config.Version)
	c.Info.Description = "Customer segmentation for online shops."
	c.CreateHooks = nil // they add links to schemas to every answer
	c.DocsPath, c.SchemasPath = "", ""
	c.RejectUnknownQueryParameters = true
	c.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[commerce.Amount](), reflect.TypeFor[string]())
	h := &handler{shop: config.Shop, token: config.Token, log: config.Log, done: config.Done, api: humago.New(mux, c)}
	h.readerTime = cmp.Or(config.ReaderTime, readerTime)
	h.shopRoutes()
	h.segmentRoutes()
	h.valueRoutes()
	h.importRoutes()
	h.trackRoute()
	h.webhookRoutes()
	return h
}

// answer is a response with a JSON body.
type answer[T any] struct{ Body T }

// register adds a route whose errors become problems in one place.
func register[I, O any](h *handler, route Route, do func(ctx context.Context, in *I) (*O, error)) {
	route.Public = route.Permission == Public
	h.routes = append(h.routes, route)
	operation := huma.Operation{
		OperationID: operationID(route), Method: route.Method, Path: route.Path, Summary: route.Summary,
		Errors:     []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
		Extensions: map[string]any{"x-permission": route.Permission},
	}
	operation.SkipValidateBody = route.unchecked
	if route.Permission == Local {
		operation.Middlewares = huma.Middlewares{h.requireToken}
	}
	huma.Register(h.api, operation, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err, h.log, route.Permission == Local)
		}
		return out, nil
	})
}

func operationID(route Route) string {
	path := strings.NewReplacer("/v1/", "", "/", "-", "{", "", "}", "").Replace(route.Path)
	return strings.ToLower(route.Method) + "-" + strings.Trim(path, "-")
}

// requireToken lets only whoever read the lock file pass.
func (h *handler) requireToken(ctx huma.Context, next func(huma.Context)) {
	given := strings.TrimPrefix(ctx.Header("Authorization"), "Bearer ")
	if h.token != "" && subtle.ConstantTimeCompare([]byte(given), []byte(h.token)) == 1 {
		next(ctx)
		return
	}
	_ = huma.WriteErr(h.api, ctx, http.StatusForbidden, "this needs the token in the folder's kith.lock; the kith command uses it by itself")
}

// loopbackHost refuses requests for any name but this machine's own: a page
// that makes its name point here is asking otherwise.
func loopbackHost(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			log.WarnContext(r.Context(), "refusing a request for another host", "host", r.Host)
			http.Error(w, "Kith answers at its loopback address only", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// recovered keeps one request's panic from ending the server.
func recovered(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch x := recover(); x {
			case nil:
			case http.ErrAbortHandler: // how a cut answer is ended
				panic(x)
			default:
				log.ErrorContext(r.Context(), "a request panicked", "path", r.URL.Path, "panic", x)
				http.Error(w, "something went wrong in Kith; its log says what", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}
