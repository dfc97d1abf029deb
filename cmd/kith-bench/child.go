package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kith/internal/archive"
	"kith/internal/commerce"
	"kith/internal/duck"
	"kith/internal/folder"
	"kith/internal/intake"
	"kith/internal/loader"
	"kith/internal/opsdb"
	"kith/internal/stream"
	"kith/internal/warehouse"
)

// childArg makes this program one side of an import, in a process of its own
// so that its memory can be told.
const childArg = "child"

// importMemory is the limit of each DuckDB instance of an import. Kith has
// two, one after the other: one reads, one holds the warehouse.
const importMemory = "1GiB"

// imported is what a child tells about an import.
type imported struct {
	Seconds float64
	Work    float64 // seconds of processors
	Reading float64 // of that, until the records are written
	Loading float64 // of that, in the warehouse
	RSS     int64   // greatest resident memory, KiB
	Orders  int64
	Rows    int64
}

type childFlags struct {
	file, dir, format string
	threads           int
	duck              bool
}

// child imports one file and prints what it took.
func child(ctx context.Context, args []string, out io.Writer) error {
	var c childFlags
	flags := flag.NewFlagSet(childArg, flag.ContinueOnError)
	flags.StringVar(&c.file, "file", "", "the file")
	flags.StringVar(&c.dir, "dir", "", "a new folder")
	flags.StringVar(&c.format, "format", "", "its format")
	flags.IntVar(&c.threads, "threads", 2, "threads")
	flags.BoolVar(&c.duck, "duck", false, "DuckDB's own loading")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	if err := touch(c.file); err != nil {
		return err
	}
	side := c.intoKith
	if c.duck {
		side = c.intoDuckDB
	}
	var r imported
	start, work := time.Now(), processor()
	if err := side(ctx, &r); err != nil {
		return err
	}
	r.Seconds, r.Work = time.Since(start).Seconds(), (processor() - work).Seconds()
	if _, err := fmt.Sscanf(fromProc("/proc/self/status", "VmHWM"), "%d", &r.RSS); err != nil {
		return fmt.Errorf("reading the greatest resident memory: %w", err)
	}
	return json.NewEncoder(out).Encode(r)
}

// touch reads a file to its end, so that no side reads it from the disk.
func touch(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, f)
	return errors.Join(err, f.Close())
}

// intoDuckDB is the rival.
func (c childFlags) intoDuckDB(ctx context.Context, r *imported) (err error) {
	db, err := duck.Open(ctx, duck.Config{
		Path: filepath.Join(c.dir, "rival.db"), TempDir: filepath.Join(c.dir, "tmp"), Threads: c.threads, AllowedFiles: []string{c.file},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	read := "read_parquet"
	if c.format != "" {
		read = "read_csv"
	}
	_, err = db.ExecContext(ctx, "CREATE TABLE lines AS SELECT * FROM "+read+"("+duck.Literal(c.file)+")")
	if err != nil {
		return err
	}
	return db.QueryRowContext(ctx, `SELECT count(*) FROM lines`).Scan(&r.Rows)
}

// intoKith imports as "kith import" does, into a new folder.
func (c childFlags) intoKith(ctx context.Context, r *imported) (err error) {
	f := folder.At(c.dir)
	settings := commerce.Settings{}.Filled()
	if err := f.PutSettings(settings); err != nil {
		return err
	}
	files, err := archive.Open(f.Archive())
	if err != nil {
		return err
	}
	ops, err := opsdb.Open(ctx, f.Operations())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ops.Close()) }()
	db, err := warehouse.Open(ctx, warehouse.Config{
		Path: f.Warehouse(), TempDir: f.Temp(), ArchiveDir: f.Archive(), Currency: settings.Currency, Zone: settings.Zone(),
		MemoryLimit: importMemory, Threads: c.threads,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	into := &intoWarehouse{db: db, took: r}
	load, err := loader.New(loader.Config{
		OpenLog: func(ctx context.Context) (loader.Log, error) {
			return stream.Open(ctx, stream.Config{Dir: f.Log()})
		},
		Archive: files, Reach: f, Operations: ops, Warehouse: into, Read: c.reader(r), Now: time.Now,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, load.Close()) }()
	return c.importFile(ctx, load, r)
}

func (c childFlags) importFile(ctx context.Context, load *loader.Loader, r *imported) error {
	var rejects strings.Builder
	outcome, _, err := load.Import(ctx, loader.Request{
		Kind: commerce.Orders, Files: []string{c.file}, Format: c.format, Zone: time.UTC, Rejects: &rejects,
	})
	r.Rows, r.Orders = outcome.Rows, outcome.Orders
	if err == nil && outcome.Accepted == 0 {
		err = fmt.Errorf("nothing was accepted: %.500s", rejects.String())
	}
	return err
}

// reader lets intake read for the loader, and takes the time.
func (c childFlags) reader(r *imported) func(context.Context, loader.Request, string, string) (loader.Reading, error) {
	return func(ctx context.Context, q loader.Request, out, temp string) (loader.Reading, error) {
		start := time.Now()
		report, err := intake.Read(ctx, intake.Config{
			Kind: q.Kind, Files: q.Files, Format: q.Format, Zone: q.Zone, Out: out, Temp: temp, Rejects: q.Rejects, Threads: c.threads,
		})
		r.Reading = time.Since(start).Seconds()
		reading := loader.Reading{Rows: report.Rows, Refused: report.Refused, Hash: report.Hash}
		for _, f := range report.Files {
			reading.Records = append(reading.Records, f.Records)
		}
		reading.Lines = func(refused []loader.Refusal) []string { return make([]string, len(refused)) }
		return reading, err
	}
}
