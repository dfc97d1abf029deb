package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segql"
)

// book is made anew for each question: it holds nothing but the language,
// which may change.
func (s *Service) book() (*segment.Book, error) {
	return segment.NewBook(segment.Config{
		Store: s.config.Segments,
		Record: func(ctx context.Context, changes segment.Changes) error {
			return s.config.Loader.Append(ctx, commerce.SegmentEntry, changes)
		},
		Events:   s.eventKeys,
		Language: s.current().Language,
	})
}

// saved lists the saved segments and presets, hidden ones too.
func (s *Service) saved(ctx context.Context) ([]segment.Segment, error) {
	book, err := s.book()
	if err != nil {
		return nil, err
	}
	return book.List(ctx)
}

// Definitions are the segments whose memberships are kept, as an entry of the
// log left them.
func (s *Service) Definitions(ctx context.Context, seq uint64) ([]segment.Definition, error) {
	book, err := s.book()
	if err != nil {
		return nil, err
	}
	c := s.current()
	return book.Definitions(ctx, fmt.Sprintf("country %q, shipping_step %q, reward_points %d", c.Country, c.ShippingStep, c.RewardPoints), seq)
}

const eventPrefix = "event:"

func (s *Service) eventKeys(ctx context.Context) ([]string, error) {
	present, err := s.config.Facts.Present(ctx)
	var keys []string
	for name := range present {
		if len(name) > len(eventPrefix) && name[:len(eventPrefix)] == eventPrefix {
			keys = append(keys, name[len(eventPrefix):])
		}
	}
	return keys, err
}

func (s *Service) ask(ctx context.Context, q Question) (segment.Question, time.Time, error) {
	at, err := s.instant(q.At)
	if err != nil {
		return segment.Question{}, at, err
	}
	book, err := s.book()
	if err != nil {
		return segment.Question{}, at, err
	}
	compiled, err := book.Compile(ctx, q.Text)
	if err == nil && !compiled.Saved() {
		err = mayAsk(ctx, book, compiled)
	}
	return compiled, at, notThere(err)
}

// mayAsk is maskQuestion, which lets the text of a saved segment pass too.
func mayAsk(ctx context.Context, book *segment.Book, q segment.Question) error {
	refused := maskQuestion(ctx, q.Checked)
	if refused == nil {
		return nil
	}
	all, err := book.List(ctx)
	if err != nil || slices.ContainsFunc(all, func(x segment.Segment) bool { return x.Text == q.Text }) {
		return err
	}
	return refused
}

// notThere gives an unknown "@id" the code of an unknown id: the question is
// right, and what it names does not exist.
func notThere(err error) error {
	if inner := errors.Unwrap(err); commerce.CodeOf(err) == commerce.CodeInvalid && commerce.CodeOf(inner) == commerce.CodeNotFound {
		return inner
	}
	return err
}

// Count implements Shop.
func (s *Service) Count(ctx context.Context, q Question) (Count, error) {
	compiled, at, err := s.ask(ctx, q)
	if err != nil {
		return Count{}, err
	}
	lacks, err := s.lacks(ctx, compiled.ID)
	if err != nil {
		return Count{}, err
	}
	n, err := s.config.Asker.Count(ctx, compiled.Checked, at, compiled.Saved())
	return Count{Count: n, AsOf: at, Missing: lacks}, err
}

// lacks is what a preset needs and the shop does not have.
func (s *Service) lacks(ctx context.Context, id string) ([]string, error) {
	if id == "" {
		return nil, nil
	}
	book, err := s.book()
	if err != nil {
		return nil, err
	}
	found, err := book.Get(ctx, id)
	if err != nil || found.Preset == nil || found.Changed {
		return nil, err
	}
	present, err := s.present(ctx)
	return missing(found, present), err
}

// Members implements Shop.
func (s *Service) Members(ctx context.Context, q Question, yield func(id string) error) (time.Time, error) {
	compiled, at, err := s.ask(ctx, q)
	if err != nil {
		return at, err
	}
	return at, s.config.Asker.Members(ctx, compiled.Checked, at, compiled.Saved(), yield)
}

// Check implements Shop.
func (s *Service) Check(ctx context.Context, text string) (Checked, error) {
	compiled, _, err := s.ask(ctx, Question{Text: text})
	if err != nil {
		return Checked{}, err
	}
	return s.checked(ctx, compiled)
}

// checked is what is said of a question that is right.
func (s *Service) checked(ctx context.Context, q segment.Question) (Checked, error) {
	lacks, err := s.lacks(ctx, q.ID)
	if err != nil {
		return Checked{}, err
	}
	tree, err := segql.ToJSON(q.Checked.Root)
	if err != nil {
		return Checked{}, err
	}
	warnings := Findings(q.Checked.Warnings)
	for i, path := range q.WarningPaths() {
		warnings[i].Path = path
	}
	return Checked{Canonical: q.Text, Tree: tree, Warnings: warnings, Missing: lacks, References: append([]string{}, q.References()...)}, nil
}

// Findings are problems as the API shows them.
func Findings(problems segql.Problems) []Finding {
	found := make([]Finding, len(problems))
	for i, p := range problems {
		found[i] = Finding{Line: p.Place.Line, Column: p.Place.Column, Start: p.Place.Start, End: p.Place.End, Message: p.Message, Code: string(p.Code)}
	}
	return found
}

// ListSegments implements Shop.
func (s *Service) ListSegments(ctx context.Context) ([]Segment, error) {
	all, err := s.saved(ctx)
	if err != nil {
		return nil, err
	}
	shown := []Segment{}
	uses, usedBy := segment.Uses(all)
	for _, x := range all {
		if !x.Hidden {
			shown = append(shown, showUsed(x, uses, usedBy))
		}
	}
	return shown, nil
}

// showUsed is show, with whom the segment refers to and who refers to it.
func showUsed(x segment.Segment, uses, usedBy map[string][]string) Segment {
	s := show(x)
	s.Uses, s.UsedBy = uses[x.ID], usedBy[x.ID]
	return s
}

// GetSegment implements Shop.
func (s *Service) GetSegment(ctx context.Context, id string) (Segment, error) {
	all, err := s.saved(ctx)
	if err != nil {
		return Segment{}, err
	}
	i := slices.IndexFunc(all, func(x segment.Segment) bool { return x.ID == id })
	if i < 0 {
		return Segment{}, segment.NotFoundError(id)
	}
	uses, usedBy := segment.Uses(all)
	return showUsed(all[i], uses, usedBy), nil
}

// SaveSegment implements Shop.
func (s *Service) SaveSegment(ctx context.Context, id, name, text string) (Segment, error) {
	s.saving.Lock()
	defer s.saving.Unlock()
	book, err := s.book()
	if err != nil {
		return Segment{}, err
	}
	saved, err := book.Save(ctx, id, name, text)
	err = s.noted(ctx, err, "segment.save", id, "")
	if err == nil {
		err = s.rank(ctx)
	}
	return show(saved), err
}

// DeleteSegment implements Shop.
func (s *Service) DeleteSegment(ctx context.Context, id string) (Deletion, error) {
	s.saving.Lock()
	defer s.saving.Unlock()
	book, err := s.book()
	if err != nil {
		return Deletion{}, err
	}
	outcome, err := book.Delete(ctx, id)
	err = s.noted(ctx, err, "segment.delete", id, string(outcome))
	if err == nil {
		err = s.rank(ctx) // a preset may have its own text again
	}
	return Deletion{ID: id, Outcome: string(outcome)}, err
}

func show(x segment.Segment) Segment {
	s := Segment{
		ID: x.ID, Name: x.Name, Text: x.Text, Preset: x.Preset != nil, Changed: x.Changed, Hidden: x.Hidden,
		CreatedAt: instantOrNil(x.CreatedAt), UpdatedAt: instantOrNil(x.UpdatedAt),
	}
	if x.Preset != nil {
		s.Goal, s.Tactic = string(x.Preset.Goal), x.Preset.Tactic
	}
	if x.Preset != nil && !x.Changed {
		// What a shop changed has its own purpose, and no parameters.
		s.Purpose, s.Template = x.Preset.Purpose, x.Preset.Definition
		for _, p := range x.Preset.Parameters {
			s.Values = append(s.Values, Parameter{Name: p.Name, Form: string(p.Form), Default: p.Default})
		}
	}
	return s
}

func instantOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func presetsOf(all []segment.Segment) []segment.Segment {
	var presets []segment.Segment
	for _, x := range all {
		if x.Preset != nil && !x.Hidden {
			presets = append(presets, x)
		}
	}
	return presets
}

// answerable leaves out templates, and presets whose facts the shop lacks.
func (s *Service) answerable(ctx context.Context, all []segment.Segment) ([]segment.Segment, error) {
	present, err := s.present(ctx)
	if err != nil {
		return nil, err
	}
	var list []segment.Segment
	for _, x := range all {
		if !x.Template() && missing(x, present) == nil {
			list = append(list, x)
		}
	}
	return list, nil
}

// missing is what a preset needs and the shop does not have. A text of the
// shop's own needs nothing: whoever wrote it knew.
func missing(x segment.Segment, present map[string]bool) []string {
	if x.Preset == nil || x.Changed {
		return nil
	}
	return x.Preset.Missing(present)
}

// present is what there are facts of, and what the settings say.
func (s *Service) present(ctx context.Context) (map[string]bool, error) {
	facts, err := s.config.Facts.Present(ctx)
	if err != nil {
		return nil, err
	}
	present := maps.Clone(facts)
	c := s.current()
	present["shop.country"] = c.Country != ""
	present["shop.reward_points"] = c.RewardPoints > 0
	present["shop.shipping_step"] = c.ShippingStep != ""
	return present, nil
}
