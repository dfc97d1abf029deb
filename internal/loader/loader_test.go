package loader_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kith/internal/archive"
	"kith/internal/commerce"
	"kith/internal/folder"
	"kith/internal/loader"
	"kith/internal/opsdb"
	"kith/internal/segment"
	"kith/internal/stream"
)

// warehouse keeps the contents of the files it was given, and the names of
// the events. It outlives the shop that uses it, as a file does.
type warehouse struct {
	mu         sync.Mutex // for the numbers, which are read beside a load
	applied    uint64
	loads      []string
	events     []string
	hashes     map[string]bool
	failLoad   error
	failCommit error
	// during is called while a load or a run is at work, and after an import
	// was appended.
	during func(seq uint64, kind string)
}

func newWarehouse() *warehouse { return &warehouse{hashes: map[string]bool{}} }

func (w *warehouse) Applied(context.Context) (uint64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.applied, nil
}

func (w *warehouse) Imported(_ context.Context, kind commerce.Kind, hash string) (bool, error) {
	return w.hashes[string(kind)+hash], nil
}

func (w *warehouse) Load(ctx context.Context, b loader.Batch) (loader.Result, error) {
	w.tell(b.Seq, string(b.Kind))
	if w.failLoad != nil {
		return loader.Result{}, w.failLoad
	}
	if b.Seq <= w.applied {
		return loader.Result{}, fmt.Errorf("record %d comes after %d was applied", b.Seq, w.applied)
	}
	if b.Kind == commerce.Events {
		n := 0
		for _, entry := range b.Events {
			for _, e := range entry.Events {
				w.events = append(w.events, e.Name)
				n++
			}
		}
		w.apply(b.Seq, fmt.Sprintf("%d events %d", b.Seq, n))
		return loader.Result{}, nil
	}
	var content []string
	for _, name := range b.Files {
		c, err := os.ReadFile(name)
		if err != nil {
			return loader.Result{}, err
		}
		content = append(content, string(c))
	}
	result := loader.Result{
		Accepted: int64(len(b.Files)) * 10, Orders: 3, Touched: []int64{int64(b.Seq)},
		Refusals: []loader.Refusal{{File: 0, Line: 7, Column: "currency", Reason: "no rate for USD"}},
	}
	if b.BeforeCommit != nil {
		if err := b.BeforeCommit(ctx, result); err != nil {
			return loader.Result{}, err
		}
		w.tell(b.Seq, "commit")
	}
	if w.failCommit != nil {
		return loader.Result{}, w.failCommit
	}
	w.hashes[string(b.Kind)+b.Hash] = true
	w.apply(b.Seq, fmt.Sprintf("%d %s %s", b.Seq, b.Kind, strings.Join(content, "+")))
	return result, nil
}

func (w *warehouse) Score(_ context.Context, seq uint64, at time.Time, r loader.Run) error {
	w.tell(seq, "run")
	w.apply(seq, fmt.Sprintf("%d score %s %s", seq, at.Format(time.DateOnly), r.Percentiles))
	return nil
}

func (w *warehouse) tell(seq uint64, kind string) {
	if w.during != nil {
		w.during(seq, kind)
	}
}

func (w *warehouse) apply(seq uint64, what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.loads = append(w.loads, what)
	w.applied = seq
}

func (w *warehouse) Rebuild(_ context.Context, fill func(loader.Warehouse) error) error {
	fresh := newWarehouse()
	fresh.during = w.during
	if err := fill(fresh); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.applied, w.loads, w.events, w.hashes = fresh.applied, fresh.loads, fresh.events, fresh.hashes
	return nil
}

// shop is an open folder.
type shop struct {
	*loader.Loader
	ops  *opsdb.DB
	logs *int // how often the log was opened
}

// brokenLog fails to append: before the write, or after it.
type brokenLog struct {
	loader.Log
	fail  error
	after bool
}

func (l brokenLog) Append(ctx context.Context, e commerce.Entry) (uint64, error) {
	if l.after {
		if _, err := l.Log.Append(ctx, e); err != nil {
			return 0, err
		}
	}
	return 0, l.fail
}

func open(t testing.TB, dir string, w loader.Warehouse, wrap func(loader.Log) loader.Log, more ...func(*loader.Config)) shop {
	t.Helper()
	s := unopened(t, dir, w, wrap, more...)
	if err := s.CatchUp(t.Context()); err != nil {
		t.Fatalf("catching up: %v", err)
	}
	return s
}

// unopened is a shop that was not caught up.
func unopened(t testing.TB, dir string, w loader.Warehouse, wrap func(loader.Log) loader.Log, more ...func(*loader.Config)) shop {
	t.Helper()
	a, err := archive.Open(filepath.Join(dir, "archive"))
	if err != nil {
		t.Fatal(err)
	}
	ops, err := opsdb.Open(t.Context(), filepath.Join(dir, "ops.db"))
	if err != nil {
		t.Fatal(err)
	}
	s := shop{ops: ops, logs: new(int)}
	config := loader.Config{
		OpenLog: func(ctx context.Context) (loader.Log, error) {
			*s.logs++
			log, err := stream.Open(ctx, stream.Config{Dir: filepath.Join(dir, "log")})
			if err != nil || wrap == nil {
				return log, err
			}
			return wrap(log), nil
		},
		Archive: a, Reach: folder.At(dir), Operations: ops, Warehouse: w, Read: read,
		Now: func() time.Time { return time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC) },
	}
	for _, change := range more {
		change(&config)
	}
	if s.Loader, err = loader.New(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.close() })
	return s
}

func (s shop) close() {
	s.Loader.Close()
	s.ops.Close()
}

// read takes a file's content for its records and its name for its hash.
func read(_ context.Context, r loader.Request, out, _ string) (loader.Reading, error) {
	reading := loader.Reading{Rows: 12, Refused: 1, Hash: strings.Join(r.Files, " "), Lines: func([]loader.Refusal) []string { return []string{"the,row"} }}
	for i, name := range r.Files {
		if name == "empty" {
			reading.Records = append(reading.Records, "")
			continue
		}
		path := filepath.Join(out, fmt.Sprint(i))
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			return reading, err
		}
		reading.Records = append(reading.Records, path)
	}
	return reading, nil
}

func request(files ...string) loader.Request {
	return loader.Request{Kind: commerce.Orders, Files: files}
}

func wantLoads(t *testing.T, w *warehouse, want ...string) {
	t.Helper()
	if !slices.Equal(w.loads, want) {
		t.Errorf("the warehouse loaded %q, want %q", w.loads, want)
	}
}

// archived lists the files of the archive, staging included.
func archived(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(dir, "archive"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestImport(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	r := request("a.csv", "empty", "b.csv")
	var rejects bytes.Buffer
	r.Rejects = &rejects
	first, _, err := s.Import(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	want := loader.Outcome{Rows: 12, Accepted: 20, Refused: 2, Orders: 3, Seq: 1, At: first.At}
	if first != want {
		t.Errorf("Import = %+v, want %+v", first, want)
	}
	if got := rejects.String(); got != "a.csv:7: currency: no rate for USD\tthe,row\n" {
		t.Errorf("rejects: %q", got)
	}
	wantLoads(t, w, "1 orders a.csv+b.csv")
	if got := archived(t, dir); !slices.Equal(got, []string{"000000000001-0.parquet", "000000000001-1.parquet"}) {
		t.Errorf("archive: %v", got)
	}

	again, _, err := s.Import(t.Context(), r)
	want.Unchanged = true
	if err != nil || again != want {
		t.Errorf("Import again = %+v, %v; want %+v", again, err, want)
	}
	if _, _, err := s.Import(t.Context(), request("c.csv")); err != nil {
		t.Fatal(err)
	}
	wantLoads(t, w, "1 orders a.csv+b.csv", "2 orders c.csv")
}

func TestAnImportWithoutRecordsChangesNothing(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	outcome, _, err := open(t, dir, w, nil).Import(t.Context(), request("empty"))
	if err != nil || outcome != (loader.Outcome{Rows: 12, Refused: 1}) {
		t.Errorf("Import = %+v, %v", outcome, err)
	}
	wantLoads(t, w)
}

func TestAFailureBeforeTheAppendChangesNothing(t *testing.T) {
	t.Parallel()
	full := fmt.Errorf("writing: %w", syscall.ENOSPC)
	for name, tc := range map[string]struct {
		w    *warehouse
		wrap func(loader.Log) loader.Log
	}{
		"loading":   {&warehouse{hashes: map[string]bool{}, failLoad: full}, nil},
		"appending": {newWarehouse(), func(l loader.Log) loader.Log { return brokenLog{l, full, false} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir, tc.w, tc.wrap)
			_, _, err := s.Import(t.Context(), request("a.csv"))
			if commerce.CodeOf(err) != commerce.CodeFull {
				t.Errorf("Import = %v, want that the disk is full", err)
			}
			if got := archived(t, dir); got != nil {
				t.Errorf("left in the archive: %v", got)
			}
			s.close()
			tc.w.failLoad = nil
			s = open(t, dir, tc.w, nil)
			wantLoads(t, tc.w)
			if _, _, err := s.Import(t.Context(), request("a.csv")); err != nil {
				t.Errorf("with room again: %v", err)
			}
			wantLoads(t, tc.w, "1 orders a.csv")
		})
	}
}

func TestAnAppendThatFailedAndYetHappenedCounts(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, func(l loader.Log) loader.Log { return brokenLog{l, errors.New("timeout"), true} })
	if _, _, err := s.Import(t.Context(), request("a.csv")); err != nil {
		t.Errorf("Import = %v", err)
	}
	if err := s.Append(t.Context(), commerce.SegmentEntry, segment.Change{ID: "a", Text: "everyone"}); err != nil {
		t.Errorf("Append = %v", err)
	}
	wantLoads(t, w, "1 orders a.csv")
	if list, err := s.ops.ListSegments(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("segments: %v, %v", list, err)
	}
}

func TestWhatIsInTheLogTakesEffectLater(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	w.failCommit = syscall.ENOSPC
	if _, _, err := s.Import(t.Context(), request("a.csv")); err == nil || !strings.Contains(err.Error(), "takes effect") {
		t.Errorf("Import = %v", err)
	}
	// Nothing more is taken while the disk is full.
	if _, _, err := s.Import(t.Context(), request("b.csv")); commerce.CodeOf(err) != commerce.CodeFull {
		t.Errorf("Import = %v", err)
	}
	wantLoads(t, w)
	w.failCommit = nil
	s.close()
	s = open(t, dir, w, nil)
	wantLoads(t, w, "1 orders a.csv")
	if again, _, err := s.Import(t.Context(), request("a.csv")); err != nil || !again.Unchanged {
		t.Errorf("Import again = %+v, %v", again, err)
	}
}

func TestACrashAfterTheAppendIsReplayed(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	for _, name := range []string{"a.csv", "b.csv"} {
		if _, _, err := s.Import(t.Context(), request(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Append(t.Context(), commerce.RunEntry, loader.Run{Percentiles: []string{"x"}}); err != nil {
		t.Fatal(err)
	}
	s.close()
	// The warehouse lost what came after the first import.
	w.applied, w.loads = 1, w.loads[:1]
	open(t, dir, w, nil)
	wantLoads(t, w, "1 orders a.csv", "2 orders b.csv", "3 score 2026-03-01 [x]")
}

func TestReadingCommandsNeedNoLog(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	if _, _, err := s.Import(t.Context(), request("a.csv")); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(t.Context(), commerce.SegmentEntry, segment.Change{ID: "a", Text: "everyone"}); err != nil {
		t.Fatal(err)
	}
	s.close()
	if s = open(t, dir, w, nil); *s.logs != 0 {
		t.Errorf("the log was opened %d times", *s.logs)
	}
	s.close()
	if err := os.Remove(filepath.Join(dir, "reach.json")); err != nil {
		t.Fatal(err)
	}
	if s = open(t, dir, w, nil); *s.logs != 1 {
		t.Errorf("without the reach the log was opened %d times", *s.logs)
	}
}

func TestALogThatIsShorterThanWhatWasAppliedIsReported(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	w.applied = 9
	if err := os.Remove(filepath.Join(dir, "reach.json")); err != nil {
		t.Fatal(err)
	}
	if err := s.CatchUp(t.Context()); err == nil || !strings.Contains(err.Error(), "records 1 to 9") {
		t.Errorf("CatchUp = %v", err)
	}
}

func TestRebuildMakesTheSameAnew(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	for _, name := range []string{"a.csv", "b.csv"} {
		if _, _, err := s.Import(t.Context(), request(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Append(t.Context(), commerce.SegmentEntry, segment.Change{ID: "a", Text: "everyone"}); err != nil {
		t.Fatal(err)
	}
	w.loads = []string{"something else"}
	if n, err := s.Rebuild(t.Context()); n != 3 || err != nil {
		t.Errorf("Rebuild = %d, %v", n, err)
	}
	wantLoads(t, w, "1 orders a.csv", "2 orders b.csv")
}

// TestALostLogChangesNothing: the log is all there is to make a warehouse of,
// so that one without its records must neither replace one nor take more.
func TestALostLogChangesNothing(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	for _, name := range []string{"a.csv", "b.csv", "c.csv"} {
		if _, _, err := s.Import(t.Context(), request(name)); err != nil {
			t.Fatal(err)
		}
	}
	s.close()
	if err := os.RemoveAll(filepath.Join(dir, "log")); err != nil {
		t.Fatal(err)
	}
	kept := archived(t, dir)
	s = open(t, dir, w, nil)
	const lost = "the log ends at record 0, but record 3 was written: records 1 to 3 of it are lost; restore a backup"
	if n, err := s.Rebuild(t.Context()); n != 0 || err == nil || err.Error() != lost {
		t.Errorf("Rebuild = %d, %v", n, err)
	}
	if _, _, err := s.Import(t.Context(), request("d.csv")); err == nil || err.Error() != lost {
		t.Errorf("Import = %v", err)
	}
	wantLoads(t, w, "1 orders a.csv", "2 orders b.csv", "3 orders c.csv")
	// The warehouse is lost too: the note of the reach is at most one too high.
	w.applied, w.loads = 0, nil
	if err := s.CatchUp(t.Context()); err == nil || !strings.Contains(err.Error(), "records 1 to 2 of it are lost") {
		t.Errorf("CatchUp = %v", err)
	}
	if got := archived(t, dir); !slices.Equal(got, kept) {
		t.Errorf("the archive holds %v, want %v", got, kept)
	}
}

// headless is a log whose first record is gone, as after a lost file of it.
type headless struct{ loader.Log }

func (l headless) Read(ctx context.Context, from uint64) iter.Seq2[commerce.Entry, error] {
	return l.Log.Read(ctx, max(from, 2))
}

func TestALogWithoutItsBeginningIsReported(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, func(l loader.Log) loader.Log { return headless{l} })
	if _, _, err := s.Import(t.Context(), request("a.csv")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rebuild(t.Context()); err == nil || !strings.Contains(err.Error(), "record 1 of it is lost") {
		t.Errorf("Rebuild of a log that is empty up to its end: %v", err)
	}
	if _, _, err := s.Import(t.Context(), request("b.csv")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rebuild(t.Context()); err == nil || !strings.Contains(err.Error(), "record 1 of it is lost") {
		t.Errorf("Rebuild: %v", err)
	}
	wantLoads(t, w, "1 orders a.csv", "2 orders b.csv")
}

func TestAMissingFileOfTheArchiveIsNamed(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	if _, _, err := s.Import(t.Context(), request("a.csv")); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "archive", "2026-03", "000000000001-0.parquet")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	want := "loading log entry 1: the archive file " + name + " is missing; restore it from a backup"
	if _, err := s.Rebuild(t.Context()); err == nil || err.Error() != want {
		t.Errorf("Rebuild = %v, want %s", err, want)
	}
	wantLoads(t, w, "1 orders a.csv")
}

// TestFilesOfAnImportThatNeverHappenedAreInNobodysWay: a crash came after
// they were placed and before the reach was noted.
func TestFilesOfAnImportThatNeverHappenedAreInNobodysWay(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	if _, _, err := s.Import(t.Context(), request("a.csv")); err != nil {
		t.Fatal(err)
	}
	s.close()
	left := filepath.Join(dir, "archive", "2026-03", "000000000002-0.parquet")
	if err := os.WriteFile(left, []byte("left"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := open(t, dir, w, nil).Import(t.Context(), request("b.csv")); err != nil {
		t.Fatal(err)
	}
	wantLoads(t, w, "1 orders a.csv", "2 orders b.csv")
}
