package segment

import (
	"cmp"
	"context"
	"slices"
)

// PlanSave says what saving a text under an id would change, for the segment
// itself and for those that refer to it. It refuses what Save refuses.
func (b *Book) PlanSave(ctx context.Context, id, name, text string) (Plan, error) {
	now, q, err := b.checkSave(ctx, id, name, text)
	if err != nil {
		return Plan{}, err
	}
	events, err := b.config.Events(ctx)
	if err != nil {
		return Plan{}, err
	}
	next := slices.Clone(now)
	i := slices.IndexFunc(next, func(s Segment) bool { return s.ID == id })
	if i < 0 {
		i = len(next)
		next = append(next, Segment{Saved: Saved{ID: id}})
	}
	next[i].Text, next[i].Name = q.Text, cmp.Or(name, next[i].Name)
	p := planner{file: &file{segments: []fileSegment{{id: id, named: true}}}, now: now, next: next, events: events}
	return p.plan()
}
