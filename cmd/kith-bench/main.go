// Command kith-bench measures Kith against hand-written SQL and against
// DuckDB's own loading, in the same run, and prints "name value unit" lines.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"kith/internal/warehouse"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "kith-bench:", err)
		os.Exit(1)
	}
}

// report collects the lines.
type report struct {
	out io.Writer
}

func (r *report) line(name string, value float64, unit string) {
	_, _ = fmt.Fprintf(r.out, "%s %.3f %s\n", name, value, unit)
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("kith-bench", flag.ContinueOnError)
	dir := flags.String("dir", "", "folder for the bench data; kept and used again (default: a temporary one)")
	times := flags.Int64("times", 1, "size of the shop, in bench shops")
	rounds := flags.Int("rounds", 5, "how often each side is asked")
	if err := flags.Parse(args); err != nil {
		return err
	}
	r := &report{out: out}
	if *dir == "" {
		temp, err := os.MkdirTemp("", "kith-bench")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(temp) }()
		*dir = temp
	}
	return raceQuestions(ctx, r, *dir, *times, *rounds)
}

// raceQuestions makes the shop, if it is not there, and races on it.
func raceQuestions(ctx context.Context, r *report, dir string, times int64, rounds int) error {
	path := filepath.Join(dir, fmt.Sprintf("shop%d.duckdb", times))
	_, statErr := os.Stat(path)
	db, err := warehouse.Open(ctx, warehouse.Config{
		Path: path, Threads: 2, MemoryLimit: "6GB", TempDir: dir, Currency: "EUR", Zone: time.UTC,
	})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if statErr != nil {
		if err := generate(ctx, conn, benchShop.times(times)); err != nil {
			return err
		}
		if err := makeRival(ctx, conn); err != nil {
			return err
		}
	}
	return race(ctx, conn, r, "q_", rounds)
}
