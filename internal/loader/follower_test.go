package loader_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/loader"
)

// follower reads the log as it grows, one entry after the other.
type follower struct {
	appended chan struct{} // has room for one: there is more

	mu      sync.Mutex
	told    []uint64 // what Appended said
	loaded  map[uint64]string
	applied uint64
	events  []string
	moved   chan struct{} // closed when applied changes
}

func newFollower() *follower {
	return &follower{appended: make(chan struct{}, 1), moved: make(chan struct{}), loaded: map[uint64]string{}}
}

func (f *follower) hooks(c *loader.Config) {
	c.Appended = func(seq uint64) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.told = append(f.told, seq)
		select {
		case f.appended <- struct{}{}:
		default:
		}
	}
	c.Before = f.before
	c.Loaded = func(seq uint64, kind commerce.Kind, touched []int64) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.loaded[seq] += fmt.Sprint(kind, touched)
	}
}

func (f *follower) before(ctx context.Context, seq uint64) error {
	for {
		f.mu.Lock()
		applied, moved := f.applied, f.moved
		f.mu.Unlock()
		if applied+1 >= seq {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// follow applies what was appended until the context ends.
func (f *follower) follow(ctx context.Context, t *testing.T, l *loader.Loader) {
	for {
		select {
		case <-f.appended:
		case <-ctx.Done():
			return
		}
		for e, err := range l.Read(ctx, f.applied+1) {
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				t.Errorf("following: %v", err)
				return
			}
			f.apply(t, e)
		}
	}
}

func (f *follower) apply(t *testing.T, e commerce.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.Seq != f.applied+1 {
		t.Errorf("record %d came after %d", e.Seq, f.applied)
	}
	f.applied = e.Seq
	if e.Type == commerce.EventsEntry {
		var b commerce.EventBatch
		if err := json.Unmarshal(e.Body, &b); err != nil {
			t.Error(err)
		}
		for _, x := range b.Events {
			f.events = append(f.events, x.Name)
		}
	}
	close(f.moved)
	f.moved = make(chan struct{})
}

// TestOrderIsKept while everything is done at once.
func TestOrderIsKept(t *testing.T) {
	t.Parallel()
	dir, w, f := t.TempDir(), newWarehouse(), newFollower()
	w.during = func(seq uint64, kind string) {
		f.mu.Lock()
		defer f.mu.Unlock()
		switch applied := f.applied; {
		case kind == string(commerce.Events) && applied < seq:
			t.Errorf("the warehouse takes events up to %d, the follower is at %d", seq, applied)
		case applied+1 < seq:
			t.Errorf("the warehouse takes record %d, the follower is at %d", seq, applied)
		}
	}
	s := open(t, dir, w, nil, f.hooks)
	ctx, cancel := context.WithCancel(t.Context())
	var following, working sync.WaitGroup
	following.Go(func() { f.follow(ctx, t, s.Loader) })
	const writers, each = 4, 40
	for n := range writers {
		working.Go(func() {
			for i := range each {
				s.events(t, fmt.Sprintf("%d.%d", n, i))
			}
		})
	}
	working.Go(func() {
		for i := range 6 {
			s.imports(t, fmt.Sprintf("i%d.csv", i))
		}
	})
	working.Go(func() {
		for i := range 6 {
			s.saves(t, fmt.Sprintf("s%d", i))
			s.scores(t)
		}
	})
	working.Go(func() {
		for range 20 {
			if _, err := s.Advance(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	working.Wait()
	last := s.LastSeq() // batches that met share an entry
	if last > writers*each+6+12 {
		t.Errorf("%d entries", last)
	}
	s.advances(t, last)
	if err := f.before(t.Context(), last+1); err != nil {
		t.Fatal(err)
	}
	cancel()
	following.Wait()
	wantEvents(t, w, strings.Join(f.events, " "))
	if len(f.events) != writers*each {
		t.Errorf("%d events", len(f.events))
	}
	wantOrdered(t, f, last)
	if got := len(w.loads); got < 12 || len(f.loaded) != 6 {
		t.Errorf("%d loads, %d imports told", got, len(f.loaded))
	}
	before := strings.Join(w.events, " ")
	if n, err := s.Rebuild(t.Context()); uint64(n) != last || err != nil {
		t.Errorf("Rebuild = %d, %v", n, err)
	}
	wantEvents(t, w, before)
}

func wantOrdered(t *testing.T, f *follower, last uint64) {
	t.Helper()
	for i, seq := range f.told {
		if seq != uint64(i)+1 {
			t.Fatalf("Appended was told %v", f.told)
		}
	}
	if uint64(len(f.told)) != last {
		t.Errorf("Appended was told up to %d, want %d", len(f.told), last)
	}
	// The events of each writer stand in its order.
	next := map[string]int{}
	for _, name := range f.events {
		writer, n, _ := strings.Cut(name, ".")
		if n != fmt.Sprint(next[writer]) {
			t.Fatalf("event %s of writer %s comes where %d was due", n, writer, next[writer])
		}
		next[writer]++
	}
}

// TestAFollowerIsWaitedFor says which numbers Before and Loaded are told.
func TestAFollowerIsWaitedFor(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	var told []string
	refuse := errors.New("stopped")
	var stopped error
	hooks := func(c *loader.Config) {
		c.Before = func(_ context.Context, seq uint64) error {
			told = append(told, fmt.Sprint("before ", seq))
			return stopped
		}
		c.Loaded = func(seq uint64, kind commerce.Kind, touched []int64) {
			told = append(told, fmt.Sprint("loaded ", seq, kind, touched))
		}
		c.Appended = func(seq uint64) { told = append(told, fmt.Sprint("appended ", seq)) }
	}
	want := func(want ...string) {
		t.Helper()
		if got := strings.Join(told, ", "); got != strings.Join(want, ", ") {
			t.Errorf("told %q, want %q", got, want)
		}
		told = nil
	}
	s := open(t, dir, w, nil, hooks)
	s.events(t, "a")
	s.events(t, "b")
	want("appended 1", "appended 2")
	s.imports(t, "i.csv")
	want("before 3", "before 3", "appended 3", "loaded 3orders[3]")
	s.events(t, "c")
	s.scores(t)
	want("appended 4", "appended 5", "before 5", "before 5")
	s.saves(t, "x")
	want("appended 6")
	s.events(t, "d")
	told = nil
	if _, err := s.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	want("before 8")

	stopped = refuse
	s.events(t, "e")
	if applied, err := s.Advance(t.Context()); applied != 7 || !errors.Is(err, refuse) {
		t.Errorf("Advance = %d, %v", applied, err)
	}
	if _, _, err := s.Import(t.Context(), request("j.csv")); !errors.Is(err, refuse) {
		t.Errorf("Import = %v", err)
	}
	wantEvents(t, w, "a b c d")
	stopped = nil
	s.advances(t, 8)
	wantEvents(t, w, "a b c d e")

	// An import whose commit failed is loaded and told later.
	w.failCommit = errors.New("no")
	if _, _, err := s.Import(t.Context(), request("j.csv")); err == nil || !strings.Contains(err.Error(), "takes effect") {
		t.Errorf("Import = %v", err)
	}
	s.events(t, "f")
	w.failCommit, told = nil, nil
	s.advances(t, 10)
	want("before 9", "loaded 9orders[9]", "before 11")
	s.events(t, "g")
	s.close()
	told = nil
	open(t, dir, w, nil, hooks)
	want()
	wantEvents(t, w, "a b c d e f g")
}

func (s shop) readsAll(t *testing.T) {
	t.Helper()
	for _, err := range s.Read(t.Context(), 1) {
		if err != nil {
			t.Error(err)
		}
	}
}

// TestARebuildWaitsForNobodyWhoWaitsForIt: a follower that knows of an import
// whose commit failed waits until the warehouse has it.
func TestARebuildWaitsForNobodyWhoWaitsForIt(t *testing.T) {
	t.Parallel()
	w := newWarehouse()
	s := open(t, t.TempDir(), w, nil, func(c *loader.Config) {
		c.Before = func(_ context.Context, seq uint64) error {
			if w.applied == 1 && seq > 2 {
				return fmt.Errorf("waiting for record %d with the warehouse at %d", seq-1, w.applied)
			}
			return nil
		}
	})
	s.imports(t, "i.csv")
	w.failCommit = errors.New("no")
	if _, _, err := s.Import(t.Context(), request("j.csv")); err == nil {
		t.Error("Import did not fail")
	}
	w.failCommit = nil
	s.events(t, "a")
	if n, err := s.Rebuild(t.Context()); n != 3 || err != nil {
		t.Errorf("Rebuild = %d, %v", n, err)
	}
	wantLoads(t, w, "1 orders i.csv", "2 orders j.csv", "3 events 1")
}

// TestEventsWaitForNoChange: a run, a rebuild and a waiting follower are at
// work as long as they like.
func TestEventsWaitForNoChange(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(t *testing.T, s shop){
		"run": func(t *testing.T, s shop) { s.scores(t) },
		"rebuild": func(t *testing.T, s shop) {
			if _, err := s.Rebuild(t.Context()); err != nil {
				t.Error(err)
			}
		},
		"advance": func(t *testing.T, s shop) {
			if _, err := s.Advance(t.Context()); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWarehouse()
			s := open(t, t.TempDir(), w, nil)
			s.scores(t)
			s.events(t, "a")
			atWork, goOn := make(chan struct{}), make(chan struct{})
			once := sync.OnceFunc(func() { close(atWork); <-goOn })
			w.during = func(uint64, string) { once() }
			var working sync.WaitGroup
			working.Go(func() { change(t, s) })
			<-atWork
			s.events(t, "b")
			s.readsAll(t)
			close(goOn)
			working.Wait()
			s.advances(t, s.LastSeq())
			wantEvents(t, w, "a b")
		})
	}
}

// TestAnImportHoldsItsNumber from when its load begins until it is in the log,
// and not while it commits; meanwhile the log can be read.
func TestAnImportHoldsItsNumber(t *testing.T) {
	t.Parallel()
	w := newWarehouse()
	s := open(t, t.TempDir(), w, nil)
	s.events(t, "a")
	var working sync.WaitGroup
	taken := make(chan uint64, 1)
	w.during = func(_ uint64, kind string) {
		switch kind {
		case string(commerce.Orders):
			working.Go(func() {
				seq, _, err := s.AppendEvents(t.Context(), batch("b"))
				if err != nil {
					t.Error(err)
				}
				taken <- seq
			})
			select {
			case seq := <-taken:
				t.Errorf("events got number %d while an import held its own", seq)
			case <-time.After(20 * time.Millisecond):
			}
			s.readsAll(t)
		case "commit":
			if seq := <-taken; seq != 3 {
				t.Errorf("events got number %d, want 3", seq)
			}
		}
	}
	s.imports(t, "i.csv")
	working.Wait()
	w.during = nil
	s.advances(t, 3)
	wantLoads(t, w, "1 events 1", "2 orders i.csv", "3 events 1")
}

// TestEventsGoOnWhileAnImportIsRead: it has no number yet.
func TestEventsGoOnWhileAnImportIsRead(t *testing.T) {
	t.Parallel()
	w := newWarehouse()
	var s shop
	s = open(t, t.TempDir(), w, nil, func(c *loader.Config) {
		c.Read = func(ctx context.Context, r loader.Request, out, temp string) (loader.Reading, error) {
			s.events(t, "a")
			s.advances(t, 1)
			s.events(t, "b")
			return read(ctx, r, out, temp)
		}
	})
	s.imports(t, "i.csv")
	wantLoads(t, w, "1 events 1", "2 events 1", "3 orders i.csv")
}

func TestAnImportThatFailsLetsGoOfItsNumber(t *testing.T) {
	t.Parallel()
	w := newWarehouse()
	s := open(t, t.TempDir(), w, nil)
	w.failLoad = errors.New("no")
	if _, _, err := s.Import(t.Context(), request("i.csv")); err == nil {
		t.Error("Import did not fail")
	}
	w.failLoad = nil
	s.events(t, "a")
	s.imports(t, "i.csv")
	wantLoads(t, w, "1 events 1", "2 orders i.csv")
}
