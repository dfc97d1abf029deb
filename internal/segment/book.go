package segment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kith/internal/commerce"
	"kith/internal/segment/preset"
	"kith/internal/segql"
)

// Config says what a Book works with. All of it is required.
type Config struct {
	Store Store
	// Record writes changes into the log, as one entry, and lets them take
	// effect in Store: all or none.
	Record func(ctx context.Context, changes Changes) error
	// Events returns the keys of the tracked events that the shop has seen.
	Events func(ctx context.Context) ([]string, error)
	// Language is the shop's: that of the presets' names.
	Language string
}

// Book knows all segments of a shop. It is safe for concurrent use; whoever
// calls Save, Delete and Apply at the same time must see to it that one waits.
type Book struct{ config Config }

// NewBook makes a Book.
func NewBook(config Config) (*Book, error) {
	switch {
	case config.Store == nil:
		return nil, errors.New("segment: Config.Store is required")
	case config.Record == nil:
		return nil, errors.New("segment: Config.Record is required")
	case config.Events == nil:
		return nil, errors.New("segment: Config.Events is required")
	}
	return &Book{config}, nil
}

// Segment is one segment of the shop.
type Segment struct {
	Saved
	// Preset is what ships with Kith under this id, or nil.
	Preset *preset.Preset
	// Changed says that the shop saved its own text over a preset.
	Changed bool
}

// Template says that the segment has no text before somebody gives the
// values it needs.
func (s Segment) Template() bool { return s.Text == "" }

// List returns all segments: the shop's own by id, then the presets in their
// order. Hidden ones are among them.
func (b *Book) List(ctx context.Context) ([]Segment, error) {
	saved, err := b.config.Store.ListSegments(ctx)
	if err != nil {
		return nil, err
	}
	presets := preset.List(b.config.Language)
	own := map[string]Saved{}
	var all []Segment
	for _, s := range saved {
		if slices.ContainsFunc(presets, func(p preset.Preset) bool { return p.ID == s.ID }) {
			own[s.ID] = s
		} else {
			all = append(all, Segment{Saved: s})
		}
	}
	for _, p := range presets {
		all = append(all, withPreset(p, own[p.ID]))
	}
	return all, nil
}

// withPreset lays what the shop saved under a preset's id, if anything, over it.
func withPreset(p preset.Preset, own Saved) Segment {
	s := Segment{Saved: own, Preset: &p, Changed: own.Text != "" && own.Text != p.Text}
	s.ID = p.ID
	if s.Name == "" {
		s.Name = p.Name
	}
	if s.Text == "" {
		s.Text = p.Text
	}
	return s
}

// Get returns one segment.
func (b *Book) Get(ctx context.Context, id string) (Segment, error) {
	all, err := b.List(ctx)
	if err != nil {
		return Segment{}, err
	}
	if i := slices.IndexFunc(all, func(s Segment) bool { return s.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Segment{}, NotFoundError(id)
}

// Question is a text that was checked and can be asked.
type Question struct {
	ID      string // of the saved segment or preset; empty for an ad-hoc text
	Text    string // canonical form
	Checked *segql.Checked
}

// Saved says whether the question is a saved segment, whose base fields come
// from the latest scoring run.
func (q Question) Saved() bool { return q.ID != "" }

// Compile checks a text, or the saved segment or preset that "@id" names.
func (b *Book) Compile(ctx context.Context, text string) (Question, error) {
	all, err := b.List(ctx)
	if err != nil {
		return Question{}, err
	}
	catalogue, err := b.catalogue(ctx, all)
	if err != nil {
		return Question{}, err
	}
	id, named := strings.CutPrefix(strings.TrimSpace(text), "@")
	if !named {
		return compile(text, catalogue)
	}
	i := slices.IndexFunc(all, func(s Segment) bool { return s.ID == id })
	if i < 0 {
		return Question{}, commerce.WithCode(commerce.CodeInvalid, NotFoundError(id))
	}
	return compileSaved(all[i], catalogue)
}

// CompileAll compiles segments that have a text, by their ids.
func (b *Book) CompileAll(ctx context.Context, segments []Segment) (map[string]*segql.Checked, error) {
	all, err := b.List(ctx)
	if err != nil {
		return nil, err
	}
	catalogue, err := b.catalogue(ctx, all)
	if err != nil {
		return nil, err
	}
	compiled := map[string]*segql.Checked{}
	for _, s := range segments {
		if s.Template() {
			continue
		}
		q, err := compileSaved(s, catalogue)
		if err != nil {
			return nil, fmt.Errorf("segment %s: %w", s.ID, err)
		}
		compiled[s.ID] = q.Checked
	}
	return compiled, nil
}

// Percentiles returns the terms, in canonical form and sorted, by which some
// segment ranks customers: what a scoring run must rank.
func (b *Book) Percentiles(ctx context.Context) ([]string, error) {
	all, err := b.List(ctx)
	if err != nil {
		return nil, err
	}
	terms := []string{}
	for _, s := range all {
		root, _ := segql.Parse(s.Text)
		if root == nil {
			continue
		}
		segql.Walk(root, func(x any) bool {
			if p, ok := x.(*segql.Percentile); ok {
				terms = append(terms, segql.PrintTerm(p.X))
			}
			return true
		})
	}
	slices.Sort(terms)
	return slices.Compact(terms), nil
}

func compileSaved(s Segment, catalogue segql.Catalogue) (Question, error) {
	if s.Template() {
		return Question{}, templateError(s)
	}
	catalogue.ID = s.ID
	q, err := compile(s.Text, catalogue)
	q.ID = s.ID
	return q, err
}

func templateError(s Segment) error {
	return commerce.Errorf(commerce.CodeInvalid,
		"%q is a template; ask or save it with values in the places in braces: %s", s.ID, s.Preset.Definition)
}

func compile(text string, catalogue segql.Catalogue) (Question, error) {
	checked, problems := segql.Compile(text, &catalogue)
	if len(problems) > 0 {
		return Question{}, textError(text, problems)
	}
	return Question{Text: segql.Print(checked.Root), Checked: checked}, nil
}

// catalogue is what the checker knows of the shop.
func (b *Book) catalogue(ctx context.Context, all []Segment) (segql.Catalogue, error) {
	events, err := b.config.Events(ctx)
	if err != nil {
		return segql.Catalogue{}, err
	}
	return catalogueOf(all, events), nil
}

// catalogueOf is what the checker knows of segments and events. Texts in the
// store were checked, so that one that does not parse is as good as not there.
func catalogueOf(all []Segment, events []string) segql.Catalogue {
	texts := map[string]string{}
	c := segql.Catalogue{EventKeys: events}
	for _, s := range all {
		if !s.Template() {
			texts[s.ID] = s.Text
			c.SegmentIDs = append(c.SegmentIDs, s.ID)
		}
	}
	c.Segment = func(id string) (segql.Node, bool) {
		node, problems := segql.Parse(texts[id])
		return node, len(problems) == 0
	}
	c.EventSeen = func(key string) bool { return slices.Contains(events, key) }
	return c
}
