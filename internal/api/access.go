package api

import (
	"context"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"kith/internal/audit"
	"kith/internal/commerce"
	"kith/internal/user"
)

// visit is one request: who makes it, and where from.
type visit struct {
	user.Identity

	address string // that it comes from
	cookie  string // the name of the session's cookie
	session string // its token
	// still says whether whoever asks may still do so, for answers that last.
	still func(ctx context.Context) bool
	// handles seals the ids that whoever asks does not see.
	handles user.HandleKey
}

type visitKey struct{}

// pagesPattern is that of HandlerConfig.Pages.
const pagesPattern = "GET /"

// visitOf returns the request that a context is of. In one that is of none
// nobody asks.
func visitOf(ctx context.Context) visit {
	v, _ := ctx.Value(visitKey{}).(visit)
	return v
}

// guard lets a request reach its route if whoever makes it may. A pattern that
// no Route declares is not answered.
func (h *handler) guard(mux *http.ServeMux) http.Handler {
	byPattern := make(map[string]Route, len(h.routes))
	for _, route := range h.routes {
		byPattern[route.Method+" "+route.Path] = route
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := mux.Handler(r)
		if pattern == "" { // there is no such path, or not with this method
			mux.ServeHTTP(w, r)
			return
		}
		route, declared := byPattern[pattern]
		if !declared || pattern == pagesPattern && strings.HasPrefix(r.URL.Path, "/v1/") {
			h.refuse(w, r, http.StatusNotFound, commerce.CodeNotFound, "there is no such route")
			return
		}
		if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
			h.refuse(w, r, http.StatusUnsupportedMediaType, commerce.CodeInvalid, "a body is sent as it is, without a Content-Encoding")
			return
		}
		h.observed(w, pattern, func(w http.ResponseWriter) {
			v, err := h.admit(r, route.Permission)
			if err != nil {
				p := problemOf(r.Context(), err, h.log, false)
				h.refuse(w, r, p.Status, p.Code, p.Detail)
				return
			}
			ctx := context.WithValue(r.Context(), visitKey{}, v)
			if actor := v.Actor(); actor != "" {
				ctx = audit.WithActor(ctx, actor)
			}
			mux.ServeHTTP(w, r.WithContext(ctx))
		})
	})
}

// admit finds out who makes a request, and whether they may.
func (h *handler) admit(r *http.Request, needed user.Permission) (v visit, err error) {
	v.address, v.cookie, v.handles = h.addressOf(r), h.cookieName(r), h.users.Handles()
	if c, err := r.Cookie(v.cookie); err == nil {
		v.session = c.Value
	}
	if needed == user.Public {
		return v, nil
	}
	bearer, isKey := bearerOf(r)
	identify := func(ctx context.Context, known func(ctx context.Context, session, key string) (user.Identity, error)) (user.Identity, error) {
		switch {
		case !isKey:
			return known(ctx, v.session, "")
		case subtle.ConstantTimeCompare([]byte(bearer), []byte(h.token)) == 1:
			return user.Identity{Kind: user.Token}, nil
		}
		return known(ctx, "", bearer)
	}
	v.still = func(ctx context.Context) bool {
		who, err := identify(ctx, h.users.StillKnown)
		return err == nil && who.May(needed)
	}
	if v.Identity, err = identify(r.Context(), h.users.Identify); err != nil {
		return v, err
	}
	switch {
	case v.May(needed):
		return v, nil
	case v.Kind == user.Nobody && isKey:
		return v, commerce.Errorf(commerce.CodeUnknown, "the key or token is not known here; keys are made with \"kith key create\", and a server that starts has a new token")
	case v.Kind == user.Nobody:
		return v, commerce.Errorf(commerce.CodeUnknown, "log in, or send a key as \"Authorization: Bearer kith_sk_...\"")
	case needed == user.Local:
		return v, commerce.Errorf(commerce.CodeDenied, "this needs the token in the folder's kith.lock; the kith command uses it by itself")
	}
	return v, commerce.Errorf(commerce.CodeDenied, "this needs the permission %q, which %s does not have", string(needed), naming(v.Identity))
}

// bearerOf returns what stands in a request's Authorization, and whether there
// is one at all: whoever sends one means it, and not a cookie beside it. An
// empty key is known to nobody.
func bearerOf(r *http.Request) (text string, given bool) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", false
	}
	scheme, text, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") || text == "" {
		return "-", true
	}
	return text, true
}

func naming(i user.Identity) string {
	switch i.Kind {
	case user.Session:
		return "the role " + string(i.Role)
	case user.SecretKey:
		return "a secret key with the role " + string(i.Role)
	case user.PublicKey:
		return "a public key"
	case user.Token, user.Nobody:
	}
	return "nobody"
}

// refuse answers with a problem, before a route is reached.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, status int, code commerce.Code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(status)
	_, _ = w.Write(encoded(said(readerOf(r), &problem{Status: status, Title: http.StatusText(status), Detail: detail, Code: code})))
}

// addressOf is where a request comes from. A proxy on this machine says it of
// the requests for HandlerConfig.URL: the last address is the one that the
// proxy saw itself.
func (h *handler) addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || h.url == nil || !ip.IsLoopback() {
		return host
	}
	all := r.Header.Values("X-Forwarded-For")
	if len(all) == 0 {
		return host
	}
	last := all[len(all)-1]
	last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	if _, err := netip.ParseAddr(last); err != nil {
		return host
	}
	return last
}

// secure says whether a request's cookies are for TLS only.
func (h *handler) secure(r *http.Request) bool {
	return r.TLS != nil || h.url != nil && h.url.Scheme == "https"
}

// secureCookie is the name of a session's cookie that is for TLS only.
const secureCookie = "__Host-kith_session"

// cookieName is that of the session's cookie. Browsers send a machine's cookies
// to all of its ports, and each may be another shop's.
func (h *handler) cookieName(r *http.Request) string {
	if h.secure(r) {
		return secureCookie
	}
	name := "kith_session"
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		if _, err := strconv.ParseUint(port, 10, 16); err == nil {
			name += "_" + port
		}
	}
	return name
}

// me is the user who asks. The token is nobody's.
func me(ctx context.Context) (user.User, error) {
	v := visitOf(ctx)
	if v.Kind != user.Session {
		return user.User{}, commerce.Errorf(commerce.CodeConflict, "this is about whoever is logged in, and the token is nobody's")
	}
	return v.User, nil
}
