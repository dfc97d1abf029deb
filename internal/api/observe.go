package api

import (
	"net/http"
	"time"
)

// observed lets a request be answered, and tells HandlerConfig.Observe how.
func (h *handler) observed(w http.ResponseWriter, pattern string, answer func(w http.ResponseWriter)) {
	if h.observe == nil {
		answer(w)
		return
	}
	noted := &noting{ResponseWriter: w}
	begin := time.Now()
	defer func() { // a panic counts too
		status := noted.status
		if status == 0 {
			status = http.StatusOK
		}
		if broken := recover(); broken != nil {
			h.observe(pattern, http.StatusInternalServerError, time.Since(begin))
			panic(broken)
		}
		h.observe(pattern, status, time.Since(begin))
	}()
	answer(noted)
}

// noting notes the status of an answer.
type noting struct {
	http.ResponseWriter

	status int
}

func (n *noting) WriteHeader(status int) {
	if n.status == 0 {
		n.status = status
	}
	n.ResponseWriter.WriteHeader(status)
}

// Flush is for streams.
func (n *noting) Flush() { _ = http.NewResponseController(n.ResponseWriter).Flush() }

// Unwrap is for http.ResponseController.
func (n *noting) Unwrap() http.ResponseWriter { return n.ResponseWriter }
