package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"kith/internal/duck"
)

const (
	mostImportRatio = 4
	mostRetailRatio = 6
	mostImportRSS   = 2048 // MB
	// importRounds is the most that an import has: it takes its time.
	importRounds = 3
)

// imports races imports of order lines, in time order, and of a small file.
func (b *bench) imports(ctx context.Context) error {
	file, err := b.linesFile(ctx)
	if err != nil {
		return err
	}
	r, err := b.raceImport(ctx, "import", file, "", mostImportRatio)
	if err != nil {
		return err
	}
	b.limited("import_rss", r.RSS, "MB", mostImportRSS)
	retail, err := filepath.Abs(b.retail)
	if err != nil {
		return err
	}
	if _, err := os.Stat(retail); err != nil {
		b.skip("the Online Retail file is not at %s", b.retail)
		return nil
	}
	_, err = b.raceImport(ctx, "retail", retail, "online-retail", mostRetailRatio)
	return err
}

// raceImport imports a file on both sides by turns. The last folder stays,
// for start.
func (b *bench) raceImport(ctx context.Context, name, file, format string, limit float64) (imported, error) {
	var sides [2]took
	var best imported
	dir := filepath.Join(b.dir, name+"-data")
	for range min(importRounds, b.rounds) {
		for side, duck := range []bool{false, true} {
			into := dir
			if duck {
				into = filepath.Join(b.dir, "rival-data")
			}
			r, err := b.importSide(ctx, into, file, format, duck)
			if err != nil {
				return best, fmt.Errorf("%s: %w", name, err)
			}
			sides[side].add(time.Duration(r.Seconds*float64(time.Second)), time.Duration(r.Work*float64(time.Second)))
			if !duck {
				r.RSS = max(r.RSS, best.RSS)
				best = r
			}
		}
	}
	if err := os.RemoveAll(filepath.Join(b.dir, "rival-data")); err != nil {
		return best, err
	}
	b.compare(name, sides[0], sides[1], limit)
	b.line(name+"_reading", best.Reading, "s")
	b.line(name+"_loading", best.Loading, "s")
	b.line(name+"_lines", float64(best.Rows), "rows")
	b.line(name+"_orders", float64(best.Orders), "orders")
	return best, nil
}

// importSide runs one side of an import.
func (b *bench) importSide(ctx context.Context, dir, file, format string, duck bool) (imported, error) {
	var r imported
	if err := os.RemoveAll(dir); err != nil {
		return r, err
	}
	j := &importJob{Dir: dir, File: file, Format: format, Threads: b.threads, Duck: duck}
	return r, b.spawn(ctx, "import", j, func(line []byte) error { return json.Unmarshal(line, &r) })
}

// linesFile makes the file of order lines if it is not there: two lines an
// order.
func (b *bench) linesFile(ctx context.Context) (string, error) {
	size := benchShop.times(min(1, b.times[0]))
	file := filepath.Join(b.dir, fmt.Sprintf("lines%d.parquet", size.orders))
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	return file, writeParquet(ctx, b.dir, b.threads, copied{orderLines(size.orders, size.orders/2, size.customers), file})
}

// copied is what a statement finds, as a Parquet file.
type copied struct{ statement, file string }

// writeParquet writes what statements find, which may use the macros.
func writeParquet(ctx context.Context, dir string, threads int, all ...copied) (err error) {
	db, err := duck.Open(ctx, duck.Config{TempDir: filepath.Join(dir, "tmp"), Threads: threads, MemoryLimit: 2 << 30, AllowedDirs: []string{dir}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	statements := []string{macros}
	for _, c := range all {
		statements = append(statements, "COPY ("+c.statement+") TO "+duck.Literal(c.file)+" (FORMAT parquet)")
	}
	return execAll(ctx, conn, statements)
}

// orderLines finds the lines of orders, each with the same number of them, in
// order of time, customers and products skewed.
func orderLines(lines, orders, customers int64) string {
	return fmt.Sprintf(`SELECT 'o' || o AS order_id, 'c' || scatter(zipf(u(o, 5), %[3]d), %[3]d) AS customer_id, moment(o, %[2]d, 6) AS at,
			'p' || p AS product_id, ['shoes', 'bags', 'coats', 'hats', 'socks', 'belts', 'gifts', 'books'][1 + p %% 8] AS category,
			1 + i %% 3 AS quantity, CAST(1 + (p * 37 %% 20000) / 100.0 AS DECIMAL(10, 2)) AS unit_price,
			CASE WHEN u(o, 8) < 0.2 THEN 'CODE' || CAST(floor(u(o, 9) * 50) AS INTEGER) END AS coupon, 'EUR' AS currency
		FROM (SELECT i, i // (%[1]d // %[2]d) AS o, zipf(u(i, 10), 20000) AS p FROM range(%[1]d) t(i))`, lines, orders, customers)
}
