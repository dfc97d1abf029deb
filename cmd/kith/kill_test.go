package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/folder"
	"kith/internal/opsdb"
	"kith/internal/segment"
	"kith/internal/segment/live"
	"kith/internal/segment/membership"
	"kith/internal/segql/eval"
)

// kills is how often TestKill kills the server; KITH_KILLS says otherwise.
const kills = 4

// killed are the segments that TestKill watches: events let people in, and
// time lets them out.
var killed = map[string]string{
	"fresh":  `has product_viewed in last 1 minutes`,
	"buyers": `count(order) >= 2`,
	"left":   `sequence(product_added, no order within 1 minutes)`,
	"later":  `entered segment "fresh" in last 1 hours and has page_viewed`,
	"viewed": `count(product_viewed[price > 10]) in last 2 minutes >= 2`,
}

// TestKill kills a server again and again while events flow. In the end, what
// was acknowledged is there once; transitions are those that the log gives
// when it is played anew; and memberships are those that SQL answers.
func TestKill(t *testing.T) {
	t.Parallel()
	times := kills
	if text := os.Getenv("KITH_KILLS"); text != "" {
		var err error
		if times, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	k := &killing{t: t, dir: filepath.Join(t.TempDir(), "shop"), r: rand.New(rand.NewPCG(1, uint64(times)))}
	k.command("init", "--timezone", "Europe/Bucharest", "--currency", "RON")
	for _, id := range slices.Sorted(maps.Keys(killed)) { // "later" comes after what it refers to
		k.command("segment", "save", id, killed[id])
	}
	for range times {
		server := k.start()
		lives := time.Duration(50+k.r.IntN(400)) * time.Millisecond
		stop := k.send()
		time.Sleep(lives) // where it is hit is chance
		if err := server.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		stop()
		_ = server.Wait()
	}
	server := k.start()
	k.settle()
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Fatalf("stopping: %v\n%s", err, k.stderr.String())
	}
	k.check()
}

// killing is one run of TestKill.
type killing struct {
	t      *testing.T
	dir    string
	r      *rand.Rand
	stderr bytes.Buffer
	sent   int
	mu     sync.Mutex
	acked  []string // message ids
}

func (k *killing) command(args ...string) (stdout string) {
	k.t.Helper()
	var out, stderr bytes.Buffer
	if status := run(k.t.Context(), append(args, "--data", k.dir), nil, &out, &stderr); status != 0 {
		k.t.Fatalf("kith %v: status %d: %s", args, status, stderr.String())
	}
	return out.String()
}

// settle waits until everything took effect. A history waits some seconds for
// that, and says then as of when it is.
func (k *killing) settle() {
	k.t.Helper()
	for {
		asked := time.Now().UTC().Truncate(time.Microsecond)
		var h api.History
		if err := json.Unmarshal([]byte(k.command("segment", "history", "fresh", "--json")), &h); err != nil {
			k.t.Fatal(err)
		}
		if !h.AsOf.Before(asked) {
			return
		}
	}
}

// start starts a server in a process of its own.
func (k *killing) start() *exec.Cmd {
	k.t.Helper()
	c := exec.CommandContext(k.t.Context(), "kith", "serve", "--data", k.dir, "--addr", "127.0.0.1:0") // TestMain puts it there
	k.stderr.Reset()
	c.Stderr = &k.stderr
	if err := c.Start(); err != nil {
		k.t.Fatal(err)
	}
	for range 3000 {
		if owner := k.owner(); owner.Address != "" && owner.PID == c.Process.Pid {
			return c
		}
		time.Sleep(10 * time.Millisecond)
	}
	k.t.Fatalf("no server came up: %s", k.stderr.String())
	return nil
}

func (k *killing) owner() (o folder.Owner) {
	content, _ := os.ReadFile(filepath.Join(k.dir, "kith.lock"))
	_ = json.Unmarshal(content, &o)
	return o
}

// send posts events until it is stopped, and notes what was acknowledged.
func (k *killing) send() (stop func()) {
	owner := k.owner()
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			default:
			}
			ids, body := k.batch()
			if post(owner, body) == nil {
				k.mu.Lock()
				k.acked = append(k.acked, ids...)
				k.mu.Unlock()
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

func post(owner folder.Owner, body []byte) error {
	request, err := http.NewRequest(http.MethodPost, "http://"+owner.Address+"/v1/events", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+owner.Token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	return nil
}

// batch makes some events: of people who come again and again, and of some
// who come once, with something that time is about to end.
func (k *killing) batch() (ids []string, body []byte) {
	var events []map[string]any
	for range 1 + k.r.IntN(20) {
		k.sent++
		id := fmt.Sprint("m", k.sent)
		ids = append(ids, id)
		e := map[string]any{
			"message_id": id, "customer_id": fmt.Sprint("c", k.r.IntN(30)), "timestamp": time.Now().UTC().Format(time.RFC3339Nano),
			"properties": map[string]any{"product_id": fmt.Sprint("p", k.r.IntN(5)), "price": k.r.IntN(20)},
		}
		switch n := k.r.IntN(10); {
		case n < 4:
			e["event"] = "Product Viewed"
		case n < 6:
			e["event"] = "Product Added"
		case n < 7:
			e["event"] = "page_viewed"
		case n < 8:
			e["event"] = "Order Completed"
			e["properties"] = map[string]any{"order_id": fmt.Sprint("o", k.sent), "total": 10}
		default:
			e["event"] = "Product Viewed"
			e["customer_id"] = fmt.Sprint("once", k.sent)
			ago := time.Minute - time.Duration(k.r.IntN(3000))*time.Millisecond
			e["timestamp"] = time.Now().Add(-ago).UTC().Format(time.RFC3339Nano)
		}
		events = append(events, e)
	}
	body, err := json.Marshal(events)
	if err != nil {
		panic(err)
	}
	return ids, body
}

// check opens the folder that the last server left.
func (k *killing) check() {
	p := &program{data: k.dir, stdout: io.Discard, stderr: &k.stderr, now: time.Now}
	f, lock, _, err := p.lock(k.t.Context(), mustExist)
	if err != nil {
		k.t.Fatal(err)
	}
	l, err := p.openLocked(k.t.Context(), f, lock)
	if err != nil {
		k.t.Fatal(err)
	}
	defer l.Close()
	entries := k.entries(l)
	progress, err := l.ops.Progress(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	if progress.Applied != l.load.LastSeq() {
		k.t.Errorf("memberships are kept up to %d, the log ends at %d", progress.Applied, l.load.LastSeq())
	}
	recorded := transitionsOf(k.t, l.ops)
	k.checkOnce(recorded)
	k.checkAgain(l, entries, progress.Clock, recorded)
	k.checkMembers(l, progress.Clock)
	k.t.Logf("%d events acknowledged in %d entries, %d transitions", len(k.acked), len(entries), len(recorded))
}

// entries reads the log, and sees that it holds what was acknowledged, once.
func (k *killing) entries(l *local) []commerce.Entry {
	var all []commerce.Entry
	there := map[string]int{}
	for e, err := range l.load.Read(k.t.Context(), 1) {
		if err != nil {
			k.t.Fatal(err)
		}
		all = append(all, e)
		var batch commerce.EventBatch
		if e.Type == commerce.EventsEntry {
			if err := json.Unmarshal(e.Body, &batch); err != nil {
				k.t.Fatal(err)
			}
		}
		for _, event := range batch.Events {
			there[event.MessageID]++
		}
	}
	for _, id := range k.acked {
		if there[id] != 1 {
			k.t.Errorf("event %s was acknowledged and is in the log %d times", id, there[id])
		}
	}
	return all
}

func transitionsOf(t *testing.T, record segment.Record) []segment.Transition {
	var all []segment.Transition
	err := record.Transitions(t.Context(), segment.TransitionFilter{}, func(x segment.Transition) error {
		if killed[x.Segment] != "" {
			all = append(all, x)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// checkOnce sees that people enter and leave in turn.
func (k *killing) checkOnce(all []segment.Transition) {
	type place struct {
		person  int64
		segment string
	}
	in := map[place]bool{}
	for _, x := range all {
		at := place{x.Person, x.Segment}
		if in[at] == x.Entered {
			k.t.Errorf("twice: %+v", x)
		}
		in[at] = x.Entered
	}
}

// checkAgain plays the log anew and compares the transitions.
func (k *killing) checkAgain(l *local, entries []commerce.Entry, end time.Time, recorded []segment.Transition) {
	ops, err := opsdb.Open(k.t.Context(), filepath.Join(k.t.TempDir(), "again.db"))
	if err != nil {
		k.t.Fatal(err)
	}
	defer ops.Close()
	log := &replayed{entries: entries, now: entries[0].At}
	keeper, err := membership.Open(k.t.Context(), membership.Config{
		Record: ops, Log: log, Facts: noFacts{log}, Definitions: definitions(l), Settings: l.settings.Get,
		Now: log.clock, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		k.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(k.t.Context())
	ended := make(chan error)
	go func() { ended <- keeper.Run(ctx) }()
	if err := keeper.CatchUp(ctx); err != nil {
		k.t.Fatal(err)
	}
	log.set(end)
	if err := keeper.CatchUp(ctx); err != nil {
		k.t.Fatal(err)
	}
	cancel()
	if err := <-ended; err != nil {
		k.t.Fatal(err)
	}
	again := transitionsOf(k.t, ops)
	got, want := shownMoves(recorded), shownMoves(again)
	if !slices.Equal(got, want) {
		for _, line := range got {
			if !slices.Contains(want, line) {
				k.t.Errorf("recorded, but not when the log is played anew: %s", line)
			}
		}
		for _, line := range want {
			if !slices.Contains(got, line) {
				k.t.Errorf("not recorded: %s", line)
			}
		}
	}
}

func shownMoves(all []segment.Transition) []string {
	slices.SortStableFunc(all, func(a, b segment.Transition) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Segment, b.Segment), a.At.Compare(b.At))
	})
	lines := make([]string, len(all))
	for i, t := range all {
		lines[i] = fmt.Sprint(t.Customer, " ", t.Segment, " ", t.At.Format(time.RFC3339Nano), " ", t.Entered, " ", t.Cause)
	}
	return lines
}

// checkMembers compares the standings with what SQL answers.
func (k *killing) checkMembers(l *local, at time.Time) {
	numbers := map[string]int{}
	live, err := l.ops.LiveSegments(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	for _, s := range live {
		numbers[s.ID] = s.Number
	}
	names := map[int64]string{}
	err = errors.Join(err, l.ops.Persons(k.t.Context(), func(p segment.Person) error {
		names[p.Number] = p.ID
		return nil
	}))
	members := map[string][]string{}
	err = errors.Join(err, l.ops.Standings(k.t.Context(), func(s segment.Standing) error {
		for id := range killed {
			if n := numbers[id]; n/8 < len(s.In) && s.In[n/8]&(1<<(n%8)) != 0 {
				members[id] = append(members[id], names[s.Person])
			}
		}
		return nil
	}))
	if err != nil {
		k.t.Fatal(err)
	}
	list, _, err := definitions(l)(k.t.Context(), math.MaxInt64)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, d := range list {
		if killed[d.ID] == "" {
			continue
		}
		var want []string
		err := l.facts.Members(k.t.Context(), d.Checked, at, true, func(id string) error {
			want = append(want, id)
			return nil
		})
		if err != nil {
			k.t.Fatal(err)
		}
		slices.Sort(members[d.ID])
		if !slices.Equal(members[d.ID], want) {
			k.t.Errorf("%s at %s: live %v, SQL %v", d.ID, at, members[d.ID], want)
		}
	}
}

// replayed is a log that was read, and a clock that stands at what is read.
type replayed struct {
	entries []commerce.Entry
	mu      sync.Mutex
	now     time.Time
	read    uint64 // the last entry that was read
}

func (r *replayed) set(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = now
}

func (r *replayed) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// Read implements membership.Log.
func (r *replayed) Read(_ context.Context, from uint64) iter.Seq2[commerce.Entry, error] {
	return func(yield func(commerce.Entry, error) bool) {
		for _, e := range r.entries[from-1:] {
			r.set(e.At)
			r.mu.Lock()
			r.read = e.Seq
			r.mu.Unlock()
			if !yield(e, nil) {
				return
			}
		}
	}
}

// LastSeq implements membership.Log.
func (r *replayed) LastSeq() uint64 { return uint64(len(r.entries)) }

// noFacts is a warehouse without anybody.
type noFacts struct{ log *replayed }

// Applied says that it follows what is read: a scoring run waits for it.
func (f noFacts) Applied(context.Context) (uint64, error) {
	f.log.mu.Lock()
	defer f.log.mu.Unlock()
	return f.log.read, nil
}

func (noFacts) Everyone(context.Context, *customer.Shop, func(live.Known)) error {
	return nil
}

func (noFacts) Some(context.Context, *customer.Shop, []int64, func(live.Known)) error { return nil }

func (noFacts) Products(context.Context, uint64, func(string, customer.ProductVersion)) error {
	return nil
}

func (noFacts) Messages(context.Context, uint64, func(string, int64)) (int64, error) { return 0, nil }

func (noFacts) Remains(context.Context, func(string, int64), func(int64, string, eval.Value)) error {
	return nil
}

func (noFacts) Scores(context.Context) (func(live.Key) customer.Scores, error) { return nil, nil }
