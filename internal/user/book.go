package user

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"kith/internal/audit"
	"kith/internal/commerce"
)

// Config says what a Book works with. All of it is required, except Handles.
type Config struct {
	Store Store
	Now   func() time.Time
	// Shop is the shop's name, which is no password and which apps show beside
	// codes.
	Shop func() string
	// Handles seals the ids of customers for whoever does not see them; if it is
	// zero, handles work as long as the Book lasts.
	Handles HandleKey
}

// Book keeps users, their sessions and keys. It is safe for concurrent use.
type Book struct {
	config   Config
	log      *audit.Log
	hasher   *hasher
	throttle *throttle
	sessions *sessions
	failures failures
	keys     keyring

	// changing lets one change of users, links and keys be checked and made
	// after the other: two owners may demote each other otherwise.
	changing sync.Mutex
}

// NewBook makes a Book.
func NewBook(config Config) (*Book, error) {
	switch {
	case config.Store == nil:
		return nil, errors.New("user: Config.Store is required")
	case config.Now == nil:
		return nil, errors.New("user: Config.Now is required")
	case config.Shop == nil:
		return nil, errors.New("user: Config.Shop is required")
	}
	if config.Handles == (HandleKey{}) {
		config.Handles = NewHandleKey()
	}
	log, err := audit.NewLog(config.Store, config.Now)
	if err != nil {
		return nil, err
	}
	return &Book{
		config: config, log: log, hasher: newHasher(), throttle: newThrottle(config.Now), sessions: newSessions(config.Store, config.Now),
		failures: failures{counts: map[string]failureCount{}},
	}, nil
}

// Close waits until log-ins that failed are recorded. The store must be open.
func (b *Book) Close() { b.failures.recording.Wait() }

// Handles seals the ids of customers for whoever does not see them.
func (b *Book) Handles() HandleKey { return b.config.Handles }

// Log is the audit log that the Book writes to.
func (b *Book) Log() *audit.Log { return b.log }

func (b *Book) now() time.Time { return b.config.Now().UTC().Truncate(time.Microsecond) }

// get returns a user that is there.
func (b *Book) get(ctx context.Context, id string) (Account, error) {
	a, found, err := b.config.Store.FindUser(ctx, id)
	if err == nil && !found {
		err = commerce.Errorf(commerce.CodeNotFound, "there is no user %q", id)
	}
	return a, err
}

// Get returns a user by their id.
func (b *Book) Get(ctx context.Context, id string) (Account, error) { return b.get(ctx, id) }

// List lists all users, the oldest first.
func (b *Book) List(ctx context.Context) ([]Account, error) { return b.config.Store.ListUsers(ctx) }

// Identify says who a session's token or a key is; one that is not known, or
// of somebody who may not log in, is nobody. A key that ended is an error with
// commerce.CodeUnknown. Keys are looked up in memory.
func (b *Book) Identify(ctx context.Context, session, key string) (Identity, error) {
	return b.identify(ctx, session, key, true)
}

// StillKnown is Identify for a request that lasts: it is no sign that somebody
// is there, and lets a session end that is not used.
func (b *Book) StillKnown(ctx context.Context, session, key string) (Identity, error) {
	return b.identify(ctx, session, key, false)
}

func (b *Book) identify(ctx context.Context, session, key string, used bool) (Identity, error) {
	if key != "" {
		k, found, err := b.keys.find(ctx, hashOf(key), b.config.Store.ListKeys)
		if err != nil || !found {
			return Identity{}, err
		}
		if k.Ended(b.now()) {
			return Identity{}, commerce.Errorf(commerce.CodeUnknown, "the key %s has ended: it was replaced; use the one that took its place, or make another one", k.ID)
		}
		if used {
			if err := b.used(ctx, k); err != nil {
				return Identity{}, err
			}
		}
		return k.identity(), nil
	}
	id, err := b.sessions.find(ctx, session, used)
	if err != nil || id == "" {
		return Identity{}, err
	}
	a, found, err := b.config.Store.FindUser(ctx, id)
	if err != nil || !found || !a.active() {
		return Identity{}, err
	}
	return Identity{Kind: Session, Role: a.Role, User: a.User}, nil
}

// failures are log-ins that failed. One of ten, one of a hundred and so on is
// recorded, so that an attacker fills no disk, and beside the request, so that
// how long that takes does not say whether an e-mail is known.
type failures struct {
	mu        sync.Mutex
	counts    map[string]failureCount // by user id; "" for all who are unknown
	recording sync.WaitGroup
}

type failureCount struct {
	since time.Time
	count int
}

// countedFor is how long failures are one count.
const countedFor = time.Hour

// failed counts a log-in that failed, for a known user or nobody.
func (b *Book) failed(ctx context.Context, a Account, address string) {
	f, now := &b.failures, b.now()
	f.mu.Lock()
	c := f.counts[a.ID]
	if now.Sub(c.since) >= countedFor {
		c = failureCount{since: now}
	}
	c.count++
	f.counts[a.ID] = c
	f.mu.Unlock()
	if !powerOfTen(c.count) {
		return
	}
	detail := fmt.Sprintf("%d failed since %s, the last from %s", c.count, c.since.Format(time.RFC3339), address)
	if a.ID == "" {
		detail += "; e-mails that are nobody's"
	}
	note := audit.Note{At: now, Actor: "nobody", Action: "session.failed", Object: a.Email, Detail: detail}
	ctx = context.WithoutCancel(ctx)
	f.recording.Go(func() {
		// There is nobody to tell: whoever tried is told the same in any case.
		_ = b.config.Store.AppendAudit(ctx, note)
	})
}

func powerOfTen(n int) bool {
	for n >= 10 && n%10 == 0 {
		n /= 10
	}
	return n == 1
}
