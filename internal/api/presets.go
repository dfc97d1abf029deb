package api

import (
	"context"
	"sync"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
)

// revenues are what the members of presets bought in the last 12 months, as
// last worked out: that takes a pass over all orders, and the sizes, which are
// kept live, do not.
type revenues struct {
	mu      sync.Mutex
	sums    map[string]commerce.Amount // by id; nil before the first time
	at      time.Time
	working bool
}

// revenuesLast is how long sums are good enough.
const revenuesLast = 5 * time.Minute

// Presets implements Shop. Where memberships are kept, the sizes are those
// that are kept, if nobody asks about another instant.
func (s *Service) Presets(ctx context.Context, at string) (Presets, error) {
	asOf, err := s.instant(at)
	if err != nil {
		return Presets{}, err
	}
	book, err := s.book()
	if err != nil {
		return Presets{}, err
	}
	all, err := book.List(ctx)
	if err != nil {
		return Presets{}, err
	}
	present, err := s.present(ctx)
	if err != nil {
		return Presets{}, err
	}
	counts, sums := map[string]int64(nil), map[string]commerce.Amount(nil)
	if live := s.config.Kept(); at == "" && live != nil {
		kept := live.Progress().Clock // before the sizes, which may go further
		if counts = live.Sizes(); counts != nil {
			asOf = kept
		}
	}
	if counts != nil {
		sums = s.sums(ctx)
	} else {
		sizes, err := s.measurePresets(ctx, asOf)
		if err != nil {
			return Presets{}, err
		}
		counts, sums = map[string]int64{}, map[string]commerce.Amount{}
		for id, size := range sizes {
			counts[id], sums[id] = size.Customers, size.Revenue12m
		}
	}
	answer := Presets{AsOf: asOf, Currency: s.current().Currency, Customers: counts[""], Presets: []Preset{}}
	for _, x := range presetsOf(all) {
		answer.Presets = append(answer.Presets, sized(x, counts, sums, present))
	}
	return answer, nil
}

func sized(x segment.Segment, counts map[string]int64, sums map[string]commerce.Amount, present map[string]bool) Preset {
	p := Preset{Segment: show(x)}
	if p.Missing = missing(x, present); p.Missing != nil || x.Template() {
		return p
	}
	n, share := counts[x.ID], 0.0
	if counts[""] > 0 {
		share = float64(n) / float64(counts[""])
	}
	p.Customers, p.Share = &n, &share
	if sum, ok := sums[x.ID]; ok {
		p.Revenue12m = &sum
	}
	return p
}

// measurePresets counts presets and what their members bought, and everyone as "".
func (s *Service) measurePresets(ctx context.Context, at time.Time) (map[string]segment.Size, error) {
	book, err := s.book()
	if err != nil {
		return nil, err
	}
	all, err := book.List(ctx)
	if err != nil {
		return nil, err
	}
	answerable, err := s.answerable(ctx, presetsOf(all))
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
	return s.config.Asker.CountAll(ctx, compiled, at)
}

// sums are what members bought, as last worked out; old ones are worked out
// anew while the answer goes out.
func (s *Service) sums(ctx context.Context) map[string]commerce.Amount {
	r := &s.revenues
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := s.config.Now(); !r.working && now.Sub(r.at) > revenuesLast {
		r.working = true
		go s.sumUp(context.WithoutCancel(ctx), now)
	}
	return r.sums
}

func (s *Service) sumUp(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, revenuesLast)
	defer cancel()
	sizes, err := s.measurePresets(ctx, now.UTC().Truncate(time.Microsecond))
	r := &s.revenues
	r.mu.Lock()
	defer r.mu.Unlock()
	r.working, r.at = false, now // after a failure it waits as long
	if err != nil {
		return
	}
	r.sums = make(map[string]commerce.Amount, len(sizes))
	for id, size := range sizes {
		r.sums[id] = size.Revenue12m
	}
}
