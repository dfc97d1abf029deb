package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"kith/internal/duck"
)

const (
	mostImportRatio = 4
	mostRetailRatio = 6
	mostImportRSS   = 2048 // MB
	// importRounds is fewer than the questions': an import takes its time.
	importRounds = 3
)

// imports races imports of order lines, in time order, and of a small file.
func (b *bench) imports(ctx context.Context) error {
	file, err := b.orderLines(ctx)
	if err != nil {
		return err
	}
	r, err := b.raceImport(ctx, "import", file, "", mostImportRatio)
	if err != nil {
		return err
	}
	b.limited("import_rss", float64(r.RSS)/1024, "MB", mostImportRSS)
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
	for range importRounds {
		for side, duck := range []bool{false, true} {
			into := dir
			if duck {
				into = filepath.Join(b.dir, "rival-data")
			}
			r, err := b.spawn(ctx, into, file, format, duck)
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

// spawn runs one side of an import in a process of its own.
func (b *bench) spawn(ctx context.Context, dir, file, format string, duck bool) (imported, error) {
	var r imported
	if err := os.RemoveAll(dir); err != nil {
		return r, err
	}
	args := []string{
		childArg, "-dir", dir, "-file", file, "-format", format,
		"-threads", strconv.Itoa(b.threads), "-duck=" + strconv.FormatBool(duck),
	}
	content, err := exec.CommandContext(ctx, b.self, args...).Output()
	if err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return r, err
	}
	return r, json.Unmarshal(content, &r)
}

// orderLines makes the file of order lines if it is not there: two lines an
// order, in order of time, customers and products skewed.
func (b *bench) orderLines(ctx context.Context) (_ string, err error) {
	size := benchShop.times(min(1, b.times[0]))
	file := filepath.Join(b.dir, fmt.Sprintf("lines%d.parquet", size.orders))
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	db, err := duck.Open(ctx, duck.Config{TempDir: filepath.Join(b.dir, "tmp"), Threads: b.threads, MemoryLimit: 2 << 30, AllowedDirs: []string{b.dir}})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	lines, orders, customers := size.orders, size.orders/2, size.customers
	return file, execAll(ctx, conn, []string{macros, fmt.Sprintf(`COPY (
		SELECT 'o' || o AS order_id, 'c' || scatter(zipf(u(o, 5), %[3]d), %[3]d) AS customer_id, moment(o, %[2]d, 6) AS at,
			'p' || p AS product_id, ['shoes', 'bags', 'coats', 'hats', 'socks', 'belts', 'gifts', 'books'][1 + p %% 8] AS category,
			1 + i %% 3 AS quantity, CAST(1 + (p * 37 %% 20000) / 100.0 AS DECIMAL(10, 2)) AS unit_price,
			CASE WHEN u(o, 8) < 0.2 THEN 'CODE' || CAST(floor(u(o, 9) * 50) AS INTEGER) END AS coupon, 'EUR' AS currency
		FROM (SELECT i, i // 2 AS o, zipf(u(i, 10), 20000) AS p FROM range(%[1]d) t(i))
	) TO %[4]s (FORMAT parquet)`, lines, orders, customers, duck.Literal(file))})
}
