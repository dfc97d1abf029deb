package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"kith/internal/warehouse"
)

// shopSize is the size of the bench shop.
type shopSize struct {
	customers, orders, items, views int64
}

var (
	benchShop = shopSize{customers: 1_000_000, orders: 10_000_000, items: 20_000_000, views: 20_000_000}
	// shopEnd is T: the end of the two years that the facts are spread over.
	shopEnd = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

func (s shopSize) times(n float64) shopSize {
	scale := func(of int64) int64 { return int64(float64(of) * n) }
	return shopSize{customers: scale(s.customers), orders: scale(s.orders), items: scale(s.items), views: scale(s.views)}
}

// macros make numbers from a row's number and a seed, the same on every run.
// zipf draws 1..n with exponent 1.1 by inverting the continuous distribution.
const macros = `
CREATE OR REPLACE TEMP MACRO u(i, seed) AS (hash(i, seed) % 1000000007) / 1000000007.0;
CREATE OR REPLACE TEMP MACRO zipf(x, n) AS CAST(least(n, floor(pow(1 - x * (1 - pow(n + 1.0, -0.1)), -10))) AS INTEGER);
CREATE OR REPLACE TEMP MACRO scatter(c, n) AS CAST(1 + (c::BIGINT * 7919 + 104729) % n AS INTEGER);
CREATE OR REPLACE TEMP MACRO moment(i, n, seed) AS (TIMESTAMP '2024-01-01' + to_microseconds(CAST(i * (731 * 86400000000 / n) + floor(u(i, seed) * (731 * 86400000000 / n)) AS BIGINT)));
`

// generate fills the warehouse's own tables with the bench shop, in time
// order as a shop's files are.
func generate(ctx context.Context, conn *sql.Conn, s shopSize) error {
	statements := []string{
		macros,
		fmt.Sprintf(`INSERT INTO person_key SELECT i, 'customer', 'c' || i, i, NULL, 1, i FROM range(1, %d + 1) t(i)`, s.customers),
		fmt.Sprintf(`INSERT INTO customer SELECT i, 'c' || i, '-infinity' FROM range(1, %d + 1) t(i)`, s.customers),
		fmt.Sprintf(`INSERT INTO trait SELECT i, 'country', CASE WHEN u(i, 1) < 0.3 THEN 'RO' WHEN u(i, 1) < 0.5 THEN 'DE' WHEN u(i, 1) < 0.7 THEN 'FR' ELSE 'IT' END, '-infinity', 'infinity' FROM range(1, %d + 1) t(i)`, s.customers),
		fmt.Sprintf(`INSERT INTO trait SELECT i, 'gender', CASE WHEN u(i, 2) < 0.5 THEN 'female' ELSE 'male' END, '-infinity', 'infinity' FROM range(1, %d + 1) t(i)`, s.customers),
		fmt.Sprintf(`INSERT INTO trait SELECT i, 'subscribed.email', CASE WHEN u(i, 3) < 0.4 THEN 'true' ELSE 'false' END, '-infinity', 'infinity' FROM range(1, %d + 1) t(i)`, s.customers),
		fmt.Sprintf(`INSERT INTO trait SELECT i, 'birth_date', strftime(DATE '1950-01-01' + CAST(u(i, 4) * 20000 AS INTEGER), '%%Y-%%m-%%d'), '-infinity', 'infinity' FROM range(1, %d + 1) t(i)`, s.customers),
		fmt.Sprintf(`INSERT INTO orders SELECT scatter(zipf(u(i, 5), %[2]d), %[2]d), ts, 'infinity', CAST(ts AS DATE), 'o' || i,
			CAST(5 + floor(-ln(1 - u(i, 7) * 0.999) * 6000) / 100 AS DECIMAL(18, 6)), NULL, NULL, NULL, NULL,
			CASE WHEN u(i, 8) < 0.2 THEN 'CODE' || CAST(floor(u(i, 9) * 50) AS INTEGER) END, 'EUR', 1, NULL, 'paid', NULL, NULL,
			2, u(i, 8) < 0.2, NULL, 0, 1, i
			FROM (SELECT i, moment(i, %[1]d, 6) AS ts FROM range(%[1]d) t(i))`, s.orders, s.customers),
		fmt.Sprintf(`INSERT INTO item SELECT scatter(zipf(u(i // 2, 5), %[2]d), %[2]d), ts, 'infinity', CAST(ts AS DATE), 'o' || (i // 2), CAST(1 + i %% 2 AS INTEGER), 'p' || p, NULL, NULL,
			['shoes', 'bags', 'coats', 'hats', 'socks', 'belts', 'gifts', 'books'][1 + p %% 8], NULL, NULL, NULL,
			CAST(1 + (p * 37 %% 20000) / 100.0 AS DECIMAL(18, 6)), 1, CAST(1 + (p * 37 %% 20000) / 100.0 AS DECIMAL(18, 6)), NULL, TIMESTAMP '2023-06-01' + to_days(p %% 700), 0, 1, i
			FROM (SELECT i, moment(i // 2, %[1]d // 2, 6) AS ts, zipf(u(i, 10), 20000) AS p FROM range(%[1]d) t(i))`, s.items, s.customers),
		fmt.Sprintf(`INSERT INTO event SELECT scatter(zipf(u(i, 11), %[2]d), %[2]d), ts, CAST(ts AS DATE), 'product_viewed', 'Product Viewed', NULL, 'p' || p, NULL, NULL,
			['shoes', 'bags', 'coats', 'hats', 'socks', 'belts', 'gifts', 'books'][1 + p %% 8], NULL, NULL, NULL,
			CAST(1 + (p * 37 %% 20000) / 100.0 AS DECIMAL(18, 6)), NULL, NULL, NULL, 0, NULL, 1, i
			FROM (SELECT i, moment(i, %[1]d, 12) AS ts, zipf(u(i, 13), 20000) AS p FROM range(%[1]d) t(i))`, s.views, s.customers),
		`CHECKPOINT`,
	}
	return execAll(ctx, conn, statements)
}

// makeRival makes the tables that the hand-written SQL reads: the same rows
// in the same order, with what it needs and nothing else.
func makeRival(ctx context.Context, conn *sql.Conn) error {
	return execAll(ctx, conn, []string{
		`CREATE OR REPLACE TABLE o AS SELECT key AS c, ts, CAST(total * 100 AS INTEGER) AS total, coupon, CAST(items AS INTEGER) AS items FROM orders`,
		`CREATE OR REPLACE TABLE i AS SELECT key AS c, ts, product, category, CAST(price * 100 AS INTEGER) AS price, CAST(quantity AS INTEGER) AS quantity, released_at, tags FROM item`,
		`CREATE OR REPLACE TABLE v AS SELECT key AS c, ts, product, category, CAST(price * 100 AS INTEGER) AS price FROM event`,
		`CREATE OR REPLACE TABLE p AS SELECT customer AS c, max(value) FILTER (name = 'country') AS country, max(value) FILTER (name = 'gender') AS gender,
			bool_or(value = 'true') FILTER (name = 'subscribed.email') AS subscribed, CAST(max(value) FILTER (name = 'birth_date') AS DATE) AS birth_date
			FROM trait GROUP BY 1 ORDER BY 1`,
		// What the bench shop has none of.
		`CREATE OR REPLACE TABLE e (c INTEGER, ts TIMESTAMP, event VARCHAR, step VARCHAR)`,
		`CHECKPOINT`,
	})
}

func execAll(ctx context.Context, conn *sql.Conn, statements []string) error {
	for _, s := range statements {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%w in %.120s", err, s)
		}
	}
	return nil
}

// onShops asks on each size of the shop.
func (b *bench) onShops(ctx context.Context) error {
	for _, n := range b.times {
		if err := b.onShop(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) onShop(ctx context.Context, times float64) (err error) {
	db, err := b.openShop(ctx, times)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	prefix := fmt.Sprintf("s%g_", times)
	if b.wants("questions") {
		err = b.race(ctx, conn, prefix)
	}
	if err == nil && b.wants("presets") {
		err = b.presets(ctx, conn, prefix)
	}
	if err == nil && b.wants("rfm") {
		err = b.rfm(ctx, conn, prefix)
	}
	return err
}

// openShop opens the shop and makes it if it is not there.
func (b *bench) openShop(ctx context.Context, times float64) (_ *warehouse.DB, err error) {
	path := filepath.Join(b.dir, fmt.Sprintf("shop%g.duckdb", times))
	open := func(path string) (*warehouse.DB, error) {
		return warehouse.Open(ctx, warehouse.Config{
			Path: path, Threads: b.threads, MemoryLimit: b.memory, TempDir: filepath.Join(b.dir, "tmp"), Currency: "EUR", Zone: time.UTC,
		})
	}
	if _, err := os.Stat(path); err == nil {
		return open(path)
	}
	// A shop that was not finished must not be taken for one.
	unfinished := path + ".unfinished"
	_ = os.Remove(unfinished)
	db, err := open(unfinished)
	if err != nil {
		return nil, err
	}
	err = fill(ctx, db, benchShop.times(times))
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	if err := os.Rename(unfinished, path); err != nil {
		return nil, err
	}
	return open(path)
}

func fill(ctx context.Context, db *warehouse.DB, size shopSize) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	if err = generate(ctx, conn, size); err == nil {
		err = makeRival(ctx, conn)
	}
	return errors.Join(err, conn.Close())
}
