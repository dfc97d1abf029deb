package api

import (
	"net/http"
	"sync"

	"kith/internal/commerce"
)

// mostUnfollowed is how much of what was taken may wait for memberships to follow,
// in bytes of bodies: what one processor follows in about five seconds. Behind
// it nothing more is taken, so that a lasting overload is told to who sends and
// not piled up.
const mostUnfollowed = 64 << 20

// unfollowed counts what was taken since the server began and is not followed yet.
// What came before does not count: a server that catches up takes events.
type unfollowed struct {
	mu      sync.Mutex
	taken   []takenBody // the oldest first
	waiting int64       // their bytes
}

// takenBody is how much came with an entry of the log.
type takenBody struct {
	seq  uint64
	size int64
}

func (u *unfollowed) took(seq uint64, size int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.taken = append(u.taken, takenBody{seq, int64(size)})
	u.waiting += int64(size)
}

// admit refuses while too much waits. applied is the last entry that
// memberships follow.
func (u *unfollowed) admit(applied uint64) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	done := 0
	for done < len(u.taken) && u.taken[done].seq <= applied {
		u.waiting -= u.taken[done].size
		done++
	}
	if u.taken = u.taken[done:]; len(u.taken) == 0 {
		u.taken = nil // and the room that it took
	}
	if u.waiting < mostUnfollowed {
		return nil
	}
	return commerce.WithCode(commerce.CodeBusy, &busyError{http.StatusServiceUnavailable, busyRetry, "there is more to do at this moment than can be done; try again"})
}

// admit refuses events while memberships are too far behind.
func (s *Service) admit() error {
	live := s.config.Kept()
	if live == nil {
		return nil
	}
	return s.unfollowed.admit(live.Progress().Applied)
}
