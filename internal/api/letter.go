package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kith/internal/audit"
	"kith/internal/commerce"
	"kith/internal/user"
)

// Letters keeps dead letters.
type Letters interface {
	// ListLetters lists letters, the newest first unless the filter says otherwise.
	ListLetters(ctx context.Context, f commerce.LetterFilter) ([]commerce.Letter, error)
	FindLetter(ctx context.Context, p commerce.LetterPlace) (commerce.Letter, bool, error)
	// EndLetters says what became of letters that are open, and how many were.
	EndLetters(
		ctx context.Context, places []commerce.LetterPlace, state commerce.LetterState, at time.Time, by string, replay uint64, n audit.Note,
	) (int, error)
	LetterTotals(ctx context.Context) (commerce.LetterTotals, error)
}

// DeadLetter is an event that has no effect as it is.
type DeadLetter struct {
	ID        string    `json:"id" doc:"its entry of the log and its place there"`
	At        time.Time `json:"at" doc:"when it came"`
	Kind      string    `json:"kind" enum:"refused,late,conflict" doc:"refused when it came; late: it did not go with what was known when its turn came; conflict: another event with its message id says something else"`
	State     string    `json:"state" enum:"open,replayed,dismissed"`
	Key       string    `json:"key,omitempty" doc:"the id of the key that it came with"`
	Column    string    `json:"column" doc:"the field that is wrong, or row for the whole event"`
	Reason    string    `json:"reason" words:"message"`
	Event     string    `json:"event,omitempty" doc:"its name, as far as that is known"`
	MessageID string    `json:"message_id,omitempty"`
	Body      any       `json:"body,omitempty" doc:"the event as it came; the first part of it, as a text, if it was too large or no object"`
	StateAt   time.Time `json:"state_at,omitzero" doc:"when it was replayed or dismissed"`
	By        string    `json:"by,omitempty" doc:"who did that"`
	Replay    uint64    `json:"replay,omitempty" doc:"the entry of the log in which it was sent again"`
}

// DeadLetterPage is dead letters.
type DeadLetterPage struct {
	Letters []DeadLetter `json:"letters" doc:"the newest first"`
	Next    string       `json:"next,omitempty" doc:"what to give as after for more; absent at the end"`
	Open    int64        `json:"open" doc:"all that are open"`
	LeftOut int64        `json:"left_out" doc:"how many had no room, ever"`
}

// DeadLetterQuestion says which dead letters are asked for; what is empty does
// not matter.
type DeadLetterQuestion struct {
	State string
	Kind  string
	Key   string
	After string // only older ones than this id
	Limit int
}

// MendedLetter is an event as it is sent again.
type MendedLetter struct {
	Event json.RawMessage `json:"event,omitempty" doc:"the event, mended; as it came if absent"`
}

// DeadLetterFilter says which open letters are sent again.
type DeadLetterFilter struct {
	Kind string `json:"kind,omitempty" enum:"refused,late,conflict" doc:"all kinds if absent"`
	Key  string `json:"key,omitempty" maxLength:"200" doc:"the id of the key that they came with; any if absent"`
}

// DeadLettersReplayed is what came of sending letters again.
type DeadLettersReplayed struct {
	Replayed int            `json:"replayed"`
	Wrong    int            `json:"wrong" doc:"cannot be used still: they stay open"`
	Reasons  []LetterReason `json:"reasons" doc:"why: of the first hundred"`
}

// LetterReason is why a letter cannot be used.
type LetterReason struct {
	ID     string `json:"id"`
	Column string `json:"column"`
	Reason string `json:"reason" words:"message"`
}

const (
	maxLetterReasons = 100
	replayedAtOnce   = 500
	bytesAtOnce      = 512 << 10 // as much as a body of events may have, with room for what is added
)

type letterListInput struct {
	State string `query:"state" enum:"open,replayed,dismissed"`
	Kind  string `query:"kind" enum:"refused,late,conflict"`
	Key   string `query:"key" maxLength:"200" doc:"the id of the key that it came with"`
	After string `query:"after" maxLength:"50" doc:"next of the page before"`
	Limit int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

func (h *handler) letterRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/dead-letters", Permission: user.People, Summary: "events that have no effect as they are, the newest first"},
		func(ctx context.Context, in *letterListInput) (*answer[DeadLetterPage], error) {
			p, err := h.shop.DeadLetters(ctx, DeadLetterQuestion{in.State, in.Kind, in.Key, in.After, in.Limit})
			for i := range p.Letters {
				maskLetter(ctx, &p.Letters[i])
			}
			return &answer[DeadLetterPage]{p}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/dead-letters/{id}", Permission: user.People, Summary: "one event that has no effect as it is"},
		func(ctx context.Context, in *idInput) (*answer[DeadLetter], error) {
			l, err := h.shop.DeadLetter(ctx, in.ID)
			maskLetter(ctx, &l)
			return &answer[DeadLetter]{l}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/dead-letters/{id}/replay", Permission: user.Import, Summary: "send an event again, as it came or mended; one that is still wrong changes nothing"},
		func(ctx context.Context, in *struct {
			ID   string `path:"id" maxLength:"50"`
			Body *MendedLetter
		},
		) (*answer[DeadLetter], error) {
			var mended json.RawMessage
			if in.Body != nil {
				mended = in.Body.Event
			}
			l, err := h.shop.ReplayDeadLetter(ctx, in.ID, mended)
			maskLetter(ctx, &l)
			return &answer[DeadLetter]{l}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/dead-letters/replay", Permission: user.Import, Summary: "send many events again as they came, the oldest first, such as after rates were imported"},
		func(ctx context.Context, in *struct{ Body DeadLetterFilter }) (*answer[DeadLettersReplayed], error) {
			r, err := h.shop.ReplayDeadLetters(ctx, in.Body)
			return &answer[DeadLettersReplayed]{r}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/dead-letters/{id}/dismiss", Permission: user.Import, Summary: "put an event away: it is not wanted"},
		func(ctx context.Context, in *idInput) (*answer[DeadLetter], error) {
			l, err := h.shop.DismissDeadLetter(ctx, in.ID)
			maskLetter(ctx, &l)
			return &answer[DeadLetter]{l}, err
		})
}

// DeadLetters implements Shop.
func (s *Service) DeadLetters(ctx context.Context, q DeadLetterQuestion) (DeadLetterPage, error) {
	f := commerce.LetterFilter{State: commerce.LetterState(q.State), Kind: commerce.LetterKind(q.Kind), Source: q.Key, Limit: q.Limit + 1}
	if q.After != "" {
		var ok bool
		if f.From, ok = commerce.ParseLetterPlace(q.After); !ok {
			return DeadLetterPage{}, commerce.Errorf(commerce.CodeInvalid, "after: %q is not the id of a dead letter, such as 17.3", q.After)
		}
	}
	list, err := s.config.Letters.ListLetters(ctx, f)
	if err != nil {
		return DeadLetterPage{}, err
	}
	totals, err := s.config.Letters.LetterTotals(ctx)
	page := DeadLetterPage{Letters: []DeadLetter{}, Open: totals.Open, LeftOut: totals.LeftOut}
	for i := range list {
		if i == q.Limit {
			page.Next = list[i-1].Place().String()
			break
		}
		page.Letters = append(page.Letters, showLetter(&list[i]))
	}
	return page, err
}

// DeadLetter implements Shop.
func (s *Service) DeadLetter(ctx context.Context, id string) (DeadLetter, error) {
	l, err := s.findLetter(ctx, id)
	if err != nil {
		return DeadLetter{}, err
	}
	return showLetter(&l), nil
}

func (s *Service) findLetter(ctx context.Context, id string) (commerce.Letter, error) {
	place, ok := commerce.ParseLetterPlace(id)
	if ok {
		l, found, err := s.config.Letters.FindLetter(ctx, place)
		if err != nil || found {
			return l, err
		}
	}
	return commerce.Letter{}, commerce.Errorf(commerce.CodeNotFound, "there is no dead letter %s", id)
}

// ReplayDeadLetter implements Shop.
func (s *Service) ReplayDeadLetter(ctx context.Context, id string, mended json.RawMessage) (DeadLetter, error) {
	s.settling.RLock()
	defer s.settling.RUnlock()
	s.mending.Lock()
	defer s.mending.Unlock()
	l, err := s.openLetter(ctx, id)
	if err != nil {
		return DeadLetter{}, err
	}
	keys, err := s.secretKeys(ctx)
	if err != nil {
		return DeadLetter{}, err
	}
	detail := ""
	if mended = bytes.TrimSpace(mended); len(mended) > 0 && !bytes.Equal(mended, []byte("null")) {
		l.Body, detail = mended, "mended"
	}
	e, wrong := s.readLetter(&l, keys)
	if wrong != nil {
		return DeadLetter{}, commerce.Errorf(commerce.CodeInvalid, "%s: %s", wrong.Column, wrong.Reason)
	}
	err = s.sendAgain(ctx, []commerce.Letter{l}, commerce.EventBatch{Source: l.Source, Events: []commerce.Event{e}}, l.Place().String(), detail)
	if err != nil {
		return DeadLetter{}, err
	}
	return s.DeadLetter(ctx, id)
}

func (s *Service) openLetter(ctx context.Context, id string) (commerce.Letter, error) {
	l, err := s.findLetter(ctx, id)
	if err == nil && l.State != commerce.OpenLetter {
		err = commerce.Errorf(commerce.CodeConflict, "dead letter %s is not open: it was %s at %s", id, l.State, l.StateAt.Format(time.RFC3339))
	}
	return l, err
}

// secretKeys are the ids of the keys whose events are believed.
func (s *Service) secretKeys(ctx context.Context) (map[string]bool, error) {
	keys, err := s.config.Users.Keys(ctx)
	secret := map[string]bool{}
	for _, k := range keys {
		if k.Secret {
			secret[k.ID] = true
		}
	}
	return secret, err
}

// readLetter reads a letter as it would be read if it came now, but for its
// arrival, which stays what it was. It is believed as much as then: what came
// with a key that is gone is not. Sent again after a crash it is the same event:
// one without a message id gets the letter's, and so does one whose message id
// is another event's.
func (s *Service) readLetter(l *commerce.Letter, secret map[string]bool) (e commerce.Event, wrong *LetterReason) {
	is := func(column, reason string) *LetterReason { return &LetterReason{l.Place().String(), column, reason} }
	if len(l.Body) == 0 || l.Body[0] != '{' {
		return e, is("row", "it is no JSON object: send it mended")
	}
	from := Sender{Key: l.Source, Public: l.Source != "" && !secret[l.Source], At: l.At}
	batch, answer, err := s.config.ReadEvents(from, l.Body)
	switch {
	case err != nil:
		return e, is("row", err.Error())
	case len(answer.Refused) > 0:
		return e, is(answer.Refused[0].Column, answer.Refused[0].Reason)
	case len(batch.Events) != 1:
		return e, is("row", "it must be one event")
	}
	e = batch.Events[0]
	if e.MessageID == "" || l.Kind == commerce.ConflictLetter && e.MessageID == l.MessageID {
		e.MessageID = "dead-letter-" + l.Place().String()
	}
	return e, nil
}

// sendAgain appends what letters became, and notes that they were sent. If it
// ends in between they are sent once more, and change nothing then: their
// message ids are remembered.
func (s *Service) sendAgain(ctx context.Context, letters []commerce.Letter, batch commerce.EventBatch, object, detail string) error {
	seq, _, err := s.config.Loader.AppendEvents(ctx, batch)
	if err != nil {
		return err
	}
	places := make([]commerce.LetterPlace, len(letters))
	for i := range letters {
		places[i] = letters[i].Place()
	}
	// It happened: whoever asked may be gone.
	ctx = context.WithoutCancel(ctx)
	note := s.config.Users.Log().Note(ctx, "dead_letter.replay", object, detail)
	_, err = s.config.Letters.EndLetters(ctx, places, commerce.ReplayedLetter, s.config.Now(), audit.ActorOf(ctx), seq, note)
	return err
}

// ReplayDeadLetters implements Shop. Letters that come of it are not among them.
func (s *Service) ReplayDeadLetters(ctx context.Context, f DeadLetterFilter) (DeadLettersReplayed, error) {
	s.settling.RLock()
	defer s.settling.RUnlock()
	s.mending.Lock()
	defer s.mending.Unlock()
	out := DeadLettersReplayed{Reasons: []LetterReason{}}
	keys, err := s.secretKeys(ctx)
	if err != nil {
		return out, err
	}
	newest, err := s.config.Letters.ListLetters(ctx, commerce.LetterFilter{State: commerce.OpenLetter, Limit: 1})
	if err != nil || len(newest) == 0 {
		return out, err
	}
	filter := commerce.LetterFilter{
		State: commerce.OpenLetter, Kind: commerce.LetterKind(f.Kind), Source: f.Key, OldestFirst: true, Limit: replayedAtOnce,
	}
	for {
		list, err := s.config.Letters.ListLetters(ctx, filter)
		if err != nil {
			return out, err
		}
		if err := s.replayPage(ctx, list, keys, &out); err != nil {
			return out, err
		}
		if len(list) < replayedAtOnce || list[len(list)-1].Seq > newest[0].Seq {
			return out, nil
		}
		filter.From = list[len(list)-1].Place()
	}
}

// replayPage sends some letters again: those of one key together.
func (s *Service) replayPage(ctx context.Context, list []commerce.Letter, keys map[string]bool, out *DeadLettersReplayed) error {
	var sent []commerce.Letter
	var batch commerce.EventBatch
	bytes := 0
	flush := func() error {
		if len(sent) == 0 {
			return nil
		}
		object := sent[0].Place().String() + " to " + sent[len(sent)-1].Place().String()
		if err := s.sendAgain(ctx, sent, batch, object, strconv.Itoa(len(sent))); err != nil {
			return err
		}
		out.Replayed += len(sent)
		sent, batch, bytes = nil, commerce.EventBatch{}, 0
		return nil
	}
	for _, l := range list {
		e, wrong := s.readLetter(&l, keys)
		if wrong != nil {
			out.Wrong++
			if len(out.Reasons) < maxLetterReasons {
				out.Reasons = append(out.Reasons, *wrong)
			}
			continue
		}
		if len(sent) > 0 && (batch.Source != l.Source || bytes+len(l.Body) > bytesAtOnce) {
			if err := flush(); err != nil {
				return err
			}
		}
		batch.Source = l.Source
		batch.Events = append(batch.Events, e)
		sent = append(sent, l)
		bytes += len(l.Body)
	}
	return flush()
}

// DismissDeadLetter implements Shop.
func (s *Service) DismissDeadLetter(ctx context.Context, id string) (DeadLetter, error) {
	s.mending.Lock()
	defer s.mending.Unlock()
	l, err := s.openLetter(ctx, id)
	if err != nil {
		return DeadLetter{}, err
	}
	note := s.config.Users.Log().Note(ctx, "dead_letter.dismiss", l.Place().String(), "")
	_, err = s.config.Letters.EndLetters(ctx, []commerce.LetterPlace{l.Place()}, commerce.DismissedLetter, s.config.Now(), audit.ActorOf(ctx), 0, note)
	if err != nil {
		return DeadLetter{}, err
	}
	return s.DeadLetter(ctx, id)
}

func showLetter(l *commerce.Letter) DeadLetter {
	shown := DeadLetter{
		ID: l.Place().String(), At: l.At, Kind: string(l.Kind), State: string(l.State), Key: l.Source, Column: l.Column, Reason: l.Reason,
		Event: l.Event, MessageID: l.MessageID, StateAt: l.StateAt, By: l.By, Replay: l.Replay,
	}
	if len(l.Body) > 0 {
		d := json.NewDecoder(bytes.NewReader(l.Body))
		d.UseNumber() // as they came
		if err := d.Decode(&shown.Body); err != nil {
			shown.Body = string(l.Body)
		}
	}
	return shown
}

// maskLetter masks contact data in place. Of a body that nobody could take
// apart nothing is shown: what in it is a name cannot be told.
func maskLetter(ctx context.Context, l *DeadLetter) {
	if !masks(ctx) {
		return
	}
	l.Reason, l.Event, l.MessageID, l.By = maskReason(l), user.MaskText(l.Event), user.MaskText(l.MessageID), user.MaskText(l.By)
	if object, ok := l.Body.(map[string]any); ok {
		l.Body = maskValue(ctx, "", object)
	} else {
		l.Body = nil
	}
}

// maskReason leaves out what a reason quotes of a field that is contact data.
func maskReason(l *DeadLetter) string {
	if first, last := strings.IndexByte(l.Reason, '"'), strings.LastIndexByte(l.Reason, '"'); user.ContactField(l.Column) && first >= 0 && last > first {
		return l.Reason[:first+1] + "…" + l.Reason[last:]
	}
	return user.MaskText(l.Reason)
}

func letterPath(id string) string { return "/v1/dead-letters/" + url.PathEscape(id) }

// DeadLetters implements Shop.
func (c *Client) DeadLetters(ctx context.Context, q DeadLetterQuestion) (DeadLetterPage, error) {
	query := url.Values{"limit": {strconv.Itoa(q.Limit)}}
	for name, value := range map[string]string{"state": q.State, "kind": q.Kind, "key": q.Key, "after": q.After} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return call[DeadLetterPage](ctx, c, http.MethodGet, "/v1/dead-letters?"+query.Encode(), nil)
}

// DeadLetter implements Shop.
func (c *Client) DeadLetter(ctx context.Context, id string) (DeadLetter, error) {
	return call[DeadLetter](ctx, c, http.MethodGet, letterPath(id), nil)
}

// ReplayDeadLetter implements Shop.
func (c *Client) ReplayDeadLetter(ctx context.Context, id string, mended json.RawMessage) (DeadLetter, error) {
	return call[DeadLetter](ctx, c, http.MethodPost, letterPath(id)+"/replay", MendedLetter{mended})
}

// ReplayDeadLetters implements Shop.
func (c *Client) ReplayDeadLetters(ctx context.Context, f DeadLetterFilter) (DeadLettersReplayed, error) {
	return call[DeadLettersReplayed](ctx, c, http.MethodPost, "/v1/dead-letters/replay", f)
}

// DismissDeadLetter implements Shop.
func (c *Client) DismissDeadLetter(ctx context.Context, id string) (DeadLetter, error) {
	return call[DeadLetter](ctx, c, http.MethodPost, letterPath(id)+"/dismiss", nil)
}
