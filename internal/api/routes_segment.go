package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/user"
)

type questionInput struct{ Body Question }

type idInput struct {
	ID string `path:"id"`
}

type atInput struct {
	At string `query:"at" doc:"RFC 3339, or a date, which means its first instant in the shop's zone; now if absent"`
}

// aboutField says whether an error is about the id or the name that a segment
// was to be saved with.
func aboutField(err error, id, name string) error {
	switch {
	case err == nil:
		return nil
	case segment.CheckID(id) != nil:
		return &fieldError{"path.id", err}
	case segment.CheckName(name) != nil:
		return &fieldError{"body.name", err}
	}
	return err
}

func (h *handler) segmentRoutes() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/segments/count", Permission: user.View, Summary: "how many customers are in a segment"},
		func(ctx context.Context, in *questionInput) (*answer[Count], error) {
			n, err := h.shop.Count(ctx, in.Body)
			return &answer[Count]{n}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/segments/members", Permission: user.People, Summary: "the ids of a segment's customers, sorted, streamed", gives: "application/json"}, h.members)
	register(h, Route{Method: http.MethodPost, Path: "/v1/segments/check", Permission: user.View, Summary: "a segment's canonical form and tree, or what is wrong with it", unchecked: true},
		func(ctx context.Context, in *checkedInput[TextOrTree]) (*answer[Checked], error) {
			checked, err := h.check(ctx, in.RawBody)
			return &answer[Checked]{checked}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/segments", Permission: user.View, Summary: "saved segments, then presets"},
		func(ctx context.Context, _ *struct{}) (*answer[SegmentList], error) {
			list, err := h.shop.ListSegments(ctx)
			return &answer[SegmentList]{SegmentList{list}}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/segments/{id}", Permission: user.View, Summary: "one saved segment or preset"},
		func(ctx context.Context, in *idInput) (*answer[Segment], error) {
			s, err := h.shop.GetSegment(ctx, in.ID)
			return &answer[Segment]{s}, err
		})
	register(h, Route{Method: http.MethodPut, Path: "/v1/segments/{id}", Permission: user.Edit, Summary: "save a segment"},
		func(ctx context.Context, in *struct {
			ID   string `path:"id"`
			Body struct {
				Name string `json:"name,omitempty" doc:"kept as it is if absent"`
				Text string `json:"text"`
			}
		},
		) (*answer[Segment], error) {
			s, err := h.shop.SaveSegment(ctx, in.ID, in.Body.Name, in.Body.Text)
			return &answer[Segment]{s}, aboutField(err, in.ID, in.Body.Name)
		})
	register(h, Route{Method: http.MethodDelete, Path: "/v1/segments/{id}", Permission: user.Edit, Summary: "delete a segment, restore a changed preset, or hide a preset"},
		func(ctx context.Context, in *idInput) (*answer[Deletion], error) {
			d, err := h.shop.DeleteSegment(ctx, in.ID)
			return &answer[Deletion]{d}, err
		})
	h.explainRoute()
	h.segmentFileRoutes()
	h.insightRoutes()
	h.historyRoutes()
	h.languageRoutes()
	h.segmentConsoleRoutes()
	h.exportRoutes()
	register(h, Route{Method: http.MethodGet, Path: "/v1/presets", Permission: user.View, Summary: "the segments that ship with Kith, with their sizes"},
		func(ctx context.Context, in *atInput) (*answer[Presets], error) {
			p, err := h.shop.Presets(ctx, in.At)
			return &answer[Presets]{p}, err
		})
}

// check checks a text, or a tree.
func (h *handler) check(ctx context.Context, raw []byte) (Checked, error) {
	body, err := strict[TextOrTree](raw)
	switch {
	case err != nil:
		return Checked{}, err
	case body.Tree == nil:
		return h.shop.Check(ctx, body.Text)
	case body.Text != "":
		_, _, err := body.question() // which refuses both
		return Checked{}, err
	}
	return h.console.CheckTree(ctx, body.Tree)
}

// SegmentList is a list of segments.
type SegmentList struct {
	Segments []Segment `json:"segments"`
}

// MemberList is what /v1/segments/members streams.
type MemberList struct {
	AsOf    time.Time `json:"as_of"`
	Members []string  `json:"members"`
}

type membersInput struct {
	Limit int    `query:"limit" minimum:"0" doc:"at most so many; 0: all"`
	After string `query:"after" doc:"only ids after this one, in byte order"`
	Body  Question
}

var errEnough = errors.New("that is enough")

// members streams a MemberList, so that memory does not grow with the
// segment. An error after the beginning cuts the answer off.
func (h *handler) members(ctx context.Context, in *membersInput) (*huma.StreamResponse, error) {
	after := idMeant(ctx, in.After)
	if masks(ctx) && after == in.After && (user.MaskID(after) != after || strings.Contains(after, "***")) {
		// What comes after an e-mail of one's own choice would tell others'.
		return nil, commerce.Errorf(commerce.CodeInvalid, "after is an id as an answer has it, with all that follows the ~")
	}
	// A first look, so that a wrong question gets a proper answer.
	if _, err := h.shop.Check(ctx, in.Body.Text); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "application/json")
		w := newMemberWriter(c.BodyWriter())
		sent := 0
		asOf, err := h.shop.Members(c.Context(), in.Body, func(id string) error {
			if after != "" && id <= after {
				return nil
			}
			if in.Limit > 0 && sent == in.Limit {
				return errEnough
			}
			sent++
			return w.member(maskID(ctx, id))
		})
		if err != nil && !errors.Is(err, errEnough) {
			if c.Context().Err() == nil { // else whoever asked went away
				h.log.ErrorContext(c.Context(), "listing members", "error", err)
			}
			panic(http.ErrAbortHandler)
		}
		if err := w.end(asOf); err != nil {
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

func encoded(v any) []byte {
	b, _ := json.Marshal(v) // texts and instants always can
	return b
}
