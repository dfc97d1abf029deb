package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"kith/internal/commerce"
	"kith/internal/profile"
	"kith/internal/segment"
	"kith/internal/user"
)

// CustomerFacts are what the console shows of customers.
type CustomerFacts interface {
	profile.Lister
	profile.Historian
	profile.Members
}

// TimelineQuestion says which page of a customer's timeline is asked for.
type TimelineQuestion struct {
	CustomerID

	Kinds string `query:"kinds" doc:"of order, refund, visit, cart, favourite, ticket, message, coupon, points, event, with commas between them; all if absent"`
	Limit int    `query:"limit" default:"50" doc:"from 1 to 200"`
	After string `query:"after" doc:"next of the answer before, with the same kinds"`
}

// CustomerID is which customer is asked for.
type CustomerID struct {
	ID    string `path:"id" doc:"customer id, e-mail or phone"`
	Query string `query:"id" doc:"instead of the id in the path, which then is -: no path can hold ., .. and /"`
}

// meant is the id that somebody asks for, who may have been given a masked one.
func (c CustomerID) meant(ctx context.Context) string { return idMeant(ctx, cmp.Or(c.Query, c.ID)) }

// Timeline is a page of what happened to a customer.
type Timeline struct {
	AsOf     time.Time       `json:"as_of"`
	Currency string          `json:"currency"`
	Entries  []profile.Entry `json:"entries" doc:"the newest first"`
	Next     string          `json:"next,omitempty" doc:"what to go on after; absent at the end"`
}

// CustomerSegments are the segments and presets that a customer is in.
type CustomerSegments struct {
	AsOf     time.Time         `json:"as_of"`
	Customer string            `json:"customer"`
	Segments []CustomerSegment `json:"segments" doc:"by id"`
}

// CustomerSegment is one of them.
type CustomerSegment struct {
	ID     string           `json:"id"`
	Name   string           `json:"name,omitempty" words:"preset"`
	Preset bool             `json:"preset"`
	Since  *time.Time       `json:"since,omitempty" doc:"when they entered; absent if they were in it before anything was recorded"`
	Cause  string           `json:"cause,omitempty" doc:"why they entered then"`
	Next   *time.Time       `json:"next,omitempty" doc:"before this instant time alone changes nothing"`
	Why    []profile.Reason `json:"why,omitempty" doc:"up to five of the parts that let them in, with what they saw; explain says all. Absent for a customer with tens of thousands of events"`
}

// maxTimeline is how many entries a page has at most.
const maxTimeline = 200

// Timeline implements Console.
func (s *Service) Timeline(ctx context.Context, q TimelineQuestion) (Timeline, error) {
	kinds := profile.TimelineKinds
	if q.Kinds != "" {
		kinds = strings.Split(q.Kinds, ",")
	}
	for _, kind := range kinds {
		if !slices.Contains(profile.TimelineKinds, kind) {
			return Timeline{}, commerce.Errorf(commerce.CodeInvalid, "a timeline has no %q: its kinds are %s", kind, strings.Join(profile.TimelineKinds, ", "))
		}
	}
	if q.Limit < 1 || q.Limit > maxTimeline {
		return Timeline{}, commerce.Errorf(commerce.CodeInvalid, "%d entries are asked for: a page has from 1 to %d", q.Limit, maxTimeline)
	}
	var from profile.TimelinePlace
	if q.After != "" {
		var err error
		if from, err = profile.ParseTimelinePlace(q.After); err != nil {
			return Timeline{}, err
		}
	}
	if err := s.upToDate(ctx, ""); err != nil {
		return Timeline{}, err
	}
	answer := Timeline{AsOf: s.now(), Currency: s.current().Currency}
	entries, next, err := s.config.Customers.ReadTimeline(ctx, q.ID, kinds, from, q.Limit, answer.AsOf)
	answer.Entries = entries
	if next != nil {
		answer.Next = next.String()
	}
	return answer, err
}

// CustomerSegments implements Console.
func (s *Service) CustomerSegments(ctx context.Context, id string) (CustomerSegments, error) {
	if err := s.upToDate(ctx, ""); err != nil {
		return CustomerSegments{}, err
	}
	book, err := s.book()
	if err != nil {
		return CustomerSegments{}, err
	}
	all, err := book.List(ctx)
	if err != nil {
		return CustomerSegments{}, err
	}
	answerable, err := s.answerable(ctx, all)
	if err != nil {
		return CustomerSegments{}, err
	}
	compiled, err := book.CompileAll(ctx, answerable)
	if err != nil {
		return CustomerSegments{}, err
	}
	answer := CustomerSegments{AsOf: s.now(), Segments: []CustomerSegment{}}
	name, memberships, err := s.config.Customers.MembershipsOf(ctx, id, compiled, answer.AsOf)
	if err != nil {
		return CustomerSegments{}, err
	}
	answer.Customer = name
	places := map[string]int{}
	for _, m := range memberships {
		shown := CustomerSegment{ID: m.Segment, Next: m.Next, Why: m.Why}
		i := slices.IndexFunc(answerable, func(x segment.Segment) bool { return x.ID == m.Segment })
		shown.Name, shown.Preset = answerable[i].Name, answerable[i].Preset != nil
		if answerable[i].Hidden {
			continue
		}
		places[m.Segment] = len(answer.Segments)
		answer.Segments = append(answer.Segments, shown)
	}
	return answer, s.entries(ctx, name, places, answer.Segments)
}

// maxLookedAt is how many of a customer's transitions are looked at.
const maxLookedAt = 10_000

// entries says when a customer entered the segments that they are in.
func (s *Service) entries(ctx context.Context, customer string, places map[string]int, list []CustomerSegment) error {
	number, err := s.config.Record.FindPerson(ctx, customer)
	if err != nil || number == 0 {
		return err
	}
	err = s.config.Record.Transitions(ctx, segment.TransitionFilter{Person: number, Latest: true, Limit: maxLookedAt}, func(t segment.Transition) error {
		if i, there := places[t.Segment]; there {
			if t.Entered { // else the record is behind the facts
				at := t.At
				list[i].Since, list[i].Cause = &at, string(t.Cause)
			}
			if delete(places, t.Segment); len(places) == 0 {
				return errEnough
			}
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (h *handler) timelineRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/customers/{id}/timeline", Permission: user.People, Summary: "what happened to a customer, the newest first"},
		func(ctx context.Context, in *TimelineQuestion) (*answer[Timeline], error) {
			in.ID = in.meant(ctx)
			t, err := h.console.Timeline(ctx, *in)
			maskEntries(ctx, t.Entries)
			return &answer[Timeline]{t}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/customers/{id}/segments", Permission: user.People, Summary: "the segments that a customer is in: since when, why, until when at least"},
		func(ctx context.Context, in *CustomerID) (*answer[CustomerSegments], error) {
			c, err := h.console.CustomerSegments(ctx, in.meant(ctx))
			maskReasons(ctx, &c)
			return &answer[CustomerSegments]{c}, err
		})
}
