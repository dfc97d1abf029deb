// Command kith-bench measures Kith against hand-written SQL and against
// DuckDB's own loading, in the same run, and prints "name value unit" lines.
// docs/benchmarks.md is its report.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "kith-bench:", err)
		os.Exit(1)
	}
}

// bench is one run: what was asked for, and what was measured.
type bench struct {
	*report

	dir         string
	only        []string
	times       []float64 // sizes of the shop, in bench shops
	streamTimes []float64 // sizes of the stream's shop, in millions of customers
	rounds      int
	threads     int
	rate        int           // of the stream's events, a second
	lasting     time.Duration // of each measurement of the stream
	profiles    string        // folder for those of the stream; "" for none
	memory      string        // of the DuckDB that shops are asked in
	kith        string        // the program, for start
	retail      string        // the Online Retail file
	self        string        // this program, for the children
}

// subjects are what can be measured.
var subjects = []string{"questions", "presets", "rfm", "import", "start", "stream", "console", "intake"}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 && args[0] == childArg {
		return child(ctx, args[1:], out)
	}
	b := &bench{report: &report{out: out}}
	flags := flag.NewFlagSet("kith-bench", flag.ContinueOnError)
	flags.StringVar(&b.dir, "dir", "", "folder for the bench data; kept and used again (default: a temporary one)")
	times := flags.String("times", "1,4", "sizes of the shop, in bench shops")
	streamTimes := flags.String("stream", "1", "sizes of the stream's shop, in millions of customers: 1,10 is what is promised")
	only := flags.String("only", strings.Join(subjects, ","), "what to measure")
	flags.IntVar(&b.rounds, "rounds", 5, "how often each side is asked")
	flags.IntVar(&b.rate, "rate", 5_000, "events a second of the stream where they do not come as fast as they can")
	flags.DurationVar(&b.lasting, "lasting", 20*time.Second, "how long each measurement of the stream takes")
	flags.StringVar(&b.profiles, "profiles", "", "folder for profiles of the stream's stages")
	flags.IntVar(&b.threads, "threads", 2, "threads of each DuckDB instance")
	flags.StringVar(&b.memory, "memory", "6GB", "memory limit of the shops' DuckDB; imports have 1GiB")
	flags.StringVar(&b.kith, "kith", "bin/kith", "the program, for start, console and intake")
	flags.StringVar(&b.retail, "retail", "../shared/data/online_retail/online_retail.csv.gz", "the Online Retail file")
	write := flags.String("write", "", "file for the report in Markdown")
	date := flags.String("date", time.Now().Format(time.DateOnly), "date of the report")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if b.times, err = parseTimes("times", *times); err != nil {
		return err
	}
	if b.streamTimes, err = parseTimes("stream", *streamTimes); err != nil {
		return err
	}
	if b.rate <= 0 {
		return fmt.Errorf("-rate: %d is not a rate", b.rate)
	}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "kith-bench"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(b.dir) }()
	}
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	if err := b.measure(ctx, strings.Split(*only, ",")); err != nil {
		return err
	}
	if *write == "" {
		return nil
	}
	return b.write(ctx, *write, *date)
}

func parseTimes(name, list string) ([]float64, error) {
	var all []float64
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n <= 0 {
			return nil, fmt.Errorf("-%s: %q is not a size", name, text)
		}
		all = append(all, n)
	}
	return all, nil
}

// measure runs the subjects that were asked for.
func (b *bench) measure(ctx context.Context, only []string) error {
	for _, name := range only {
		if !slices.Contains(subjects, name) {
			return fmt.Errorf("-only: there is no %q; choose from %s", name, strings.Join(subjects, ", "))
		}
	}
	b.only = only
	if b.wants("questions") || b.wants("presets") || b.wants("rfm") {
		if err := b.onShops(ctx); err != nil {
			return err
		}
	}
	var err error
	if b.wants("import") {
		err = b.imports(ctx)
	}
	if b.wants("start") {
		err = errors.Join(err, b.starts(ctx))
	}
	if b.wants("stream") {
		err = errors.Join(err, b.streams(ctx))
	}
	if b.wants("console") {
		err = errors.Join(err, b.console(ctx))
	}
	if b.wants("intake") {
		err = errors.Join(err, b.intake(ctx))
	}
	return err
}

func (b *bench) wants(subject string) bool { return slices.Contains(b.only, subject) }
