package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/internal/egress"
	"kith/internal/opsdb"
	"kith/internal/segment"
	"kith/internal/webhook"
)

var day = time.Date(2026, 3, 1, 10, 0, 0, 123000, time.UTC)

// clock is moved by whoever waits, who does not wait really.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.waits = append(c.waits, d)
	return ctx.Err()
}

// shop is a store with a Book, and what is recorded in it.
type shop struct {
	t     *testing.T
	db    *opsdb.DB
	store webhook.Store // what the Sender sees of db
	book  *webhook.Book
	post  webhook.Post
	clock *clock

	mu      sync.Mutex
	changed chan struct{}
	kept    chan struct{}
	yielded int // by the record
}

// noted lets a shop know when a state was kept.
type noted struct {
	webhook.Store
	shop *shop
}

func (n noted) PutWebhookState(ctx context.Context, id string, s webhook.State) error {
	err := n.Store.PutWebhookState(ctx, id, s)
	n.shop.mu.Lock()
	defer n.shop.mu.Unlock()
	close(n.shop.kept)
	n.shop.kept = make(chan struct{})
	return err
}

// await waits for a state of a webhook.
func (s *shop) await(id string, wanted func(webhook.State) bool) {
	s.t.Helper()
	late := time.After(30 * time.Second)
	for {
		s.mu.Lock()
		kept := s.kept
		s.mu.Unlock()
		if wanted(s.state(id)) {
			return
		}
		select {
		case <-kept:
		case <-late:
			s.t.Fatalf("the state stays %+v", s.state(id))
		}
	}
}

// told is the state of who was told up to a place.
func told(number, person int64) func(webhook.State) bool {
	return func(s webhook.State) bool { return s.Cursor == webhook.Cursor{Number: number, Person: person} }
}

// newShop makes a shop that may send to some receivers.
func newShop(t *testing.T, receivers ...*receiver) *shop {
	t.Helper()
	var hosts []string
	for _, r := range receivers {
		hosts = append(hosts, r.Listener.Addr().String())
	}
	allow, err := egress.ParseAllow(strings.Join(hosts, ","))
	if err != nil {
		t.Fatal(err)
	}
	db, err := opsdb.Open(t.Context(), filepath.Join(t.TempDir(), "operations.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &shop{t: t, db: db, clock: &clock{now: day}, changed: make(chan struct{}), kept: make(chan struct{})}
	s.store = noted{db, s}
	client := egress.NewClient(egress.Config{Allow: allow})
	t.Cleanup(client.CloseIdleConnections)
	s.post = webhook.Post{Client: client, Now: s.clock.Now}
	s.book, err = webhook.NewBook(webhook.BookConfig{Store: db, Post: s.post, CheckURL: func(string) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shop) add(url string, segments, causes []string) webhook.Webhook {
	s.t.Helper()
	w, err := s.book.Add(s.t.Context(), url, segments, causes)
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}

// record is what cmd makes of the store, with plainer data.
func (s *shop) record(ctx context.Context, id string, after int64, yield func(webhook.Event) error) error {
	return s.db.Transitions(ctx, segment.TransitionFilter{Segment: id, After: after}, func(t segment.Transition) error {
		s.mu.Lock()
		s.yielded++
		s.mu.Unlock()
		kind := "segment.left"
		if t.Entered {
			kind = "segment.entered"
		}
		return yield(webhook.Event{
			Place: webhook.Cursor{t.Number, t.Person}, Type: kind, Segment: t.Segment, Cause: string(t.Cause), At: t.At,
			Data: map[string]any{"segment": t.Segment, "person": t.Person},
		})
	})
}

func (s *shop) commit(b segment.Batch) {
	s.t.Helper()
	if err := s.db.Commit(s.t.Context(), b); err != nil {
		s.t.Error(err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
}

// enter records that persons enter the segment "vip", one after the other.
func (s *shop) enter(persons ...int64) {
	s.t.Helper()
	var b segment.Batch
	for _, p := range persons {
		b.Transitions = append(b.Transitions, transition("vip", p, segment.CauseEvent))
	}
	s.commit(b)
}

func transition(id string, person int64, cause segment.Cause) segment.Transition {
	return segment.Transition{Segment: id, Person: person, Entered: true, At: day, NoticedAt: day, Cause: cause}
}

func (s *shop) yields() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.yielded
}

func (s *shop) changes() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *shop) config() webhook.Config {
	return webhook.Config{
		Store: s.store, Record: s.record, Post: s.post, Changed: s.changes, Listed: s.book.Changed,
		Logger: slog.New(slog.DiscardHandler), Wait: s.clock.wait, Jitter: func(d time.Duration) time.Duration { return d },
	}
}

// send lets a Sender run until stop is called.
func (s *shop) send() (stop func()) {
	s.t.Helper()
	sender, err := webhook.NewSender(s.config())
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- sender.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				s.t.Errorf("the sender ended with %v", err)
			}
		})
	}
	s.t.Cleanup(stop)
	return stop
}

func (s *shop) state(id string) webhook.State {
	s.t.Helper()
	list, err := s.db.ListWebhooks(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(w webhook.Webhook) bool { return w.ID == id })
	if i < 0 {
		s.t.Fatalf("there is no webhook %s", id)
	}
	return list[i].State
}

// got is a request that a receiver had.
type got struct {
	id, timestamp, signature string
	header                   http.Header
	body                     []byte
}

// receiver is a server that answers as a script has it, then with 200.
type receiver struct {
	*httptest.Server
	t      *testing.T
	script []http.HandlerFunc
	mu     sync.Mutex
	all    []got
	news   chan struct{} // one for each request that was answered
}

func newReceiver(t *testing.T, script ...http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{t: t, script: script, news: make(chan struct{}, 100_000)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	n := len(r.all)
	h := q.Header
	r.all = append(r.all, got{h.Get("webhook-id"), h.Get("webhook-timestamp"), h.Get("webhook-signature"), h.Clone(), body})
	r.mu.Unlock()
	defer func() { r.news <- struct{}{} }()
	if n < len(r.script) && r.script[n] != nil {
		r.script[n](w, q)
	}
}

// await waits for so many more requests.
func (r *receiver) await(n int) {
	r.t.Helper()
	for i := range n {
		select {
		case <-r.news:
		case <-time.After(30 * time.Second):
			r.t.Fatalf("%d requests came, %d were awaited", i, n)
		}
	}
}

func (r *receiver) requests() []got {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

func (r *receiver) ids() []string {
	var ids []string
	for _, g := range r.requests() {
		ids = append(ids, g.id)
	}
	return ids
}

func (r *receiver) want(ids ...string) {
	r.t.Helper()
	if got := r.ids(); !slices.Equal(got, ids) {
		r.t.Errorf("the receiver had\n%v, want\n%v", got, ids)
	}
}

// verify follows the text of Standard Webhooks 1.0.0, "Verifying signatures",
// from the secret as it is shown, and knows nothing of this package.
func verify(secret string, g got, now time.Time) error {
	encoded, ok := strings.CutPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return fmt.Errorf("%q is no secret", secret)
	}
	sent, err := strconv.ParseInt(g.timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(sent, 0)).Abs() > 5*time.Minute {
		return fmt.Errorf("sent at %s, now it is %d", g.timestamp, now.Unix())
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", g.id, g.timestamp, g.body)
	for signature := range strings.FieldsSeq(g.signature) {
		version, text, _ := strings.Cut(signature, ",")
		given, err := base64.StdEncoding.DecodeString(text)
		if version == "v1" && err == nil && hmac.Equal(given, mac.Sum(nil)) {
			return nil
		}
	}
	return fmt.Errorf("no signature of %q fits", g.signature)
}

func decode(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
