package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/customer"
	"kith/internal/segql"
	"kith/internal/segql/eval"
	"kith/internal/user"
)

// ExplainQuestion asks why a customer is in a segment, or not.
type ExplainQuestion struct {
	Question

	Customer string `json:"customer" doc:"customer id, e-mail or phone"`
}

// Explanation says why a customer is in a segment, or not.
type Explanation struct {
	Customer string    `json:"customer" doc:"the id that members are listed by"`
	AsOf     time.Time `json:"as_of"`
	Holds    bool      `json:"holds"`
	// Next is the earliest of the leaves' instants.
	Next    *time.Time   `json:"next_change,omitempty" doc:"before this instant time alone changes nothing; absent: it never does"`
	Tree    *Explained   `json:"tree"`
	Missing []*Explained `json:"missing" doc:"of a customer outside: the smallest set of leaves whose flip would let them in"`
}

// Explained is one node of a segment with its answer.
type Explained struct {
	Text    string           `json:"text"`
	Tree    Tree             `json:"tree,omitempty" doc:"the same as a tree; absent for a node with parts, unless it refers to a segment"`
	Holds   bool             `json:"holds"`
	Segment string           `json:"segment,omitempty" doc:"the segment that the node refers to; its parts are that segment's"`
	Parts   []*Explained     `json:"parts,omitempty" doc:"absent for a leaf"`
	Needs   int              `json:"needs,omitempty" doc:"how many parts must hold; absent for not, and for a leaf"`
	Values  []ExplainedValue `json:"values,omitempty" doc:"what a leaf saw"`
	Count   int              `json:"facts_count,omitempty" doc:"how many facts a leaf looked at"`
	Facts   []ExplainedFact  `json:"facts,omitempty" doc:"up to five of them, the latest last"`
	Next    *time.Time       `json:"next_change,omitempty" doc:"a leaf: when it may next change by time alone"`
	Flip    bool             `json:"flip,omitempty" doc:"a leaf of the smallest set whose flip would let the customer in"`
}

// ExplainedValue is a term and its value.
type ExplainedValue struct {
	Text  string  `json:"text"`
	Value *string `json:"value" doc:"null: missing"`
}

// ExplainedFact is a fact that a leaf looked at.
type ExplainedFact struct {
	At     time.Time         `json:"at"`
	Kind   string            `json:"kind"`
	ID     string            `json:"id,omitempty"`
	Fields map[string]string `json:"fields,omitempty"`
}

// Explain implements Shop.
func (s *Service) Explain(ctx context.Context, q ExplainQuestion) (Explanation, error) {
	compiled, at, err := s.ask(ctx, q.Question)
	if err == nil {
		err = s.upToDate(ctx, q.At)
	}
	if err != nil {
		return Explanation{}, err
	}
	x, err := s.config.Asker.Explain(ctx, compiled.Checked, q.Customer, at, compiled.Saved())
	if err != nil {
		return Explanation{}, err
	}
	out := Explanation{Customer: x.Customer, AsOf: at, Holds: x.Tree.Holds, Missing: []*Explained{}}
	out.Tree, err = explained(x.Tree, &out)
	return out, err
}

func explained(x *eval.Explanation, whole *Explanation) (*Explained, error) {
	e := &Explained{
		Text: x.Text, Holds: x.Holds, Segment: x.Segment, Count: x.Count, Next: instantOf(x.Next), Flip: x.Missing,
		Needs: x.Needs,
	}
	if len(x.Parts) == 0 || x.Segment != "" {
		tree, err := segql.ToJSON(x.Node)
		if err != nil {
			return nil, err
		}
		e.Tree = tree
	}
	for _, part := range x.Parts {
		p, err := explained(part, whole)
		if err != nil {
			return nil, err
		}
		e.Parts = append(e.Parts, p)
	}
	for _, v := range x.Values {
		shown := ExplainedValue{Text: v.Text}
		if !v.Value.Missing() {
			text := v.Value.String()
			shown.Value = &text
		}
		e.Values = append(e.Values, shown)
	}
	for _, f := range x.Facts {
		e.Facts = append(e.Facts, factOf(f))
	}
	if e.Flip {
		whole.Missing = append(whole.Missing, e)
	}
	if e.Next != nil && (whole.Next == nil || e.Next.Before(*whole.Next)) {
		whole.Next = e.Next
	}
	return e, nil
}

func factOf(f eval.Fact) ExplainedFact {
	d := customer.Describe(f)
	shown := ExplainedFact{At: time.UnixMicro(f.At()).UTC(), Kind: d.Kind, ID: d.ID}
	for _, field := range d.Fields {
		if shown.Fields == nil {
			shown.Fields = map[string]string{}
		}
		shown.Fields[field.Name] = field.Value.String()
	}
	return shown
}

// instantOf is an instant of the evaluator; nil for never.
func instantOf(micros int64) *time.Time {
	if micros == eval.Never {
		return nil
	}
	t := time.UnixMicro(micros).UTC()
	return &t
}

// Explain implements Shop.
func (c *Client) Explain(ctx context.Context, q ExplainQuestion) (Explanation, error) {
	return call[Explanation](ctx, c, http.MethodPost, "/v1/segments/explain", q)
}

func (h *handler) explainRoute() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/segments/explain", Permission: user.People, Summary: "why a customer is in a segment, or not"},
		func(ctx context.Context, in *struct{ Body ExplainQuestion }) (*answer[Explanation], error) {
			in.Body.Customer = idMeant(ctx, in.Body.Customer)
			x, err := h.shop.Explain(ctx, in.Body)
			maskExplanation(ctx, &x)
			return &answer[Explanation]{x}, err
		})
}
