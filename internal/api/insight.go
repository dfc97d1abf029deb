package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/segment"
	"kith/internal/segment/insight"
	"kith/internal/user"
)

// Insights measures segments beside the rest of the shop.
type Insights interface {
	// Kinds counts the known customers who are in exactly the same of the
	// segments, and adds up what they ordered.
	Kinds(ctx context.Context, questions []segment.Question, at time.Time) ([]insight.Kind, error)
	// Purchases counts who bought each category and product in the last 12
	// months: all that members bought.
	Purchases(ctx context.Context, q segment.Question, at time.Time) (insight.Purchases, error)
	// OrderedSince counts who is in a segment at an instant, and who of them
	// ordered after it and until another one.
	OrderedSince(ctx context.Context, q segment.Question, at, until time.Time) (insight.Baseline, error)
	// ProductNames returns the names of those products that have one.
	ProductNames(ctx context.Context, products []string, at time.Time) (map[string]string, error)
}

// Insight is what sets a segment apart.
type Insight struct {
	AsOf     time.Time `json:"as_of"`
	Currency string    `json:"currency"`
	ID       string    `json:"id,omitempty" doc:"absent for a text"`
	Name     string    `json:"name,omitempty" words:"preset"`
	Text     string    `json:"text" doc:"in canonical form"`
	insight.Report
}

// Overlap is how many customers each two segments share.
type Overlap struct {
	AsOf      time.Time        `json:"as_of"`
	Currency  string           `json:"currency"`
	Customers int64            `json:"customers" doc:"known customers"`
	Segments  []OverlapSegment `json:"segments" doc:"saved segments by id, then presets; without templates, hidden ones, and presets whose facts the shop lacks"`
	Pairs     []OverlapPair    `json:"pairs" doc:"all of them, the highest Jaccard first"`
}

// OverlapSegment is one of the segments compared.
type OverlapSegment struct {
	ID           string   `json:"id"`
	Name         string   `json:"name,omitempty"`
	Members      int64    `json:"members"`
	Share        float64  `json:"share" doc:"of the known customers, from 0 to 1"`
	RevenueShare *float64 `json:"revenue_share_12m,omitempty" doc:"of the shop's revenue in the last 12 months; absent if that is not above 0"`
}

// OverlapPair is two segments.
type OverlapPair struct {
	A       string  `json:"a"`
	B       string  `json:"b"`
	Both    int64   `json:"both" doc:"who are in both"`
	Jaccard float64 `json:"jaccard" doc:"of those in one of them, the share in both; 0 if both are empty"`
	ShareA  float64 `json:"share_of_a" doc:"of the members of a, the share in b; 0 if a is empty"`
	ShareB  float64 `json:"share_of_b"`
}

func (h *handler) insightRoutes() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/segments/insight", Permission: user.View, Summary: "what sets a segment apart: revenue, purchases, kin, whether it is worth it"},
		func(ctx context.Context, in *questionInput) (*answer[Insight], error) {
			i, err := h.shop.Insight(ctx, in.Body)
			return &answer[Insight]{i}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/overlap", Permission: user.View, Summary: "how many customers each two segments share"},
		func(ctx context.Context, in *atInput) (*answer[Overlap], error) {
			o, err := h.shop.Overlap(ctx, in.At)
			return &answer[Overlap]{o}, err
		})
}

// Insight implements Shop.
func (c *Client) Insight(ctx context.Context, q Question) (Insight, error) {
	return call[Insight](ctx, c, http.MethodPost, "/v1/segments/insight", q)
}

// Overlap implements Shop.
func (c *Client) Overlap(ctx context.Context, at string) (Overlap, error) {
	return call[Overlap](ctx, c, http.MethodGet, "/v1/overlap"+atQuery(at), nil)
}

// Insight implements Shop.
func (s *Service) Insight(ctx context.Context, q Question) (Insight, error) {
	question, at, err := s.ask(ctx, q)
	if err != nil {
		return Insight{}, err
	}
	questions, names, err := s.listed(ctx)
	if err != nil {
		return Insight{}, err
	}
	answer := Insight{AsOf: at, Currency: s.current().Currency, ID: question.ID, Text: question.Text}
	if question.Saved() {
		found, err := s.GetSegment(ctx, question.ID) // it may not be among those listed
		if err != nil {
			return Insight{}, err
		}
		answer.Name = found.Name
	}
	all, others := []segment.Question{question}, []insight.Named{}
	for i, other := range questions {
		if other.ID != question.ID {
			all = append(all, other)
			others = append(others, insight.Named{ID: other.ID, Name: names[i]})
		}
	}
	measured, err := s.measure(ctx, all, at)
	if err != nil {
		return Insight{}, err
	}
	measured.Others = others
	answer.Report = insight.NewReport(measured)
	return answer, s.nameProducts(ctx, at, answer.Products.MostBought, answer.Products.StandOut)
}

// measure asks all that a report on the first of the questions needs.
func (s *Service) measure(ctx context.Context, all []segment.Question, at time.Time) (m insight.Measured, err error) {
	if m.Kinds, err = s.config.Insights.Kinds(ctx, all, at); err != nil {
		return m, err
	}
	if m.Purchases, err = s.config.Insights.Purchases(ctx, all[0], at); err != nil {
		return m, err
	}
	before := at.Add(-insight.RateDays * 24 * time.Hour)
	m.Baseline, err = s.config.Insights.OrderedSince(ctx, all[0], before, at)
	return m, err
}

// listed are the segments that are compared with others: those that a list
// shows and that can be answered, with their names.
func (s *Service) listed(ctx context.Context) (questions []segment.Question, names []string, err error) {
	book, err := s.book()
	if err != nil {
		return nil, nil, err
	}
	all, err := book.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	answerable, err := s.answerable(ctx, all)
	if err != nil {
		return nil, nil, err
	}
	compiled, err := book.CompileAll(ctx, answerable)
	if err != nil {
		return nil, nil, err
	}
	for _, x := range answerable {
		if !x.Hidden {
			questions = append(questions, segment.Question{ID: x.ID, Text: x.Text, Checked: compiled[x.ID]})
			names = append(names, x.Name)
		}
	}
	return questions, names, nil
}

// nameProducts gives the products of lists their names.
func (s *Service) nameProducts(ctx context.Context, at time.Time, lists ...[]insight.Item) error {
	var products []string
	for _, list := range lists {
		for _, item := range list {
			products = append(products, item.Value)
		}
	}
	names, err := s.config.Insights.ProductNames(ctx, products, at)
	for _, list := range lists {
		for i := range list {
			list[i].Name = names[list[i].Value]
		}
	}
	return err
}

// Overlap implements Shop.
func (s *Service) Overlap(ctx context.Context, at string) (Overlap, error) {
	asOf, err := s.instant(at)
	if err != nil {
		return Overlap{}, err
	}
	questions, names, err := s.listed(ctx)
	if err != nil {
		return Overlap{}, err
	}
	kinds, err := s.config.Insights.Kinds(ctx, questions, asOf)
	if err != nil {
		return Overlap{}, err
	}
	o := insight.NewOverlap(len(questions), kinds)
	answer := Overlap{AsOf: asOf, Currency: s.current().Currency, Customers: o.Customers, Segments: []OverlapSegment{}, Pairs: []OverlapPair{}}
	for i, q := range questions {
		members, all := insight.TotalsOf(i, kinds)
		shown := OverlapSegment{ID: q.ID, Name: names[i], Members: o.Members(i), RevenueShare: insight.ValueOf(members.Year, all.Year).RevenueShare}
		if o.Customers > 0 {
			shown.Share = float64(shown.Members) / float64(o.Customers)
		}
		answer.Segments = append(answer.Segments, shown)
	}
	for _, p := range o.Closest() {
		answer.Pairs = append(answer.Pairs, OverlapPair{
			A: questions[p.A].ID, B: questions[p.B].ID, Both: o.Both(p.A, p.B),
			Jaccard: o.Jaccard(p.A, p.B), ShareA: o.Share(p.A, p.B), ShareB: o.Share(p.B, p.A),
		})
	}
	return answer, nil
}
