package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kith/internal/archive"
	"kith/internal/commerce"
	"kith/internal/folder"
	"kith/internal/intake"
	"kith/internal/loader"
	"kith/internal/opsdb"
	"kith/internal/stream"
	"kith/internal/warehouse"
)

// stores are those of a folder, as the process that owns it has them.
type stores struct {
	db   *warehouse.DB
	ops  *opsdb.DB
	load *loader.Loader
	took imported // by the last import
}

// storesConfig says how a folder is opened.
type storesConfig struct {
	dir     string
	memory  string // limit of each DuckDB instance
	threads int
	now     func() time.Time
	hooks   func(*loader.Config) // nil for none
}

// settings are the measured shops'.
func settings() commerce.Settings { return commerce.Settings{}.Filled() }

// openStores opens a folder that is there.
func openStores(ctx context.Context, c storesConfig) (_ *stores, err error) {
	f, s := folder.At(c.dir), &stores{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := f.PutSettings(settings()); err != nil {
		return nil, err
	}
	files, err := archive.Open(f.Archive())
	if err != nil {
		return nil, err
	}
	if s.ops, err = opsdb.Open(ctx, f.Operations()); err != nil {
		return nil, err
	}
	s.db, err = warehouse.Open(ctx, warehouse.Config{
		Path: f.Warehouse(), TempDir: f.Temp(), ArchiveDir: f.Archive(), Currency: settings().Currency, Zone: settings().Zone(),
		MemoryLimit: c.memory, Threads: c.threads,
	})
	if err != nil {
		return nil, err
	}
	config := loader.Config{
		OpenLog: func(ctx context.Context) (loader.Log, error) {
			return stream.Open(ctx, stream.Config{Dir: f.Log()})
		},
		Archive: files, Reach: f, Operations: s.ops, Warehouse: &intoWarehouse{db: s.db, took: &s.took}, Read: s.reader(c.threads),
		Now: c.now, Settings: settings,
	}
	if c.hooks != nil {
		c.hooks(&config)
	}
	s.load, err = loader.New(config)
	return s, err
}

func (s *stores) close() error {
	var errs []error
	if s.load != nil {
		errs = append(errs, s.load.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.ops != nil {
		errs = append(errs, s.ops.Close())
	}
	return errors.Join(errs...)
}

// importFile imports as "kith import" does.
func (s *stores) importFile(ctx context.Context, kind commerce.Kind, format, file string) error {
	var rejects strings.Builder
	outcome, _, err := s.load.Import(ctx, loader.Request{
		Kind: kind, Files: []string{file}, Format: format, Zone: settings().Zone(), Rejects: &rejects,
	})
	s.took.Rows, s.took.Orders = outcome.Rows, outcome.Orders
	if err == nil && outcome.Accepted == 0 {
		err = fmt.Errorf("nothing was accepted: %.500s", rejects.String())
	}
	return err
}

// reader lets intake read for the loader, and takes the time.
func (s *stores) reader(threads int) func(context.Context, loader.Request, string, string) (loader.Reading, error) {
	return func(ctx context.Context, q loader.Request, out, temp string) (loader.Reading, error) {
		start := time.Now()
		report, err := intake.Read(ctx, intake.Config{
			Kind: q.Kind, Files: q.Files, Format: q.Format, Zone: q.Zone, Out: out, Temp: temp, Rejects: q.Rejects, Threads: threads,
		})
		s.took.Reading = time.Since(start).Seconds()
		reading := loader.Reading{Rows: report.Rows, Refused: report.Refused, Hash: report.Hash}
		for _, f := range report.Files {
			reading.Records = append(reading.Records, f.Records)
		}
		reading.Lines = func(refused []loader.Refusal) []string { return make([]string, len(refused)) }
		return reading, err
	}
}
