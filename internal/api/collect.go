package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kith/internal/commerce"
	"kith/internal/limit"
	"kith/internal/user"
)

// What follows answers the clients of the Segment protocol, as they are: those
// of Segment and RudderStack for browsers, servers and apps. The calls are
// described in Segment's "HTTP Tracking API". Requests come from any site, with
// a key and never with a session.

// collected are the calls of the protocol and the type that each gives to
// events that say none: in full, and as browser clients shorten them.
var collected = map[string]string{
	"identify": commerce.IdentifyType, "track": commerce.TrackType, "page": commerce.PageType, "screen": commerce.ScreenType,
	"group": commerce.GroupType, "alias": commerce.AliasType, "batch": "", "import": "",
	"i": commerce.IdentifyType, "t": commerce.TrackType, "p": commerce.PageType, "s": commerce.ScreenType,
	"g": commerce.GroupType, "a": commerce.AliasType, "b": "",
}

// Routes that clients ask beside the calls.
const (
	// measuresPath takes what clients count of themselves, and keeps nothing.
	measuresPath = "/v1/m"
	// settingsPath is what Segment's browser client asks first.
	settingsPath = "/v1/projects/{key}/settings"
	// sourcePath is what RudderStack's browser client asks first.
	sourcePath = "/sourceConfig/"
)

// CollectRoutes lists the routes of the Segment protocol. They are not in the
// API's description: the protocol is another's.
func CollectRoutes() []Route {
	routes := make([]Route, 0, len(collected)+3)
	for call := range collected {
		routes = append(routes, Route{Method: http.MethodPost, Path: "/v1/" + call, Permission: user.Track, Summary: "Segment protocol: " + call})
	}
	return append(routes,
		Route{Method: http.MethodPost, Path: measuresPath, Permission: user.Public, Public: true, Summary: "Segment protocol: what clients count of themselves, not kept"},
		Route{Method: http.MethodGet, Path: settingsPath, Permission: user.Track, Summary: "Segment protocol: settings of the browser client"},
		Route{Method: http.MethodGet, Path: sourcePath, Permission: user.Track, Summary: "RudderStack: settings of the browser client"})
}

// collector answers the routes of the protocol.
type collector struct {
	*handler

	mux  *http.ServeMux
	load load
}

func newCollector(h *handler) *collector {
	c := &collector{handler: h, mux: http.NewServeMux()}
	for call, kind := range collected {
		c.mux.HandleFunc("POST /v1/"+call, func(w http.ResponseWriter, r *http.Request) { c.take(w, r, kind) })
	}
	c.mux.HandleFunc("POST "+measuresPath, func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, http.StatusOK, success{Success: true}) })
	c.mux.HandleFunc("GET "+settingsPath, c.settings)
	c.mux.HandleFunc("GET "+sourcePath, c.source)
	c.mux.HandleFunc("GET "+strings.TrimSuffix(sourcePath, "/"), c.source)
	return c
}

// or answers the protocol's requests, and leaves the others to next.
func (c *collector) or(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := r
		preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
		if preflight {
			asked = r.Clone(r.Context())
			asked.Method = r.Header.Get("Access-Control-Request-Method")
		}
		_, pattern := c.mux.Handler(asked)
		if pattern == "" {
			next.ServeHTTP(w, r)
			return
		}
		header := w.Header()
		header.Set("Access-Control-Allow-Origin", "*")
		header.Set("Cross-Origin-Resource-Policy", "cross-origin")
		if preflight {
			header.Set("Access-Control-Allow-Methods", "GET, POST")
			header.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
			header.Set("Access-Control-Max-Age", "86400")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		// A client that does not read its answer holds nothing.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(collectWriteTime))
		c.observed(w, pattern, func(w http.ResponseWriter) { c.mux.ServeHTTP(w, r) })
	})
}

const collectWriteTime = 10 * time.Second

// take takes a call's events. Its answer has no more than what came of them.
func (c *collector) take(w http.ResponseWriter, r *http.Request, kind string) {
	answered, err := c.taken(r, kind)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	answerJSON(w, http.StatusOK, answered)
}

// success is what the protocol's clients are answered, with what Kith adds.
type success struct {
	Success  bool           `json:"success"`
	Accepted int            `json:"accepted,omitempty"`
	Refused  []RefusedEvent `json:"refused,omitempty"`
	Warnings []EventWarning `json:"warnings,omitempty"`
}

func (c *collector) taken(r *http.Request, kind string) (success, error) {
	// A key in a header is looked at before anything is read.
	key := writeKeyOf(r)
	var who user.Identity
	var err error
	if key != "" {
		if who, err = c.known(r, key, c.users.Identify); err != nil {
			return success{}, err
		}
	}
	body, release, err := c.load.read(r)
	defer release()
	if err != nil {
		return success{}, err
	}
	if key == "" {
		if who, err = c.known(r, writeKeyIn(body), c.users.Identify); err != nil {
			return success{}, err
		}
	}
	done, err := c.load.work(len(body))
	if err != nil {
		return success{}, err
	}
	defer done()
	from := c.sender(who, c.addressOf(r))
	from.Type = kind
	if r.Header.Get("Origin") != "" {
		from.UserAgent = r.UserAgent()
	}
	// What was read is taken, even if whoever sent it hangs up.
	t, err := c.shop.Track(context.WithoutCancel(r.Context()), from, body)
	return success{Success: true, Accepted: t.Accepted, Refused: t.Refused, Warnings: t.Warnings}, err
}

// known finds out whose key it is. Only sending is a use of a key. Keys that are
// not known are counted, so that nobody tries many.
func (c *collector) known(r *http.Request, key string, identify func(ctx context.Context, session, key string) (user.Identity, error)) (user.Identity, error) {
	if key == "" {
		return user.Identity{}, commerce.Errorf(commerce.CodeUnknown, "a key is needed: as the name of Basic or as Bearer in Authorization, or as writeKey in the body; keys are made with \"kith key create\"")
	}
	who, err := identify(r.Context(), "", key)
	switch {
	case err != nil:
		return who, err
	case !who.May(user.Track):
		if ok, after := c.networks.Take(limit.Network(c.addressOf(r)), 1, time.Now()); !ok {
			return who, tooMany(after)
		}
		return who, commerce.Errorf(commerce.CodeUnknown, "the key is not known here; keys are made with \"kith key create\"")
	case !who.AllowsOrigin(r.Header.Get("Origin")):
		return who, commerce.Errorf(commerce.CodeDenied, "the key was made for other sites than this one: \"kith key set\" changes them")
	}
	return who, nil
}

// writeKeyOf is the key that a request has in its headers or its address, or "".
func writeKeyOf(r *http.Request) string {
	if name, _, ok := r.BasicAuth(); ok {
		return name
	}
	if bearer, given := bearerOf(r); given {
		return bearer
	}
	return r.URL.Query().Get("writeKey")
}

// writeKeyIn is the key that a body has. A body that is no JSON has none.
func writeKeyIn(body []byte) string {
	for name, value := range commerce.Members(strings.TrimLeft(string(body), " \t\r\n")) {
		if name == "writeKey" {
			var key string
			_ = json.Unmarshal([]byte(value), &key) // what is no text is no key
			return key
		}
	}
	return ""
}

// fail answers with a problem and, where trying again later helps, says when.
func (c *collector) fail(w http.ResponseWriter, r *http.Request, err error) {
	if busy, ok := errors.AsType[*busyError](err); ok {
		w.Header().Set("Retry-After", strconv.Itoa(busy.after))
		c.refuse(w, r, busy.status, commerce.CodeBusy, busy.Error())
		return
	}
	if throttled, ok := errors.AsType[*user.ThrottledError](err); ok {
		w.Header().Set("Retry-After", retryAfter(throttled.After))
	}
	if sized, ok := errors.AsType[*bodyError](err); ok {
		c.refuse(w, r, sized.status, commerce.CodeInvalid, sized.Error())
		return
	}
	p := problemOf(r.Context(), err, c.log, false)
	if p.Code == commerce.CodeInvalid {
		p.Status = http.StatusBadRequest // as clients expect it
	}
	if p.Code == commerce.CodeFull || p.Status >= http.StatusInternalServerError {
		// Nothing was acknowledged: clients send it again.
		p.Status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", strconv.Itoa(fullRetry))
	}
	c.refuse(w, r, p.Status, p.Code, p.Detail)
}

// fullRetry is after how many seconds a client may try again that could not be
// served for another reason than load.
const fullRetry = 10

func answerJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encoded(body))
}

// settings answers Segment's browser client: events go to this server, and to
// no other.
func (c *collector) settings(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	if _, err := c.known(r, key, c.users.StillKnown); err != nil {
		c.fail(w, r, err)
		return
	}
	here := c.base(r)
	answerJSON(w, http.StatusOK, map[string]any{
		"integrations": map[string]any{"Segment.io": map[string]any{
			"apiKey": key, "apiHost": here.Host + "/v1", "protocol": here.Scheme,
			"unbundledIntegrations": []string{}, "addBundledMetadata": false, "maybeBundledConfigIds": map[string]any{},
		}},
		"plan": map[string]any{"track": map[string]any{"__default": map[string]any{"enabled": true}}},
		// Nothing is counted of the client, and no further code is loaded.
		"metrics": map[string]any{"sampleRate": 0}, "remotePlugins": []string{}, "middlewareSettings": map[string]any{}, "enabledMiddleware": map[string]any{},
		"edgeFunction": map[string]any{}, "analyticsNextEnabled": true, "legacyVideoPluginsEnabled": false,
	})
}

// source answers RudderStack's browser client.
func (c *collector) source(w http.ResponseWriter, r *http.Request) {
	key := writeKeyOf(r)
	who, err := c.known(r, key, c.users.StillKnown)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	off := map[string]any{"enabled": false}
	answerJSON(w, http.StatusOK, map[string]any{
		"source": map[string]any{
			"id": who.Key, "name": "Kith", "writeKey": key, "enabled": true, "workspaceId": "kith",
			"config":       map[string]any{"statsCollection": map[string]any{"errors": off, "metrics": off}},
			"destinations": []any{}, "connections": []any{}, "dataplanes": map[string]any{},
		},
		"updatedAt": time.Unix(0, 0).UTC().Format(time.RFC3339),
	})
}

// base is where a request finds this server.
func (c *collector) base(r *http.Request) url.URL {
	if c.url != nil {
		return *c.url
	}
	return url.URL{Scheme: "http", Host: r.Host}
}
