package segment

import (
	"context"
	"slices"
	"strings"

	"kith/internal/segql"
)

// Definition is a segment whose memberships are kept.
type Definition struct {
	ID      string
	Checked *segql.Checked
	// Text is all that the answer depends on besides facts: the segment's text
	// in canonical form, those of the segments it refers to, and the shop's
	// settings if it reads them.
	Text string
}

// Definitions lists the segments whose memberships are kept, as an entry of the
// log left them: all that have a text and are not hidden, in the order of List.
// settings is a text that differs when the shop's settings do.
func (b *Book) Definitions(ctx context.Context, settings string, seq uint64) ([]Definition, error) {
	then := *b
	then.config.Store = storeAt{b.config.Store, seq}
	b = &then
	all, err := b.List(ctx)
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(all, func(s Segment) bool { return s.Template() || s.Hidden })
	compiled, err := b.CompileAll(ctx, kept)
	if err != nil {
		return nil, err
	}
	list := make([]Definition, 0, len(kept))
	for _, s := range kept {
		checked := compiled[s.ID]
		list = append(list, Definition{s.ID, checked, definitionText(checked, settings)})
	}
	return list, nil
}

func definitionText(c *segql.Checked, settings string) string {
	var text strings.Builder
	text.WriteString(segql.Print(c.Root))
	ids := make([]string, 0, len(c.Refs))
	for id := range c.Refs {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		text.WriteString("\n" + id + " = " + definitionText(c.Refs[id], ""))
	}
	if settings != "" && strings.Contains(text.String(), "shop.") {
		text.WriteString("\n" + settings)
	}
	return text.String()
}
