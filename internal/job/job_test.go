package job_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/job"
	"kith/internal/opsdb"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// book is a Book over a real store. Each look at the clock is a second later.
type book struct {
	*job.Book
	store  *opsdb.DB
	logged []job.Job // what the log remembers
	mu     sync.Mutex
	clock  time.Time
}

func (b *book) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(time.Second)
	return b.clock
}

func open(t *testing.T, file string, logged ...job.Job) *book {
	t.Helper()
	store, err := opsdb.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	b := &book{store: store, logged: logged, clock: noon}
	b.Book, err = job.New(job.Config{
		Store: store, Now: b.now, Logger: slog.New(slog.DiscardHandler),
		Imports: func(_ context.Context, after uint64, yield func(job.Job) error) error {
			for _, j := range b.logged {
				if j.Seq > after {
					if err := yield(j); err != nil {
						return err
					}
				}
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.end)
	return b
}

func (b *book) end() {
	if b.store != nil {
		b.Close()
		b.store.Close()
		b.store = nil
	}
}

// gate is work that waits until it is let through.
type gate struct {
	began, through chan struct{}
	over           chan struct{}
}

func newGate() *gate {
	return &gate{make(chan struct{}), make(chan struct{}), make(chan struct{})}
}

func (g *gate) work(ctx context.Context, _ string, tell func(job.Progress)) (job.Result, error) {
	tell(job.Progress{Stage: "orders", Rows: 7})
	close(g.began)
	select {
	case <-g.through:
		return job.Result{Seq: 3, Counts: &job.Counts{Rows: 5}, Seconds: 2}, nil
	case <-ctx.Done():
		return job.Result{}, ctx.Err()
	}
}

func (b *book) start(t *testing.T, g *gate) string {
	t.Helper()
	j, err := b.Start(t.Context(), "orders", []string{"a.csv"}, "ana", g.work, func() { close(g.over) })
	if err != nil {
		t.Fatal(err)
	}
	return j.ID
}

// states are those that a watcher sees, to the end.
func (b *book) states(t *testing.T, id string) (states []job.State) {
	t.Helper()
	err := b.Watch(t.Context(), id, func(j job.Job, _ job.Progress) error {
		if len(states) == 0 || states[len(states)-1] != j.State {
			states = append(states, j.State)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return states
}

func (b *book) state(t *testing.T, id string) job.Job {
	t.Helper()
	j, _, err := b.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestOneAfterTheOther(t *testing.T) {
	t.Parallel()
	b := open(t, filepath.Join(t.TempDir(), "o.db"))
	first, second, third := newGate(), newGate(), newGate()
	a, c, d := b.start(t, first), b.start(t, second), b.start(t, third)
	<-first.began
	if j, p, err := b.Get(t.Context(), a); err != nil || j.State != job.Running || p.Rows != 7 || j.Actor != "ana" {
		t.Errorf("%+v, %+v, %v", j, p, err)
	}
	if got := []int{b.Ahead(a), b.Ahead(c), b.Ahead(d)}; !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("ahead: %v", got)
	}
	select {
	case <-second.began:
		t.Error("two ran at a time")
	default:
	}
	var watching sync.WaitGroup
	var seen []job.State
	watching.Go(func() { seen = b.states(t, c) })
	close(first.through)
	<-first.over
	<-second.began
	close(second.through)
	<-third.began
	close(third.through)
	watching.Wait()
	if seen[len(seen)-1] != job.Done || slices.Contains(seen, job.Failed) {
		t.Errorf("a watcher saw %v", seen)
	}
	b.states(t, d)
	j := b.state(t, a)
	if j.State != job.Done || j.Counts.Rows != 5 || j.Seq != 3 || j.EndedAt.Before(j.StartedAt) || j.Seconds != 2 {
		t.Errorf("%+v", j)
	}
	// Who comes when all is over is told at once.
	if got := b.states(t, a); !slices.Equal(got, []job.State{job.Done}) {
		t.Errorf("afterwards: %v", got)
	}
	list, err := b.List(t.Context(), job.Place{}, 2)
	if err != nil || len(list) != 2 || list[0].ID != d || list[1].ID != c {
		t.Fatalf("%+v, %v", list, err)
	}
	list, err = b.List(t.Context(), job.Place{At: list[1].CreatedAt, Number: list[1].Number}, 2)
	if err != nil || len(list) != 1 || list[0].ID != a {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	b := open(t, filepath.Join(t.TempDir(), "o.db"))
	running, waiting, last := newGate(), newGate(), newGate()
	a, c, d := b.start(t, running), b.start(t, waiting), b.start(t, last)
	<-running.began
	if err := b.Cancel(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	<-waiting.over
	if j := b.state(t, c); j.State != job.Cancelled || !j.StartedAt.IsZero() {
		t.Errorf("one that waited: %+v", j)
	}
	if err := b.Cancel(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	<-last.began // the next goes on
	if got := b.states(t, a); got[len(got)-1] != job.Cancelled {
		t.Errorf("one that ran: %v", got)
	}
	close(last.through)
	b.states(t, d)
	for id, code := range map[string]commerce.Code{a: commerce.CodeConflict, c: commerce.CodeConflict, d: commerce.CodeConflict, "im_none": commerce.CodeNotFound} {
		if err := b.Cancel(t.Context(), id); commerce.CodeOf(err) != code {
			t.Errorf("cancelling %s again: %v", id, err)
		}
	}
	if b.Busy() {
		t.Error("it is still busy")
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	b := open(t, filepath.Join(t.TempDir(), "o.db"))
	for name, tc := range map[string]struct {
		work  job.Work
		state job.State
		said  string
	}{
		"told": {func(context.Context, string, func(job.Progress)) (job.Result, error) {
			return job.Result{}, commerce.Errorf(commerce.CodeInvalid, "line 7")
		}, job.Failed, "line 7"},
		"inside": {func(context.Context, string, func(job.Progress)) (job.Result, error) {
			return job.Result{}, errors.New("/home/me")
		}, job.Failed, "something went wrong"},
		"panic": {func(context.Context, string, func(job.Progress)) (job.Result, error) { panic("no") }, job.Failed, "something went wrong"},
		"happened": {func(context.Context, string, func(job.Progress)) (job.Result, error) {
			return job.Result{Seq: 9, Counts: &job.Counts{}}, commerce.Errorf(commerce.CodeBusy, "scoring")
		}, job.Done, "scoring"},
	} {
		over := make(chan struct{})
		j, err := b.Start(t.Context(), "orders", nil, "", tc.work, func() { close(over) })
		if err != nil {
			t.Fatal(err)
		}
		b.states(t, j.ID)
		<-over
		if got := b.state(t, j.ID); got.State != tc.state || !strings.Contains(got.Problem, tc.said) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTheProcessEnds(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "o.db")
	b := open(t, file)
	running, waiting := newGate(), newGate()
	a, c := b.start(t, running), b.start(t, waiting)
	<-running.began
	b.Close()
	<-running.over
	<-waiting.over
	for _, id := range []string{a, c} {
		if j := b.state(t, id); j.State != job.Interrupted || j.EndedAt.IsZero() {
			t.Errorf("%+v", j)
		}
	}
	over := false
	if _, err := b.Start(t.Context(), "orders", nil, "", waiting.work, func() { over = true }); commerce.CodeOf(err) != commerce.CodeBusy || over {
		t.Errorf("one more: %v, over %v", err, over)
	}
}

// TestTheHistoryIsCompleted with what the log knows: imports of older versions,
// and those of a process that was killed behind the append.
func TestTheHistoryIsCompleted(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "o.db")
	b := open(t, file)
	for _, id := range []string{"im_killed", "im_before"} { // as a process that was killed left them
		if _, err := b.store.AddJob(t.Context(), job.Job{ID: id, Kind: "orders", State: job.Running, CreatedAt: noon}); err != nil {
			t.Fatal(err)
		}
	}
	b.end()
	imported := func(seq uint64, id string) job.Job {
		return job.Job{ID: id, Kind: "orders", Files: []string{"x.csv"}, State: job.Done, CreatedAt: noon.Add(-time.Hour), EndedAt: noon, Result: job.Result{Seq: seq, Counts: &job.Counts{Rows: int64(seq)}}}
	}
	b = open(t, file, imported(2, ""), imported(5, "im_killed"), imported(7, "im_lost"))
	for range 2 {
		list, err := b.List(t.Context(), job.Place{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		got := map[uint64]job.State{}
		for _, j := range list {
			got[j.Seq] = j.State
		}
		if len(list) != 4 || got[2] != job.Done || got[5] != job.Done || got[7] != job.Done || got[0] != job.Interrupted {
			t.Errorf("%+v", list)
		}
	}
	if j := b.state(t, "im_killed"); j.State != job.Done || j.Counts.Rows != 5 {
		t.Errorf("%+v", j)
	}
	if err := b.Record(t.Context(), imported(9, "")); err != nil {
		t.Fatal(err)
	}
	b.end()
	b = open(t, file, imported(2, ""), imported(5, "im_killed"), imported(7, "im_lost"), imported(9, ""))
	if list, err := b.List(t.Context(), job.Place{}, 10); err != nil || len(list) != 5 {
		t.Errorf("opened again: %d, %v", len(list), err)
	}
}
