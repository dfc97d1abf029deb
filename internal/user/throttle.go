package user

import (
	"fmt"
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"kith/internal/commerce"
)

const (
	// mayFail is how many attempts may fail in failWindow, for an e-mail and for
	// an address.
	mayFail    = 10
	failWindow = 15 * time.Minute
	// failCells is how many counters there are. E-mails and addresses are
	// hashed to them, with a seed that nobody knows: memory does not grow with
	// what is tried, nothing can be pushed out, and an unknown e-mail is counted
	// like a known one. Few enough passwords are worked out in a window
	// (hasher) that hardly ever two share a counter.
	failCells = 1 << 16
)

// ThrottledError says that there were too many attempts.
type ThrottledError struct{ After time.Duration }

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("there were too many attempts; try again in %s", e.After.Round(time.Second))
}

// throttle counts attempts that failed.
type throttle struct {
	now   func() time.Time
	seed  maphash.Seed
	mu    sync.Mutex
	cells [failCells]failCell
}

type failCell struct {
	begin int64 // seconds since 1970
	count uint8
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, seed: maphash.MakeSeed()}
}

// attempt is one that is counted as failed until it is said to have succeeded.
type attempt struct {
	throttle *throttle
	cells    []*failCell
}

// begin counts an attempt. A key may be "" for none.
func (t *throttle) begin(keys ...string) (attempt, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, now := attempt{throttle: t}, t.now()
	for _, key := range keys {
		if key == "" {
			continue
		}
		cell := &t.cells[maphash.String(t.seed, key)%failCells]
		end := time.Unix(cell.begin, 0).Add(failWindow)
		if !now.Before(end) {
			*cell = failCell{begin: now.Unix()}
		} else if cell.count >= mayFail {
			return attempt{}, commerce.WithCode(commerce.CodeThrottled, &ThrottledError{max(end.Sub(now), time.Second)})
		}
		a.cells = append(a.cells, cell)
	}
	for _, cell := range a.cells {
		cell.count++
	}
	return a, nil
}

// undo takes the attempt back: it neither failed nor succeeded.
func (a attempt) undo() {
	a.throttle.mu.Lock()
	defer a.throttle.mu.Unlock()
	for _, cell := range a.cells {
		if cell.count > 0 {
			cell.count--
		}
	}
}

// forget forgets all failures of a key.
func (t *throttle) forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cells[maphash.String(t.seed, key)%failCells] = failCell{}
}

func emailKey(email string) string { return "email " + email }

// addressKey is an address, or the network of an IPv6 one: a household has a
// /64 of them.
func addressKey(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	if ip = ip.Unmap().WithZone(""); ip.Is6() {
		prefix, _ := ip.Prefix(64) // 64 is never too long
		return "address " + prefix.String()
	}
	return "address " + ip.String()
}
