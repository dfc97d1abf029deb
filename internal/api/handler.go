package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"path"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kith/internal/commerce"
	"kith/internal/limit"
	"kith/internal/user"
)

// Route is one HTTP route.
type Route struct {
	Method     string          `json:"method"`
	Path       string          `json:"path"`
	Permission user.Permission `json:"perm"`
	Public     bool            `json:"public"`
	Summary    string          `json:"summary"`
	// unchecked says that the body is read by whoever answers.
	unchecked bool
	// streams says that the body is any bytes, which are read as they come.
	streams bool
	// gives is the content type of an answer that is written bit by bit.
	gives string
}

// maxBody is how long a request may be.
const maxBody = 1 << 20

// HandlerConfig says what a Handler works with. All of it is required, except
// Pages, URL, Ready, Observe and ReaderTime.
type HandlerConfig struct {
	Shop    Shop
	Console Console
	Users   *user.Book
	Token   string // of the lock file
	// URL is where a proxy on this machine takes requests for the Handler. Its
	// host is answered besides loopback names, and the proxy is believed where
	// requests come from.
	URL     *url.URL
	Version string
	Log     *slog.Logger
	// Pages answers what is not the API's; nobody does if it is nil.
	Pages http.Handler
	// Done ends when the server stops: answers that last end with it.
	Done context.Context //nolint:containedctx // as http.Server.BaseContext
	// Ready, if set, says whether the stores know what is in the log. Until then
	// events are taken, and nothing else is answered.
	Ready func() bool
	// Observe, if set, is told of every request that was answered: the pattern of
	// its route, the status, and how long it took. It must not wait.
	Observe func(route string, status int, took time.Duration)
	// ReaderTime is how long a stream waits for a reader who takes nothing; 30
	// seconds if it is 0.
	ReaderTime time.Duration
}

// handler holds what the routes share.
type handler struct {
	shop    Shop
	console Console
	users   *user.Book
	token   string
	url     *url.URL
	log     *slog.Logger
	done    context.Context //nolint:containedctx // see HandlerConfig
	// readerTime is HandlerConfig.ReaderTime.
	readerTime time.Duration
	api        huma.API
	routes     []Route
	observe    func(route string, status int, took time.Duration)
	// keys and networks limit events by who sends them.
	keys, networks *limit.Limiter
}

// Handler puts a shop behind HTTP.
func Handler(config HandlerConfig) (http.Handler, error) {
	switch {
	case config.Shop == nil:
		return nil, errors.New("api: HandlerConfig.Shop is required")
	case config.Console == nil:
		return nil, errors.New("api: HandlerConfig.Console is required")
	case config.Users == nil:
		return nil, errors.New("api: HandlerConfig.Users is required")
	case config.Token == "":
		return nil, errors.New("api: HandlerConfig.Token is required")
	case config.Log == nil:
		return nil, errors.New("api: HandlerConfig.Log is required")
	case config.Done == nil:
		return nil, errors.New("api: HandlerConfig.Done is required")
	}
	mux := http.NewServeMux()
	h := newHandler(config, mux)
	var err error
	if h.keys, err = limit.New(limit.Config{PerMinute: limit.EventsPerKey}); err != nil {
		return nil, err
	}
	if h.networks, err = limit.New(limit.Config{PerMinute: limit.EventsPerNetwork}); err != nil {
		return nil, err
	}
	if config.Pages != nil {
		mux.Handle(pagesPattern, config.Pages)
	}
	crossOrigin := http.NewCrossOriginProtection()
	if config.URL != nil {
		if err := crossOrigin.AddTrustedOrigin(config.URL.Scheme + "://" + config.URL.Host); err != nil {
			return nil, fmt.Errorf("api: HandlerConfig.URL: %w", err)
		}
	}
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.refuse(w, r, http.StatusForbidden, commerce.CodeDenied, "this request comes from another site")
	}))
	return guarded(config.Log, config.URL, h.recovered(newCollector(h).or(whenReady(h, config.Ready, crossOrigin.Handler(h.guard(mux)))))), nil
}

// Routes lists every route.
func Routes() []Route {
	routes := newHandler(HandlerConfig{Log: slog.New(slog.DiscardHandler)}, http.NewServeMux()).routes
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
	c.Info.Description = "Customer segmentation for online shops. What is said to people, and the names of presets, are in the language of Accept-Language: en, ro, ko or zh-TW."
	c.CreateHooks = nil // they add links to schemas to every answer
	c.Info.License = &huma.License{Name: "Apache 2.0", Identifier: "Apache-2.0"}
	c.Servers = []*huma.Server{{URL: "/", Description: "this server"}}
	c.Components.SecuritySchemes = securitySchemes()
	c.DocsPath, c.SchemasPath = "", ""
	c.Transformers = append(c.Transformers, inReadersWords)
	c.RejectUnknownQueryParameters = true
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[commerce.Amount](), reflect.TypeFor[string]())
	h := &handler{
		shop: config.Shop, console: config.Console, users: config.Users, token: config.Token, url: config.URL, log: config.Log, done: config.Done, observe: config.Observe,
		api: humago.New(mux, c),
	}
	// These are not registered: huma serves the description itself, whose other
	// forms are not declared, and pages are HandlerConfig.Pages.
	h.routes = append(h.routes,
		Route{Method: http.MethodGet, Path: "/", Permission: user.Public, Public: true, Summary: "the console"},
		Route{Method: http.MethodGet, Path: "/openapi.json", Permission: user.Public, Public: true, Summary: "this description, as OpenAPI 3.1"})
	h.routes = append(h.routes, CollectRoutes()...)
	h.readerTime = cmp.Or(config.ReaderTime, readerTime)
	h.shopRoutes()
	h.segmentRoutes()
	h.valueRoutes()
	h.customerRoutes()
	h.overviewRoutes()
	h.importRoutes()
	h.uploadRoutes()
	h.jobRoutes()
	h.systemRoutes()
	h.trackRoute()
	h.tailRoute()
	h.webhookRoutes()
	h.letterRoutes()
	h.sessionRoutes()
	h.welcomeRoutes()
	h.userRoutes()
	h.keyRoutes()
	h.auditRoutes()
	describeProblems(h.api.OpenAPI().Components.Schemas)
	neverNull(h.api.OpenAPI().Components.Schemas)
	return h
}

// schemaName is a type's name in the description: with its package, if that is
// another one than this, because two packages may use the same word.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch folder := path.Base(t.PkgPath()); {
	case t.Name() == "" || folder == "api" || !strings.HasPrefix(t.PkgPath(), "kith/"):
		return name
	default:
		return strings.ToUpper(folder[:1]) + folder[1:] + name
	}
}

// neverNull says of lists what holds: an empty one is [].
func neverNull(schemas huma.Registry) {
	for _, schema := range schemas.Map() {
		for _, property := range schema.Properties {
			if property.Type == huma.TypeArray {
				property.Nullable = false
			}
		}
	}
}

// answer is a response with a JSON body.
type answer[T any] struct{ Body T }

// register adds a route whose errors become problems in one place. One that
// declares no permission is a mistake in the program.
func register[I, O any](h *handler, route Route, do func(ctx context.Context, in *I) (*O, error)) {
	if !slices.Contains(user.Permissions(), route.Permission) {
		panic(fmt.Sprintf("api: %s %s declares no permission", route.Method, route.Path))
	}
	route.Public = route.Permission == user.Public
	h.routes = append(h.routes, route)
	operation := huma.Operation{
		OperationID: operationID(route), Method: route.Method, Path: route.Path, Summary: route.Summary, MaxBodyBytes: maxBody,
		Errors: errorsOf(route), Security: security(route.Permission), Responses: streamed(route, h.api.OpenAPI().Components.Schemas),
		Extensions: map[string]any{"x-permission": route.Permission},
	}
	operation.SkipValidateBody = route.unchecked
	if route.streams {
		operation.MaxBodyBytes = -1 // whoever reads it says how much
		operation.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}}
	}
	huma.Register(h.api, operation, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			p := problemOf(ctx, err, h.log, visitOf(ctx).Kind == user.Token)
			if masks(ctx) {
				p.Detail = user.MaskText(p.Detail) // a customer may be named in it
			}
			return nil, withHeaders(p, err)
		}
		return out, nil
	})
}

// withHeaders adds what an error says in headers.
func withHeaders(p *problem, err error) error {
	if throttled, ok := errors.AsType[*user.ThrottledError](err); ok {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {retryAfter(throttled.After)}})
	}
	// Programs that send events keep them, and ask again.
	if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusInsufficientStorage {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {retryLater}})
	}
	return p
}

// retryAfter is a time as the header of that name has it, in whole seconds.
func retryAfter(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }

// retryLater is how many seconds lie between two attempts where somebody must
// act first, or a server start.
const retryLater = "5"

func operationID(route Route) string {
	path := strings.NewReplacer("/v1/", "", "/", "-", "{", "", "}", "").Replace(route.Path)
	return strings.ToLower(route.Method) + "-" + strings.Trim(path, "-")
}

// recovered keeps one request's panic from ending the server.
func (h *handler) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch x := recover(); x {
			case nil:
			case http.ErrAbortHandler: // how a cut answer is ended
				panic(x)
			default:
				h.log.ErrorContext(r.Context(), "a request panicked", "path", r.URL.Path, "panic", x, "stack", string(debug.Stack()))
				h.refuse(w, r, http.StatusInternalServerError, commerce.CodeNone, "something went wrong in Kith; its log says what")
			}
		}()
		next.ServeHTTP(w, r)
	})
}
