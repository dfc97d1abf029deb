package api

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/user"
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
	// EachMember calls yield with those who are in a segment, once all that was
	// accepted before took effect. It returns false for one that is not kept.
	EachMember(ctx context.Context, id string, yield func(kind segment.KeyKind, id string)) (kept bool, err error)
	// Progress is how far they are kept.
	Progress() segment.Progress
}

// HistoryQuestion is what of a segment's history is asked for.
type HistoryQuestion struct {
	Segment  string
	Customer string // only this one's transitions; "" for everybody's
	Limit    int    // of transitions, the newest; 0 for none
	// From is the first day, as YYYY-MM-DD; "" for the first transition of all,
	// and for the days of 30 days.
	From string
	To   string // the last day; "" for today
	// After is the id of a transition: only what comes behind it, the older
	// ones, is asked for.
	After string
}

// History is what was recorded of a segment.
type History struct {
	Segment     string       `json:"segment"`
	AsOf        time.Time    `json:"as_of"`
	Size        *int64       `json:"size,omitempty" doc:"how many are in it; absent if not_kept or missing says why, or it is too new"`
	NotKept     string       `json:"not_kept,omitempty" enum:"deleted,hidden,template" doc:"why nobody is in it any more, or yet"`
	Missing     []string     `json:"missing,omitempty" doc:"of a preset: the shop has no facts of this kind, one of them would do"`
	Days        []Day        `json:"days" doc:"the oldest first: those that were worked out, then those on which somebody entered or left"`
	Transitions []Transition `json:"transitions" doc:"the newest first"`
	Next        string       `json:"next,omitempty" doc:"after for the next page of transitions; absent at the end"`
}

// Day is what happened on one day of the shop's calendar.
type Day struct {
	Date    string `json:"date"`
	Entered *int64 `json:"entered,omitempty" doc:"absent if worked_out"`
	Left    *int64 `json:"left,omitempty" doc:"absent if worked_out"`
	Size    int64  `json:"size" doc:"at the end of the day"`
	// WorkedOut says that nobody kept the segment on this day.
	WorkedOut bool `json:"worked_out,omitempty" doc:"it was not kept yet: the size is what the facts say of this day"`
}

// Transition is a membership that changed.
type Transition struct {
	ID        string    `json:"id" doc:"what to go on after when watching"`
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
		ID: placeOf(t).String(), Number: t.Number, Segment: t.Segment, Customer: t.Customer, Change: change, At: t.At, NoticedAt: t.NoticedAt,
		Cause: string(t.Cause), Fact: t.Fact, Seq: t.Seq,
	}
}

// historyDays is how many days are shown when nobody says.
const historyDays = 30

// maxHistory is how many transitions a history has at most: they are held in
// memory.
const maxHistory = 10_000

// patience is how long a history waits for memberships that are behind while a
// server keeps them: events that go on coming may keep them so.
const patience = 5 * time.Second

// idOf is the id that is meant by it, or by "@" and it.
func idOf(text string) string { return strings.TrimPrefix(text, "@") }

// History implements Shop.
func (s *Service) History(ctx context.Context, q HistoryQuestion) (History, error) {
	if q.Limit < 0 || q.Limit > maxHistory {
		return History{}, commerce.Errorf(commerce.CodeInvalid, "%d transitions are asked for: from 0 to %d can be", q.Limit, maxHistory)
	}
	days, err := s.span(q)
	if err != nil {
		return History{}, err
	}
	h, err := s.historyOf(ctx, idOf(q.Segment))
	if err != nil {
		return History{}, err
	}
	live, asOf, err := s.caughtUp(ctx)
	if err != nil {
		return History{}, err
	}
	h.AsOf = asOf
	if size, kept := live.Sizes()[h.Segment]; kept && h.Missing == nil {
		h.Size = &size
	}
	if err := s.addDays(ctx, &h, days); err != nil || q.Limit == 0 {
		return h, err
	}
	return h, s.transitions(ctx, &h, q)
}

// addDays adds the days that were recorded and, before the first of all, those
// that were worked out.
func (s *Service) addDays(ctx context.Context, h *History, d days) error {
	recorded, err := s.config.Record.Days(ctx, h.Segment, d.from, d.to)
	if err != nil {
		return err
	}
	before, err := s.daysBefore(ctx, h, d)
	h.Days = append(h.Days, before...)
	for _, x := range recorded {
		h.Days = append(h.Days, Day{Date: x.Date, Entered: &x.Entered, Left: &x.Left, Size: x.Size})
	}
	return err
}

// daysBefore are the days before the first that was recorded.
func (s *Service) daysBefore(ctx context.Context, h *History, d days) ([]Day, error) {
	worked, err := s.past(ctx, h.Segment, d.from, d.to)
	if err != nil || len(worked) == 0 || h.Missing != nil {
		return nil, err
	}
	recorded, err := s.config.Record.Days(ctx, h.Segment, "", d.to)
	if err != nil {
		return nil, err
	}
	var list []Day
	for _, date := range slices.Sorted(maps.Keys(worked[h.Segment])) {
		if len(recorded) == 0 || date < recorded[0].Date {
			list = append(list, Day{Date: date, Size: worked[h.Segment][date].Size, WorkedOut: true})
		}
	}
	return list, nil
}

// historyOf begins the history of a segment. One that was deleted has one if
// something was recorded of it.
func (s *Service) historyOf(ctx context.Context, id string) (History, error) {
	h := History{Segment: id, Days: []Day{}, Transitions: []Transition{}}
	found, err := s.GetSegment(ctx, id)
	if commerce.CodeOf(err) == commerce.CodeNotFound {
		days, failed := s.config.Record.Days(ctx, id, "", lastDate)
		if failed == nil && len(days) == 0 {
			failed = err
		}
		h.NotKept = "deleted"
		return h, failed
	}
	switch {
	case err != nil:
		return h, err
	case found.Hidden:
		h.NotKept = "hidden"
	case found.Text == "":
		h.NotKept = "template"
	default:
		h.Missing, err = s.lacks(ctx, id)
	}
	return h, err
}

// lastDate comes after all others, as a text.
const lastDate = "9999-12-31"

// caughtUp returns what keeps memberships, and how far they are kept at least.
func (s *Service) caughtUp(ctx context.Context) (Live, time.Time, error) {
	live, err := s.config.Live(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	now := s.config.Now().UTC().Truncate(time.Microsecond)
	if !s.config.Served() {
		return live, now, live.CatchUp(ctx)
	}
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = live.CatchUp(waiting)
	if err != nil && ctx.Err() == nil && waiting.Err() != nil {
		return live, live.Progress().Clock, nil
	}
	return live, now, err
}

// transitions adds the newest of those that are asked for.
func (s *Service) transitions(ctx context.Context, h *History, q HistoryQuestion) (err error) {
	filter := segment.TransitionFilter{Segment: h.Segment, Latest: true}
	if q.Customer != "" {
		if filter.Person, err = s.person(ctx, q.Customer); err != nil || filter.Person == 0 {
			return err
		}
	}
	if q.After != "" {
		seen, err := parsePlace(q.After)
		if err != nil {
			return err
		}
		filter.UpTo, filter.Past = seen.number, seen.person
	}
	zone := s.current().Zone()
	err = s.config.Record.Transitions(ctx, filter, func(t segment.Transition) error {
		// They are in order of being noticed, which none is before it became true.
		if t.NoticedAt.In(zone).Format(time.DateOnly) < q.From {
			return errEnough
		}
		if date := t.At.In(zone).Format(time.DateOnly); date < q.From || q.To != "" && date > q.To {
			return nil
		}
		if len(h.Transitions) == q.Limit {
			h.Next = h.Transitions[q.Limit-1].ID
			return errEnough
		}
		h.Transitions = append(h.Transitions, showTransition(t))
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// days are some of the shop's calendar, both included.
type days struct{ from, to string }

// span is the days that are asked for.
func (s *Service) span(q HistoryQuestion) (days, error) {
	for _, date := range []string{q.From, q.To} {
		if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
			return days{}, commerce.Errorf(commerce.CodeInvalid, "%q is not a date like 2026-03-01", date)
		}
	}
	last := s.config.Now().In(s.current().Zone())
	if q.To != "" {
		last, _ = time.Parse(time.DateOnly, q.To) // it was read above
	}
	d := days{
		from: cmp.Or(q.From, last.AddDate(0, 0, 1-historyDays).Format(time.DateOnly)),
		to:   last.Format(time.DateOnly),
	}
	if d.from > d.to {
		return days{}, commerce.Errorf(commerce.CodeInvalid, "the first day, %s, is after the last, %s", d.from, d.to)
	}
	return d, nil
}

// person finds the number under which transitions of a customer are recorded;
// 0 if none are. The record is looked at first: the warehouse follows it. It
// alone knows a customer's other keys.
func (s *Service) person(ctx context.Context, customer string) (int64, error) {
	number, err := s.config.Record.FindPerson(ctx, customer)
	if err != nil || number != 0 {
		return number, err
	}
	found, err := s.config.Profiles.FindCustomer(ctx, customer, s.config.Now(), 0)
	if err != nil {
		return 0, err
	}
	return s.config.Record.FindPerson(ctx, found.ID)
}

type historyInput struct {
	ID       string `path:"id"`
	Customer string `query:"customer" doc:"only this customer's transitions"`
	Limit    int    `query:"limit" default:"50" doc:"so many transitions, the newest; from 0 to 10000"`
	From     string `query:"from" doc:"the first day, YYYY-MM-DD; if absent, 30 days before the last for the days, and the first of all for transitions"`
	To       string `query:"to" doc:"the last day; today if absent"`
	After    string `query:"after" doc:"next of the page before, or the id of a transition: only older ones"`
}

func (h *handler) historyRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/segments/{id}/history", Permission: user.People, Summary: "who entered and left a segment, and how many each day"},
		func(ctx context.Context, in *historyInput) (*answer[History], error) {
			found, err := h.shop.History(ctx, HistoryQuestion{in.ID, idMeant(ctx, in.Customer), in.Limit, in.From, in.To, in.After})
			for i := range found.Transitions {
				found.Transitions[i] = maskTransition(ctx, found.Transitions[i])
			}
			return &answer[History]{found}, err
		})
	h.watchRoute()
}

// History implements Shop.
func (c *Client) History(ctx context.Context, q HistoryQuestion) (History, error) {
	query := url.Values{"limit": {strconv.Itoa(q.Limit)}}
	for name, value := range map[string]string{"customer": q.Customer, "from": q.From, "to": q.To, "after": q.After} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return callSegment[History](ctx, c, http.MethodGet, q.Segment, "/history?"+query.Encode(), nil)
}
