package api

import (
	"net/http"
	"strconv"

	"kith/internal/commerce"
)

// readyRetry is after how many seconds a client may ask again while the stores
// are brought up to the log.
const readyRetry = 2

// whenReady lets events pass, and everything else once the stores know what is
// in the log.
func whenReady(h *handler, ready func() bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ready == nil || ready() || r.Method == http.MethodPost && r.URL.Path == "/v1/events" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", strconv.Itoa(readyRetry))
		h.refuse(w, r, http.StatusServiceUnavailable, commerce.CodeBusy, "Kith is starting: it goes through what happened before; events are taken meanwhile, everything else in a moment")
	})
}
