package user

import (
	"context"
	"sync"
	"time"
)

// keyring holds all keys in memory, because a page that sends events asks for
// its key with each of them: there are at most MaxKeys, so that a key that is
// not known costs no query either, however many are tried. One process owns the
// store and changes keys only through its Book, which then forgets what the
// keyring holds: a key that was revoked is refused from the next request on.
type keyring struct {
	mu     sync.RWMutex
	byHash map[string]Key // nil: to be read
}

// find returns the key with a hash. list reads all keys.
func (r *keyring) find(ctx context.Context, hash string, list func(context.Context) ([]Key, error)) (Key, bool, error) {
	r.mu.RLock()
	k, found, known := r.look(hash)
	r.mu.RUnlock()
	if known {
		return k, found, nil
	}
	// The lock is held while reading: whoever changes a key forgets what is held
	// after the change, and so after what was read before it.
	r.mu.Lock()
	defer r.mu.Unlock()
	if k, found, known = r.look(hash); known {
		return k, found, nil
	}
	all, err := list(ctx)
	if err != nil {
		return Key{}, false, err
	}
	r.byHash = make(map[string]Key, len(all))
	for _, k := range all {
		r.byHash[k.Hash] = k
	}
	k, found, _ = r.look(hash)
	return k, found, nil
}

func (r *keyring) look(hash string) (k Key, found, known bool) {
	k, found = r.byHash[hash]
	return k, found, r.byHash != nil
}

// noteUse says whether a key's use at an instant is the first one since
// another, and holds that it was noted.
func (r *keyring) noteUse(hash string, at, since time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	k, found := r.byHash[hash]
	if found && !k.UsedAt.Before(since) {
		return false
	}
	if found {
		k.UsedAt = at
		r.byHash[hash] = k
	}
	return true // also of a key that was revoked since: the store knows better
}

// forget lets all keys be read again.
func (r *keyring) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byHash = nil
}
