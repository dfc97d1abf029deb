package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"kith/internal/commerce"
	"kith/internal/loader"
	"kith/internal/segment"
	"kith/internal/segment/membership"
	"kith/internal/warehouse"
)

// served is a folder as a server has it: the stores, the Keeper, and the
// warehouse that follows.
type served struct {
	*stores
	warehouse.People // with Applied, these are membership.Facts

	clock     *clock
	keeper    *membership.Keeper
	segments  *segment.Book
	kept      int           // segments
	following chan struct{} // closed when the warehouse follows no more
	stop      func()
	ended     chan error
}

var _ membership.Facts = (*served)(nil)

// servedMemory is the limit of a served warehouse, and furtherSegments how
// many there are besides presets.
const (
	servedMemory    = "1GB"
	furtherSegments = 50
)

// openServed serves a copy of a folder, as "kith serve" does.
func openServed(ctx context.Context, shop, dir string, threads int) (_ *served, err error) {
	if err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(shop))); err != nil {
		return nil, err
	}
	s := &served{clock: newClock(shopServed), stop: func() {}, following: make(chan struct{}), ended: make(chan error, 2)}
	s.stores, err = openStores(ctx, storesConfig{dir: dir, memory: servedMemory, threads: threads, now: s.clock.now, hooks: s.hooks})
	if err != nil {
		return nil, err
	}
	s.People = s.db.People()
	if s.segments, err = s.book(); err == nil {
		err = s.db.GiveWay(ctx)
	}
	if err == nil {
		err = s.begin(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// hooks lets the loader speak to the Keeper, once there is one.
func (s *served) hooks(c *loader.Config) {
	c.Appended = func(seq uint64) {
		if s.keeper != nil {
			s.keeper.Appended(seq)
		}
	}
	c.Before = func(ctx context.Context, seq uint64) error {
		if s.keeper == nil {
			return nil
		}
		return s.keeper.Before(ctx, seq)
	}
	c.Loaded = func(seq uint64, kind commerce.Kind, touched []int64) {
		if s.keeper != nil {
			s.keeper.Loaded(seq, kind, touched)
		}
	}
}

// begin saves the further segments and lets the Keeper and the warehouse follow.
func (s *served) begin(ctx context.Context) error {
	if err := s.saveFurther(ctx); err != nil {
		return err
	}
	var err error
	s.keeper, err = membership.Open(ctx, membership.Config{
		Record: s.ops, Log: s.load, Facts: s, Logger: slog.New(slog.DiscardHandler), Now: s.clock.now,
		Settings: settings, Definitions: s.definitions,
	})
	if err != nil {
		return err
	}
	debug.FreeOSMemory() // reading everyone took more than keeping them does
	running, stop := context.WithCancel(ctx)
	go func() { s.ended <- s.keeper.Run(running) }()
	go s.follow(running)
	s.stop = func() {
		stop()
		<-s.following
	}
	return s.keeper.CatchUp(ctx)
}

func (s *served) definitions(ctx context.Context, seq uint64) ([]segment.Definition, uint64, error) {
	known, err := s.ops.Applied(ctx)
	if err != nil {
		return nil, 0, err
	}
	list, err := s.segments.Definitions(ctx, "", seq)
	s.kept = len(list)
	return list, known, err
}

// follow brings the warehouse up to the log.
func (s *served) follow(ctx context.Context) {
	defer close(s.following)
	for wait := time.Second; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		begin := time.Now()
		if _, err := s.load.Advance(ctx); err != nil && ctx.Err() == nil {
			s.ended <- err
			return
		}
		wait = max(time.Second, 3*time.Since(begin))
	}
}

// saveFurther saves the further segments, as a file of them.
func (s *served) saveFurther(ctx context.Context) error {
	var list []map[string]string
	for i := range furtherSegments {
		list = append(list, map[string]string{"id": fmt.Sprintf("further-%d", i), "text": furtherSegment(i)})
	}
	file, err := json.Marshal(map[string]any{"segments": list}) // JSON is YAML
	if err != nil {
		return err
	}
	plan, err := s.segments.Plan(ctx, string(file))
	if err != nil {
		return err
	}
	return s.segments.Apply(ctx, plan)
}

func furtherSegment(i int) string {
	switch i % 5 {
	case 0:
		return fmt.Sprintf("count(product_viewed[price > %d]) in last %d days >= 3", i, 7+i)
	case 1:
		return fmt.Sprintf("sum(order.total) in last %d days >= %d", 30+i, 50*i)
	case 2:
		return fmt.Sprintf(`has item[category = "shoes"] in last %d days and no order in last %d days`, 90+i, i)
	case 3:
		return fmt.Sprintf("avg(order.total) > %d and count(order) >= 3", 20+i)
	}
	return fmt.Sprintf("sequence(product_added, no order within %d hours) in last 7 days", 1+i)
}

// save saves a segment and waits until it is live.
func (s *served) save(ctx context.Context, id, text string) error {
	_, err := s.segments.Save(ctx, id, "", text)
	if err == nil {
		err = s.keeper.CatchUp(ctx)
	}
	return err
}

// size is how many are in a segment, as last committed.
func (s *served) size(id string) int64 { return s.keeper.Sizes()[id] }

// patience is how long a size is waited for.
const patience = 10 * time.Minute

// sized waits until a segment has a size.
func (s *served) sized(ctx context.Context, id string, size int64) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		changed := s.keeper.Changed()
		if s.size(id) == size {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d are in segment %s, not %d: %w", s.size(id), id, size, ctx.Err())
		case err := <-s.ended:
			s.ended <- err
			return fmt.Errorf("keeping memberships: %w", err)
		case <-changed:
		}
	}
}

// rest waits until all that came in took effect everywhere.
func (s *served) rest(ctx context.Context) error {
	_, err := s.load.Advance(ctx)
	if err == nil {
		err = s.keeper.CatchUp(ctx)
	}
	return err
}

// agree sees to it that SQL and the Keeper say the same of a segment's size.
func (s *served) agree(ctx context.Context, id string) error {
	if err := s.rest(ctx); err != nil {
		return err
	}
	q, err := s.segments.Compile(ctx, "@"+id)
	if err != nil {
		return err
	}
	kept, at := s.size(id), s.keeper.Progress().Clock
	counted, err := s.db.Questions(settings).Count(ctx, q.Checked, at, true)
	if err == nil && counted != kept {
		err = fmt.Errorf("%d are kept in segment %s, SQL counts %d", kept, id, counted)
	}
	return err
}

// analyst asks what an analyst asks, and takes its time.
func (s *served) analyst(ctx context.Context) error {
	q, err := s.segments.Compile(ctx, "percentile(sum(order.total) in last 12 months) >= 90")
	if err == nil {
		_, err = s.db.Questions(settings).Count(ctx, q.Checked, s.clock.now(), false)
	}
	return err
}

// Applied is the last entry that the warehouse has.
func (s *served) Applied(ctx context.Context) (uint64, error) {
	seq, err := s.db.AppliedSeq(ctx)
	return uint64(seq), err
}

func (s *served) close() error {
	s.stop()
	var err error
	if s.keeper != nil {
		err = <-s.ended
	}
	return errors.Join(err, s.stores.close())
}
