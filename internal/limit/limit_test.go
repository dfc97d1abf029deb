package limit_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kith/internal/limit"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newLimiter(t testing.TB, config limit.Config) *limit.Limiter {
	t.Helper()
	l, err := limit.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestABucketIsEmptiedAndFills(t *testing.T) {
	t.Parallel()
	l, now := newLimiter(t, limit.Config{PerMinute: 60, Burst: 10}), noon
	for i, step := range []struct {
		after time.Duration // since the step before
		n     int
		ok    bool
		retry time.Duration
	}{
		{0, 11, false, 0},
		{0, 4, true, 0},
		{0, 6, true, 0},
		{0, 1, false, time.Second},
		{0, 10, false, 10 * time.Second},
		{999 * time.Millisecond, 1, false, time.Millisecond},
		{time.Millisecond, 1, true, 0},
		{1500 * time.Millisecond, 2, false, 500 * time.Millisecond},
		{0, 1, true, 0},
		{500 * time.Millisecond, 1, true, 0},
		{time.Hour, 10, true, 0},
		{0, 1, false, time.Second},
		{290 * 365 * 24 * time.Hour, 10, true, 0}, // no overflow
		{0, 0, true, 0},
	} {
		now = now.Add(step.after)
		if ok, retry := l.Take("a", step.n, now); ok != step.ok || retry != step.retry {
			t.Errorf("step %d: %v, %s; want %v, %s", i, ok, retry, step.ok, step.retry)
		}
	}
}

// TestRetryAfterIsWhenItIsGranted, and a nanosecond before it is not.
func TestRetryAfterIsWhenItIsGranted(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		perMinute := 1 + r.IntN(100_000)
		l, now := newLimiter(t, limit.Config{PerMinute: 1}), noon
		l.TakeAt("a", perMinute, perMinute, now)
		now = now.Add(time.Duration(r.Int64N(int64(30 * time.Second))))
		n := 1 + r.IntN(perMinute)
		ok, after := l.TakeAt("a", perMinute, n, now)
		if ok {
			continue
		}
		if ok, rest := l.TakeAt("a", perMinute, n, now.Add(after-1)); ok || rest != 1 {
			t.Fatalf("%d of %d a minute, %s too early by 1 ns: %v, %s", n, perMinute, after, ok, rest)
		}
		if ok, _ := l.TakeAt("a", perMinute, n, now.Add(after)); !ok {
			t.Fatalf("%d of %d a minute are not there after %s", n, perMinute, after)
		}
	}
}

// TestNoMoreThanFlowedIn: between any two instants no more is granted than the
// burst and what flowed in, and what is refused would have been more.
func TestNoMoreThanFlowedIn(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		config := limit.Config{PerMinute: 1 + r.IntN(1_000_000), Burst: 1 + r.IntN(5_000)}
		l, now := newLimiter(t, config), noon
		type grant struct {
			at time.Time
			n  int
		}
		var grants []grant
		pace := time.Duration(1 + r.Int64N(int64(10*time.Second)/int64(1+r.IntN(1000))))
		for range 300 {
			now = now.Add(time.Duration(r.Int64N(int64(pace))))
			n := 1 + r.IntN(config.Burst)
			if r.IntN(2) == 0 {
				n = 1
			}
			if ok, _ := l.Take("a", n, now); ok {
				grants = append(grants, grant{now, n})
			}
		}
		for i := range grants {
			sum := int64(0)
			for _, g := range grants[i:] {
				sum += int64(g.n)
				// sum <= burst + perMinute * passed / minute, in whole numbers
				if passed := g.at.Sub(grants[i].at); (sum-int64(config.Burst))*int64(time.Minute) > int64(config.PerMinute)*int64(passed) {
					t.Fatalf("seed %d, %+v: %d in %s", seed, config, sum, passed)
				}
			}
		}
		if len(grants) == 0 {
			t.Fatalf("seed %d: nothing was granted", seed)
		}
	}
}

func TestKeysDoNotShare(t *testing.T) {
	t.Parallel()
	l := newLimiter(t, limit.Config{PerMinute: 1})
	for i := range 1000 {
		for j, want := range []bool{true, false} {
			if ok, _ := l.Take(fmt.Sprint(i), 1, noon); ok != want {
				t.Errorf("key %d, time %d: %v", i, j, ok)
			}
		}
	}
	for range 3 {
		if ok, _ := l.Take("", 1, noon); !ok {
			t.Error("nobody is limited")
		}
	}
	if l.Len() != 1000 {
		t.Errorf("%d buckets", l.Len())
	}
}

func TestAQuotaOfOnesOwn(t *testing.T) {
	t.Parallel()
	l := newLimiter(t, limit.Config{PerMinute: 5})
	for i, step := range []struct {
		perMinute, n int
		ok           bool
	}{{0, 6, false}, {0, 5, true}, {0, 1, false}, {100, 95, true}, {100, 1, false}, {50, 1, false}, {200, 100, true}, {200, 1, false}} {
		if ok, _ := l.TakeAt("a", step.perMinute, step.n, noon); ok != step.ok {
			t.Errorf("step %d: %v", i, ok)
		}
	}
}

// TestAClockThatIsSetBack neither counts time twice nor stops a bucket.
func TestAClockThatIsSetBack(t *testing.T) {
	t.Parallel()
	l := newLimiter(t, limit.Config{PerMinute: 60})
	l.Take("a", 60, noon)
	granted := 0
	for range 100 {
		for _, at := range []time.Duration{time.Second, 0, 500 * time.Millisecond} {
			if ok, _ := l.Take("a", 1, noon.Add(at)); ok {
				granted++
			}
		}
	}
	if granted != 1 {
		t.Errorf("%d granted in a second", granted)
	}
	back := noon.Add(-24 * time.Hour)
	l.Take("a", 1, back)
	if ok, after := l.Take("a", 1, back.Add(time.Second)); !ok {
		t.Errorf("it waits for %s", after)
	}
}

// TestTheOldestBucketGoes, and the others stay as they are.
func TestTheOldestBucketGoes(t *testing.T) {
	t.Parallel()
	l := newLimiter(t, limit.Config{PerMinute: 1, Buckets: 4})
	take := func(key string) bool { ok, _ := l.Take(key, 1, noon); return ok }
	for _, key := range []string{"a", "b", "c", "d"} {
		take(key)
	}
	take("a") // b is the oldest now
	take("e")
	for _, key := range []string{"a", "c", "d", "e"} {
		if take(key) {
			t.Errorf("%s was forgotten", key)
		}
	}
	if !take("b") {
		t.Error("b was kept")
	}
	if l.Len() != 4 {
		t.Errorf("%d buckets", l.Len())
	}

	// As a plain list says it, for any order of keys.
	r := rand.New(rand.NewPCG(3, 4))
	l = newLimiter(t, limit.Config{PerMinute: 1, Buckets: 7})
	var kept []string // the newest first
	for range 5000 {
		key := fmt.Sprint(r.IntN(12))
		at := slices.Index(kept, key)
		if ok, _ := l.Take(key, 1, noon); ok != (at < 0) {
			t.Fatalf("%s of %v: %v", key, kept, ok)
		}
		if at >= 0 {
			kept = slices.Delete(kept, at, at+1)
		}
		kept = append([]string{key}, kept...)
		kept = kept[:min(len(kept), 7)]
	}
}

// TestAMillionNetworks cost no more than a hundred thousand.
func TestAMillionNetworks(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	l := newLimiter(t, limit.Config{PerMinute: limit.EventsPerNetwork})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	address := netip.MustParseAddr("2001:db8::1").As16()
	for i := range 1_000_000 {
		address[4], address[5], address[6] = byte(i>>16), byte(i>>8), byte(i)
		l.Take(limit.Network(netip.AddrFrom16(address).String()), 1, noon.Add(time.Duration(i)*time.Microsecond))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d buckets for 1,000,000 networks: the heap grew by %.1f MB, from %.1f to %.1f MB", l.Len(), float64(grown)/1e6, float64(before.HeapAlloc)/1e6, float64(after.HeapAlloc)/1e6)
	if l.Len() != 100_000 || grown > 50e6 {
		t.Errorf("%d buckets, %d bytes", l.Len(), grown)
	}
	runtime.KeepAlive(l)
}

func TestManyAtATime(t *testing.T) {
	t.Parallel()
	l := newLimiter(t, limit.Config{PerMinute: 1000, Buckets: 50})
	var granted atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 1000 {
				if ok, _ := l.Take("a", 1, noon); ok {
					granted.Add(1)
				}
				l.Take(fmt.Sprint(i%40), 1, noon)
			}
		})
	}
	all.Wait()
	if granted.Load() != 1000 {
		t.Errorf("%d granted", granted.Load())
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"203.0.113.7":                     "203.0.113.7",
		"::ffff:203.0.113.7":              "203.0.113.7",
		"2001:db8:1:2:3:4:5:6":            "2001:db8:1:2::/64",
		"2001:db8:1:2::":                  "2001:db8:1:2::/64",
		"fe80::1%eth0":                    "fe80::/64",
		"::1":                             "::/64",
		"":                                "",
		"203.0.113.7:80":                  "",
		"shop.example":                    "",
		"203.0.113.7, 203.0.113.8":        "",
		strings.Repeat("2001:db8::", 900): "",
	} {
		if got := limit.Network(addr); got != want {
			t.Errorf("%.40q: %q, want %q", addr, got, want)
		}
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for want, config := range map[string]limit.Config{
		"Config.PerMinute is 0": {}, "Config.PerMinute is -1": {PerMinute: -1, Burst: 1}, "Config.Burst": {PerMinute: 1, Burst: -1},
		"Config.Buckets": {PerMinute: 1, Buckets: -1}, "Config.PerMinute is 10000001": {PerMinute: 10_000_001, Burst: 1},
	} {
		if _, err := limit.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", config, err, want)
		}
	}
}

func BenchmarkTake(b *testing.B) {
	l := newLimiter(b, limit.Config{PerMinute: limit.EventsPerNetwork})
	addresses := make([]string, 200_000)
	for i := range addresses {
		addresses[i] = limit.Network(fmt.Sprintf("2001:db8:%x:%x::1", i>>16, i&0xffff))
	}
	for name, count := range map[string]int{"one": 1, "many": len(addresses)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				l.Take(addresses[i%count], 1, noon)
				i++
			}
		})
	}
}
