package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"kith/internal/commerce"
	"kith/internal/limit"
	"kith/internal/user"
)

// Sender is whoever sends a body of events.
type Sender struct {
	Key    string // the id of its key; "" for none
	Public bool   // anybody may send so: what is said of money is not believed
	// Type is that of events that do not say theirs: the route's.
	Type string
	// UserAgent is that of a browser; "" for any other sender.
	UserAgent string
	// Admit, if set, is asked before events are taken, and says how many there are.
	Admit func(events int) error
	// At is when the body came; zero for now.
	At time.Time
}

// Tracked is what came of a body of events.
type Tracked struct {
	Accepted int            `json:"accepted" doc:"they are on the disk"`
	Seq      uint64         `json:"seq,omitempty" doc:"of their entry in the log"`
	Refused  []RefusedEvent `json:"refused" doc:"they are kept, so that they can be mended"`
	Warnings []EventWarning `json:"warnings,omitempty" doc:"the first hundred"`
}

// RefusedEvent is an event that cannot be used, and why.
type RefusedEvent struct {
	Index  int    `json:"index" doc:"its place in the body, from 0"`
	Column string `json:"column" doc:"the field, or row for the whole event"`
	Reason string `json:"reason" words:"message"`
}

// EventWarning is something in an accepted event that counts as missing.
type EventWarning struct {
	Index    int    `json:"index" doc:"its place in the body, from 0"`
	Property string `json:"property" doc:"properties.NAME"`
	Reason   string `json:"reason" words:"message"`
}

// Track implements Shop. When it returns, what was accepted is on the disk, and
// so is what was refused.
func (s *Service) Track(ctx context.Context, from Sender, body []byte) (Tracked, error) {
	s.settling.RLock()
	defer s.settling.RUnlock()
	if err := s.admit(); err != nil {
		return Tracked{}, err
	}
	events, answer, err := s.config.ReadEvents(from, body)
	if err != nil {
		s.tailUnread(from, body, err)
		return Tracked{}, err
	}
	answer.Accepted = len(events.Events)
	if answer.Refused == nil {
		answer.Refused = []RefusedEvent{}
	}
	if n := len(events.Events) + len(events.Refused); n > 0 {
		if from.Admit != nil {
			if err := from.Admit(n); err != nil {
				return Tracked{}, err
			}
		}
		if answer.Seq, _, err = s.config.Loader.AppendEvents(ctx, events); err != nil {
			return answer, err
		}
		s.unfollowed.took(answer.Seq, len(body))
	}
	if s.config.Counted != nil {
		s.config.Counted(len(events.Events), len(events.Refused))
	}
	s.tailBatch(from, events, answer.Refused)
	return answer, nil
}

func (h *handler) trackRoute() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/events", Permission: user.Track, Summary: "events of the site, the app or the till: one, a batch or a list", unchecked: true},
		func(ctx context.Context, in *struct {
			RawBody []byte `contentType:"application/json"`
		},
		) (*answer[Tracked], error) {
			v := visitOf(ctx)
			t, err := h.shop.Track(ctx, h.sender(v.Identity, v.address), in.RawBody)
			return &answer[Tracked]{t}, err
		})
}

// sender is who sends events, by how they have shown who they are. What comes
// with a public key is limited by key and by network, what comes with a secret
// one if the key has a limit.
func (h *handler) sender(i user.Identity, address string) Sender {
	from := Sender{Key: i.Key, Public: i.Kind == user.PublicKey}
	if !from.Public && i.EventsPerMinute == 0 {
		return from
	}
	from.Admit = func(events int) error {
		now := time.Now()
		if from.Public {
			if ok, after := h.networks.Take(limit.Network(address), events, now); !ok {
				return tooMany(after)
			}
		}
		if ok, after := h.keys.TakeAt(i.Key, i.EventsPerMinute, events, now); !ok {
			return tooMany(after)
		}
		return nil
	}
	return from
}

// tooMany says that somebody sends more than they may. after is 0 if they may
// never send as much at once.
func tooMany(after time.Duration) error {
	if after == 0 {
		return commerce.Errorf(commerce.CodeInvalid, "there are more events in this call than may come in a minute: send them in several calls")
	}
	return commerce.WithCode(commerce.CodeThrottled, &user.ThrottledError{After: max(after, time.Second)})
}

// Track implements Shop. The server knows by the client's key who sends.
func (c *Client) Track(ctx context.Context, _ Sender, body []byte) (Tracked, error) {
	return call[Tracked](ctx, c, http.MethodPost, "/v1/events", json.RawMessage(body))
}
