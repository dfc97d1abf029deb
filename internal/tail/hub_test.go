package tail_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"kith/internal/commerce"
	"kith/internal/tail"
)

func numbered(n int) tail.Event {
	return tail.Event{Kind: "track", Name: fmt.Sprint("E", n), MessageID: fmt.Sprint(n), Status: tail.Accepted, Body: fmt.Appendf(nil, `{"n":%d}`, n)}
}

func listen(t testing.TB, h *tail.Hub, f tail.Filter, after string) *tail.Listener {
	t.Helper()
	l, err := h.Listen(f, after)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// next is what is there already.
func next(t *testing.T, l *tail.Listener) (ids []string, missed int, batch []tail.Numbered) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	batch, missed, err := l.Next(ctx)
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for _, e := range batch {
		ids = append(ids, e.MessageID)
	}
	return ids, missed, batch
}

func TestWhatIsHeldComesFirst(t *testing.T) {
	t.Parallel()
	h := tail.New()
	if ids, _, _ := next(t, listen(t, h, tail.Filter{}, "")); len(ids) != 0 {
		t.Errorf("an empty one has %v", ids)
	}
	for n := range 3 {
		h.Put(numbered(n))
	}
	l := listen(t, h, tail.Filter{}, "")
	ids, missed, batch := next(t, l)
	if fmt.Sprint(ids, missed) != "[0 1 2] 0" || string(batch[1].Body) != `{"n":1}` || batch[1].Cut {
		t.Errorf("%v, %d missed", ids, missed)
	}
	h.Put(numbered(3))
	if ids, _, _ := next(t, l); fmt.Sprint(ids) != "[3]" {
		t.Errorf("then %v", ids)
	}
	for after, want := range map[string]string{batch[1].ID: "[2 3]", "other-1": "[0 1 2 3]", "x": "[0 1 2 3]", strings.Split(batch[1].ID, "-")[0] + "-9": "[0 1 2 3]"} {
		if ids, _, _ := next(t, listen(t, h, tail.Filter{}, after)); fmt.Sprint(ids) != want {
			t.Errorf("after %s: %v, want %s", after, ids, want)
		}
	}
	// What was given away stays as it is.
	for n := range 2 * tail.Ring {
		h.Put(numbered(n))
	}
	if string(batch[1].Body) != `{"n":1}` {
		t.Errorf("it became %s", batch[1].Body)
	}
}

func TestWhoIsSlowIsToldHowManyWereMissed(t *testing.T) {
	t.Parallel()
	h := tail.New()
	l := listen(t, h, tail.Filter{Name: "e5"}, "") // E5, E50 to E59 and so on
	for n := range 5 {
		h.Put(numbered(n))
	}
	if ids, missed, _ := next(t, l); len(ids) != 0 || missed != 0 {
		t.Errorf("%v, %d missed", ids, missed)
	}
	for n := range tail.Ring + 7 {
		h.Put(tail.Event{Name: fmt.Sprint("x", n)})
	}
	if ids, missed, _ := next(t, l); len(ids) != 0 || missed != 0 {
		t.Errorf("%v, %d missed", ids, missed)
	}
	h.Put(numbered(5))
	if ids, missed, _ := next(t, l); fmt.Sprint(ids, missed) != "[5] 7" {
		t.Errorf("%v, %d missed", ids, missed)
	}
	h.Put(numbered(50))
	if ids, missed, _ := next(t, l); fmt.Sprint(ids, missed) != "[50] 0" {
		t.Errorf("%v, %d missed", ids, missed)
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	h := tail.New()
	for i, e := range []tail.Event{
		{Source: "key_a", Kind: "track", Name: "Order Completed", Status: tail.Accepted},
		{Source: "key_b", Kind: "track", Name: "Product Viewed", Status: tail.Refused},
		{Source: "key_b", Kind: "page", Name: "Orders", Status: tail.Crawler},
		{Kind: "identify", Status: tail.Repeated},
	} {
		e.MessageID = fmt.Sprint(i)
		h.Put(e)
	}
	for f, want := range map[tail.Filter]string{
		{}:                                      "[0 1 2 3]",
		{Status: tail.Refused}:                  "[1]",
		{Source: "key_b"}:                       "[1 2]",
		{Name: "order"}:                         "[0 2]",
		{Name: "IDENT"}:                         "[3]",
		{Name: "order", Source: "key_b"}:        "[2]",
		{Name: "x"}:                             "[]",
		{Status: tail.Crawler, Source: "key_a"}: "[]",
	} {
		if ids, _, _ := next(t, listen(t, h, f, "")); fmt.Sprint(ids) != want {
			t.Errorf("%+v: %v, want %s", f, ids, want)
		}
	}
}

func TestEventsAreCut(t *testing.T) {
	t.Parallel()
	h := tail.New()
	body := []byte(`{"x":"` + strings.Repeat("서", 2000) + `"}`)
	h.Put(tail.Event{Body: body, Name: strings.Repeat("ț", 1000), Reason: "short"})
	h.Put(tail.Event{Body: body[:tail.MaxBody]})
	body[0] = 'x'
	_, _, batch := next(t, listen(t, h, tail.Filter{}, ""))
	if e := batch[0]; !e.Cut || len(e.Body) > tail.MaxBody || len(e.Body) < tail.MaxBody-3 || !utf8.Valid(e.Body) || e.Body[0] != '{' {
		t.Errorf("%d bytes, cut %v: %.20s", len(e.Body), e.Cut, e.Body)
	}
	if e := batch[0]; len(e.Name) > 410 || !utf8.ValidString(e.Name) || !strings.HasSuffix(e.Name, "…") || e.Reason != "short" {
		t.Errorf("%q, %q", e.Name, e.Reason)
	}
	if e := batch[1]; e.Cut || len(e.Body) != tail.MaxBody {
		t.Errorf("%d bytes, cut %v", len(e.Body), e.Cut)
	}
}

func TestSoManyListen(t *testing.T) {
	t.Parallel()
	h := tail.New()
	all := make([]*tail.Listener, tail.MaxListeners)
	for i := range all {
		all[i] = listen(t, h, tail.Filter{}, "")
	}
	if _, err := h.Listen(tail.Filter{}, ""); commerce.CodeOf(err) != commerce.CodeThrottled || !strings.Contains(err.Error(), "100 look at the events") {
		t.Error(err)
	}
	all[0].Close()
	all[0].Close()
	listen(t, h, tail.Filter{}, "")
	if _, err := h.Listen(tail.Filter{}, ""); err == nil {
		t.Error("one that was closed twice made room for two")
	}
}

func TestWhoWaitsIsToldAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := tail.New()
		l := listen(t, h, tail.Filter{Name: "e1"}, "")
		got := make(chan string, 1)
		go func() {
			batch, _, err := l.Next(t.Context())
			got <- fmt.Sprint(len(batch), err)
		}()
		for n := range 2 {
			synctest.Wait()
			select {
			case x := <-got:
				t.Fatalf("before the event came: %s", x)
			default:
			}
			h.Put(numbered(n))
		}
		if x := <-got; x != "1 <nil>" {
			t.Error(x)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, _, err := l.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// TestEachIsGivenOnceOrCounted, whoever puts and listens at the same time.
func TestEachIsGivenOnceOrCounted(t *testing.T) {
	t.Parallel()
	const puts, putters = 20_000, 4
	h := tail.New()
	var put, listening sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range 5 {
		l := listen(t, h, tail.Filter{}, "")
		listening.Go(func() {
			last, seen := map[string]int{}, 0
			for seen < puts*putters {
				batch, missed, err := l.Next(ctx)
				if err != nil {
					t.Errorf("after %d: %v", seen, err)
					return
				}
				seen += len(batch) + missed
				for _, e := range batch {
					var n int
					_, _ = fmt.Sscan(e.MessageID, &n)
					if before, there := last[e.Source]; there && n <= before {
						t.Errorf("%s: %d after %d", e.Source, n, before)
					}
					if string(e.Body) != fmt.Sprintf(`{"n":%d}`, n) {
						t.Errorf("%d has %s", n, e.Body)
					}
					last[e.Source] = n
				}
			}
			if seen != puts*putters {
				t.Errorf("%d of %d were seen or missed", seen, puts*putters)
			}
		})
	}
	for i := range putters {
		put.Go(func() {
			for n := range puts {
				e := numbered(n)
				e.Source = fmt.Sprint("key", i)
				h.Put(e)
			}
		})
	}
	put.Wait()
	listening.Wait()
}

// TestMemory of a full Hub stays within what its doc says.
func TestMemory(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	h := tail.New()
	body := []byte(strings.Repeat("x", 100_000))
	for range 3 * tail.Ring {
		text := strings.Clone(strings.Repeat("y", 10_000))
		h.Put(tail.Event{Body: body, Name: text, Whose: text, Reason: text[:300], MessageID: text[:36]})
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("a full hub takes %.1f MB", float64(grown)/1e6)
	if grown > 8e6 {
		t.Errorf("a full hub takes %d bytes", grown)
	}
	runtime.KeepAlive(h)
}

func BenchmarkPut(b *testing.B) {
	e := tail.Event{
		Source: "key_abcdefghijkl", Kind: "track", Name: "Product Viewed", MessageID: "6f6c5fd4-6b1c-4a57-8a6c-0f4a6d7f9b0e", Whose: "ana@example.com", WhoseKind: "email", Status: tail.Accepted,
		Body: []byte(strings.Repeat(`{"x":1}`, 100)),
	}
	for _, listeners := range []int{0, 1, 100} {
		b.Run(fmt.Sprint(listeners), func(b *testing.B) {
			h := tail.New()
			ctx, cancel := context.WithCancel(b.Context())
			var all sync.WaitGroup
			for range listeners {
				l := listen(b, h, tail.Filter{}, "")
				all.Go(func() {
					for {
						if _, _, err := l.Next(ctx); err != nil {
							return
						}
					}
				})
			}
			b.ReportAllocs()
			for b.Loop() {
				h.Put(e)
			}
			cancel()
			all.Wait()
		})
	}
}
