package loader_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/folder"
	"kith/internal/loader"
	"kith/internal/segment"
	"kith/internal/stream"
)

// batch is a batch of events with these names.
func batch(names ...string) commerce.EventBatch {
	var b commerce.EventBatch
	for _, name := range names {
		b.Events = append(b.Events, commerce.Event{Name: name, At: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), CustomerID: "c"})
	}
	return b
}

func (s shop) events(t testing.TB, names ...string) {
	t.Helper()
	if _, _, err := s.AppendEvents(t.Context(), batch(names...)); err != nil {
		t.Fatal(err)
	}
}

func (s shop) imports(t testing.TB, name string) {
	t.Helper()
	if _, _, err := s.Import(t.Context(), request(name)); err != nil {
		t.Fatal(err)
	}
}

func (s shop) saves(t testing.TB, id string) {
	t.Helper()
	if err := s.Append(t.Context(), commerce.SegmentEntry, segment.Change{ID: id, Text: "everyone"}); err != nil {
		t.Fatal(err)
	}
}

func (s shop) scores(t testing.TB) {
	t.Helper()
	if err := s.Append(t.Context(), commerce.RunEntry, loader.Run{}); err != nil {
		t.Fatal(err)
	}
}

func (s shop) advances(t testing.TB, want uint64) {
	t.Helper()
	if applied, err := s.Advance(t.Context()); applied != want || err != nil {
		t.Fatalf("Advance = %d, %v; want %d", applied, err, want)
	}
}

// crashing is a shop whose process can end without closing anything.
func crashing(t *testing.T, dir string, w *warehouse, more ...func(*loader.Config)) (s shop, crash func()) {
	t.Helper()
	var log loader.Log
	s = open(t, dir, w, func(l loader.Log) loader.Log { log = l; return l }, more...)
	return s, func() {
		if log != nil {
			log.Close()
		}
		s.ops.Close()
	}
}

func wantEvents(t *testing.T, w *warehouse, want string) {
	t.Helper()
	if got := strings.Join(w.events, " "); got != want {
		t.Errorf("the warehouse took the events %q, want %q", got, want)
	}
}

func TestEventsTakeEffectTogetherAndInOrder(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	for i, names := range [][]string{{"a", "b"}, {"c"}, {"d"}} {
		seq, at, err := s.AppendEvents(t.Context(), batch(names...))
		if seq != uint64(i)+1 || !at.Equal(time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)) || err != nil {
			t.Errorf("AppendEvents = %d, %v, %v", seq, at, err)
		}
	}
	wantLoads(t, w)
	s.advances(t, 3)
	s.advances(t, 3)
	wantLoads(t, w, "3 events 4")
	s.events(t, "e")
	s.scores(t)
	s.events(t, "f")
	s.saves(t, "x")
	s.events(t, "g")
	s.imports(t, "i.csv")
	s.events(t, "h")
	s.advances(t, 10)
	wantLoads(t, w, "3 events 4", "4 events 1", "5 score 2026-03-01 []", "6 events 1", "8 events 1", "9 orders i.csv", "10 events 1")
	wantEvents(t, w, "a b c d e f g h")
	if _, _, err := s.AppendEvents(t.Context(), commerce.EventBatch{}); commerce.CodeOf(err) != commerce.CodeInvalid {
		t.Errorf("AppendEvents of nothing: %v", err)
	}
}

func TestManyEventsAreLoadedInBoundedGroups(t *testing.T) {
	t.Parallel()
	w := newWarehouse()
	s := open(t, t.TempDir(), w, nil)
	for range 3 {
		s.events(t, slices.Repeat([]string{"x"}, 40_000)...)
	}
	s.advances(t, 3)
	wantLoads(t, w, "2 events 80000", "3 events 40000")
}

// TestWhatACrashLeftInTheLog takes effect, once: the log was ahead of a
// warehouse that had taken some of it.
func TestWhatACrashLeftInTheLog(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s, crash := crashing(t, dir, w)
	s.imports(t, "i.csv")
	s.events(t, "a", "b")
	s.saves(t, "x")
	s.events(t, "c")
	wantReach(t, dir, false, map[commerce.EntryType]uint64{commerce.ImportEntry: 1, commerce.EventsEntry: 2, commerce.SegmentEntry: 3})
	crash()
	wantEvents(t, w, "a b")

	s, crash = crashing(t, dir, w)
	wantEvents(t, w, "a b c")
	s.events(t, "d")
	s.advances(t, 5)
	s.events(t, "e")
	crash()
	s, _ = crashing(t, dir, w)
	wantEvents(t, w, "a b c d e")
	wantLoads(t, w, "1 orders i.csv", "2 events 2", "4 events 1", "5 events 1", "6 events 1")
	s.events(t, "f")
	s.close()
	wantReach(t, dir, true, map[commerce.EntryType]uint64{commerce.ImportEntry: 1, commerce.SegmentEntry: 3, commerce.EventsEntry: 7})
	s = open(t, dir, w, nil)
	wantEvents(t, w, "a b c d e f")
	s.close()
	if s = open(t, dir, w, nil); *s.logs != 0 {
		t.Errorf("with nothing missing the log was opened %d times", *s.logs)
	}
}

func wantReach(t *testing.T, dir string, known bool, want map[commerce.EntryType]uint64) {
	t.Helper()
	last, is, err := folder.At(dir).Reach()
	if is != known || err != nil || !maps.Equal(last, want) {
		t.Errorf("the reach is %v, %v, %v; want %v, %v", last, is, err, want, known)
	}
}

// TestTheReachIsTrueAgain when the folder is opened after a crash, although
// nothing was missing: a warehouse that loses rows later is noticed.
func TestTheReachIsTrueAgain(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s, crash := crashing(t, dir, w)
	s.imports(t, "i.csv")
	s.events(t, "a")
	s.events(t, "b")
	s.advances(t, 3)
	crash()
	wantReach(t, dir, false, map[commerce.EntryType]uint64{commerce.ImportEntry: 1, commerce.EventsEntry: 2})
	open(t, dir, w, nil).close()
	wantReach(t, dir, true, map[commerce.EntryType]uint64{commerce.ImportEntry: 1, commerce.EventsEntry: 3})
	w.applied, w.events = 2, w.events[:1]
	open(t, dir, w, nil)
	wantEvents(t, w, "a b")
}

// TestAServerKnowsTheReachWhenItStops, although it leaves what a crash left to
// be followed.
func TestAServerKnowsTheReachWhenItStops(t *testing.T) {
	t.Parallel()
	for name, noted := range map[string]bool{"noted": true, "unnoted": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, w := t.TempDir(), newWarehouse()
			s, crash := crashing(t, dir, w)
			s.imports(t, "i.csv")
			s.events(t, "a")
			s.saves(t, "x")
			s.events(t, "b")
			crash()
			if !noted {
				if err := os.Remove(filepath.Join(dir, "reach.json")); err != nil {
					t.Fatal(err)
				}
			}
			s = unopened(t, dir, w, nil)
			if err := s.CatchUpTo(t.Context(), 3); err != nil {
				t.Fatal(err)
			}
			wantEvents(t, w, "a")
			s.advances(t, 4)
			s.imports(t, "j.csv")
			s.close()
			wantReach(t, dir, true, map[commerce.EntryType]uint64{commerce.ImportEntry: 5, commerce.SegmentEntry: 3, commerce.EventsEntry: 4})
		})
	}
}

// TestTheReachStaysOpenWhileEventsAreTaken, whatever else is done meanwhile.
func TestTheReachStaysOpenWhileEventsAreTaken(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	s.events(t, "a")
	s.close()
	if err := os.Remove(filepath.Join(dir, "reach.json")); err != nil {
		t.Fatal(err)
	}
	s = unopened(t, dir, w, nil)
	w.during = func(uint64, string) { w.during = nil; s.events(t, "b") }
	if err := s.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantReach(t, dir, false, nil)
	s.close()
	wantReach(t, dir, true, map[commerce.EntryType]uint64{commerce.EventsEntry: 2})

	s = open(t, dir, w, nil)
	s.events(t, "c")
	s.imports(t, "i.csv")
	if err := s.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if last, known, err := folder.At(dir).Reach(); known || err != nil {
		t.Errorf("the reach is %v, %v, %v", last, known, err)
	}
	s.events(t, "d")
	s.close()
	wantReach(t, dir, true, map[commerce.EntryType]uint64{commerce.ImportEntry: 4, commerce.EventsEntry: 5})
	w.applied, w.loads, w.events = 0, nil, nil
	open(t, dir, w, nil)
	wantEvents(t, w, "a b c d")
}

// TestANoteOfWhatWasNeverAppended costs one look into the log.
func TestANoteOfWhatWasNeverAppended(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	fail := false
	s := open(t, dir, w, func(l loader.Log) loader.Log { return failingLog{l, &fail} })
	s.imports(t, "i.csv")
	fail = true
	if _, _, err := s.Import(t.Context(), request("j.csv")); err == nil {
		t.Error("Import did not fail")
	}
	s.close()
	wantReach(t, dir, true, map[commerce.EntryType]uint64{commerce.ImportEntry: 2})
	open(t, dir, w, nil).close()
	wantReach(t, dir, true, map[commerce.EntryType]uint64{commerce.ImportEntry: 1})
	if s = open(t, dir, w, nil); *s.logs != 0 {
		t.Errorf("the log was opened %d times", *s.logs)
	}
}

// TestALostOperationsStoreIsMadeAnew, and no event is taken twice for it.
func TestALostOperationsStoreIsMadeAnew(t *testing.T) {
	t.Parallel()
	for name, closing := range map[string]func(s shop, crash func()){
		"closed": func(s shop, _ func()) { s.close() }, "crashed": func(_ shop, crash func()) { crash() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, w := t.TempDir(), newWarehouse()
			s, crash := crashing(t, dir, w)
			s.saves(t, "x")
			s.events(t, "a")
			s.saves(t, "y")
			s.events(t, "b")
			s.advances(t, 4)
			s.events(t, "c")
			closing(s, crash)
			if err := os.Remove(filepath.Join(dir, "ops.db")); err != nil {
				t.Fatal(err)
			}
			s = open(t, dir, w, nil)
			if list, err := s.ops.ListSegments(t.Context()); err != nil || len(list) != 2 {
				t.Errorf("segments: %v, %v", list, err)
			}
			wantEvents(t, w, "a b c")
		})
	}
}

func TestALogThatLostRecordsBeforeEvents(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s, crash := crashing(t, dir, w)
	s.imports(t, "i.csv")
	s.events(t, "a")
	s.scores(t)
	s.events(t, "b")
	crash()
	// The note is at least the run's; the warehouse is lost too.
	if err := os.RemoveAll(filepath.Join(dir, "log")); err != nil {
		t.Fatal(err)
	}
	w.applied, w.loads = 0, nil
	l := unopened(t, dir, w, nil)
	const lost = "the log ends at record 0, but record 2 was written: records 1 to 2 of it are lost; restore a backup"
	if err := l.CatchUp(t.Context()); err == nil || err.Error() != lost {
		t.Errorf("CatchUp = %v", err)
	}
	if _, _, err := l.AppendEvents(t.Context(), batch("c")); err == nil || err.Error() != lost {
		t.Errorf("AppendEvents = %v", err)
	}
	// What the warehouse has taken is known too, however little was noted.
	w.applied = 4
	if _, err := l.Rebuild(t.Context()); err == nil || !strings.Contains(err.Error(), "records 1 to 4 of it are lost") {
		t.Errorf("Rebuild = %v", err)
	}
	if _, err := l.Advance(t.Context()); err == nil || !strings.Contains(err.Error(), "records 1 to 4 of it are lost") {
		t.Errorf("Advance = %v", err)
	}
}

func TestRebuildTakesEventsAlike(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	s.events(t, "a")
	s.advances(t, 1)
	s.events(t, "b")
	s.advances(t, 2)
	s.imports(t, "i.csv")
	s.events(t, "c")
	s.events(t, "d")
	if n, err := s.Rebuild(t.Context()); n != 5 || err != nil {
		t.Errorf("Rebuild = %d, %v", n, err)
	}
	wantLoads(t, w, "2 events 2", "3 orders i.csv", "5 events 2")
	wantEvents(t, w, "a b c d")
	s.events(t, "e")
	s.advances(t, 6)
	wantEvents(t, w, "a b c d e")
}

func TestAFullLogLeavesEverythingSound(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	small := func(c *loader.Config) {
		c.OpenLog = func(ctx context.Context) (loader.Log, error) {
			return stream.Open(ctx, stream.Config{Dir: filepath.Join(dir, "log"), MaxBytes: 32 << 10})
		}
	}
	s := open(t, dir, w, nil, small)
	s.imports(t, "i.csv")
	var want []string
	for i := range 1000 {
		name := fmt.Sprint("event", i)
		_, _, err := s.AppendEvents(t.Context(), batch(name))
		if errors.Is(err, stream.ErrFull) && commerce.CodeOf(err) == commerce.CodeFull {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}
	last := uint64(len(want)) + 1
	if len(want) == 0 || s.LastSeq() != last {
		t.Fatalf("%d batches, last record %d", len(want), s.LastSeq())
	}
	if _, _, err := s.Import(t.Context(), request("j.csv")); !errors.Is(err, stream.ErrFull) {
		t.Errorf("Import = %v", err)
	}
	if err := s.Append(t.Context(), commerce.SegmentEntry, segment.Change{ID: "x"}); !errors.Is(err, stream.ErrFull) {
		t.Errorf("Append = %v", err)
	}
	s.advances(t, last)
	wantEvents(t, w, strings.Join(want, " "))
	if got := archived(t, dir); !slices.Equal(got, []string{"000000000001-0.parquet"}) {
		t.Errorf("archive: %v", got)
	}
	s.close()
	s = open(t, dir, w, nil)
	s.imports(t, "j.csv")
	wantEvents(t, w, strings.Join(want, " "))
}

// TestEventsWhoseAppendFailed count if they turn out to be in the log.
func TestEventsWhoseAppendFailed(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]bool{"before": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, w := t.TempDir(), newWarehouse()
			failing := true
			var told []uint64
			s := open(t, dir, w, func(l loader.Log) loader.Log {
				if !failing {
					return l
				}
				failing = false
				return brokenLog{l, errors.New("timeout"), after}
			}, func(c *loader.Config) { c.Appended = func(seq uint64) { told = append(told, seq) } })
			if _, _, err := s.AppendEvents(t.Context(), batch("a")); (err == nil) != after {
				t.Errorf("AppendEvents = %v", err)
			}
			s.events(t, "b")
			if after {
				s.advances(t, 2)
				wantEvents(t, w, "a b")
			} else {
				s.advances(t, 1)
				wantEvents(t, w, "b")
			}
			if want := s.LastSeq(); uint64(len(told)) != want || told[len(told)-1] != want {
				t.Errorf("Appended was told %v", told)
			}
		})
	}
}

// TestAnAppendOfWhichNothingIsKnown: the log could not be opened again at
// first. What became of the entry shows when it can.
func TestAnAppendOfWhichNothingIsKnown(t *testing.T) {
	t.Parallel()
	for name, happened := range map[string]bool{"lost": false, "happened": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, w := t.TempDir(), newWarehouse()
			opened := 0
			var told []uint64
			s := open(t, dir, w, nil, func(c *loader.Config) {
				openLog := c.OpenLog
				c.OpenLog = func(ctx context.Context) (loader.Log, error) {
					if opened++; opened == 2 {
						return nil, errors.New("not now")
					}
					log, err := openLog(ctx)
					if opened == 1 {
						log = brokenLog{log, errors.New("timeout"), happened}
					}
					return log, err
				}
				c.Appended = func(seq uint64) { told = append(told, seq) }
			})
			if _, _, err := s.Import(t.Context(), request("i.csv")); err == nil || !strings.Contains(err.Error(), "not now") {
				t.Errorf("Import = %v", err)
			}
			s.imports(t, "j.csv")
			s.events(t, "a")
			s.advances(t, s.LastSeq())
			if happened {
				wantLoads(t, w, "1 orders i.csv", "2 orders j.csv", "3 events 1")
			} else {
				wantLoads(t, w, "1 orders j.csv", "2 events 1")
			}
			if uint64(len(told)) != s.LastSeq() || told[0] != 1 {
				t.Errorf("Appended was told %v", told)
			}
		})
	}
}

func TestAppendEventsOfSomebodyWhoWentAway(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), newWarehouse(), nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.AppendEvents(ctx, batch("a")); !errors.Is(err, context.Canceled) || s.LastSeq() != 0 {
		t.Errorf("AppendEvents = %v, last record %d", err, s.LastSeq())
	}
}

// TestReadGoesOnInALogThatWasOpenedAnew: a failed append closes the one that
// is read.
func TestReadGoesOnInALogThatWasOpenedAnew(t *testing.T) {
	t.Parallel()
	fail := false
	s := open(t, t.TempDir(), newWarehouse(), func(l loader.Log) loader.Log { return failingLog{l, &fail} })
	for _, name := range []string{"a", "b", "c"} {
		s.events(t, name)
	}
	var seen []uint64
	for e, err := range s.Read(t.Context(), 1) {
		if err != nil {
			t.Fatal(err)
		}
		if seen = append(seen, e.Seq); len(seen) == 1 {
			fail = true
			if _, _, err := s.AppendEvents(t.Context(), batch("d")); err == nil {
				t.Error("an append that failed was not told")
			}
			fail = false
		}
	}
	if !slices.Equal(seen, []uint64{1, 2, 3}) || *s.logs != 2 {
		t.Errorf("read %v, the log was opened %d times", seen, *s.logs)
	}
	s.close()
	for _, err := range s.Read(t.Context(), 1) {
		if err == nil {
			t.Error("a closed log was read")
		}
	}
}

type failingLog struct {
	loader.Log
	fail *bool
}

func (l failingLog) Append(ctx context.Context, e commerce.Entry) (uint64, error) {
	if *l.fail {
		return 0, errors.New("timeout")
	}
	return l.Log.Append(ctx, e)
}
