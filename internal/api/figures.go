package api

import (
	"context"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
)

// trendDays is how many days a trend has, today with them.
const trendDays = 30

// hasLasts is how long it is good enough what the shop has facts of, where
// all segments are shown.
const hasLasts = 15 * time.Second

// Figures implements Console. Nothing is asked of the warehouse while somebody
// waits, but for what the shop has facts of, and that once: sizes and days are
// those that are kept. While a server reads everyone, none are.
func (s *Service) Figures(ctx context.Context) (Figures, error) {
	asOf, sizes, err := s.keptSizes(ctx)
	if err != nil {
		return Figures{}, err
	}
	all, err := s.saved(ctx)
	if err != nil {
		return Figures{}, err
	}
	present, err := s.has.get(ctx, s.config.Now(), hasLasts, s.present)
	if err != nil {
		return Figures{}, err
	}
	days, err := s.lastDays(ctx)
	if err != nil {
		return Figures{}, err
	}
	past, err := s.past(ctx, "", days.dates[0], days.dates[trendDays-1])
	if err != nil {
		return Figures{}, err
	}
	f := figuring{sizes: sizes, sums: s.sums(ctx, wantedSums(all, present)), present: present, days: days, past: past}
	answer := Figures{AsOf: asOf, Currency: s.current().Currency, Segments: []SegmentFigures{}}
	if everyone, known := sizes[""]; known {
		answer.Customers = &everyone
	}
	for _, x := range all {
		if !x.Hidden {
			answer.Segments = append(answer.Segments, f.of(x))
		}
	}
	return answer, nil
}

// keptSizes are the sizes as they are kept, and as of when; nil while they are
// not kept yet.
func (s *Service) keptSizes(ctx context.Context) (time.Time, map[string]int64, error) {
	live := s.config.Kept()
	if live == nil {
		if s.config.Served() {
			return s.config.Now().UTC().Truncate(time.Microsecond), nil, nil
		}
		var err error
		if live, err = s.config.Live(ctx); err != nil {
			return time.Time{}, nil, err
		}
	}
	asOf := live.Progress().Clock // before the sizes, which may go further
	return asOf, live.Sizes(), nil
}

// wantedSums are the segments whose revenue is shown.
func wantedSums(all []segment.Segment, present map[string]bool) []segment.Segment {
	var wanted []segment.Segment
	for _, x := range all {
		if !x.Hidden && !x.Template() && missing(x, present) == nil {
			wanted = append(wanted, x)
		}
	}
	return wanted
}

// recent are the last days, the oldest first, and what happened on them.
type recent struct {
	dates []string
	of    map[string][]segment.Day // by segment; with the last day before, if there is one
}

func (s *Service) lastDays(ctx context.Context) (recent, error) {
	r := recent{of: map[string][]segment.Day{}}
	today := s.config.Now().In(s.current().Zone())
	for i := range trendDays {
		r.dates = append(r.dates, today.AddDate(0, 0, i+1-trendDays).Format(time.DateOnly))
	}
	err := s.config.Record.Trends(ctx, r.dates[0], r.dates[trendDays-1], func(d segment.Day) error {
		r.of[d.Segment] = append(r.of[d.Segment], d)
		return nil
	})
	return r, err
}

// trend is a segment's size on each day since the first from which on all are
// known, with the size as it is now for today. Before the first day that was
// recorded they are those that were worked out.
func (r recent) trend(id string, now int64, past map[string]segment.PastSize) []TrendPoint {
	var points []TrendPoint
	days := r.of[id]
	var last *segment.Day
	for _, date := range r.dates[:len(r.dates)-1] {
		for len(days) > 0 && days[0].Date <= date {
			last, days = &days[0], days[1:]
		}
		if last != nil {
			points = append(points, TrendPoint{date, last.Size})
		} else if p, known := past[date]; known {
			points = append(points, TrendPoint{date, p.Size})
		} else {
			points = nil
		}
	}
	return append(points, TrendPoint{r.dates[len(r.dates)-1], now})
}

// today is how many entered and left; nil on the first day that was recorded if
// they do not explain the size of the day before: all were found to be in it.
func (r recent) today(id string, past map[string]segment.PastSize) (entered, left *int64) {
	yesterday, today := r.dates[len(r.dates)-2], r.dates[len(r.dates)-1]
	days := r.of[id]
	if len(days) == 0 || days[len(days)-1].Date != today {
		return new(int64), new(int64)
	}
	day := days[len(days)-1]
	if p, known := past[yesterday]; known && len(days) == 1 && p.Size != day.Size-day.Entered+day.Left {
		return nil, nil
	}
	return &day.Entered, &day.Left
}

// figuring is what the figures of all segments are made of.
type figuring struct {
	sizes   map[string]int64
	sums    map[revenueKey]commerce.Amount
	present map[string]bool
	days    recent
	past    past
}

func (f figuring) of(x segment.Segment) SegmentFigures {
	s := SegmentFigures{ID: x.ID}
	if s.Missing = missing(x, f.present); s.Missing != nil {
		return s
	}
	n, kept := f.sizes[x.ID]
	if !kept {
		return s
	}
	s.Customers, s.Share, s.Trend = &n, shareOf(n, f.sizes[""]), f.days.trend(x.ID, n, f.past[x.ID])
	s.EnteredToday, s.LeftToday = f.days.today(x.ID, f.past[x.ID])
	if sum, ok := f.sums[keyOf(x)]; ok {
		s.Revenue12m = &sum
	}
	return s
}
