package limit

import (
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"sync"
	"time"
)

// What applies where nobody said anything else.
const (
	// EventsPerKey is how many events are taken with a key in a minute.
	EventsPerKey = 60_000
	// EventsPerNetwork is how many are taken from an IPv4 address, or an IPv6 /64,
	// in a minute. Behind one address there may be an office or a whole mobile
	// network.
	EventsPerNetwork = 12_000
)

const (
	manyBuckets = 100_000
	maxBuckets  = math.MaxInt32
	// highest bounds rates and bursts, so that what a bucket counts fits into 64
	// bits.
	highest = 10_000_000
)

// Config says how much is granted.
type Config struct {
	PerMinute int // how many tokens flow into a bucket in a minute; required
	Burst     int // how many it holds; what flows in a minute, if 0
	Buckets   int // how many there are at most; 100,000 if 0, which take about 10 MB
}

// Limiter is a set of buckets. It is safe for concurrent use.
type Limiter struct {
	config Config
	seed   maphash.Seed

	mu    sync.Mutex
	begin time.Time // instants are kept as the time since then
	// index finds the bucket of a key by the key's hash, whose seed nobody knows:
	// two keys hardly ever share one, and long keys cost no memory.
	index   map[uint64]int32
	buckets []bucket
	// newest and oldest are the ends of the list of buckets by when they were last
	// asked for.
	newest, oldest int32
}

// token is one of what a bucket counts in. A token that flows in at a rate of r
// a minute takes token/r nanoseconds, so that all is exact.
const token = int64(time.Minute)

// bucket is what was taken and did not flow in again.
type bucket struct {
	key          uint64
	debt         int64         // parts of a token
	at           time.Duration // since Limiter.begin: as of when
	newer, older int32
}

const none = -1

// New makes a Limiter.
func New(config Config) (*Limiter, error) {
	if config.Burst == 0 {
		config.Burst = config.PerMinute
	}
	if config.Buckets == 0 {
		config.Buckets = manyBuckets
	}
	for _, x := range []struct {
		name       string
		have, most int
	}{{"PerMinute", config.PerMinute, highest}, {"Burst", config.Burst, highest}, {"Buckets", config.Buckets, maxBuckets}} {
		if x.have < 1 || x.have > x.most {
			return nil, fmt.Errorf("limit: Config.%s is %d, not from 1 to %d", x.name, x.have, x.most)
		}
	}
	return &Limiter{config: config, seed: maphash.MakeSeed(), index: map[uint64]int32{}, newest: none, oldest: none}, nil
}

// errCount is a mistake in the program.
var errCount = errors.New("limit: fewer than no tokens are taken")

// Take takes n tokens of a key's bucket, all or none. If they are not there, it
// says after how long they are if nobody else takes any; 0 if n is more than a
// bucket holds, and so never granted. An empty key has no bucket, and is granted
// everything.
func (l *Limiter) Take(key string, n int, now time.Time) (ok bool, retryAfter time.Duration) {
	return l.take(key, l.config.PerMinute, l.config.Burst, n, now)
}

// TakeAt is Take for a key with a rate of its own; what flows in a minute is
// also the burst. 0 is for that of all.
func (l *Limiter) TakeAt(key string, perMinute, n int, now time.Time) (ok bool, retryAfter time.Duration) {
	if perMinute <= 0 {
		return l.Take(key, n, now)
	}
	perMinute = min(perMinute, highest)
	return l.take(key, perMinute, perMinute, n, now)
}

func (l *Limiter) take(key string, perMinute, burst, n int, now time.Time) (ok bool, retryAfter time.Duration) {
	switch {
	case n < 0:
		panic(errCount)
	case key == "" || n == 0:
		return true, 0
	case n > burst:
		return false, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(maphash.String(l.seed, key), now)
	b.flow(now.Sub(l.begin), int64(perMinute))
	over := b.debt + int64(n)*token - int64(burst)*token
	if over > 0 {
		return false, time.Duration((over + int64(perMinute) - 1) / int64(perMinute))
	}
	b.debt += int64(n) * token
	return true, 0
}

// clockSlack is how far a clock may be set back, or requests come out of order,
// without time that passed counting twice. Further back the bucket goes on from
// there: it would wait as long as the clock was ahead otherwise.
const clockSlack = time.Minute

// flow lets flow in what does until an instant.
func (b *bucket) flow(now time.Duration, perMinute int64) {
	passed := now - b.at
	switch {
	case passed >= 0:
		b.at = now
	case passed < -clockSlack:
		b.at = now
		return
	default:
		return
	}
	if int64(passed) > b.debt/perMinute { // it is full, and the product might not fit
		b.debt = 0
		return
	}
	b.debt -= int64(passed) * perMinute
}

// bucket returns the bucket of a key, a full one if there is none, as the one
// that was asked for last.
func (l *Limiter) bucket(key uint64, now time.Time) *bucket {
	i, found := l.index[key]
	switch {
	case found:
		l.unlink(i)
	case len(l.buckets) < l.config.Buckets:
		if len(l.buckets) == 0 {
			l.begin = now
		}
		i = int32(len(l.buckets))
		l.buckets = append(l.buckets, bucket{key: key, at: now.Sub(l.begin)})
		l.index[key] = i
	default:
		i = l.oldest
		l.unlink(i)
		delete(l.index, l.buckets[i].key)
		l.buckets[i] = bucket{key: key, at: now.Sub(l.begin)}
		l.index[key] = i
	}
	b := &l.buckets[i]
	b.newer, b.older = none, l.newest
	if l.newest != none {
		l.buckets[l.newest].newer = i
	}
	l.newest = i
	if l.oldest == none {
		l.oldest = i
	}
	return b
}

// unlink takes a bucket out of the list.
func (l *Limiter) unlink(i int32) {
	b := &l.buckets[i]
	if b.newer == none {
		l.newest = b.older
	} else {
		l.buckets[b.newer].older = b.older
	}
	if b.older == none {
		l.oldest = b.newer
	} else {
		l.buckets[b.older].newer = b.newer
	}
}

// Len is how many buckets there are.
func (l *Limiter) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.buckets)
}
