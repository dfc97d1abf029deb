package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"kith/internal/archive"
	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/folder"
	"kith/internal/loader"
	"kith/internal/opsdb"
	"kith/internal/segment"
	"kith/internal/segment/live"
	"kith/internal/segment/membership"
	"kith/internal/segql/eval"
	"kith/internal/stream"
	"kith/internal/warehouse"
)

// served is a folder as a server has it: the log, the stores, the Keeper, and
// the warehouse that follows.
type served struct {
	db       *warehouse.DB
	ops      *opsdb.DB
	load     *loader.Loader
	keeper   *membership.Keeper
	book     *segment.Book
	segments int
	stop     func()
	ended    chan error
}

// openServed makes a folder with known customers, presets and 50 further
// segments, and lets a Keeper follow it.
func (b *bench) openServed(ctx context.Context, dir string, customers int) (_ *served, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s := &served{ended: make(chan error, 2), stop: func() {}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	s.db, err = warehouse.Open(ctx, warehouse.Config{
		Path: filepath.Join(dir, "warehouse.db"), TempDir: filepath.Join(dir, "tmp"), ArchiveDir: filepath.Join(dir, "archive"),
		Currency: "EUR", Zone: time.UTC, MemoryLimit: "1GB",
		Threads: max(1, b.threads-1), // as "kith serve" does
	})
	if err != nil {
		return nil, err
	}
	if err := s.people(ctx, customers); err != nil {
		return nil, err
	}
	if s.ops, err = opsdb.Open(ctx, filepath.Join(dir, "operations.db")); err != nil {
		return nil, err
	}
	files, err := archive.Open(filepath.Join(dir, "archive"))
	if err != nil {
		return nil, err
	}
	settings := commerce.Settings{Currency: "EUR", Timezone: "UTC"}.Filled()
	s.load, err = loader.New(loader.Config{
		OpenLog: func(ctx context.Context) (loader.Log, error) {
			return stream.Open(ctx, stream.Config{Dir: filepath.Join(dir, "log")})
		},
		Archive: files, Reach: folder.At(dir), Operations: s.ops, Warehouse: &intoWarehouse{db: s.db, took: &imported{}},
		Read: func(context.Context, loader.Request, string, string) (loader.Reading, error) {
			return loader.Reading{}, errNotMeasured
		},
		Now:      time.Now,
		Appended: func(seq uint64) { s.follower(func(k *membership.Keeper) { k.Appended(seq) }) },
		Before: func(ctx context.Context, seq uint64) error {
			if s.keeper == nil {
				return nil
			}
			return s.keeper.Before(ctx, seq)
		},
	})
	if err != nil {
		return nil, err
	}
	return s, s.begin(ctx, settings)
}

func (s *served) follower(do func(*membership.Keeper)) {
	if s.keeper != nil {
		do(s.keeper)
	}
}

// people makes known customers.
func (s *served) people(ctx context.Context, n int) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	return errors.Join(execAll(ctx, conn, []string{
		fmt.Sprintf(`INSERT INTO person_key SELECT i, 'customer', 'c' || i, i, TIMESTAMP '2024-01-01', 1, i FROM range(1, %d + 1) t(i)`, n),
		fmt.Sprintf(`INSERT INTO customer SELECT i, 'c' || i, TIMESTAMP '2024-01-01' FROM range(1, %d + 1) t(i)`, n),
		fmt.Sprintf(`INSERT INTO trait_fact SELECT i, 'country', CASE WHEN i %% 3 = 0 THEN 'RO' ELSE 'DE' END, '-infinity', 1, i FROM range(1, %d + 1) t(i)`, n),
		fmt.Sprintf(`INSERT INTO trait_fact SELECT i, 'created_at', '2024-01-01T00:00:00Z', '-infinity', 1, i FROM range(1, %d + 1) t(i)`, n),
		fmt.Sprintf(`INSERT INTO trait SELECT i, 'created_at', '2024-01-01T00:00:00Z', '-infinity', 'infinity' FROM range(1, %d + 1) t(i)`, n),
		fmt.Sprintf(`INSERT INTO trait SELECT i, 'country', CASE WHEN i %% 3 = 0 THEN 'RO' ELSE 'DE' END, '-infinity', 'infinity' FROM range(1, %d + 1) t(i)`, n),
	}), conn.Close())
}

// begin saves the further segments and lets the Keeper and the warehouse follow.
func (s *served) begin(ctx context.Context, settings commerce.Settings) error {
	var err error
	s.book, err = segment.NewBook(segment.Config{
		Store: s.ops, Language: "en",
		Record: func(ctx context.Context, changes segment.Changes) error {
			return s.load.Append(ctx, commerce.SegmentEntry, changes)
		},
		Events: func(context.Context) ([]string, error) {
			return []string{"product_viewed", "product_added", "home"}, nil
		},
	})
	if err != nil {
		return err
	}
	for i := range 50 {
		if _, err := s.book.Save(ctx, fmt.Sprintf("further-%d", i), "", furtherSegment(i)); err != nil {
			return err
		}
	}
	s.keeper, err = membership.Open(ctx, membership.Config{
		Record: s.ops, Log: s.load, Facts: s, Logger: silent, Now: time.Now,
		Settings: func() commerce.Settings { return settings },
		Definitions: func(ctx context.Context) ([]segment.Definition, uint64, error) {
			known, err := s.ops.Applied(ctx)
			if err != nil {
				return nil, 0, err
			}
			list, err := s.book.Definitions(ctx, "")
			s.segments = len(list)
			return list, known, err
		},
	})
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	go func() { s.ended <- s.keeper.Run(running) }()
	following := make(chan struct{})
	go func() {
		defer close(following)
		for wait := time.Second; ; {
			select {
			case <-running.Done():
				return
			case <-time.After(wait):
			}
			begin := time.Now()
			if _, err := s.load.Advance(running); err != nil && running.Err() == nil {
				s.ended <- err
				return
			}
			wait = max(time.Second, 3*time.Since(begin)) // as "kith serve" does
		}
	}()
	s.stop = func() {
		stop()
		<-following
	}
	return s.keeper.CatchUp(ctx)
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

// analyst asks what an analyst asks, and takes its time.
func (s *served) analyst(ctx context.Context) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	var n int64
	err = conn.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT customer, percent_rank() OVER (ORDER BY n) AS p FROM (
		SELECT k.customer, count(e.ts) AS n FROM person_key k LEFT JOIN event e ON e.key = k.key GROUP BY k.customer)) WHERE p >= 0.9`).Scan(&n)
	return errors.Join(err, conn.Close())
}

// applied is the last entry that the warehouse has.
func (s *served) applied(ctx context.Context) uint64 {
	seq, err := s.db.AppliedSeq(ctx)
	if err != nil {
		return 0
	}
	return uint64(seq)
}

func (s *served) close() error {
	s.stop()
	var errs []error
	if s.keeper != nil {
		errs = append(errs, <-s.ended)
	}
	if s.load != nil {
		errs = append(errs, s.load.Close())
	}
	if s.ops != nil {
		errs = append(errs, s.ops.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	return errors.Join(errs...)
}

// These implement membership.Facts.

// Applied is the warehouse's.
func (s *served) Applied(ctx context.Context) (uint64, error) {
	seq, err := s.db.AppliedSeq(ctx)
	return uint64(seq), err
}

// Everyone is the warehouse's.
func (s *served) Everyone(ctx context.Context, shop *customer.Shop, yield func(live.Known)) error {
	return s.db.People().Everyone(ctx, shop, yield)
}

// Some is the warehouse's.
func (s *served) Some(ctx context.Context, shop *customer.Shop, numbers []int64, yield func(live.Known)) error {
	return s.db.People().Some(ctx, shop, numbers, yield)
}

// Products is the warehouse's.
func (s *served) Products(ctx context.Context, after uint64, yield func(string, customer.ProductVersion)) error {
	return s.db.People().Products(ctx, after, yield)
}

// Remains is the warehouse's.
func (s *served) Remains(ctx context.Context, message func(string), cancelled func(string, int64), rate func(int64, string, eval.Value)) error {
	return s.db.People().Remains(ctx, message, cancelled, rate)
}

// Scores is the warehouse's.
func (s *served) Scores(ctx context.Context) (func(live.Key) customer.Scores, error) {
	return s.db.People().Scores(ctx)
}
