package api_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/job"
	"kith/internal/loader"
	"kith/internal/opsdb"
	"kith/internal/profile"
	"kith/internal/segment"
	"kith/internal/segql"
	"kith/internal/tail"
	"kith/internal/upload"
	"kith/internal/webhook"
)

// kept is a shop with a record that the test commits to.
type kept struct {
	*api.Service
	*stores
	file    string // of ops
	ops     *opsdb.DB
	jobs    *job.Book
	rejects string
	reading func() // is called while events are read
	applied uint64
	team    *team
	counted counted
	people  thousand
	lists   exports
	facts   askedFacts
	tail    *tail.Hub
}

// stores are the others that a Service works with, and what keeps memberships.
type stores struct {
	behind bool // memberships are never worked out to the end
	sizes  map[string]int64
	clock  time.Time
	now    func() time.Time
	unkept bool // memberships are not kept yet
	texts  map[string]string
	saved  map[string]time.Time // when; always at first

	changes     chan struct{}
	mu          sync.Mutex
	valuesAsked int
}

// set lets the sizes be others, and says so.
func (s *stores) set(sizes map[string]int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sizes = sizes
	select {
	case s.changes <- struct{}{}:
	default:
	}
}

// write lets the shop's own segments be others. Revenues may be summed up
// meanwhile.
func (s *stores) write(texts map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts = texts
}

// vocabulary is an api.Vocabulary.
type vocabulary struct{ *stores }

func (s vocabulary) SeenEvents(context.Context) ([]segment.SeenEvent, error) {
	return []segment.SeenEvent{{Key: "quiz", Name: "Quiz", Count: 3, LastSeen: noon}}, nil
}

func (s vocabulary) SeenTraits(context.Context) ([]segment.SeenTrait, error) {
	return []segment.SeenTrait{{Name: "traits.size", Customers: 4, Type: segql.Number}}, nil
}

func (s vocabulary) Values(_ context.Context, _ *segql.Facts, field segql.FieldInfo, _ time.Time, _ int) (segment.Values, error) {
	s.valuesAsked++
	if field.Type == segql.Number {
		return segment.Values{}, commerce.Errorf(commerce.CodeInvalid, "a number")
	}
	return segment.Values{List: []segment.Value{{Value: "Moldova", Count: 9}, {Value: "Romania", Count: 3}, {Value: "Europe", Count: 1}}}, nil
}

func (s *stores) CatchUp(ctx context.Context) error {
	if s.behind {
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

func (s *stores) Changed() <-chan struct{} {
	if s.changes == nil {
		return make(chan struct{})
	}
	return s.changes
}

func (s *stores) Sizes() map[string]int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sizes
}

func (s *stores) EachMember(context.Context, string, func(segment.KeyKind, string)) (bool, error) {
	return false, nil
}
func (s *stores) Progress() segment.Progress { return segment.Progress{Clock: s.clock} }
func (s *stores) Present(context.Context) (map[string]bool, error) {
	return map[string]bool{"order": true}, nil
}

// saved is a segment.Store.
type saved struct{ *stores }

func (s saved) ListSegments(context.Context) ([]segment.Saved, error) {
	list := []segment.Saved{{ID: "all", Text: "everyone"}, {ID: "champions", Text: "", Hidden: true}}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, text := range s.texts {
		list = append(list, segment.Saved{ID: id, Text: text})
	}
	for i := range list {
		list[i].UpdatedAt = s.saved[list[i].ID]
	}
	return list, nil
}

func (s saved) SegmentsAt(ctx context.Context, _ uint64) ([]segment.Saved, error) {
	return s.ListSegments(ctx)
}

func (s *stores) FindCustomer(_ context.Context, id string, _ time.Time, _ int) (profile.Customer, error) {
	if id == "+40 700" {
		return profile.Customer{ID: "ana"}, nil
	}
	return profile.Customer{}, commerce.Errorf(commerce.CodeNotFound, "the warehouse knows no %s", id)
}

// others is what these tests do not ask.
type others struct {
	segment.Asker
	api.Scores
	api.Insights
	api.Exports
	api.Runs
	api.CustomerFacts
	api.OverviewFacts
}

func (others) CountAll(context.Context, map[string]*segql.Checked, time.Time) (map[string]segment.Size, error) {
	return map[string]segment.Size{}, nil
}

// noReach is never asked.
type noReach struct{}

func (noReach) Reach() (map[commerce.EntryType]uint64, bool, error) { return nil, false, nil }
func (noReach) PutReach(map[commerce.EntryType]uint64) error        { return nil }
func (noReach) PutReachAtLeast(map[commerce.EntryType]uint64) error { return nil }
func (noReach) Free() (uint64, error)                               { return 0, nil }

// withoutLog is a loader whose log cannot be opened.
func withoutLog(t *testing.T) *loader.Loader {
	t.Helper()
	l, err := loader.New(loader.Config{
		OpenLog: func(context.Context) (loader.Log, error) { return nil, errors.New("there is no log here") },
		Archive: struct{ loader.Archive }{}, Reach: noReach{}, Operations: struct{ loader.Operations }{}, Warehouse: struct{ loader.Warehouse }{},
		Read: func(context.Context, loader.Request, string, string) (loader.Reading, error) {
			return loader.Reading{}, nil
		},
		Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func newKept(t *testing.T) *kept {
	t.Helper()
	k := &kept{stores: &stores{sizes: map[string]int64{"": 9, "all": 9, "slipping-away": 0}, clock: noon.Add(-time.Minute), now: func() time.Time { return noon }}, tail: tail.New()}
	var err error
	k.file = filepath.Join(t.TempDir(), "operations.db")
	if k.ops, err = opsdb.Open(t.Context(), k.file); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.ops.Close() })
	settings := commerce.Settings{Timezone: "Europe/Bucharest"}.Filled()
	k.team = &team{Book: bookOver(t, k.ops, func() time.Time { return k.now() }), store: k.ops}
	uploads, err := upload.Open(upload.Config{Dir: t.TempDir(), Free: func() (uint64, error) { return 1 << 40, nil }, Now: k.now})
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := job.New(job.Config{
		Store: k.ops, Now: k.now, Logger: slog.New(slog.DiscardHandler),
		Imports: func(context.Context, uint64, func(job.Job) error) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	k.jobs, k.rejects = jobs, t.TempDir()
	t.Cleanup(jobs.Close)
	k.Service, err = api.NewService(api.Config{
		Users: k.team.Book, Audit: k.ops, Letters: k.ops, Address: func() string { return "http://127.0.0.1:7766" },
		Settings: api.NewLiveSettings(settings), PutSettings: func(commerce.Settings) error { return nil },
		Segments: saved{k.stores}, Asker: &k.facts, Facts: k.stores, Scores: &k.facts, Insights: others{}, Vocabulary: vocabulary{k.stores}, Exports: &k.lists, Profiles: k.stores, Customers: &k.people, Overview: &k.counted, Notes: k.ops, Loader: withoutLog(t), Record: k.ops, Past: k.ops, Webhooks: &webhook.Book{},
		Live: func(context.Context) (api.Live, error) { return k.stores, nil },
		Kept: func() api.Live {
			if k.unkept {
				return nil
			}
			return k.stores
		},
		Served: func() bool { return true },
		ReadEvents: func(api.Sender, []byte) (commerce.EventBatch, api.Tracked, error) {
			if k.reading != nil {
				k.reading()
			}
			return commerce.EventBatch{}, api.Tracked{}, nil
		},
		Tail:     k.tail,
		HasFacts: func(context.Context) (bool, error) { return true, nil },
		Preview:  func(context.Context, loader.Request) (api.Preview, error) { return api.Preview{}, nil },
		Resettle: func(context.Context, commerce.Settings) error { return nil }, Uploads: uploads, Jobs: jobs, RejectsDir: k.rejects,
		MakeDemo: func(context.Context, api.DemoRequest) ([]api.DemoFile, error) { return nil, nil }, Runs: others{},
		Reached: func(context.Context) (api.Reached, error) { return api.Reached{}, nil },
		Doctor:  func(context.Context) (api.Diagnosis, error) { return api.Diagnosis{}, nil },
		Now:     func() time.Time { return k.now() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// commit records a batch, and days for what is in it.
func (k *kept) commit(t *testing.T, b segment.Batch) {
	t.Helper()
	k.applied++
	b.Applied, b.Clock, b.LastPerson = k.applied, noon, 1_000_000
	if err := k.ops.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// sweep is one of so many, whose numbers leave gaps.
func sweep(id string, persons int64) segment.Sweep {
	s := segment.Sweep{Segment: id, Entered: true, At: noon, NoticedAt: noon, Cause: segment.CauseDefinition}
	for p := range persons {
		s.Persons = append(s.Persons, 3*p+1)
	}
	return s
}

func alone(id string, person int64, at time.Time) segment.Transition {
	return segment.Transition{Segment: id, Person: person, Entered: true, At: at, NoticedAt: at, Cause: segment.CauseEvent}
}

// events are the ids that a stream has, up to so many with data.
func events(t *testing.T, url, lastID string, want int) (ids []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a stream has no end to wait for
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	response, err := asOwner.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", url, response.Status)
	}
	id := ""
	for lines := bufio.NewScanner(response.Body); len(ids) < want && lines.Scan(); {
		if x, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			id = x
		}
		if strings.HasPrefix(lines.Text(), "data: ") {
			ids = append(ids, id)
		}
	}
	return ids
}

// TestAReaderWhoComesAgainMissesNothing, wherever in a sweep it was cut off.
func TestAReaderWhoComesAgainMissesNothing(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.commit(t, segment.Batch{Transitions: []segment.Transition{alone("all", 5, noon)}, Sweeps: []segment.Sweep{sweep("other", 10), sweep("all", 3000)}})
	k.commit(t, segment.Batch{Transitions: []segment.Transition{alone("all", 2, noon)}})
	server, _ := serve(t, k)
	url := server.URL + "/v1/segments/all/watch"
	want := []string{"1-5"}
	for p := range 3000 {
		want = append(want, fmt.Sprintf("3-%d", 3*p+1))
	}
	want = append(want, "4-2")
	for _, cut := range []int{1, 2, 1000, 1001, 1002, 2999, 3001} {
		got := events(t, url+"?after=0", "", cut)
		for _, again := range []struct{ url, id string }{{url, got[cut-1]}, {url + "?after=" + got[cut-1], ""}, {url + "?after=0", got[cut-1]}} {
			rest := events(t, again.url, again.id, len(want)-cut)
			if !slices.Equal(append(slices.Clone(got), rest...), want) {
				t.Errorf("cut off after %d: %d more with %+v; want %d from %s on", cut, len(rest), again, len(want)-cut, want[cut])
			}
		}
	}
	// A number alone is behind all that share it.
	if got := events(t, url, "3", 1); !slices.Equal(got, []string{"4-2"}) {
		t.Errorf("after 3: %v", got)
	}
}

// TestAReaderWhoSawNothingKnowsWhereItBegan, and goes on from there.
func TestAReaderWhoSawNothingKnowsWhereItBegan(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.commit(t, segment.Batch{Sweeps: []segment.Sweep{sweep("all", 10), sweep("all", 5)}})
	for after, want := range map[string]string{"": "2", "1-7": "1-7", "0": "0"} {
		stop := errors.New("stop")
		server, client := serve(t, k)
		for _, shop := range []api.Shop{k, client} {
			ctx, cancel := context.WithCancel(t.Context())
			got := ""
			err := shop.WatchSegment(ctx, api.WatchQuestion{After: after}, func(from string) {
				got = from
				if after == "" {
					cancel()
				}
			}, func(api.Transition) error { return stop })
			cancel()
			if got != want || after != "" && !errors.Is(err, stop) || after == "" && !errors.Is(err, context.Canceled) {
				t.Errorf("after %q it begins at %q, %v; want %q", after, got, err, want)
			}
		}
		server.CloseClientConnections()
	}
}

func TestWhatIsNoPlace(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	server, client := serve(t, k)
	for _, text := range []string{"abc", "-1", "1-", "1--2", "+1", "1-2-3", "99999999999999999999"} {
		for _, shop := range []api.Shop{k, client} {
			err := shop.WatchSegment(t.Context(), api.WatchQuestion{After: text}, func(string) {}, func(api.Transition) error { return nil })
			if commerce.CodeOf(err) != commerce.CodeInvalid || !strings.Contains(err.Error(), text) {
				t.Errorf("%q: %v", text, err)
			}
		}
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/segments/-/watch", nil)
		request.Header.Set("Last-Event-ID", text)
		response, err := asOwner.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != 422 || !strings.Contains(string(body), `"code":"invalid"`) {
			t.Errorf("%q: %s: %s", text, response.Status, body)
		}
	}
}

// logs is a log that may be read meanwhile.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// goneWith answers when whoever asks went away.
type goneWith struct {
	shop
	asked, answered chan struct{}
}

func (g *goneWith) Overlap(ctx context.Context, _ string) (api.Overlap, error) {
	close(g.asked)
	<-ctx.Done()
	defer close(g.answered)
	return api.Overlap{}, errors.New("the statement was interrupted")
}

func TestWhoGoesAwayIsNoError(t *testing.T) {
	t.Parallel()
	var log logs
	g := &goneWith{asked: make(chan struct{}), answered: make(chan struct{})}
	handler, err := api.Handler(api.HandlerConfig{Shop: g, Console: struct{ api.Console }{}, Users: newTeam(t).Book, Token: token, Version: "1", Log: slog.New(slog.NewTextHandler(&log, nil)), Done: t.Context()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	ctx, cancel := context.WithCancel(t.Context())
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/v1/overlap", nil)
	go func() {
		<-g.asked
		cancel()
	}()
	if response, err := asOwner.Do(request); err == nil {
		response.Body.Close()
		t.Error("there was an answer")
	}
	<-g.answered
	server.Close() // waits for the handler
	if text := log.String(); text != "" {
		t.Errorf("the log says %s", text)
	}
}

// endless tells as much as a reader takes.
type endless struct {
	shop
	ended chan struct{}
}

func (e *endless) WatchSegment(_ context.Context, _ api.WatchQuestion, begun func(string), yield func(api.Transition) error) error {
	begun("0")
	for {
		if err := yield(api.Transition{ID: "1-1", Fact: strings.Repeat("x", 1000)}); err != nil {
			close(e.ended)
			return err
		}
	}
}

// TestAReaderWhoTakesNothingIsGivenUp, with a line in the log.
func TestAReaderWhoTakesNothingIsGivenUp(t *testing.T) {
	t.Parallel()
	var log logs
	e := &endless{ended: make(chan struct{})}
	handler, err := api.Handler(api.HandlerConfig{
		Shop: e, Console: struct{ api.Console }{}, Users: newTeam(t).Book, Token: token, Version: "1", Log: slog.New(slog.NewTextHandler(&log, nil)), Done: t.Context(), ReaderTime: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	response, err := asOwner.Get(server.URL + "/v1/segments/-/watch")
	if err != nil {
		t.Fatal(err)
	}
	select { // nothing is read
	case <-e.ended:
	case <-time.After(time.Minute):
		t.Fatal("the reader is waited for")
	}
	response.Body.Close()
	server.Close()
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "level=INFO") {
		t.Errorf("the log says %q", text)
	}
}

func TestWhatADeletedSegmentLeft(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.commit(t, segment.Batch{
		Transitions: []segment.Transition{alone("gone", 5, noon)},
		Days:        []segment.Day{{Segment: "gone", Date: "2026-03-01", Entered: 1, Size: 1}},
	})
	_, client := serve(t, k)
	for _, shop := range []api.Shop{k, client} {
		h, err := shop.History(t.Context(), api.HistoryQuestion{Segment: "gone", Limit: 5})
		if err != nil || h.NotKept != "deleted" || h.Size != nil || len(h.Transitions) != 1 {
			t.Errorf("%+v, %v", h, err)
		}
		if _, err := shop.History(t.Context(), api.HistoryQuestion{Segment: "never", Limit: 5}); commerce.CodeOf(err) != commerce.CodeNotFound {
			t.Errorf("of one that never was: %v", err)
		}
		h, err = shop.History(t.Context(), api.HistoryQuestion{Segment: "@all"})
		if err != nil || h.Segment != "all" || h.Size == nil || *h.Size != 9 {
			t.Errorf("@all: %+v, %v", h, err)
		}
	}
}

// TestWhoIsNotCounted says why, and no number.
func TestWhoIsNotCounted(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	for id, want := range map[string]api.History{
		"champions": {NotKept: "hidden"}, "occasion-buyers": {NotKept: "template"}, "slipping-away": {Missing: []string{"clv"}}, "one-time-buyers": {},
	} {
		h, err := k.History(t.Context(), api.HistoryQuestion{Segment: id})
		if err != nil || h.Size != nil || h.NotKept != want.NotKept || !slices.Equal(h.Missing, want.Missing) {
			t.Errorf("%s: %+v, %v; want %+v", id, h, err, want)
		}
	}
}

// TestTheDaysOfAHistory are the shop's, and of transitions too.
func TestTheDaysOfAHistory(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	var b segment.Batch
	for day := range 4 { // 21:59 and 22:00 of the day before: the first is of that day
		b.Transitions = append(b.Transitions,
			alone("all", int64(10*day+1), time.Date(2026, 2, 9+day, 21, 59, 0, 0, time.UTC)),
			alone("all", int64(10*day+2), time.Date(2026, 2, 9+day, 22, 0, 0, 0, time.UTC)))
	}
	late := alone("all", 99, time.Date(2026, 2, 11, 10, 0, 0, 0, time.UTC)) // noticed on the 13th
	late.NoticedAt = time.Date(2026, 2, 13, 10, 0, 0, 0, time.UTC)
	b.Transitions = append(b.Transitions, late)
	k.commit(t, b)
	for _, c := range []struct {
		from, to string
		limit    int
		want     string
	}{
		{"", "", 100, "9 8 7 6 5 4 3 2 1"},
		{"2026-02-11", "", 100, "9 8 7 6 5 4"},
		{"", "2026-02-10", 100, "3 2 1"},
		{"2026-02-11", "2026-02-11", 100, "9 5 4"},
		{"2026-02-11", "2026-02-11", 2, "9 5"},
		{"2026-02-12", "", 100, "8 7 6"},
		{"2026-02-14", "2026-02-20", 100, ""},
	} {
		h, err := k.History(t.Context(), api.HistoryQuestion{Segment: "all", Limit: c.limit, From: c.from, To: c.to})
		var got []string
		for _, x := range h.Transitions {
			got = append(got, fmt.Sprint(x.Number))
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("from %q to %q: %v, %v; want %s", c.from, c.to, got, err, c.want)
		}
	}
	for _, q := range []api.HistoryQuestion{
		{From: "2026-02-11", To: "2026-02-10"},
		{From: "2026-03-02"}, // noon is the day before
		{From: "2026-2-1"},
		{Limit: -1},
		{Limit: 10_001},
	} {
		q.Segment = "all"
		if _, err := k.History(t.Context(), q); commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

// TestACustomerIsLookedUpInTheRecord, which knows them before the warehouse.
func TestACustomerIsLookedUpInTheRecord(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.commit(t, segment.Batch{
		Persons: []segment.Person{
			{Number: 1, ID: "ana"},
			{Number: 2, ID: "bob"},
			{Number: 3, ID: "old", MergedInto: 4},
			{Number: 4, ID: "mid", MergedInto: 2},
			{Number: 5, ID: "bob", Kind: segment.EmailKey},
		},
		Transitions: []segment.Transition{alone("all", 1, noon), alone("all", 2, noon), alone("all", 5, noon)},
	})
	for customer, want := range map[string]int64{"ana": 1, "bob": 2, "old": 2, "+40 700": 1} {
		h, err := k.History(t.Context(), api.HistoryQuestion{Segment: "all", Customer: customer, Limit: 5})
		if err != nil || len(h.Transitions) != 1 || h.Transitions[0].Number != want {
			t.Errorf("%s: %+v, %v", customer, h.Transitions, err)
		}
	}
	if _, err := k.History(t.Context(), api.HistoryQuestion{Segment: "all", Customer: "eve", Limit: 5}); commerce.CodeOf(err) != commerce.CodeNotFound {
		t.Errorf("who is unknown: %v", err)
	}
}

// TestTheRecordIsAskedAlike with a server and without one: what is wrong is
// said in the same words.
func TestTheRecordIsAskedAlike(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	_, client := serve(t, k)
	long := strings.Repeat("a", 65)
	for name, ask := range map[string]func(shop api.Shop) error{
		"save":      func(shop api.Shop) error { _, err := shop.SaveSegment(t.Context(), "", "", "everyone"); return err },
		"save dot":  func(shop api.Shop) error { _, err := shop.SaveSegment(t.Context(), ".", "", "everyone"); return err },
		"save long": func(shop api.Shop) error { _, err := shop.SaveSegment(t.Context(), long, "", "everyone"); return err },
		"show":      func(shop api.Shop) error { _, err := shop.GetSegment(t.Context(), ""); return err },
		"show dots": func(shop api.Shop) error { _, err := shop.GetSegment(t.Context(), ".."); return err },
		"show long": func(shop api.Shop) error { _, err := shop.GetSegment(t.Context(), long); return err },
		"delete":    func(shop api.Shop) error { _, err := shop.DeleteSegment(t.Context(), ""); return err },
		"history":   func(shop api.Shop) error { _, err := shop.History(t.Context(), api.HistoryQuestion{}); return err },
		"none": func(shop api.Shop) error {
			_, err := shop.History(t.Context(), api.HistoryQuestion{Segment: "all", Limit: -1})
			return err
		},
		"many": func(shop api.Shop) error {
			_, err := shop.History(t.Context(), api.HistoryQuestion{Segment: "all", Limit: 20_000})
			return err
		},
		"customer": func(shop api.Shop) error {
			_, err := shop.History(t.Context(), api.HistoryQuestion{Segment: "all", Limit: 1, Customer: strings.Repeat("x", 500)})
			return err
		},
		"watch": func(shop api.Shop) error {
			return shop.WatchSegment(t.Context(), api.WatchQuestion{Segment: "@"}, func(string) {}, func(api.Transition) error { return nil })
		},
		"watch long": func(shop api.Shop) error {
			return shop.WatchSegment(t.Context(), api.WatchQuestion{Segment: long}, func(string) {}, func(api.Transition) error { return nil })
		},
		"check": func(shop api.Shop) error { _, err := shop.Check(t.Context(), strings.Repeat("x", 90_000)); return err },
		"count": func(shop api.Shop) error {
			_, err := shop.Count(t.Context(), api.Question{Text: strings.Repeat("x", 90_000)})
			return err
		},
		"explain": func(shop api.Shop) error {
			_, err := shop.Explain(t.Context(), api.ExplainQuestion{Question: api.Question{Text: strings.Repeat("x", 90_000)}, Customer: long})
			return err
		},
	} {
		want, got := ask(k), ask(client)
		if want == nil || got == nil || want.Error() != got.Error() || commerce.CodeOf(want) != commerce.CodeOf(got) || commerce.CodeOf(got) == commerce.CodeNone {
			t.Errorf("%s: with a server %.300v (%s), without %.300v (%s)", name, got, commerce.CodeOf(got), want, commerce.CodeOf(want))
		}
	}
}

// TestTheSizesOfPresets are as of when they were true.
func TestTheSizesOfPresets(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	got, err := k.Presets(t.Context(), "")
	if err != nil || !got.AsOf.Equal(k.clock) || got.Customers != 9 {
		t.Errorf("%d as of %v, %v; want as of %v", got.Customers, got.AsOf, err, k.clock)
	}
}

// TestMembershipsThatAreBehind are told as of when they are.
func TestMembershipsThatAreBehind(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	synctest.Test(t, func(t *testing.T) {
		k.now = time.Now
		began := time.Now().UTC()
		h, err := k.History(t.Context(), api.HistoryQuestion{Segment: "all"})
		if err != nil || !h.AsOf.Equal(began) {
			t.Errorf("when they are not: as of %v, %v", h.AsOf, err)
		}
		k.behind = true
		h, err = k.History(t.Context(), api.HistoryQuestion{Segment: "all"})
		if took := time.Since(began); err != nil || !h.AsOf.Equal(k.clock) || took > 10*time.Second {
			t.Errorf("as of %v after %v, %v; want %v", h.AsOf, took, err, k.clock)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err = k.History(ctx, api.HistoryQuestion{Segment: "all"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("for nobody who waits: %v", err)
		}
	})
}
