package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/job"
	"kith/internal/loader"
)

const (
	// lookFor bounds each look that grows with the folder.
	lookFor = 10 * time.Second
	// fewBytes and hardlyBytes are what is too little of a disk.
	fewBytes    = 5 << 30
	hardlyBytes = 500 << 20
	// behindEntries and behindTime are how far stores may be behind the log
	// while a server runs: they follow a second or two later.
	behindEntries = 10_000
	behindTime    = 5 * time.Minute
	// leastSQLite is 3.51.3, which does not lose a commit when the WAL is reset.
	leastSQLite = 3_051_003
	syncFull    = 2
)

func (d *doctor) permissions() {
	info, err := os.Stat(d.folder.Dir())
	if err != nil {
		d.failed("permissions", err)
		return
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		d.warn("permissions", "chmod 700 "+d.folder.Dir(), "others can look into %s (%o)", d.folder.Dir(), mode)
		return
	}
	probe, err := os.CreateTemp(d.folder.Dir(), "doctor-*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		d.fail("permissions", "let the user that runs Kith write into the folder", "nothing can be written: %s", err)
		return
	}
	d.ok("permissions", "%s is its owner's alone", d.folder.Dir())
}

func (d *doctor) settings() {
	s, err := d.folder.Settings()
	if err != nil {
		d.failed("settings", err)
		return
	}
	d.ok("settings", "currency %s, timezone %s, country %s, language %s", s.Currency, s.Timezone, orNone(s.Country), s.Language)
}

func (d *doctor) lock(l *local) {
	if l.keeping.leads.Load() {
		d.ok("lock", "a server owns the folder (process %d)", os.Getpid())
		return
	}
	d.ok("lock", "no server runs; this command owns the folder")
}

func (d *doctor) disk() {
	free, err := d.folder.Free()
	const makeRoom = "make room: an import needs about six times the size of its records"
	switch {
	case err != nil:
		d.failed("disk", err)
	case free < reserve:
		d.fail("disk", makeRoom, "%d MB are free: events are refused until %d MB are", free>>20, reserve>>20)
	case free < hardlyBytes:
		d.fail("disk", makeRoom, "%d MB are free", free>>20)
	case free < fewBytes:
		d.warn("disk", makeRoom, "%d MB are free", free>>20)
	default:
		d.ok("disk", "%d GB are free", free>>30)
	}
}

func (d *doctor) memory() {
	available := availableMemory()
	if available < 1<<30 {
		d.warn("memory", "give Kith 2 GB: imports and questions of large shops need it", "%d MB may be used, the warehouse takes %s", available>>20, memoryLimit())
		return
	}
	d.ok("memory", "%d MB may be used, the warehouse takes %s", available>>20, memoryLimit())
}

// log reads the log, as far as that goes in bounded time: each record has a
// checksum.
func (d *doctor) log(ctx context.Context, l *local) {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	const lost = "restore a backup; what the warehouse holds can still be asked, but not made anew"
	read, damaged := uint64(0), 0
	var first error
	var last commerce.Entry
	for e, err := range l.load.Read(ctx, 1) {
		switch {
		case err != nil && ctx.Err() != nil:
			d.ok("log", "%d of %d records were read in %s, and are whole", read, l.load.LastSeq(), lookFor)
			return
		case err != nil && e.Seq == 0:
			d.failed("log", err)
			return
		case err != nil:
			damaged++
			first = errors.Join(first, err)
			if damaged == 10 {
				d.fail("log", lost, "%s", oneLine(first))
				return
			}
		default:
			read, last = read+1, e
		}
	}
	switch now := d.now(); {
	case damaged > 0:
		d.fail("log", lost, "%s", oneLine(first))
	case last.At.After(now.Add(time.Minute)):
		d.ok("log", "all %d records are whole", read)
		d.warn("clock", "set the machine's clock", "the log's last record is of %s, it is %s now", last.At.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
		return
	default:
		d.ok("log", "all %d records are whole", read)
	}
	if now := d.now(); now.Year() < 2025 {
		d.fail("clock", "set the machine's clock", "it is %s", now.UTC().Format(time.RFC3339))
	} else {
		d.ok("clock", "it is %s", now.UTC().Format(time.RFC3339))
	}
}

// archive looks for the files of each import.
func (d *doctor) archive(ctx context.Context, l *local) {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	files, bytes := 0, int64(0)
	err := l.load.Imports(ctx, 0, func(i loader.Imported) error {
		for _, name := range i.Files {
			size, err := parquetSize(filepath.Join(d.folder.Archive(), filepath.FromSlash(name)))
			if err != nil {
				return fmt.Errorf("import %d: %w", i.Seq, err)
			}
			files, bytes = files+1, bytes+size
		}
		return nil
	})
	switch {
	case err != nil && ctx.Err() != nil:
		d.ok("archive", "%d files of %d MB were looked at in %s, and are there", files, bytes>>20, lookFor)
	case err != nil:
		d.fail("archive", "restore the file from a backup; without it the warehouse cannot be made anew", "%s", oneLine(err))
	default:
		d.ok("archive", "all %d files of %d MB are there", files, bytes>>20)
	}
}

// parquetSize is a file's size, if it begins and ends as Parquet does.
func parquetSize(name string) (size int64, err error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("%s is missing", name)
	}
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	head, tail := make([]byte, 4), make([]byte, 4)
	_, err1 := file.ReadAt(head, 0)
	_, err2 := file.ReadAt(tail, max(info.Size()-4, 0))
	if err := errors.Join(err1, err2); err != nil || string(head) != "PAR1" || string(tail) != "PAR1" {
		return 0, fmt.Errorf("%s (%d bytes) is not whole", name, info.Size())
	}
	return info.Size(), nil
}

func (d *doctor) operations(ctx context.Context, l *local) {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	found, err := l.ops.QuickCheck(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		d.ok("operations", "no damage was found in %s; the file was not read to its end", lookFor)
	case err != nil:
		d.failed("operations", err)
	case found != "":
		d.fail("operations", "stop Kith, restore operations.db from a backup, or delete it: segments are made anew from the log, memberships begin anew", "%s", found)
	default:
		d.ok("operations", "the file is whole")
	}
}

func (d *doctor) warehouse(ctx context.Context, l *local) {
	set, err := l.facts.engineSettings(ctx)
	if err != nil {
		d.failed("warehouse", err)
		return
	}
	const again = "start Kith anew; if it stays so, this is a fault of Kith: report it"
	served := l.keeping.leads.Load()
	switch {
	case set["enable_external_access"] != "false":
		d.fail("warehouse", again, "DuckDB may read other files: enable_external_access is %s", set["enable_external_access"])
	case served && set["lock_configuration"] != "true":
		d.fail("warehouse", again, "DuckDB's settings may be changed: lock_configuration is %s", set["lock_configuration"])
	case !served:
		d.ok("warehouse", "DuckDB reads no other files, memory_limit %s", set["memory_limit"])
	default:
		d.ok("warehouse", "DuckDB reads no other files and its settings are locked, memory_limit %s, threads %s", set["memory_limit"], set["threads"])
	}
}

// progress looks how far the stores are behind the log.
func (d *doctor) progress(ctx context.Context, l *local) {
	r, err := l.reached(ctx)
	if err != nil {
		d.failed("facts", err)
		return
	}
	const wait = "wait; if it does not catch up, the machine is too slow for what comes in"
	if behind := r.LogEnd - min(r.LogEnd, r.WarehouseApplied); behind > behindEntries {
		d.warn("facts", wait, "the warehouse is %d of %d entries behind the log", behind, r.LogEnd)
	} else {
		d.ok("facts", "the warehouse has applied %d of %d entries", r.WarehouseApplied, r.LogEnd)
	}
	switch behind := r.LogEnd - min(r.LogEnd, r.MembershipsApplied); {
	case r.MembershipsClock.IsZero():
		d.ok("memberships", "nobody kept them yet; kith serve does")
	case r.MembershipsClock.After(d.now().Add(time.Minute)):
		d.warn("memberships", "set the machine's clock", "they stand at %s, which is still to come", r.MembershipsClock.Format(time.RFC3339))
	case !l.keeping.leads.Load():
		d.ok("memberships", "they stand at %s; they go on with kith serve", r.MembershipsClock.Format(time.RFC3339))
	case behind > behindEntries || d.now().Sub(r.MembershipsClock) > behindTime:
		d.warn("memberships", wait, "they are %d entries and %s behind", behind, d.now().Sub(r.MembershipsClock).Round(time.Second))
	default:
		d.ok("memberships", "they have applied %d of %d entries and stand at %s", r.MembershipsApplied, r.LogEnd, r.MembershipsClock.Format(time.RFC3339))
	}
}

// recentImports is how many of the history are looked at.
const recentImports = 20

func (d *doctor) imports(ctx context.Context, l *local) {
	list, err := l.jobs.List(ctx, job.Place{}, recentImports)
	if err != nil {
		d.failed("imports", err)
		return
	}
	for _, j := range list {
		if j.State == job.Interrupted {
			d.warn("imports", "import the file again: nothing of it was taken", "the import of %v of %s was interrupted", j.Files, j.CreatedAt.Format(time.RFC3339))
			return
		}
	}
	d.ok("imports", "none of the last %d was interrupted", recentImports)
}

// durability asks the engines themselves.
func (d *doctor) durability(ctx context.Context, l *local) {
	inspection, err := l.ops.Inspect(ctx)
	if err != nil {
		d.failed("durability", err)
		return
	}
	found := api.Durability{SQLiteSynchronous: inspection.Synchronous, SQLiteVersion: inspection.Version}
	if log := l.log.Load(); log != nil {
		found.LogSyncAlways = log.SyncAlways()
	}
	found.OK = found.LogSyncAlways && found.SQLiteSynchronous == syncFull && inspection.Number >= leastSQLite
	d.found.Durability = found
	text := fmt.Sprintf("the log syncs always: %t, SQLite %s with synchronous=%d", found.LogSyncAlways, found.SQLiteVersion, found.SQLiteSynchronous)
	if !found.OK {
		d.fail("durability", "this is a fault of Kith or of how it was built: report it", "what is acknowledged may not be on the disk: %s", text)
		return
	}
	d.ok("durability", "%s", text)
}
