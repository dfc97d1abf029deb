package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"kith/internal/commerce"
	"kith/internal/loader"
	"kith/internal/segment"
)

// The stream's shop ends with the last day of a year. Its data came in at noon,
// and it is served shortly before midnight: what is due until then is due at
// once when the clock is moved there.
var (
	shopMidnight = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	shopImported = shopMidnight.Add(-12 * time.Hour)
	shopServed   = shopMidnight.Add(-15 * time.Minute)
)

// watched is the product that one customer in ten holds as a favourite.
const watched = "p100"

// streamFiles find what is imported into a shop with a number of customers and
// orders: two lines an order over two years, a catalogue, points for everyone
// in the last month, and favourites.
func streamFiles(customers, orders int64) map[commerce.Kind]string {
	return map[commerce.Kind]string{
		commerce.Products: `SELECT 'p' || p AS product_id, ['shoes', 'bags', 'coats', 'hats', 'socks', 'belts', 'gifts', 'books'][1 + p % 8] AS category,
			CAST(1 + (p * 37 % 20000) / 100.0 AS DECIMAL(10, 2)) AS price, 50 AS stock FROM range(1, 20001) t(p)`,
		commerce.Customers: fmt.Sprintf(`SELECT 'c' || i AS customer_id, TIMESTAMP '2024-01-01' AS created_at,
			CASE WHEN i %% 3 = 0 THEN 'RO' ELSE 'DE' END AS country FROM range(1, %d + 1) t(i)`, customers),
		commerce.Orders: `SELECT * REPLACE ("at" - INTERVAL 1 DAY AS "at") FROM (` + orderLines(2*orders, orders, customers) + `)`,
		commerce.Events: fmt.Sprintf(`SELECT moment(i, %[2]d, 14) - INTERVAL 30 DAY AS at, 'Product Added to Wishlist' AS event, 'c' || (10 * i + 1) AS customer_id, '%[3]s' AS product_id, NULL AS amount
			FROM range(%[2]d) t(i)
			UNION ALL SELECT TIMESTAMP '2025-12-20', 'points', 'c' || i, NULL, 10 FROM range(1, %[1]d + 1) t(i)`, customers, customers/10, watched),
	}
}

// shopJob makes the stream's shop: a folder as imports and a scoring run leave
// it.
type shopJob struct {
	Dir               string
	Customers, Orders int64
	Threads           int
	Until             time.Time // the end of its facts, if they are namedFiles; zero for streamFiles
}

// streamShop returns where the stream's shop is, which is made if it is not
// there.
func (b *bench) streamShop(ctx context.Context, customers, orders int64) (string, error) {
	dir := filepath.Join(b.dir, fmt.Sprintf("stream%d-%d", customers, orders))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	return dir, b.makeShop(ctx, dir, shopJob{Customers: customers, Orders: orders, Threads: b.threads})
}

// makeShop makes a shop in a folder; one that was not finished is not there.
func (b *bench) makeShop(ctx context.Context, dir string, j shopJob) error {
	j.Dir = dir + ".unfinished"
	if err := errors.Join(os.RemoveAll(j.Dir), os.MkdirAll(j.Dir, 0o700)); err != nil {
		return err
	}
	if err := b.spawn(ctx, "shop", &j, func([]byte) error { return nil }); err != nil {
		return fmt.Errorf("making a shop: %w", err)
	}
	return os.Rename(j.Dir, dir)
}

func (j *shopJob) run(ctx context.Context, _ io.Writer) error {
	s, err := openStores(ctx, storesConfig{dir: j.Dir, memory: importMemory, threads: j.Threads, now: newClock(j.imported()).now})
	if err != nil {
		return err
	}
	for _, kind := range []commerce.Kind{commerce.Products, commerce.Customers, commerce.Orders, commerce.Events} {
		if kind == commerce.Orders && j.Orders == 0 {
			continue
		}
		if err = j.take(ctx, s, kind); err != nil {
			break
		}
	}
	if err == nil {
		err = score(ctx, s)
	}
	return errors.Join(err, s.close())
}

func (j *shopJob) imported() time.Time {
	if j.Until.IsZero() {
		return shopImported
	}
	return j.Until
}

func (j *shopJob) files() map[commerce.Kind]string {
	if j.Until.IsZero() {
		return streamFiles(j.Customers, j.Orders)
	}
	return namedFiles(j.Customers, j.Orders, j.Until)
}

func (j *shopJob) take(ctx context.Context, s *stores, kind commerce.Kind) error {
	file := filepath.Join(j.Dir, string(kind)+".parquet")
	if err := writeParquet(ctx, j.Dir, j.Threads, copied{j.files()[kind], file}); err != nil {
		return err
	}
	return errors.Join(s.importFile(ctx, kind, "", file), os.Remove(file))
}

// score makes a scoring run, as a server does before it keeps memberships.
func score(ctx context.Context, s *stores) error {
	book, err := s.book()
	if err != nil {
		return err
	}
	percentiles, err := book.Percentiles(ctx)
	if err != nil {
		return err
	}
	return s.load.Append(ctx, commerce.RunEntry, loader.Run{Percentiles: percentiles})
}

// book knows the shop's segments.
func (s *stores) book() (*segment.Book, error) {
	return segment.NewBook(segment.Config{
		Store: s.ops, Language: settings().Language,
		Record: func(ctx context.Context, changes segment.Changes) error {
			return s.load.Append(ctx, commerce.SegmentEntry, changes)
		},
		Events: func(context.Context) ([]string, error) {
			return []string{"product_viewed", "product_added", "product_added_to_wishlist", "page"}, nil
		},
	})
}
