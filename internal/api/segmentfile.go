package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"kith/internal/segment"
	"kith/internal/user"
)

// SegmentFile is a file of segments.
type SegmentFile struct {
	Text string `json:"text" doc:"the file, as YAML or JSON: segments: [{id, name, text} or {id, delete: true}]" maxLength:"262144"`
}

// SegmentPlan is what a file of segments changes.
type SegmentPlan struct {
	AsOf     time.Time     `json:"as_of"`
	Applied  bool          `json:"applied" doc:"the changes were made"`
	Segments []SegmentStep `json:"segments" doc:"the file's, in its order"`
	Affected []SegmentStep `json:"affected" doc:"the shop's others that refer to a changed one"`
}

// SegmentStep is what a file does to one segment, and to who is in it.
type SegmentStep struct {
	ID            string   `json:"id"`
	Outcome       string   `json:"outcome" enum:"created,changed,renamed,deleted,unchanged,affected"`
	OldName       string   `json:"old_name,omitempty" words:"preset"`
	Name          string   `json:"name,omitempty" words:"preset"`
	OldText       string   `json:"old_text,omitempty" doc:"absent: it was not there"`
	Text          string   `json:"text,omitempty" doc:"absent: it is not there afterwards"`
	Members       int64    `json:"members" doc:"before the change"`
	MembersAfter  int64    `json:"members_after"`
	Entering      int64    `json:"entering"`
	Leaving       int64    `json:"leaving"`
	FirstEntering []string `json:"first_entering" doc:"the first ids, sorted, at most ten"`
	FirstLeaving  []string `json:"first_leaving"`
	UsedBy        []string `json:"used_by,omitempty" doc:"segments that refer to a changed one, directly and through others"`
	Through       []string `json:"through,omitempty" doc:"the changed segments that an affected one refers to"`
}

// sampleLength is how many of those who enter and leave are named.
const sampleLength = 10

func (h *handler) segmentFileRoutes() {
	type input struct{ Body SegmentFile }
	register(h, Route{Method: http.MethodPost, Path: "/v1/segments/plan", Permission: user.People, Summary: "what a file of segments would change"},
		func(ctx context.Context, in *input) (*answer[SegmentPlan], error) {
			plan, err := h.shop.PlanSegments(ctx, in.Body.Text)
			maskPlan(ctx, &plan)
			return &answer[SegmentPlan]{plan}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/segments/apply", Permission: user.Edit, Summary: "make the changes of a file of segments, all or none"},
		func(ctx context.Context, in *input) (*answer[SegmentPlan], error) {
			plan, err := h.shop.ApplySegments(ctx, in.Body.Text)
			maskPlan(ctx, &plan)
			return &answer[SegmentPlan]{plan}, err
		})
}

// PlanSegments implements Shop.
func (c *Client) PlanSegments(ctx context.Context, file string) (SegmentPlan, error) {
	return call[SegmentPlan](ctx, c, http.MethodPost, "/v1/segments/plan", SegmentFile{file})
}

// ApplySegments implements Shop.
func (c *Client) ApplySegments(ctx context.Context, file string) (SegmentPlan, error) {
	return call[SegmentPlan](ctx, c, http.MethodPost, "/v1/segments/apply", SegmentFile{file})
}

// PlanSegments implements Shop.
func (s *Service) PlanSegments(ctx context.Context, file string) (SegmentPlan, error) {
	_, plan, _, err := s.planSegments(ctx, file)
	return plan, err
}

// ApplySegments implements Shop. Who enters and leaves is asked before the
// change is made, by the plan that is applied.
func (s *Service) ApplySegments(ctx context.Context, file string) (SegmentPlan, error) {
	s.saving.Lock()
	defer s.saving.Unlock()
	book, shown, plan, err := s.planSegments(ctx, file)
	if err != nil {
		return SegmentPlan{}, err
	}
	if err := s.noted(ctx, book.Apply(ctx, plan), "segment.apply", "", outcomes(shown)); err != nil {
		return SegmentPlan{}, err
	}
	if err := s.rank(ctx); err != nil {
		return SegmentPlan{}, err
	}
	shown.Applied = true
	return shown, nil
}

// outcomes says what a plan does, for the audit log.
func outcomes(p SegmentPlan) string {
	parts := make([]string, len(p.Segments))
	for i, step := range p.Segments {
		parts[i] = step.ID + " " + step.Outcome
	}
	return strings.Join(parts, ", ")
}

func (s *Service) planSegments(ctx context.Context, file string) (*segment.Book, SegmentPlan, segment.Plan, error) {
	book, err := s.book()
	if err != nil {
		return nil, SegmentPlan{}, segment.Plan{}, err
	}
	plan, err := book.Plan(ctx, file)
	if err != nil {
		return nil, SegmentPlan{}, segment.Plan{}, err
	}
	shown, err := s.comparePlan(ctx, plan)
	return book, shown, plan, err
}

// comparePlan asks who would enter and leave.
func (s *Service) comparePlan(ctx context.Context, plan segment.Plan) (SegmentPlan, error) {
	asOf, err := s.instant("")
	if err != nil {
		return SegmentPlan{}, err
	}
	var pairs []segment.Pair
	for _, steps := range [][]segment.Step{plan.Steps, plan.Affected} {
		for _, step := range steps {
			if step.Pair.After != nil && step.OldText != step.Text {
				if err := maskQuestion(ctx, step.Pair.After); err != nil {
					return SegmentPlan{}, err
				}
			}
			pairs = append(pairs, step.Pair)
		}
	}
	differences, err := s.config.Asker.Compare(ctx, pairs, asOf, sampleLength)
	if err != nil {
		return SegmentPlan{}, err
	}
	n := len(plan.Steps)
	return SegmentPlan{AsOf: asOf, Segments: showSteps(plan.Steps, differences[:n]), Affected: showSteps(plan.Affected, differences[n:])}, nil
}

func showSteps(steps []segment.Step, differences []segment.Difference) []SegmentStep {
	shown := make([]SegmentStep, len(steps))
	for i, s := range steps {
		d := differences[i]
		shown[i] = SegmentStep{
			ID: s.ID, Outcome: string(s.Effect), OldName: s.OldName, Name: s.Name, OldText: s.OldText, Text: s.Text,
			Members: d.Before, MembersAfter: d.After, Entering: d.Entering, Leaving: d.Leaving,
			FirstEntering: d.FirstEntering, FirstLeaving: d.FirstLeaving, UsedBy: s.UsedBy, Through: s.Through,
		}
	}
	return shown
}
