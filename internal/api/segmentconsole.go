package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/user"
)

// segmentConsole is what the console's pages about segments ask.
type segmentConsole interface {
	languageConsole

	// CheckTree is Check for a tree; what is wrong is pointed at in it.
	CheckTree(ctx context.Context, tree Tree) (Checked, error)
	// Sample counts a segment and names its first members.
	Sample(ctx context.Context, q SampleQuestion) (Sample, error)
	// Figures are the sizes of all segments, as they are kept.
	Figures(ctx context.Context) (Figures, error)
	// PlanSegment says what saving would change.
	PlanSegment(ctx context.Context, id, name string, q TextOrTree) (SegmentPlan, error)
	ExportSummary(ctx context.Context, q ExportQuestion) (ExportSummary, error)
	// FollowSizes calls yield with sizes as they change, until the context
	// ends or yield fails.
	FollowSizes(ctx context.Context, yield func(LiveNews) error) error
}

// SampleQuestion is a segment whose size and first members are asked for.
type SampleQuestion struct {
	TextOrTree
	At    string `json:"at,omitempty" doc:"RFC 3339, or a date, which means its first instant in the shop's zone; now if absent"`
	Limit *int   `json:"limit,omitempty" minimum:"0" maximum:"50" doc:"so many members; 10 if absent"`
}

// Limits of SampleQuestion.Limit.
const (
	sampleLimit = 10
	maxSample   = 50
)

// Sample is how big a segment is, and who is in it first.
type Sample struct {
	Count     int64     `json:"count"`
	Share     *float64  `json:"share,omitempty" doc:"of the known customers, from 0 to 1; absent if there are none"`
	AsOf      time.Time `json:"as_of"`
	Customers []string  `json:"customers" doc:"the first ids, sorted"`
	Missing   []string  `json:"missing,omitempty" doc:"of a preset: the shop has no facts of this kind, one of them would do, and the count says nothing"`
}

// Figures are all segments' sizes.
type Figures struct {
	AsOf      time.Time        `json:"as_of"`
	Currency  string           `json:"currency"`
	Customers *int64           `json:"customers,omitempty" doc:"known customers; absent while a server that began reads everyone"`
	Segments  []SegmentFigures `json:"segments" doc:"saved ones by id, then presets, without hidden ones"`
}

// SegmentFigures are one segment's.
type SegmentFigures struct {
	ID           string           `json:"id"`
	Customers    *int64           `json:"customers,omitempty" doc:"absent for a template, if something is missing, and while it is too new"`
	Share        *float64         `json:"share,omitempty" doc:"of the known customers, from 0 to 1"`
	Revenue12m   *commerce.Amount `json:"revenue_12m,omitempty" doc:"bought in the last 12 months less refunds, as of the last minutes; absent before it is known"`
	Trend        []TrendPoint     `json:"trend,omitempty" doc:"the last 30 days, from the first day since which sizes are known: recorded, or before that worked out from the facts"`
	EnteredToday *int64           `json:"entered_today,omitempty" doc:"absent if it is not kept, and on the day on which all were found to be in it"`
	LeftToday    *int64           `json:"left_today,omitempty" doc:"as entered_today"`
	Missing      []string         `json:"missing,omitempty" doc:"of a preset: the shop has no facts of this kind, one of them would do"`
}

// TrendPoint is the size at the end of a day; of today, as it is now.
type TrendPoint struct {
	Date string `json:"date"`
	Size int64  `json:"size"`
}

// LiveNews is what changed, or, without Sizes, that nothing did.
type LiveNews struct {
	AsOf  time.Time
	Sizes map[string]int64 // by id, of those that changed; the first time of all
}

// SegmentSave is what would be saved.
type SegmentSave struct {
	TextOrTree
	Name string `json:"name,omitempty" doc:"kept as it is if absent"`
}

func (h *handler) segmentConsoleRoutes() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/segments/sample", Permission: user.People, Summary: "how many customers are in a segment, and the first of them", unchecked: true},
		func(ctx context.Context, in *checkedInput[SampleQuestion]) (*answer[Sample], error) {
			q, err := strict[SampleQuestion](in.RawBody)
			if err != nil {
				return nil, err
			}
			s, err := h.console.Sample(ctx, q)
			for i := range s.Customers {
				s.Customers[i] = maskID(ctx, s.Customers[i])
			}
			return &answer[Sample]{s}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/segments/figures", Permission: user.View, Summary: "size, revenue and trend of all segments, as they are kept"},
		func(ctx context.Context, _ *struct{}) (*answer[Figures], error) {
			f, err := h.console.Figures(ctx)
			return &answer[Figures]{f}, err
		})
	type planInput struct {
		ID      string `path:"id"`
		RawBody []byte
		Body    SegmentSave
	}
	register(h, Route{Method: http.MethodPost, Path: "/v1/segments/{id}/plan", Permission: user.People, Summary: "what saving a segment would change, for it and those that refer to it", unchecked: true},
		func(ctx context.Context, in *planInput) (*answer[SegmentPlan], error) {
			q, err := strict[SegmentSave](in.RawBody)
			if err != nil {
				return nil, err
			}
			p, err := h.console.PlanSegment(ctx, in.ID, q.Name, q.TextOrTree)
			maskPlan(ctx, &p)
			err = aboutField(err, in.ID, q.Name)
			return &answer[SegmentPlan]{p}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/live", Permission: user.View, Summary: "sizes of segments as they change, as server-sent events", gives: "text/event-stream"}, h.live)
}

// live streams what changes. An event "sizes" has the segments whose size is
// another than in the one before, by id; "freshness" says that the stream is
// alive and how far time has passed.
func (h *handler) live(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	return h.events(ctx, "following sizes", h.streamSizes), nil
}

func (h *handler) streamSizes(ctx context.Context, out *eventWriter) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.done, cancel)()
	return h.console.FollowSizes(ctx, func(n LiveNews) error {
		var err error
		if n.Sizes != nil {
			err = out.data("sizes", n.Sizes)
		}
		if err == nil {
			err = out.data("freshness", map[string]time.Time{"as_of": n.AsOf})
		}
		if err = errors.Join(err, out.flush()); err != nil {
			return goneError{err}
		}
		return nil
	})
}

// CheckTree implements Console.
func (s *Service) CheckTree(ctx context.Context, tree Tree) (Checked, error) {
	book, err := s.book()
	if err != nil {
		return Checked{}, err
	}
	compiled, err := book.CompileTree(ctx, tree)
	if err != nil {
		return Checked{}, err
	}
	return s.checked(ctx, compiled)
}

// Sample implements Console.
func (s *Service) Sample(ctx context.Context, q SampleQuestion) (Sample, error) {
	limit := sampleLimit
	if q.Limit != nil {
		limit = *q.Limit
	}
	if limit < 0 || limit > maxSample {
		return Sample{}, commerce.Errorf(commerce.CodeInvalid, "%d members are asked for: from 0 to %d can be", limit, maxSample)
	}
	text, root, err := q.question()
	if err != nil {
		return Sample{}, err
	}
	compiled, at, err := s.ask(ctx, Question{Text: text, At: q.At})
	if err != nil {
		return Sample{}, segment.WithPaths(err, root)
	}
	lacks, err := s.lacks(ctx, compiled.ID)
	if err != nil {
		return Sample{}, err
	}
	found, err := s.config.Asker.Sample(ctx, compiled, at, limit)
	if err != nil {
		return Sample{}, err
	}
	return Sample{Count: found.Count, Share: shareOf(found.Count, found.Everyone), AsOf: at, Customers: found.First, Missing: lacks}, nil
}

// shareOf is a part of all; nil of nothing.
func shareOf(n, all int64) *float64 {
	if all == 0 {
		return nil
	}
	share := float64(n) / float64(all)
	return &share
}

// PlanSegment implements Console.
func (s *Service) PlanSegment(ctx context.Context, id, name string, q TextOrTree) (SegmentPlan, error) {
	text, root, err := q.question()
	if err != nil {
		return SegmentPlan{}, err
	}
	book, err := s.book()
	if err != nil {
		return SegmentPlan{}, err
	}
	plan, err := book.PlanSave(ctx, id, name, text)
	if err != nil {
		return SegmentPlan{}, segment.WithPaths(notThere(err), root)
	}
	return s.comparePlan(ctx, plan)
}

// sizesEvery is how far apart news of sizes are at least.
const sizesEvery = 500 * time.Millisecond

// FollowSizes implements Console.
func (s *Service) FollowSizes(ctx context.Context, yield func(LiveNews) error) error {
	alive := time.NewTicker(stillHere)
	defer alive.Stop()
	live, err := s.begun(ctx, func() error { return yield(LiveNews{AsOf: s.config.Now().UTC().Truncate(time.Microsecond)}) }, alive.C)
	if err != nil {
		return err
	}
	sent := map[string]int64{}
	for first := true; ; first = false {
		changed := live.Changed() // before looking, so that nothing is missed
		asOf := live.Progress().Clock
		if news := newSizes(live.Sizes(), sent); first || len(news) > 0 {
			if err := yield(LiveNews{asOf, news}); err != nil {
				return err
			}
			if err := pauseFor(ctx, sizesEvery); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-alive.C:
			if err := yield(LiveNews{AsOf: live.Progress().Clock}); err != nil {
				return err
			}
		}
	}
}

// begun returns what keeps memberships once it is there: a server that began
// reads everyone first. Meanwhile it shows that it waits.
func (s *Service) begun(ctx context.Context, waiting func() error, alive <-chan time.Time) (Live, error) {
	type result struct {
		live Live
		err  error
	}
	ready := make(chan result, 1)
	go func() {
		live, err := s.config.Live(ctx)
		ready <- result{live, err}
	}()
	for {
		select {
		case r := <-ready:
			return r.live, r.err
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-alive:
			if err := waiting(); err != nil {
				return nil, err
			}
		}
	}
}

// newSizes are the sizes that are others than those that were sent, which
// they become.
func newSizes(sizes, sent map[string]int64) map[string]int64 {
	news := map[string]int64{}
	for id, n := range sizes {
		if old, known := sent[id]; id != "" && (!known || old != n) {
			news[id], sent[id] = n, n
		}
	}
	return news
}

func pauseFor(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
