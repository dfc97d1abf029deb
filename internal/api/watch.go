package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kith/internal/segment"
)

// WatchQuestion is what is followed.
type WatchQuestion struct {
	Segment string // "" for all
	// After is the number of the last transition seen; below zero, only what
	// is recorded from now on is told.
	After int64
}

// WatchSegment implements Shop. It calls yield with each transition as it is
// recorded, and ends with the context or an error of yield.
func (s *Service) WatchSegment(ctx context.Context, q WatchQuestion, yield func(Transition) error) error {
	if q.Segment != "" {
		if _, err := s.GetSegment(ctx, q.Segment); err != nil {
			return err
		}
	}
	live, err := s.live(ctx)
	if err != nil {
		return err
	}
	after := q.After
	if after < 0 {
		if after, err = s.config.Record.LastTransition(ctx); err != nil {
			return err
		}
	}
	for {
		changed := live.Changed() // before looking, so that nothing is missed
		last, err := s.config.Record.LastTransition(ctx)
		if err != nil {
			return err
		}
		if last > after {
			filter := segment.TransitionFilter{Segment: q.Segment, After: after}
			err := s.config.Record.Transitions(ctx, filter, func(t segment.Transition) error {
				last = max(last, t.Number)
				return yield(showTransition(t))
			})
			if err != nil {
				return err
			}
			after = last
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

type watchInput struct {
	ID     string `path:"id" maxLength:"64" doc:"a segment, or \"-\" for all"`
	After  int64  `query:"after" default:"-1" doc:"the number of the last transition seen; only what comes from now on if absent"`
	LastID string `header:"Last-Event-ID" doc:"as after; a browser sends it by itself"`
}

func (h *handler) watchRoute() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/segments/{id}/watch", Permission: Read, Summary: "transitions as they happen, as server-sent events"}, h.watch)
}

// stillHere is how often a stream without news shows that it is alive, so
// that nothing on the way gives it up.
const stillHere = 15 * time.Second

// watch streams transitions as server-sent events (WHATWG HTML, 9.2). The id
// of an event is the transition's number: whoever comes again with it as
// Last-Event-ID misses nothing, and may see those that share it once more.
func (h *handler) watch(ctx context.Context, in *watchInput) (*huma.StreamResponse, error) {
	q := WatchQuestion{Segment: in.ID, After: in.After}
	if in.ID == "-" {
		q.Segment = ""
	} else if _, err := h.shop.GetSegment(ctx, in.ID); err != nil {
		return nil, err
	}
	if in.LastID != "" {
		after, err := strconv.ParseInt(in.LastID, 10, 64)
		if err != nil {
			return nil, huma.Error422UnprocessableEntity("Last-Event-ID is " + strconv.Quote(in.LastID) + ", not a number")
		}
		q.After = after
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "text/event-stream")
		c.SetHeader("Cache-Control", "no-store")
		_, w := humago.Unwrap(c)
		out := &eventWriter{w: bufio.NewWriter(w), control: http.NewResponseController(w)}
		ctx, cancel := context.WithCancel(c.Context())
		defer cancel()
		err := out.begin()
		if err == nil {
			err = h.stream(ctx, q, out)
		}
		if err != nil && !errors.Is(err, context.Canceled) && !errors.As(err, new(goneError)) {
			h.log.ErrorContext(ctx, "watching a segment", "error", err)
		}
	}}, nil
}

// stream writes what happens until the reader goes away or the server stops.
func (h *handler) stream(ctx context.Context, q WatchQuestion, out *eventWriter) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.done, cancel)()
	news := make(chan Transition, 256)
	failed := make(chan error, 1)
	go func() {
		failed <- h.shop.WatchSegment(ctx, q, func(t Transition) error {
			select {
			case news <- t:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	alive := time.NewTicker(stillHere)
	defer alive.Stop()
	for {
		var err error
		select {
		case t := <-news:
			err = out.event(t)
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

// eventWriter writes server-sent events.
type eventWriter struct {
	w       *bufio.Writer
	control *http.ResponseController
}

// begin lets the stream last: the time to read a request is over.
func (e *eventWriter) begin() error {
	if err := e.control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return e.comment("watching")
}

func (e *eventWriter) event(t Transition) error {
	_, err := fmt.Fprintf(e.w, "id: %d\nevent: transition\ndata: %s\n\n", t.Number, encoded(t))
	return err
}

func (e *eventWriter) comment(text string) error {
	fmt.Fprintf(e.w, ": %s\n\n", text)
	return e.flush()
}

func (e *eventWriter) flush() error { return errors.Join(e.w.Flush(), e.control.Flush()) }

// WatchSegment implements Shop.
func (c *Client) WatchSegment(ctx context.Context, q WatchQuestion, yield func(Transition) error) error {
	id := q.Segment
	if id == "" {
		id = "-"
	}
	content, err := c.send(ctx, http.MethodGet, segmentPath(id)+"/watch?after="+strconv.FormatInt(q.After, 10), nil)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	lines := bufio.NewScanner(content)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var t Transition
		if err := json.Unmarshal([]byte(data), &t); err != nil {
			return fmt.Errorf("reading the server's answer: %w", err)
		}
		if err := yield(t); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return fmt.Errorf("the server ended: %w", io.ErrUnexpectedEOF)
}
