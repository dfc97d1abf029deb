package main

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"kith/internal/segment"
	"kith/internal/segql"
)

// looked is what was recorded at some time.
type looked struct {
	number   int64             // the last transition
	names    map[int64]string  // of the persons that are not part of others
	persons  map[int64]bool    // all of them
	segments map[string]string // definitions, by id
	in       map[membershipOf]bool
}

type membershipOf struct {
	person  int64
	segment string
}

// look compares everything.
func (f *followed) look(clean bool) {
	at, now := f.clock(), f.read()
	list, _, err := definitions(f.l)(f.ctx, math.MaxInt64)
	f.check(err)
	f.compareMembers(list, now, at)
	f.checkTransitions(list, now, at, clean)
	f.last = now
}

// read reads the record.
func (f *followed) read() looked {
	now := looked{names: map[int64]string{}, persons: map[int64]bool{}, segments: map[string]string{}, in: map[membershipOf]bool{}}
	kept, err := f.l.ops.LiveSegments(f.ctx)
	f.check(err)
	f.check(f.l.ops.Persons(f.ctx, func(p segment.Person) error {
		now.persons[p.Number] = true
		if p.MergedInto == 0 {
			now.names[p.Number] = p.ID
		}
		return nil
	}))
	f.check(f.l.ops.Standings(f.ctx, func(s segment.Standing) error {
		for _, k := range kept {
			if n := k.Number; k.ID != "" && n/8 < len(s.In) && s.In[n/8]&(1<<(n%8)) != 0 {
				now.in[membershipOf{s.Person, k.ID}] = true
			}
		}
		return nil
	}))
	for _, k := range kept {
		if k.ID != "" {
			now.segments[k.ID] = k.Definition
		}
	}
	now.number, err = f.l.ops.LastTransition(f.ctx)
	f.check(err)
	return now
}

// compareMembers compares standings and sizes with SQL.
func (f *followed) compareMembers(list []segment.Definition, now looked, at time.Time) {
	members := map[string][]string{}
	for m := range now.in {
		name, there := now.names[m.person]
		if !there {
			f.differs("person %d is part of another, and in %s", m.person, m.segment)
		}
		members[m.segment] = append(members[m.segment], name)
	}
	recorded := map[string]bool{}
	for _, name := range now.names {
		recorded[name] = true
	}
	sizes := f.keeper.Sizes()
	for _, d := range list {
		all := f.members(d.Checked, at)
		f.compared++
		if len(all) > 0 {
			f.filled++
		}
		// Of whom nothing with an instant is known nothing is recorded.
		want := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !recorded[name] })
		got := members[d.ID]
		slices.Sort(got)
		if !slices.Equal(got, want) {
			f.differs("at %s %s = %s\nlive %v\nSQL  %v", at.Format(time.RFC3339Nano), d.ID, d.Text, got, want)
		} else if sizes[d.ID] != int64(len(all)) {
			f.differs("at %s %s = %s: size %d, SQL %v, recorded %v", at.Format(time.RFC3339Nano), d.ID, d.Text, sizes[d.ID], all, got)
		}
		if now.segments[d.ID] != d.Text {
			f.differs("%s is kept as %q, not as %q", d.ID, now.segments[d.ID], d.Text)
		}
	}
	if len(now.segments) != len(list) {
		f.differs("%d segments are kept, not %d", len(now.segments), len(list))
	}
}

func (f *followed) members(c *segql.Checked, at time.Time) []string {
	var all []string
	f.check(f.l.facts.Members(f.ctx, c, at, true, func(id string) error {
		all = append(all, id)
		return nil
	}))
	return all
}

// checkTransitions follows the transitions from the last look to this one.
func (f *followed) checkTransitions(list []segment.Definition, now looked, at time.Time, clean bool) {
	in := map[membershipOf]bool{}
	maps.Copy(in, f.last.in)
	known := func(m membershipOf) bool { return f.last.persons[m.person] }
	moved := map[membershipOf]bool{}
	var news []segment.Transition
	f.check(f.l.ops.Transitions(f.ctx, segment.TransitionFilter{After: f.last.number}, func(x segment.Transition) error {
		m := membershipOf{x.Person, x.Segment}
		if (known(m) || moved[m]) && in[m] == x.Entered {
			f.differs("twice: %+v", x)
		}
		if x.At.After(at) || x.At.After(x.NoticedAt) {
			f.differs("ahead of time: %+v", x)
		}
		in[m], moved[m] = x.Entered, true
		news = append(news, x)
		return nil
	}))
	if f.last.in == nil {
		return // what holds at first is taken as it is found
	}
	for m := range now.in {
		if _, kept := now.segments[m.segment]; kept && !in[m] && (known(m) || moved[m]) {
			f.differs("%s (person %d) is in %s, but no transition says so", now.names[m.person], m.person, m.segment)
		}
	}
	for m, is := range in {
		if _, kept := now.segments[m.segment]; kept && is && !now.in[m] {
			f.differs("%s (person %d) is not in %s, but no transition says so", now.names[m.person], m.person, m.segment)
		}
	}
	if clean {
		f.checkInstants(list, news)
	}
}

// checkInstants asks SQL whether memberships changed at the very instants that
// are recorded. That can only be asked while nothing of the past changed, and
// of segments that depend on nothing but facts: a run changes scores at its own
// instant, and "entered" reads what is recorded at that instant itself.
func (f *followed) checkInstants(list []segment.Definition, news []segment.Transition) {
	for range min(6, len(news)) {
		x := news[rand.IntN(len(news))]
		i := slices.IndexFunc(list, func(d segment.Definition) bool { return d.ID == x.Segment })
		if i < 0 || list[i].Checked.ReadsBase() || len(list[i].Checked.Moved()) > 0 || x.Cause != segment.CauseEvent && x.Cause != segment.CauseTime {
			continue
		}
		f.sampled++
		before := slices.Contains(f.members(list[i].Checked, x.At.Add(-time.Microsecond)), x.Customer)
		after := slices.Contains(f.members(list[i].Checked, x.At), x.Customer)
		if before == after || after != x.Entered {
			f.differs("%+v of %s: SQL says %v before and %v then", x, list[i].Text, before, after)
		}
	}
}
