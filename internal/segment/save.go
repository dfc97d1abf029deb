package segment

import (
	"context"
	"slices"
	"strings"

	"kith/internal/commerce"
)

const maxName = 200

// Save checks a text and saves it under an id. Saving again changes the
// segment; an empty name keeps the name it has.
func (b *Book) Save(ctx context.Context, id, name, text string) (Segment, error) {
	all, q, err := b.checkSave(ctx, id, name, text)
	if err != nil {
		return Segment{}, err
	}
	if i := slices.IndexFunc(all, func(s Segment) bool { return s.ID == id }); i >= 0 && name == "" {
		name = all[i].Saved.Name
	}
	if err := b.config.Record(ctx, Changes{{ID: id, Name: name, Text: q.Text}}); err != nil {
		return Segment{}, err
	}
	return b.Get(ctx, id)
}

// checkSave checks what is to be saved, and returns all segments as they are.
func (b *Book) checkSave(ctx context.Context, id, name, text string) ([]Segment, Question, error) {
	if err := CheckID(id); err != nil {
		return nil, Question{}, err
	}
	if err := CheckName(name); err != nil {
		return nil, Question{}, err
	}
	all, err := b.List(ctx)
	if err != nil {
		return nil, Question{}, err
	}
	catalogue, err := b.catalogue(ctx, all)
	if err != nil {
		return nil, Question{}, err
	}
	source := text
	if from, named := strings.CutPrefix(strings.TrimSpace(text), "@"); named {
		i := slices.IndexFunc(all, func(s Segment) bool { return s.ID == from })
		if i < 0 {
			return nil, Question{}, commerce.WithCode(commerce.CodeInvalid, NotFoundError(from))
		}
		if all[i].Template() {
			return nil, Question{}, templateError(all[i])
		}
		source = all[i].Text
	}
	catalogue.ID = id
	q, err := compile(source, catalogue)
	return all, q, err
}

// CheckName says what is wrong with a segment's name: it is one line of at
// most 200 bytes.
func CheckName(name string) error {
	if len(name) > maxName || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		return commerce.Errorf(commerce.CodeInvalid, "a segment's name is one line of at most %d bytes", maxName)
	}
	return nil
}

// Deletion says what deleting a segment came to.
type Deletion string

// Outcomes of Delete.
const (
	Deleted  Deletion = "deleted"
	Restored Deletion = "restored" // a changed preset has its shipped text again
	Hidden   Deletion = "hidden"   // a preset is left out of lists
)

// Delete deletes a segment, unless others refer to it.
func (b *Book) Delete(ctx context.Context, id string) (Deletion, error) {
	all, err := b.List(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(s Segment) bool { return s.ID == id })
	if i < 0 {
		return "", NotFoundError(id)
	}
	switch s := all[i]; {
	case s.Preset == nil:
		if used := usedBy(users(all), id); used != "" {
			return "", commerce.Errorf(commerce.CodeConflict, "segment %q is %s", id, used)
		}
		return Deleted, b.config.Record(ctx, Changes{{ID: id, Delete: true}})
	case s.Changed:
		return Restored, b.config.Record(ctx, Changes{{ID: id, Delete: true}})
	default:
		return Hidden, b.config.Record(ctx, Changes{{ID: id, Hidden: true}})
	}
}
