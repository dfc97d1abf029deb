package main

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"kith/internal/duck"
)

// result is one measured number. A limit is what it should not exceed.
type result struct {
	Name  string
	Value float64
	Unit  string
	Limit float64 // 0 for none
	More  bool    // the limit is the least that it should be
}

func (r result) met() bool {
	if r.More {
		return r.Value >= r.Limit
	}
	return r.Value <= r.Limit
}

// against tells the limit and whether it is met; nothing without one.
func (r result) against() (limit, met string) {
	if r.Limit == 0 {
		return "", ""
	}
	limit, met = fmt.Sprintf("%g", r.Limit), "yes"
	if r.More {
		limit = "at least " + limit
	}
	if !r.met() {
		met = "**no**"
	}
	return limit, met
}

// report collects and prints what was measured.
type report struct {
	out     io.Writer
	raw     bool // results are written as JSON, for the process that takes them
	results []result
	skipped []string
}

func (r *report) line(name string, value float64, unit string) { r.limited(name, value, unit, 0) }

func (r *report) limited(name string, value float64, unit string, limit float64) {
	r.add(result{Name: name, Value: value, Unit: unit, Limit: limit})
}

// least is limited from below.
func (r *report) least(name string, value float64, unit string, limit float64) {
	r.add(result{Name: name, Value: value, Unit: unit, Limit: limit, More: true})
}

func (r *report) add(x result) {
	r.results = append(r.results, x)
	if r.raw {
		_ = json.NewEncoder(r.out).Encode(x)
		return
	}
	_, _ = fmt.Fprintf(r.out, "%s %.3f %s", x.Name, x.Value, x.Unit)
	if limit, met := x.against(); limit != "" {
		_, _ = fmt.Fprintf(r.out, " # limit %s: %s", limit, strings.Trim(met, "*"))
	}
	_, _ = fmt.Fprintln(r.out)
}

// note says something beside the numbers.
func (r *report) note(format string, args ...any) {
	_, _ = fmt.Fprintf(r.out, "# "+format+"\n", args...)
}

// skip says what could not be measured.
func (r *report) skip(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	r.skipped = append(r.skipped, text)
	r.note("skipped: %s", text)
}

// durability is what holds in all measurements.
const durability = "DuckDB: write-ahead log, checkpoint when it closes, on both sides; " +
	"Kith's log: fsync of each entry; operations: SQLite, WAL, synchronous=FULL"

//go:embed notes.md
var notes string

// write writes the report as Markdown.
func (b *bench) write(ctx context.Context, file, date string) error {
	version, err := duckVersion(ctx, b.dir)
	if err != nil {
		return err
	}
	var s strings.Builder
	s.WriteString("# Benchmarks\n\nWritten by `make bench`; do not edit by hand.\n\n## Machine\n\n| | |\n|---|---|\n")
	row := func(name, value string) { fmt.Fprintf(&s, "| %s | %s |\n", name, value) }
	row("date", date)
	row("processor", fromProc("/proc/cpuinfo", "model name"))
	row("cores", fmt.Sprint(runtime.NumCPU()))
	row("memory", fromProc("/proc/meminfo", "MemTotal"))
	row("load before the end", firstWords("/proc/loadavg", 3))
	row("Go", runtime.Version()+" "+runtime.GOOS+"/"+runtime.GOARCH)
	row("DuckDB", version)
	row("threads", fmt.Sprint(b.threads))
	row("memory limit", b.memory+"; imports "+importMemory)
	row("durability", durability)
	row("rounds", fmt.Sprintf("%d by turns after one to warm up; the median counts", b.rounds))
	s.WriteString("\n## Numbers\n\n| name | value | unit | limit | met |\n|---|---|---|---|---|\n")
	for _, r := range b.results {
		limit, met := r.against()
		fmt.Fprintf(&s, "| %s | %.3f | %s | %s | %s |\n", r.Name, r.Value, r.Unit, limit, met)
	}
	for _, text := range b.skipped {
		s.WriteString("\nSkipped: " + text + ".\n")
	}
	s.WriteString("\n" + notes + b.short())
	return os.WriteFile(file, []byte(s.String()), 0o644) //nolint:gosec // a document for everyone
}

// short lists what missed its limit.
func (b *bench) short() string {
	var s strings.Builder
	for _, r := range b.results {
		if r.Limit > 0 && !r.met() {
			fmt.Fprintf(&s, "- `%s` is %.2f %s; its limit is %g.\n", r.Name, r.Value, r.Unit, r.Limit)
		}
	}
	if s.Len() == 0 {
		return "\nIn this run nothing missed its limit.\n"
	}
	return "\nIn this run:\n\n" + s.String()
}

func duckVersion(ctx context.Context, temp string) (version string, err error) {
	db, err := duck.Open(ctx, duck.Config{TempDir: temp})
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	err = db.QueryRowContext(ctx, `SELECT version()`).Scan(&version)
	return version, err
}

// fromProc reads the value of the first line of this name.
func fromProc(file, name string) string {
	content, _ := os.ReadFile(file)
	for line := range strings.Lines(string(content)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func firstWords(file string, n int) string {
	content, _ := os.ReadFile(file)
	words := strings.Fields(string(content))
	return strings.Join(words[:min(n, len(words))], " ")
}

// closed closes what a measurement read from; what was measured stands.
func closed(rows *sql.Rows) { _ = rows.Close() }
