package api

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// guarded sets what every answer says to browsers, and refuses requests for
// any name but this machine's own and that of the URL: a page that makes its
// name point here is asking otherwise.
func guarded(log *slog.Logger, own *url.URL, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		if own != nil && own.Scheme == "https" {
			header.Set("Strict-Transport-Security", "max-age=31536000")
		}
		// Pages say otherwise of themselves.
		header.Set("Cache-Control", "no-store")
		header.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			header.Set("Vary", "Accept-Language")
		}
		if !answersTo(r.Host, own) {
			log.WarnContext(r.Context(), "refusing a request for another host", "host", r.Host)
			http.Error(w, "Kith answers at its loopback address only, and at the name that \"kith serve --url\" gives", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func answersTo(host string, own *url.URL) bool {
	if own != nil && (strings.EqualFold(host, own.Host) || strings.EqualFold(host, withPort(own))) {
		return true
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// withPort is a URL's host with the port that its scheme means.
func withPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	port := "80"
	if u.Scheme == "https" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port)
}
