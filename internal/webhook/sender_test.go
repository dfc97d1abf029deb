package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"kith/internal/segment"
	"kith/internal/webhook"
)

func TestANewOneIsToldWhatComes(t *testing.T) {
	t.Parallel()
	r, late := newReceiver(t), newReceiver(t)
	s := newShop(t, r, late)
	s.enter(1)
	w := s.add(r.URL, nil, []string{"event"})
	s.enter(2) // while nobody sends
	defer s.send()()
	s.enter(3)
	r.await(2)
	second := s.add(late.URL, nil, []string{"event"}) // while somebody sends
	s.enter(4)
	s.await(w.ID, told(4, 4))
	s.await(second.ID, told(4, 4))
	r.want("2-2", "3-3", "4-4")
	late.want("4-4")
}

func TestWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	all, one, two, imports, nothing := newReceiver(t), newReceiver(t), newReceiver(t), newReceiver(t), newReceiver(t)
	s := newShop(t, all, one, two, imports, nothing)
	usual := []string{"event", "time"}
	var last []string
	for _, x := range []struct {
		r        *receiver
		segments []string
		causes   []string
	}{
		{all, nil, usual},
		{one, []string{"vip"}, usual},
		{two, []string{"lapsed", "vip"}, usual},
		{imports, []string{"vip"}, []string{"import"}},
		{nothing, []string{"unknown"}, usual},
	} {
		last = append(last, s.add(x.r.URL, x.segments, x.causes).ID)
	}
	defer s.send()()
	var b segment.Batch
	for _, id := range []string{"vip", "lapsed", "third"} {
		for _, cause := range segment.Causes {
			b.Transitions = append(b.Transitions, transition(id, 5, cause))
		}
	}
	n := int64(len(b.Transitions))
	b.Sweeps = []segment.Sweep{
		{Segment: "vip", At: day, NoticedAt: day, Cause: segment.CauseImport, Persons: []int64{3, 4}},
		{Segment: "third", Entered: true, At: day, NoticedAt: day, Cause: segment.CauseTime, Persons: []int64{8, 9}},
		{Segment: "vip", Entered: true, At: day, NoticedAt: day, Cause: segment.CauseEvent, Persons: []int64{1}},
	}
	s.commit(b)
	sweep := func(after, person int64) string { return fmt.Sprintf("%d-%d", n+after, person) }
	s.await(last[0], told(n+3, 1))
	s.await(last[1], told(n+3, 1))
	s.await(last[2], told(n+3, 1))
	s.await(last[3], told(n+1, 4))
	all.want("1-5", "2-5", "10-5", "11-5", "19-5", "20-5", sweep(2, 8), sweep(2, 9), sweep(3, 1))
	one.want("1-5", "2-5", sweep(3, 1))
	two.want("1-5", "2-5", "10-5", "11-5", sweep(3, 1))
	imports.want("4-5", sweep(1, 3), sweep(1, 4))
	nothing.want()
	if kind := decode(t, imports.requests()[1].body)["type"]; kind != "segment.left" {
		t.Errorf("the type is %v", kind)
	}
}

// sweepOf is everyone up to a number, in and out of several parts.
func sweepOf(persons int64, cause segment.Cause) segment.Batch {
	s := segment.Sweep{Segment: "vip", Entered: true, At: day, NoticedAt: day, Cause: cause}
	for p := range persons {
		s.Persons = append(s.Persons, p+1)
	}
	return segment.Batch{Sweeps: []segment.Sweep{s}}
}

func TestASweepIsToldPersonByPerson(t *testing.T) {
	t.Parallel()
	const persons = 1200
	r := newReceiver(t)
	s := newShop(t, r)
	w := s.add(r.URL, nil, []string{"import"})
	s.commit(sweepOf(persons, segment.CauseImport))
	var want []string
	for p := range persons {
		want = append(want, fmt.Sprintf("1-%d", p+1))
	}
	for _, n := range []int64{1, 400, 1000, 1100} { // restarts in the middle
		stop := s.send()
		s.await(w.ID, func(s webhook.State) bool { return s.Cursor.Person >= n && s.Cursor.Number == 1 })
		stop()
	}
	defer s.send()()
	s.await(w.ID, told(1, persons))
	onceOrCutOff(t, want, r.ids(), 4)
}

// onceOrCutOff wants ids in their order, each once but for those that were
// answered when a restart cut them off: they are told again.
func onceOrCutOff(t *testing.T, want, got []string, restarts int) {
	t.Helper()
	repeats := len(got) - len(slices.Compact(slices.Clone(got)))
	if !slices.Equal(slices.Compact(slices.Clone(got)), want) || repeats > restarts {
		t.Errorf("with %d restarts, %d were told in place of %d", restarts, len(got), len(want))
	}
}

// TestWhatIsNotWantedIsNotRead: an import of a million is for nobody, mostly.
func TestWhatIsNotWantedIsNotRead(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	s := newShop(t, r)
	w := s.add(r.URL, nil, []string{"event"})
	for range 3 {
		s.commit(sweepOf(5000, segment.CauseImport))
	}
	s.enter(9)
	stop := s.send()
	s.await(w.ID, told(4, 9))
	stop()
	r.want("4-9")
	if n := s.yields(); n > 20 {
		t.Errorf("%d transitions were looked at to find one", n)
	}
}

// TestASweepThatWasToldIsNotReadAgain by each that comes after it.
func TestASweepThatWasToldIsNotReadAgain(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	s := newShop(t, r)
	w := s.add(r.URL, nil, []string{"import", "event"})
	stop := s.send()
	s.commit(sweepOf(50, segment.CauseImport))
	s.await(w.ID, told(1, 50))
	for p := range int64(20) {
		s.enter(p)
		s.await(w.ID, told(2+p, p))
	}
	stop()
	if n := s.yields(); n > 50+2*20 {
		t.Errorf("%d transitions were looked at for 70", n)
	}
}

// TestPassingOverIsKept, so that a restart does not begin years ago.
func TestPassingOverIsKept(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	w := s.add("http://127.0.0.1:1/", nil, []string{"score"})
	var b segment.Batch
	for p := range webhook.NumberOfKeep + 5 {
		b.Transitions = append(b.Transitions, transition("vip", p, segment.CauseEvent))
	}
	s.commit(b)
	stop := s.send()
	s.await(w.ID, func(s webhook.State) bool { return s.Cursor.Number == webhook.NumberOfKeep })
	stop()
	if state := s.state(w.ID); state.Failures != 0 || state.Failure.Status != 0 || state.Success.Status != 0 {
		t.Errorf("the state is %+v", state)
	}
}

// TestADeletedSegment: what was recorded of it is still told.
func TestADeletedSegment(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	s := newShop(t, r)
	w := s.add(r.URL, []string{"vip"}, []string{"event", "definition"})
	s.commit(segment.Batch{
		Segments:    []segment.LiveSegment{{Number: 1, ID: "vip"}, {Number: 2, ID: "all"}},
		Transitions: []segment.Transition{transition("vip", 1, segment.CauseEvent)},
	})
	s.commit(segment.Batch{Segments: []segment.LiveSegment{{Number: 2, ID: "all"}}})
	s.commit(segment.Batch{Transitions: []segment.Transition{transition("all", 1, segment.CauseEvent)}})
	defer s.send()()
	s.await(w.ID, told(1, 1))
	// It is saved again, under the same id.
	s.commit(segment.Batch{Segments: []segment.LiveSegment{{Number: 3, ID: "vip"}}})
	s.enter(2)
	s.await(w.ID, told(3, 2))
	r.want("1-1", "3-2")
}

// TestADeadReceiverDelaysNobody: others are told, and the store is free, while
// one does not answer.
func TestADeadReceiverDelaysNobody(t *testing.T) {
	t.Parallel()
	dead := newReceiver(t, func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() })
	r := newReceiver(t)
	s := newShop(t, dead, r)
	s.add(dead.URL, nil, []string{"event"})
	w := s.add(r.URL, nil, []string{"event"})
	stop := s.send()
	for p := range int64(50) {
		s.enter(p + 1)
	}
	s.await(w.ID, told(50, 50))
	if n := len(dead.requests()); n > 1 {
		t.Errorf("the dead one was asked %d times at once", n)
	}
	stop() // does not wait for the dead one either
}

func TestDeletedWhileItIsSentTo(t *testing.T) {
	t.Parallel()
	begun, cut := make(chan struct{}), make(chan struct{})
	r := newReceiver(t, func(_ http.ResponseWriter, q *http.Request) {
		close(begun)
		<-q.Context().Done()
		close(cut)
	})
	other := newReceiver(t)
	s := newShop(t, r, other)
	w := s.add(r.URL, nil, []string{"event"})
	rest := s.add(other.URL, nil, []string{"event"})
	defer s.send()()
	s.enter(1, 2)
	<-begun
	if err := s.book.Delete(t.Context(), w.ID); err != nil {
		t.Fatal(err)
	}
	<-cut
	s.enter(3)
	s.await(rest.ID, told(3, 3))
	r.want("1-1")
}

// TestACutAttemptIsNoFailure: that a server ends says nothing of a receiver.
func TestACutAttemptIsNoFailure(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	r := newReceiver(t, func(_ http.ResponseWriter, q *http.Request) {
		close(begun)
		<-q.Context().Done()
	})
	s := newShop(t, r)
	w := s.add(r.URL, nil, []string{"event"})
	stop := s.send()
	s.enter(1)
	<-begun
	stop()
	if state := s.state(w.ID); state.Failures != 0 || state.Cursor != webhook.After(0) {
		t.Errorf("the state is %+v", state)
	}
	defer s.send()()
	s.await(w.ID, told(1, 1))
	r.want("1-1", "1-1")
}

// TestFailuresOutliveARestart: a restart neither hastens the next attempt nor
// forgets those that failed.
func TestFailuresOutliveARestart(t *testing.T) {
	t.Parallel()
	fail := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }
	r := newReceiver(t, fail, fail, fail)
	s := newShop(t, r)
	w := s.add(r.URL, nil, []string{"event"})
	state := webhook.State{Cursor: webhook.After(0), Failures: 74, Failure: webhook.Attempt{At: day, Status: 500}}
	if err := s.db.PutWebhookState(t.Context(), w.ID, state); err != nil {
		t.Fatal(err)
	}
	s.enter(1)
	defer s.send()()
	s.await(w.ID, told(1, 1))
	if !slices.Equal(s.clock.waits, slices.Repeat(webhook.Delays[4:], 4)) {
		t.Errorf("waited %v", s.clock.waits)
	}
}

// brokenStore fails now and then.
type brokenStore struct {
	webhook.Store
	fails atomic.Int64 // of the next so many states
}

var errBroken = errors.New("the disk is full")

func (b *brokenStore) PutWebhookState(ctx context.Context, id string, s webhook.State) error {
	if b.fails.Add(-1) >= 0 {
		return errBroken
	}
	return b.Store.PutWebhookState(ctx, id, s)
}

func TestAStoreThatFails(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	s := newShop(t, r)
	broken := &brokenStore{Store: s.store}
	s.store = broken
	w := s.add(r.URL, nil, []string{"event"})
	stop := s.send()
	broken.fails.Store(3)
	s.enter(1)
	s.await(w.ID, told(1, 1)) // though nothing more is recorded
	stop()
	r.want("1-1")
	if len(s.clock.waits) != 3 {
		t.Errorf("waited %v", s.clock.waits)
	}
}

// TestACrash between the answer and keeping it repeats that one alone.
func TestACrash(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	s := newShop(t, r)
	good := s.store
	broken := &brokenStore{Store: good}
	broken.fails.Store(1 << 40)
	s.store = broken
	w := s.add(r.URL, nil, []string{"event"})
	s.enter(1)
	stop := s.send()
	r.await(1)
	stop()
	s.store = good
	s.enter(2)
	defer s.send()()
	s.await(w.ID, told(2, 2))
	onceOrCutOff(t, []string{"1-1", "2-2"}, r.ids(), 1)
	if len(r.ids()) != 3 {
		t.Errorf("the receiver had %v, want 1-1 twice", r.ids())
	}
}

// TestAnyShop: whatever is recorded, however receivers fail and whenever the
// server is restarted, each is told what it asked for, in order.
func TestAnyShop(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			anyShop(t, rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

func anyShop(t *testing.T, random *rand.Rand) {
	var faults []http.HandlerFunc
	for range 40 {
		f := http.HandlerFunc(nil)
		switch random.IntN(4) {
		case 0:
			f = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }
		case 1:
			f = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
		}
		faults = append(faults, f)
	}
	r := newReceiver(t, faults...)
	s := newShop(t, r)
	segments := [][]string{nil, {"a"}, {"a", "c"}}[random.IntN(3)]
	causes := [][]string{{"event", "time"}, {"import"}, {"event", "score"}}[random.IntN(3)]
	w := s.add(r.URL, segments, causes)
	wanted := func() (all []webhook.Cursor) {
		err := s.record(t.Context(), "", 0, func(e webhook.Event) error {
			if slices.Contains(causes, e.Cause) && (segments == nil || slices.Contains(segments, e.Segment)) {
				all = append(all, e.Place)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	const restarts = 6
	for range restarts {
		stop := s.send()
		for range 4 {
			s.commit(anyBatch(random))
		}
		if all := wanted(); len(all) > 0 {
			place := all[random.IntN(len(all))]
			s.await(w.ID, func(s webhook.State) bool {
				return s.Cursor.Number > place.Number || s.Cursor.Number == place.Number && s.Cursor.Person >= place.Person
			})
		}
		stop()
	}
	all := wanted()
	last := all[len(all)-1]
	defer s.send()()
	s.await(w.ID, told(last.Number, last.Person))
	var want []string
	for _, place := range all {
		want = append(want, fmt.Sprintf("%d-%d", place.Number, place.Person))
	}
	if got := r.ids(); !slices.Equal(slices.Compact(got), want) {
		t.Errorf("told\n%v, want\n%v", got, want)
	}
	if n := len(r.requests()); n > len(want)+len(faults)+restarts {
		t.Errorf("%d requests for %d", n, len(want))
	}
}

func anyBatch(random *rand.Rand) segment.Batch {
	var b segment.Batch
	pick := func() string { return string(rune('a' + random.IntN(4))) }
	cause := func() segment.Cause { return segment.Causes[random.IntN(len(segment.Causes))] }
	for range random.IntN(6) {
		b.Transitions = append(b.Transitions, transition(pick(), random.Int64N(9), cause()))
	}
	for range random.IntN(3) {
		sweep := segment.Sweep{Segment: pick(), At: day, NoticedAt: day, Cause: cause()}
		for p := range int64(6) {
			if random.IntN(2) == 0 {
				sweep.Persons = append(sweep.Persons, p)
			}
		}
		b.Sweeps = append(b.Sweeps, sweep)
	}
	return b
}
