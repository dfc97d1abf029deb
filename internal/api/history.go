package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
)

// Live is what keeps memberships while it runs.
type Live interface {
	// CatchUp waits until all that was accepted, and all time that passed, took
	// effect.
	CatchUp(ctx context.Context) error
	// Changed returns a channel that is closed when something more was recorded.
	Changed() <-chan struct{}
	// Sizes is how many are in each segment, by its id; "" stands for everyone.
	Sizes() map[string]int64
}

// HistoryQuestion is what of a segment's history is asked for.
type HistoryQuestion struct {
	Segment  string
	Customer string // only this one's transitions; "" for everybody's
	Limit    int    // of transitions, the newest; 0 for none
	From     string // YYYY-MM-DD, the first day; "" for 30 days before To
	To       string // the last day; "" for today
}

// History is what was recorded of a segment.
type History struct {
	Segment     string       `json:"segment"`
	AsOf        time.Time    `json:"as_of"`
	Size        int64        `json:"size"`
	Days        []Day        `json:"days" doc:"days on which somebody entered or left, the oldest first"`
	Transitions []Transition `json:"transitions" doc:"the newest first"`
}

// Day is what happened on one day of the shop's calendar.
type Day struct {
	Date    string `json:"date"`
	Entered int64  `json:"entered"`
	Left    int64  `json:"left"`
	Size    int64  `json:"size" doc:"at the end of the day"`
}

// Transition is a membership that changed.
type Transition struct {
	Number    int64     `json:"number" doc:"its place in the record; those that were recorded together share one"`
	Segment   string    `json:"segment"`
	Customer  string    `json:"customer"`
	Change    string    `json:"change" enum:"entered,left"`
	At        time.Time `json:"at" doc:"when it became true; for causes other than event and time, when it was applied"`
	NoticedAt time.Time `json:"noticed_at"`
	Cause     string    `json:"cause" enum:"event,time,late,import,definition,score,product,merge,erase"`
	Fact      string    `json:"fact,omitempty" doc:"what is behind it"`
	Seq       uint64    `json:"seq" doc:"the entry of the log that brought it; with cause time, the last one before"`
}

func showTransition(t segment.Transition) Transition {
	change := "left"
	if t.Entered {
		change = "entered"
	}
	return Transition{
		Number: t.Number, Segment: t.Segment, Customer: t.Customer, Change: change, At: t.At, NoticedAt: t.NoticedAt,
		Cause: string(t.Cause), Fact: t.Fact, Seq: t.Seq,
	}
}

// historyDays is how many days are shown when nobody says.
const historyDays = 30

// History implements Shop.
func (s *Service) History(ctx context.Context, q HistoryQuestion) (History, error) {
	if _, err := s.GetSegment(ctx, q.Segment); err != nil {
		return History{}, err
	}
	live, err := s.live(ctx)
	if err != nil {
		return History{}, err
	}
	if err := live.CatchUp(ctx); err != nil {
		return History{}, err
	}
	h := History{Segment: q.Segment, AsOf: s.config.Now().UTC().Truncate(time.Microsecond), Size: live.Sizes()[q.Segment], Days: []Day{}, Transitions: []Transition{}}
	from, to, err := s.span(q)
	if err != nil {
		return History{}, err
	}
	days, err := s.config.Record.Days(ctx, q.Segment, from, to)
	if err != nil {
		return History{}, err
	}
	for _, d := range days {
		h.Days = append(h.Days, Day{d.Date, d.Entered, d.Left, d.Size})
	}
	if q.Limit == 0 {
		return h, nil
	}
	filter := segment.TransitionFilter{Segment: q.Segment, Latest: true, Limit: q.Limit}
	if q.Customer != "" {
		if filter.Person, err = s.person(ctx, q.Customer); err != nil || filter.Person == 0 {
			return h, err
		}
	}
	err = s.config.Record.Transitions(ctx, filter, func(t segment.Transition) error {
		h.Transitions = append(h.Transitions, showTransition(t))
		return nil
	})
	return h, err
}

// span is the days that are asked for.
func (s *Service) span(q HistoryQuestion) (from, to string, err error) {
	for _, date := range []string{q.From, q.To} {
		if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
			return "", "", commerce.Errorf(commerce.CodeInvalid, "%q is not a date like 2026-03-01", date)
		}
	}
	last := s.config.Now().In(s.current().Zone())
	if to = q.To; to == "" {
		to = last.Format(time.DateOnly)
	} else {
		last, _ = time.Parse(time.DateOnly, to) // it was read above
	}
	if from = q.From; from == "" {
		from = last.AddDate(0, 0, 1-historyDays).Format(time.DateOnly)
	}
	return from, to, nil
}

// person finds the number under which transitions of a customer are recorded;
// 0 if none are.
func (s *Service) person(ctx context.Context, customer string) (int64, error) {
	found, err := s.config.Profiles.FindCustomer(ctx, customer, s.config.Now(), 0)
	if err != nil {
		return 0, err
	}
	var number int64
	err = s.config.Record.Persons(ctx, func(p segment.Person) error {
		if p.ID == found.ID && p.MergedInto == 0 {
			number = p.Number
		}
		return nil
	})
	return number, err
}

func (s *Service) live(ctx context.Context) (Live, error) { return s.config.Live(ctx) }

type historyInput struct {
	ID       string `path:"id" maxLength:"64"`
	Customer string `query:"customer" doc:"only this customer's transitions" maxLength:"400"`
	Limit    int    `query:"limit" default:"50" minimum:"0" maximum:"10000" doc:"so many transitions, the newest"`
	From     string `query:"from" doc:"the first day, YYYY-MM-DD; 30 days before the last if absent"`
	To       string `query:"to" doc:"the last day; today if absent"`
}

func (h *handler) historyRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/segments/{id}/history", Permission: Read, Summary: "who entered and left a segment, and how many each day"},
		func(ctx context.Context, in *historyInput) (*answer[History], error) {
			found, err := h.shop.History(ctx, HistoryQuestion{in.ID, in.Customer, in.Limit, in.From, in.To})
			return &answer[History]{found}, err
		})
	h.watchRoute()
}

// History implements Shop.
func (c *Client) History(ctx context.Context, q HistoryQuestion) (History, error) {
	query := url.Values{"limit": {strconv.Itoa(q.Limit)}}
	for name, value := range map[string]string{"customer": q.Customer, "from": q.From, "to": q.To} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return call[History](ctx, c, http.MethodGet, segmentPath(q.Segment)+"/history?"+query.Encode(), nil)
}
