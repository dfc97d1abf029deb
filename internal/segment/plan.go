package segment

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"kith/internal/segql"
)

// Plan is what a file of segments would change.
type Plan struct {
	// Steps are the file's segments in its order; Affected are the shop's
	// others that refer to a changed one, directly or through others.
	Steps, Affected []Step

	changes Changes
}

// Effect says what becomes of a segment.
type Effect string

// Effects of a file on a segment.
const (
	EffectCreated   Effect = "created"
	EffectChanged   Effect = "changed" // its text, and perhaps its name
	EffectRenamed   Effect = "renamed"
	EffectDeleted   Effect = "deleted"
	EffectUnchanged Effect = "unchanged" // a deleted one that is not there, too
	EffectAffected  Effect = "affected"  // by a change of what it refers to
)

// Step is what a file does to one segment. What is not there before or
// afterwards has no text and no name then.
type Step struct {
	ID            string
	Effect        Effect
	OldName, Name string
	OldText, Text string
	// UsedBy are the ids of those that refer to a changed segment, directly
	// and through others; Through are the changed ones that an affected
	// segment refers to.
	UsedBy, Through []string
	// Pair is compared to find out who enters and who leaves.
	Pair Pair
}

// Plan reads a file of segments and says what it would change. It finds all
// that is wrong with the file in one pass.
func (b *Book) Plan(ctx context.Context, content string) (Plan, error) {
	if err := CheckFile(content); err != nil {
		return Plan{}, err
	}
	now, err := b.List(ctx)
	if err != nil {
		return Plan{}, err
	}
	events, err := b.config.Events(ctx)
	if err != nil {
		return Plan{}, err
	}
	p := planner{file: readFile(content), now: now, next: slices.Clone(now), events: events, deleted: map[string]bool{}}
	p.overlay()
	p.checkTexts()
	if err := p.failure(); err != nil {
		return Plan{}, err
	}
	return p.plan()
}

// Apply makes a plan's changes: all of them or, if it fails, none.
func (b *Book) Apply(ctx context.Context, plan Plan) error {
	if len(plan.changes) == 0 {
		return nil
	}
	return b.config.Record(ctx, plan.changes)
}

// planner compares a file with the shop's segments.
type planner struct {
	*file
	events    []string
	now, next []Segment // all segments, as they are and as they would be
	deleted   map[string]bool
}

func find(all []Segment, id string) (Segment, bool) {
	i := slices.IndexFunc(all, func(s Segment) bool { return s.ID == id })
	if i < 0 {
		return Segment{}, false
	}
	return all[i], true
}

// overlay lays the file over the shop's segments, and finds what cannot be
// laid there. Texts are still as the file has them.
func (p *planner) overlay() {
	for _, s := range p.segments {
		old, known := find(p.now, s.id)
		switch {
		case !s.named:
		case old.Preset != nil:
			p.problem(s.idAt, "%q ships with Kith and is not for a file; change it with \"kith segment save %s 'TEXT'\"", s.id, s.id)
		case s.delete:
			p.deleted[s.id] = true
			p.next = slices.DeleteFunc(p.next, func(x Segment) bool { return x.ID == s.id })
		default:
			if !known {
				p.next = append(p.next, Segment{Saved: Saved{ID: s.id}})
			}
			i := slices.IndexFunc(p.next, func(x Segment) bool { return x.ID == s.id })
			p.next[i].Text, p.next[i].Name = "everyone", cmp.Or(s.name, old.Name)
			if s.text != nil {
				p.next[i].Text = s.text.Value
			}
		}
	}
	// Where the file's own texts refer to a deleted segment, they are pointed at.
	outside := users(slices.DeleteFunc(slices.Clone(p.next), func(x Segment) bool { return p.has(x.ID) }))
	for _, s := range p.segments {
		if used := usedBy(outside, s.id); p.deleted[s.id] && s.delete && used != "" {
			p.problem(s.idAt, "segment %q is %s", s.id, used)
		}
	}
}

// has says whether the file speaks of a segment.
func (p *planner) has(id string) bool {
	return slices.ContainsFunc(p.segments, func(s fileSegment) bool { return s.named && s.id == id })
}

// checkTexts checks the file's texts and puts their canonical form into next.
// Each is first checked as if all others were right, so that a mistake is
// told once, where it is, and then with them, which finds rings.
func (p *planner) checkTexts() {
	catalogue := p.catalogue(p.next)
	right, wrong := p.checkAlone(catalogue)
	p.checkTogether(catalogue, right, wrong)
	for i, s := range p.next {
		if root, ok := right[s.ID]; ok {
			p.next[i].Text = segql.Print(root)
		}
	}
}

// checkAlone checks each text by itself. Of a wrong one its references remain,
// as they may be part of a ring.
func (p *planner) checkAlone(catalogue segql.Catalogue) (right, wrong map[string]segql.Node) {
	everyone, _ := segql.Parse("everyone")
	alone := catalogue
	alone.Segment = func(id string) (segql.Node, bool) {
		if p.deleted[id] || slices.Contains(catalogue.SegmentIDs, id) {
			return everyone, true
		}
		return nil, false
	}
	right, wrong = map[string]segql.Node{}, map[string]segql.Node{}
	for _, s := range p.segments {
		if s.text == nil {
			continue
		}
		checked := p.compile(s, alone)
		switch kept := p.keepsDeleted(s); {
		case !s.named:
		case checked == nil || !kept:
			wrong[s.id] = leads(s, catalogue.SegmentIDs)
		default:
			right[s.id] = checked.Root
		}
	}
	return right, wrong
}

// leads is a text reduced to its references to others that are there. What is
// wrong with the rest of them is told already.
func leads(s fileSegment, known []string) segql.Node {
	either := &segql.Or{}
	for _, r := range references(s.text.Value) {
		if r.id != s.id && slices.Contains(known, r.id) {
			either.Parts = append(either.Parts, &segql.InSegment{ID: r.id, IDAt: r.at})
		}
	}
	if len(either.Parts) == 0 {
		return &segql.Everyone{}
	}
	return either
}

// checkTogether checks where the texts lead that were checked alone.
func (p *planner) checkTogether(catalogue segql.Catalogue, right, wrong map[string]segql.Node) {
	parse := catalogue.Segment
	catalogue.Segment = func(id string) (segql.Node, bool) {
		if root, ok := wrong[id]; ok {
			return root, true
		}
		return parse(id)
	}
	for _, s := range p.segments {
		if s.text == nil || !s.named {
			continue
		}
		root := cmp.Or(right[s.id], wrong[s.id])
		catalogue.ID = s.id
		_, problems := segql.Check(root, &catalogue)
		p.tell(s, problems)
	}
}

// catalogue is what the checker knows of segments, each parsed once.
func (p *planner) catalogue(all []Segment) segql.Catalogue {
	c := catalogueOf(all, p.events)
	parse := c.Segment
	parsed := map[string]segql.Node{}
	c.Segment = func(id string) (segql.Node, bool) {
		node, known := parsed[id]
		if !known {
			node, _ = parse(id)
			parsed[id] = node
		}
		return node, node != nil
	}
	return c
}

// compile checks a text of the file; what is wrong is pointed at there.
func (p *planner) compile(s fileSegment, c segql.Catalogue) *segql.Checked {
	if c.ID = ""; s.named {
		c.ID = s.id
	}
	checked, problems := segql.Compile(s.text.Value, &c)
	p.tell(s, problems)
	return checked
}

// tell reports the problems of a text of the file.
func (p *planner) tell(s fileSegment, problems segql.Problems) {
	for _, x := range problems {
		p.problem(p.inside(s.text, x.Place), "%s", x.Message)
	}
}

// keepsDeleted reports references to segments that the file deletes.
func (p *planner) keepsDeleted(s fileSegment) bool {
	before := len(p.problems)
	for _, r := range references(s.text.Value) {
		if p.deleted[r.id] {
			p.problem(p.inside(s.text, r.at), "segment %q is deleted by this file", r.id)
		}
	}
	return len(p.problems) == before
}

// plan says what becomes of each segment. Nothing is wrong with the file.
func (p *planner) plan() (Plan, error) {
	var plan Plan
	direct := users(p.next)
	through := map[string][]string{}
	for _, s := range p.segments {
		step, change := p.step(s)
		if change != nil {
			plan.changes = append(plan.changes, *change)
		}
		if step.Effect == EffectChanged {
			step.UsedBy = reach(direct, s.id)
			for _, user := range step.UsedBy {
				through[user] = append(through[user], s.id)
			}
		}
		plan.Steps = append(plan.Steps, step)
	}
	for _, s := range p.next {
		if through[s.ID] != nil && !p.has(s.ID) {
			plan.Affected = append(plan.Affected, Step{
				ID: s.ID, Effect: EffectAffected, OldName: s.Name, Name: s.Name, OldText: s.Text, Text: s.Text, Through: through[s.ID],
			})
		}
	}
	return plan, p.pairs(&plan, through)
}

// step compares one of the file's segments with what it was, and makes the
// change, which is nil if there is none.
func (p *planner) step(s fileSegment) (Step, *Change) {
	old, known := find(p.now, s.id)
	next, stays := find(p.next, s.id)
	step := Step{ID: s.id, OldName: old.Name, Name: next.Name, OldText: old.Text, Text: next.Text}
	switch {
	case !known && !stays:
		step.Effect = EffectUnchanged
		return step, nil
	case !stays:
		step.Effect = EffectDeleted
		return step, &Change{ID: s.id, Delete: true}
	case !known:
		step.Effect = EffectCreated
	case old.Text != next.Text:
		step.Effect = EffectChanged
	case old.Name != next.Name:
		step.Effect = EffectRenamed
	default:
		step.Effect = EffectUnchanged
		return step, nil
	}
	return step, &Change{ID: s.id, Name: next.Name, Text: next.Text}
}

// pairs compiles what is to be compared. A segment that neither changed nor
// refers to one that did is compiled once.
func (p *planner) pairs(plan *Plan, through map[string][]string) error {
	now, next := p.catalogue(p.now), p.catalogue(p.next)
	for _, steps := range [][]Step{plan.Steps, plan.Affected} {
		for i := range steps {
			s := &steps[i]
			var err error
			if s.Pair.Before, err = compileFor(s.ID, s.OldText, now); err != nil {
				return err
			}
			if s.Pair.After = s.Pair.Before; s.OldText == s.Text && through[s.ID] == nil {
				continue
			}
			if s.Pair.After, err = compileFor(s.ID, s.Text, next); err != nil {
				return err
			}
		}
	}
	return nil
}

// compileFor compiles a text that was checked; nil for none.
func compileFor(id, text string, c segql.Catalogue) (*segql.Checked, error) {
	if text == "" {
		return nil, nil
	}
	c.ID = id
	q, err := compile(text, c)
	if err != nil {
		return nil, fmt.Errorf("segment %s: %w", id, err)
	}
	return q.Checked, nil
}
