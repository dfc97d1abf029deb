package api

import (
	"context"
	"slices"
	"sync"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
)

// revenues are what the members of segments bought in the last 12 months, as
// last worked out: that takes a pass over all orders, and the sizes, which are
// kept live, do not.
type revenues struct {
	mu      sync.Mutex
	sums    map[revenueKey]commerce.Amount // nil before the first time
	at      time.Time
	working bool
}

// revenueKey is a segment as it was when its members were asked for.
type revenueKey struct{ id, text string }

func keyOf(x segment.Segment) revenueKey { return revenueKey{x.ID, x.Text} }

// revenuesLast is how long sums are good enough.
const revenuesLast = 5 * time.Minute

// revenueSoon is how long a new segment waits for its sum at least.
const revenueSoon = 30 * time.Second

// Presets implements Shop. Where memberships are kept, the sizes are those
// that are kept, if nobody asks about another instant.
func (s *Service) Presets(ctx context.Context, at string) (Presets, error) {
	asOf, err := s.instant(at)
	if err != nil {
		return Presets{}, err
	}
	all, err := s.saved(ctx)
	if err != nil {
		return Presets{}, err
	}
	present, err := s.present(ctx)
	if err != nil {
		return Presets{}, err
	}
	counts, sums := map[string]int64(nil), map[revenueKey]commerce.Amount(nil)
	if live := s.config.Kept(); at == "" && live != nil {
		kept := live.Progress().Clock // before the sizes, which may go further
		if counts = live.Sizes(); counts != nil {
			asOf = kept
		}
	}
	if counts != nil {
		sums = s.sums(ctx, nil)
	} else {
		sizes, err := s.measure12m(ctx, presetsOf(all), asOf)
		if err != nil {
			return Presets{}, err
		}
		counts, sums = map[string]int64{}, map[revenueKey]commerce.Amount{}
		for key, size := range sizes {
			counts[key.id], sums[key] = size.Customers, size.Revenue12m
		}
	}
	answer := Presets{AsOf: asOf, Currency: s.current().Currency, Customers: counts[""], Presets: []Preset{}}
	for _, x := range presetsOf(all) {
		answer.Presets = append(answer.Presets, sized(x, counts, sums, present))
	}
	return answer, nil
}

func sized(x segment.Segment, counts map[string]int64, sums map[revenueKey]commerce.Amount, present map[string]bool) Preset {
	p := Preset{Segment: show(x)}
	if p.Missing = missing(x, present); p.Missing != nil || x.Template() {
		return p
	}
	n, share := counts[x.ID], 0.0
	if counts[""] > 0 {
		share = float64(n) / float64(counts[""])
	}
	p.Customers, p.Share = &n, &share
	if sum, ok := sums[keyOf(x)]; ok {
		p.Revenue12m = &sum
	}
	return p
}

// measure12m counts segments and what their members bought, and everyone as "".
func (s *Service) measure12m(ctx context.Context, segments []segment.Segment, at time.Time) (map[revenueKey]segment.Size, error) {
	book, err := s.book()
	if err != nil {
		return nil, err
	}
	answerable, err := s.answerable(ctx, segments)
	if err != nil {
		return nil, err
	}
	compiled, err := book.CompileAll(ctx, answerable)
	if err != nil {
		return nil, err
	}
	everyone, err := book.Compile(ctx, "everyone")
	if err != nil {
		return nil, err
	}
	compiled[""] = everyone.Checked
	sizes, err := s.config.Asker.CountAll(ctx, compiled, at)
	if err != nil {
		return nil, err
	}
	measured := map[revenueKey]segment.Size{{}: sizes[""]}
	for _, x := range answerable {
		measured[keyOf(x)] = sizes[x.ID]
	}
	return measured, nil
}

// sums are what members bought, as last worked out; old ones are worked out
// anew while the answer goes out, and sooner if one of those that are wanted
// is not among them.
func (s *Service) sums(ctx context.Context, wanted []segment.Segment) map[revenueKey]commerce.Amount {
	r := &s.revenues
	r.mu.Lock()
	defer r.mu.Unlock()
	lacks := slices.ContainsFunc(wanted, func(x segment.Segment) bool {
		_, ok := r.sums[keyOf(x)]
		return !ok
	})
	now := s.config.Now()
	if age := now.Sub(r.at); !r.working && (age > revenuesLast || lacks && age > revenueSoon) {
		r.working = true
		go s.sumUp(context.WithoutCancel(ctx), now)
	}
	return r.sums
}

func (s *Service) sumUp(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, revenuesLast)
	defer cancel()
	sizes, err := s.measureShown(ctx, now.UTC().Truncate(time.Microsecond))
	r := &s.revenues
	r.mu.Lock()
	defer r.mu.Unlock()
	r.working, r.at = false, now // after a failure it waits as long
	if err != nil {
		return
	}
	r.sums = make(map[revenueKey]commerce.Amount, len(sizes))
	for key, size := range sizes {
		r.sums[key] = size.Revenue12m
	}
}

// measureShown measures all segments that lists show.
func (s *Service) measureShown(ctx context.Context, at time.Time) (map[revenueKey]segment.Size, error) {
	all, err := s.saved(ctx)
	if err != nil {
		return nil, err
	}
	return s.measure12m(ctx, slices.DeleteFunc(all, func(x segment.Segment) bool { return x.Hidden }), at)
}
