package api

import (
	"context"
	"math"
	"slices"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segql"
)

// WorkOutPast works out how large segments were at the end of a day before the
// first that was recorded of them: of the newest such day that is not known,
// in one statement for all. It says whether there was one: there may be more.
// While files are imported it waits for what they bring.
func (s *Service) WorkOutPast(ctx context.Context) (worked bool, err error) {
	if s.config.Kept() == nil || s.config.Jobs.Busy() {
		return false, nil
	}
	b, err := s.backlog(ctx)
	if err != nil {
		return false, err
	}
	for _, date := range b.days {
		at, err := dayEnd(date, s.current().Zone())
		if err != nil {
			return false, err
		}
		wanted, err := s.answered(ctx, b.missing(date), at)
		if err != nil {
			return false, err
		}
		if len(wanted) > 0 {
			return true, s.workOutDay(ctx, b, date, at, wanted)
		}
	}
	if !b.stale {
		return false, nil
	}
	return false, s.config.Past.KeepPastSizes(ctx, b.lastImport, b.marks())
}

// backlog is what is known of days that were not recorded, and of what segments
// they are wanted.
type backlog struct {
	lastImport  uint64
	days        []string // before today, the newest first
	definitions []segment.Definition
	first       map[string]string          // the first day that was recorded, by segment
	known       map[string]map[string]bool // segments and days
	stale       bool                       // something is kept that does not hold any more
}

// marks are those of the definitions by which sizes are worked out.
func (b *backlog) marks() map[string]string {
	marks := make(map[string]string, len(b.definitions))
	for _, d := range b.definitions {
		marks[d.ID] = segment.Mark(d.Text)
	}
	return marks
}

// missing are the segments whose size of a day is wanted and not known.
func (b *backlog) missing(date string) []segment.Definition {
	var list []segment.Definition
	for _, d := range b.definitions {
		first, recorded := b.first[d.ID]
		if (!recorded || date < first) && !b.known[d.ID][date] {
			list = append(list, d)
		}
	}
	return list
}

func (s *Service) backlog(ctx context.Context) (*backlog, error) {
	b := &backlog{first: map[string]string{}, known: map[string]map[string]bool{}}
	var err error
	// Before the definitions and the facts: what comes after it makes it stale.
	if b.lastImport, err = s.config.Overview.LastImport(ctx); err != nil {
		return nil, err
	}
	if b.definitions, err = s.pastDefinitions(ctx); err != nil {
		return nil, err
	}
	recorded, err := s.lastDays(ctx)
	if err != nil {
		return nil, err
	}
	b.days = slices.Clone(recorded.dates[:len(recorded.dates)-1])
	slices.Reverse(b.days)
	for id, days := range recorded.of {
		b.first[id] = days[0].Date
	}
	marks := b.marks()
	err = s.config.Past.PastSizes(ctx, "", "", lastDate, func(p segment.PastSize) error {
		if p.Basis != (segment.Basis{Definition: marks[p.Segment], Import: b.lastImport}) {
			b.stale = true
			return nil
		}
		if b.known[p.Segment] == nil {
			b.known[p.Segment] = map[string]bool{}
		}
		b.known[p.Segment][p.Date] = true
		return nil
	})
	return b, err
}

// pastDefinitions are those of the segments that are kept and whose past the
// facts tell. Who entered and left is not among them: it was not recorded.
func (s *Service) pastDefinitions(ctx context.Context) ([]segment.Definition, error) {
	all, err := s.saved(ctx)
	if err != nil {
		return nil, err
	}
	answerable, err := s.answerable(ctx, all)
	if err != nil {
		return nil, err
	}
	answers := map[string]bool{}
	for _, x := range answerable {
		answers[x.ID] = true
	}
	list, err := s.Definitions(ctx, math.MaxUint64)
	return slices.DeleteFunc(list, func(d segment.Definition) bool {
		return !answers[d.ID] || len(d.Checked.Moved()) > 0
	}), err
}

// answered are those of the segments that have an answer as of an instant. A
// run of then that scored nobody, because the facts came later, says nothing
// of those that look at scores.
func (s *Service) answered(ctx context.Context, list []segment.Definition, at time.Time) ([]segment.Definition, error) {
	readsBase := func(d segment.Definition) bool { return d.Checked.ReadsBase() }
	if !slices.ContainsFunc(list, readsBase) {
		return list, nil
	}
	scored, err := s.config.Scores.Scored(ctx, at)
	if err == nil && !scored {
		list = slices.DeleteFunc(list, readsBase)
	}
	return list, err
}

// workOutDay asks how large segments were at the end of a day, and keeps that.
func (s *Service) workOutDay(ctx context.Context, b *backlog, date string, at time.Time, wanted []segment.Definition) error {
	asked := map[string]*segql.Checked{}
	for _, d := range wanted {
		asked[d.ID] = d.Checked
	}
	sizes, err := s.config.Asker.CountAll(ctx, asked, at)
	if err != nil {
		return err
	}
	list := make([]segment.PastSize, len(wanted))
	for i, d := range wanted {
		list[i] = segment.PastSize{
			Segment: d.ID, Date: date, Size: sizes[d.ID].Customers,
			Basis: segment.Basis{Definition: segment.Mark(d.Text), Import: b.lastImport},
		}
	}
	err = s.config.Past.PutPastSizes(ctx, list)
	if _, before := s.week(); err == nil && date == before {
		s.overview.renew.Store(true)
	}
	return err
}

// dayEnd is the last microsecond of a day.
func dayEnd(date string, zone *time.Location) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return day, err
	}
	next, err := commerce.ParseInstant(day.AddDate(0, 0, 1).Format(time.DateOnly), zone)
	return next.Add(-time.Microsecond), err
}

// past are the sizes of days that were not recorded, by segment and day.
type past map[string]map[string]segment.PastSize

// past reads those of a segment, or of all if it is "", that were worked out
// by the definition whose memberships are kept. After an import they stay until
// they were worked out anew.
func (s *Service) past(ctx context.Context, id, from, to string) (past, error) {
	kept, err := s.config.Record.LiveSegments(ctx)
	if err != nil {
		return nil, err
	}
	marks := map[string]string{}
	for _, x := range kept {
		marks[x.ID] = segment.Mark(x.Definition)
	}
	p := past{}
	err = s.config.Past.PastSizes(ctx, id, from, to, func(x segment.PastSize) error {
		if x.Definition != marks[x.Segment] {
			return nil
		}
		if p[x.Segment] == nil {
			p[x.Segment] = map[string]segment.PastSize{}
		}
		p[x.Segment][x.Date] = x
		return nil
	})
	return p, err
}
