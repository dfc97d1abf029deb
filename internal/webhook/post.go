package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// attemptTime is how long an attempt may take, with reading the answer.
	attemptTime = 10 * time.Second
	// answerSize is how much of an answer is read, so that its connection can
	// be used again; a longer one is cut off with its connection.
	answerSize = 64 << 10
)

// Client sends a request; it does not follow redirects.
type Client interface {
	Do(r *http.Request) (*http.Response, error)
}

// Post sends messages. All of it is required.
type Post struct {
	Client Client
	Now    func() time.Time
	// Limit is how long an attempt may take; 10 s if zero.
	Limit time.Duration
}

// send makes one attempt. Whatever goes wrong is said in it.
func (p Post) send(ctx context.Context, w *Webhook, m message) Attempt {
	limit := p.Limit
	if limit == 0 {
		limit = attemptTime
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	a := Attempt{At: p.Now().UTC().Truncate(time.Microsecond)}
	var err error
	a.Status, err = p.post(ctx, w, m, a.At)
	switch {
	case err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		a.Reason = fmt.Sprintf("no answer within %s", limit)
	case err != nil:
		a.Reason = plainly(err)
	case !a.Succeeded():
		a.Reason = "the answer was " + statusText(a.Status)
	}
	return a
}

func (p Post) post(ctx context.Context, w *Webhook, m message, at time.Time) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(m.body))
	if err != nil {
		return 0, err
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "Kith", "Webhook-Id": m.id, "Webhook-Timestamp": timestamp,
		"Webhook-Signature": w.Secret.sign(m.id, timestamp, m.body),
	} {
		request.Header.Set(name, value)
	}
	response, err := p.Client.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	// The status says all; what follows it may be slow, broken or endless.
	_, _ = io.CopyN(io.Discard, response.Body, answerSize)
	return response.StatusCode, nil
}

// plainly says what went wrong without the URL: it may hold a password, and a
// reason is shown and logged.
func plainly(err error) string {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	const most = 300 // bytes
	text := err.Error()
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return strconv.Itoa(status) + " " + text
	}
	return strconv.Itoa(status)
}
