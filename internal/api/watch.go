package api

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kith/internal/segment"
	"kith/internal/user"
)

// WatchQuestion is what is followed.
type WatchQuestion struct {
	Segment string // "" for all
	// After is the id of the last transition seen, or a number, behind all that
	// share it; "" for what is recorded from now on.
	After string
}

// WatchSegment implements Shop. It ends with the context or an error of yield.
func (s *Service) WatchSegment(ctx context.Context, q WatchQuestion, begun func(after string), yield func(Transition) error) error {
	if q.Segment != "" {
		q.Segment = idOf(q.Segment)
		if _, err := s.GetSegment(ctx, q.Segment); err != nil {
			return err
		}
	}
	var seen place
	if q.After != "" {
		var err error
		if seen, err = parsePlace(q.After); err != nil {
			return err
		}
	}
	live, err := s.config.Live(ctx)
	if err != nil {
		return err
	}
	if q.After == "" {
		last, err := s.config.Record.LastTransition(ctx)
		if err != nil {
			return err
		}
		seen = behind(last)
	}
	begun(seen.String())
	for {
		changed := live.Changed() // before looking, so that nothing is missed
		if seen, err = s.tellAfter(ctx, q.Segment, seen, yield); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// tellAfter yields what was recorded behind a place, and returns the place
// behind it.
func (s *Service) tellAfter(ctx context.Context, id string, seen place, yield func(Transition) error) (place, error) {
	last, err := s.config.Record.LastTransition(ctx)
	if err != nil || last <= seen.after() {
		return seen, err
	}
	filter := segment.TransitionFilter{Segment: id, After: seen.after()}
	err = s.config.Record.Transitions(ctx, filter, func(t segment.Transition) error {
		if seen.passed(t) {
			return nil
		}
		seen = placeOf(t)
		return yield(showTransition(t))
	})
	return behind(max(last, seen.number)), err
}

type watchInput struct {
	ID     string `path:"id" doc:"a segment, or \"-\" for all"`
	After  string `query:"after" doc:"the id of the last transition seen, or a number, behind all that share it; only what comes from now on if absent"`
	LastID string `header:"Last-Event-ID" doc:"as after; a browser sends it by itself"`
}

func (h *handler) watchRoute() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/segments/{id}/watch", Permission: user.People, Summary: "transitions as they happen, as server-sent events", gives: "text/event-stream"}, h.watch)
}

// stillHere is how often a stream without news shows that it is alive, so
// that nothing on the way gives it up.
const stillHere = 15 * time.Second

// readerTime is how long a reader may take to take what is written, if
// HandlerConfig says nothing.
const readerTime = 30 * time.Second

// watch streams transitions as server-sent events (WHATWG HTML, 9.2). Whoever
// comes again with the id of the last one as Last-Event-ID misses nothing and
// sees nothing twice. An id alone comes first: it says where the stream began.
func (h *handler) watch(ctx context.Context, in *watchInput) (*huma.StreamResponse, error) {
	q := WatchQuestion{Segment: in.ID, After: cmp.Or(in.LastID, in.After)}
	if in.ID == "-" {
		q.Segment = ""
	} else if _, err := h.shop.GetSegment(ctx, idOf(in.ID)); err != nil {
		return nil, err
	}
	if q.After != "" {
		if _, err := parsePlace(q.After); err != nil {
			return nil, err
		}
	}
	return h.events(ctx, "watching a segment", func(ctx context.Context, out *eventWriter) error { return h.stream(ctx, q, out) }), nil
}

// events answers with server-sent events, which write sends until the reader
// goes away, may not see them any more, or the server stops.
func (h *handler) events(ctx context.Context, doing string, write func(context.Context, *eventWriter) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "text/event-stream")
		c.SetHeader("Cache-Control", "no-store")
		_, w := humago.Unwrap(c)
		stream, cancel := context.WithCancel(c.Context())
		defer cancel()
		go endWithVisit(stream, cancel)
		out := newEventWriter(w, h.readerTime)
		err := out.begin()
		if err == nil {
			err = write(stream, out)
		}
		if err != nil {
			h.logEnd(ctx, stream, doing, err)
		}
	}}
}

// endWithVisit ends a stream whose reader logged out, was deleted or may not
// see it any more.
func endWithVisit(stream context.Context, end context.CancelFunc) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-stream.Done():
			return
		case <-ticker.C:
			if !visitOf(stream).still(stream) {
				end()
				return
			}
		}
	}
}

// logEnd says why a stream ended, if neither its reader nor the server did.
func (h *handler) logEnd(ctx, stream context.Context, doing string, err error) {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		h.log.InfoContext(ctx, "a reader of a stream was given up: it took nothing", "for", h.readerTime)
	case stream.Err() == nil && h.done.Err() == nil && !errors.As(err, new(goneError)):
		h.log.ErrorContext(ctx, "a stream ended", "doing", doing, "error", err)
	}
}

// stream writes what happens until the reader goes away or the server stops.
func (h *handler) stream(ctx context.Context, q WatchQuestion, out *eventWriter) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.done, cancel)()
	begun, news := make(chan string, 1), make(chan Transition, 256)
	failed := make(chan error, 1)
	go func() {
		failed <- h.shop.WatchSegment(ctx, q, func(after string) { begun <- after }, func(t Transition) error {
			select {
			case news <- t:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	var waiting chan Transition // news, once it was said where they begin
	alive := time.NewTicker(stillHere)
	defer alive.Stop()
	for {
		var err error
		select {
		case after := <-begun:
			err = out.id(after)
			waiting = news
		case t := <-waiting:
			err = out.event(maskTransition(ctx, t))
			if err == nil && len(news) == 0 {
				err = out.flush()
			}
		case <-alive.C:
			err = out.comment("still here")
		case err := <-failed:
			return err
		}
		if err != nil {
			return goneError{err}
		}
	}
}

// goneError says that the reader went away.
type goneError struct{ error }

func (e goneError) Unwrap() error { return e.error }

// eventWriter writes server-sent events. Each write has its own time: a reader
// who takes nothing is not waited for.
type eventWriter struct {
	w       *bufio.Writer
	to      io.Writer
	control *http.ResponseController
	time    time.Duration
}

func newEventWriter(to http.ResponseWriter, time time.Duration) *eventWriter {
	e := &eventWriter{to: to, control: http.NewResponseController(to), time: time}
	e.w = bufio.NewWriter(writerFunc(e.write))
	return e
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func (e *eventWriter) write(b []byte) (int, error) {
	if err := e.control.SetWriteDeadline(time.Now().Add(e.time)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return e.to.Write(b)
}

// begin lets the stream last: the time to read a request is over.
func (e *eventWriter) begin() error {
	if err := e.control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return e.comment("watching")
}

func (e *eventWriter) event(t Transition) error {
	_, err := fmt.Fprintf(e.w, "id: %s\nevent: transition\ndata: %s\n\n", t.ID, encoded(t))
	return err
}

// data writes an event of another kind.
func (e *eventWriter) data(event string, v any) error {
	_, err := fmt.Fprintf(e.w, "event: %s\ndata: %s\n\n", event, encoded(v))
	return err
}

// numbered writes an event of another kind, with an id to go on behind.
func (e *eventWriter) numbered(id, event string, v any) error {
	if _, err := fmt.Fprintf(e.w, "id: %s\n", id); err != nil {
		return err
	}
	return e.data(event, v)
}

// id says how far the reader has come, without an event.
func (e *eventWriter) id(after string) error {
	fmt.Fprintf(e.w, "id: %s\n\n", after)
	return e.flush()
}

func (e *eventWriter) comment(text string) error {
	fmt.Fprintf(e.w, ": %s\n\n", text)
	return e.flush()
}

func (e *eventWriter) flush() error { return errors.Join(e.w.Flush(), e.control.Flush()) }

// WatchSegment implements Shop.
func (c *Client) WatchSegment(ctx context.Context, q WatchQuestion, begun func(after string), yield func(Transition) error) error {
	path := "/v1/segments/-/watch"
	if q.Segment != "" {
		var err error
		if path, err = segmentPath(q.Segment, "/watch"); err != nil {
			return err
		}
	}
	if q.After != "" {
		path += "?" + url.Values{"after": {q.After}}.Encode()
	}
	content, err := c.send(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	lines := bufio.NewScanner(content)
	lines.Buffer(nil, longestEvent)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case field == "id" && begun != nil:
			begun(value)
			begun = nil
		case field == "data":
			var t Transition
			if err := json.Unmarshal([]byte(value), &t); err != nil {
				return fmt.Errorf("reading the server's answer: %w", err)
			}
			if err := yield(t); err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(ErrEnded, lines.Err())
}

// ErrEnded says that a stream ended that has no end of its own: the server
// did, or gave up a reader who took nothing.
var ErrEnded = errors.New("the server ended")

// longestEvent bounds a line of a stream: names and ids are far shorter.
const longestEvent = 1 << 20
