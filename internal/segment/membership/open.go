package membership

import (
	"context"
	"maps"
	"slices"
	"time"

	"kith/internal/segment"
	"kith/internal/segment/live"
	"kith/internal/segql/eval"
)

// grace is how much older than its arrival a fact may be and still count at
// its own instant.
const grace = 5 * time.Minute

// Open makes a Keeper that goes on from where the record ends. It reads what
// is known of everyone; Run does the rest.
func Open(ctx context.Context, config Config) (*Keeper, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	k := &Keeper{
		config: config, wake: make(chan struct{}, 1), again: make(chan chan error), looks: make(chan func()), touched: map[uint64][]int64{}, changed: make(chan struct{}),
		batch: collected{days: map[dayKey]*segment.Day{}},
	}
	if err := k.open(ctx); err != nil {
		return nil, err
	}
	return k, nil
}

func (k *Keeper) open(ctx context.Context) error {
	first, err := k.readProgress(ctx)
	if err != nil {
		return err
	}
	if err := k.readSegments(ctx); err != nil {
		return err
	}
	definitions, known, err := k.config.Definitions(ctx, k.progress.Applied)
	if err != nil {
		return err
	}
	k.engine, err = live.NewLoose(evalSettings(k.config.Settings()), evalSegments(definitions), grace.Microseconds(), k.note)
	if err != nil {
		return err
	}
	if k.tracker != nil {
		if err := k.tracker.Close(); err != nil {
			return err
		}
	}
	k.tracker = live.NewTracker(k.engine, k.config.Settings().Currency)
	k.tracker.SpillTo(k.config.Spill)
	if err := k.readFacts(ctx); err != nil {
		return err
	}
	k.taken = k.progress
	frozen := k.adoptDefinitions(definitions, first)
	standings, err := k.standings(ctx)
	if err != nil {
		return err
	}
	scores, err := k.config.Facts.Scores(ctx)
	if err != nil {
		return err
	}
	if scores != nil {
		k.engine.SetScores(scores)
	}
	k.engine.Freeze(frozen)
	others := live.OthersAsked
	switch {
	case first:
		others = live.OthersAdopted
	case k.restored > k.progress.Applied: // an entry that is still to come brought them
		others = live.OthersWait
	}
	k.engine.Begin(k.progress.Clock.UnixMicro(), k.progress.LastPerson, standings, others)
	k.engine.Warm(openBytes() * 3 / 4)
	if err := k.rememberOf(ctx, k.engine.Read()); err != nil {
		return err
	}
	if len(frozen) > 0 { // by no entry of the log: the settings changed, or the program
		err = k.redefine(ctx, min(known, k.progress.Applied))
	}
	return err
}

// readProgress reads how far the record is. first says that nothing was kept so
// far: what is known now is the beginning.
func (k *Keeper) readProgress(ctx context.Context) (first bool, err error) {
	p, err := k.config.Record.Progress(ctx)
	if err != nil {
		return false, err
	}
	if first = p.Clock.IsZero(); first {
		if p.Applied, err = k.config.Facts.Applied(ctx); err != nil {
			return false, err
		}
		p.Clock = k.config.now()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.progress = p
	return first, nil
}

// readSegments reads the live segments by their numbers.
func (k *Keeper) readSegments(ctx context.Context) error {
	kept, err := k.config.Record.LiveSegments(ctx)
	k.numbers = map[string]int{}
	for _, s := range kept {
		for len(k.segments) <= s.Number {
			k.segments = append(k.segments, segment.LiveSegment{Number: len(k.segments)})
		}
		k.segments[s.Number] = s
		if s.ID != "" {
			k.numbers[s.ID] = s.Number
		}
	}
	return err
}

// readFacts reads what the warehouse knows: everything up to where the record
// is, and what was accepted while nobody followed.
func (k *Keeper) readFacts(ctx context.Context) error {
	facts := k.config.Facts
	var err error
	if k.restored, err = facts.Applied(ctx); err != nil {
		return err
	}
	if err := facts.Products(ctx, 0, k.engine.Shop().Catalogue.Add); err != nil {
		return err
	}
	if err := facts.Everyone(ctx, k.engine.Shop(), k.engine.Add); err != nil {
		return err
	}
	if err := k.readMessages(ctx, 0); err != nil {
		return err
	}
	return k.readRemains(ctx)
}

// adoptDefinitions notes the segments as they are defined, and lists
// those whose memberships are not known under that definition: all at first.
func (k *Keeper) adoptDefinitions(definitions []segment.Definition, first bool) (changed []string) {
	for _, d := range definitions {
		n, ok := k.numbers[d.ID]
		if !ok {
			n = len(k.segments)
			k.numbers[d.ID] = n
			k.segments = append(k.segments, segment.LiveSegment{Number: n, ID: d.ID, Since: k.progress.Applied})
		}
		if k.segments[n].Definition != d.Text {
			if !first {
				changed = append(changed, d.ID)
				continue
			}
			k.segments[n].Definition = d.Text
			k.batch.segments = true
		}
	}
	k.place()
	return changed
}

// place notes where the engine has its segments.
func (k *Keeper) place() {
	k.places, k.placed = map[string]int{}, nil
	for i, id := range k.engine.Segments() {
		k.places[id] = i
		k.placed = append(k.placed, k.numbers[id])
	}
}

// redefine brings the memberships to the definitions as an entry left them.
func (k *Keeper) redefine(ctx context.Context, seq uint64) error {
	var definitions []segment.Definition
	err := await(ctx, k.wake, func() (bool, error) {
		var known uint64
		var err error
		definitions, known, err = k.config.Definitions(ctx, seq)
		return known >= seq, err
	})
	if err != nil {
		return err
	}
	same := map[string]bool{}
	there := map[string]bool{}
	for _, d := range definitions {
		there[d.ID] = true
		n, ok := k.numbers[d.ID]
		if !ok {
			n = len(k.segments)
			k.numbers[d.ID] = n
			k.segments = append(k.segments, segment.LiveSegment{Number: n, ID: d.ID})
		}
		same[d.ID] = k.segments[n].Definition == d.Text
		if !same[d.ID] {
			k.segments[n].Definition, k.segments[n].Since = d.Text, seq
		}
	}
	if len(k.numbers) == len(there) && !slices.Contains(slices.Collect(maps.Values(same)), false) {
		return nil // a name, or what is not kept
	}
	for id, n := range k.numbers {
		if !there[id] {
			delete(k.numbers, id)
			k.segments[n] = segment.LiveSegment{Number: n}
		}
	}
	k.batch.segments = true
	read := k.engine.Read()
	err = k.engine.Prepare(evalSettings(k.config.Settings()), evalSegments(definitions))
	if err != nil {
		return err
	}
	k.place()
	if newly := slices.DeleteFunc(k.engine.Read(), func(id string) bool { return slices.Contains(read, id) }); len(newly) > 0 {
		if err := k.rememberOf(ctx, newly); err != nil {
			return err
		}
	}
	k.engine.Redefine(func(id string) bool { return same[id] })
	return nil
}

func evalSegments(definitions []segment.Definition) []eval.Segment {
	list := make([]eval.Segment, len(definitions))
	for i, d := range definitions {
		list[i] = eval.Segment{ID: d.ID, Checked: d.Checked, Saved: true}
	}
	return list
}

// liveSegments are those that are there, and the last one that ever was:
// its number is not given again, for standings may speak of it.
func (k *Keeper) liveSegments() []segment.LiveSegment {
	list := []segment.LiveSegment{}
	for i, s := range k.segments {
		if s.ID != "" {
			s.Size = int64(k.engine.Size(k.places[s.ID]))
		}
		if s.ID != "" || i == len(k.segments)-1 {
			list = append(list, s)
		}
	}
	return list
}

// standings reads how everyone stood.
func (k *Keeper) standings(ctx context.Context) ([]live.Standing, error) {
	names := map[int64]live.Key{}
	err := k.config.Record.Persons(ctx, func(p segment.Person) error {
		if p.MergedInto == 0 {
			names[p.Number] = live.Key{Kind: live.KeyKind(p.Kind), Value: p.ID}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var all []live.Standing
	err = k.config.Record.Standings(ctx, func(s segment.Standing) error {
		name, ok := names[s.Person]
		if !ok {
			return nil
		}
		in := make([]bool, len(k.places))
		for id, place := range k.places {
			n := k.numbers[id]
			in[place] = n/8 < len(s.In) && s.In[n/8]&(1<<(n%8)) != 0
		}
		all = append(all, live.Standing{Record: s.Person, Name: name, In: in, Next: s.Next, Asked: s.Asked})
		return nil
	})
	return all, err
}

// rememberOf reads the transitions of segments that others read.
func (k *Keeper) rememberOf(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := k.settle(); err != nil {
		return err
	}
	return k.engine.Remember(func(note func(record int64, segment string, left bool, at int64)) error {
		for _, id := range ids {
			err := k.config.Record.Transitions(ctx, segment.TransitionFilter{Segment: id}, func(t segment.Transition) error {
				note(t.Person, id, !t.Entered, t.At.UnixMicro())
				return nil
			})
			if err != nil {
				return err
			}
		}
		for _, t := range k.batch.transitions { // of this stretch, not recorded yet
			if slices.Contains(ids, t.Segment) {
				note(t.Person, t.Segment, t.Left, t.At)
			}
		}
		return nil
	})
}
