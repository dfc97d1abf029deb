package user

import (
	"context"
	"errors"
	"time"

	"github.com/alexedwards/scs/v2"

	"kith/internal/audit"
)

const (
	idleTime     = 12 * time.Hour
	absoluteTime = 30 * 24 * time.Hour
	// touchEvery is how much idle time passes before it is written that somebody
	// is there: a question writes nothing otherwise.
	touchEvery = 10 * time.Minute
	userKey    = "user"
)

// SessionLifetime is how long a session lasts at most.
const SessionLifetime = absoluteTime

// sessions are log-ins. The tokens, their hashes and the two ends of a session
// are scs's; HTTP is not.
type sessions struct {
	manager *scs.SessionManager
	store   sessionStore
}

func newSessions(store Store, now func() time.Time) *sessions {
	kept := sessionStore{store, now}
	// scs.New would begin a goroutine that never ends, for a store in memory.
	return &sessions{store: kept, manager: &scs.SessionManager{
		Store: kept, Codec: scs.GobCodec{}, HashTokenInStore: true, Lifetime: absoluteTime, IdleTimeout: idleTime,
	}}
}

// begin makes a session and returns its token.
func (s *sessions) begin(ctx context.Context, user string, notes ...audit.Note) (string, error) {
	ctx, err := s.manager.Load(context.WithValue(ctx, notesKey{}, notes), "")
	if err != nil {
		return "", err
	}
	s.manager.Put(ctx, userKey, user)
	token, _, err := s.manager.Commit(ctx)
	return token, err
}

// find returns whose session a token is; "" for nobody's. used says that it
// lasts longer from now on.
func (s *sessions) find(ctx context.Context, token string, used bool) (string, error) {
	if token == "" {
		return "", nil
	}
	var found SessionRecord
	ctx, err := s.manager.Load(context.WithValue(ctx, foundKey{}, &found), token)
	if err != nil {
		return "", err
	}
	user := s.manager.GetString(ctx, userKey)
	if user == "" || user != found.User {
		return "", nil
	}
	next := s.store.now().Add(idleTime)
	if deadline := s.manager.Deadline(ctx); next.After(deadline) {
		next = deadline
	}
	if used && next.Sub(found.ExpiresAt) >= touchEvery {
		_, _, err = s.manager.Commit(ctx)
	}
	return user, err
}

// end ends a session.
func (s *sessions) end(ctx context.Context, token string, notes ...audit.Note) error {
	ctx, err := s.manager.Load(context.WithValue(ctx, notesKey{}, notes), token)
	if err != nil {
		return err
	}
	return s.manager.Destroy(ctx)
}

type (
	notesKey struct{} // the notes of a change: scs hands the context through
	foundKey struct{} // takes what was found
)

func notesOf(ctx context.Context) []audit.Note {
	notes, _ := ctx.Value(notesKey{}).([]audit.Note)
	return notes
}

// sessionStore is a Store as scs asks it.
type sessionStore struct {
	store Store
	now   func() time.Time
}

var _ scs.CtxStore = sessionStore{}

// FindCtx implements scs.CtxStore.
func (s sessionStore) FindCtx(ctx context.Context, hash string) ([]byte, bool, error) {
	record, found, err := s.store.FindSession(ctx, hash)
	if err != nil || !found || !s.now().Before(record.ExpiresAt) {
		return nil, false, err
	}
	if to, ok := ctx.Value(foundKey{}).(*SessionRecord); ok {
		*to = record
	}
	return record.Data, true, nil
}

// CommitCtx implements scs.CtxStore.
func (s sessionStore) CommitCtx(ctx context.Context, hash string, data []byte, expires time.Time) error {
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return err
	}
	user, _ := values[userKey].(string)
	return s.store.PutSession(ctx, SessionRecord{Hash: hash, User: user, Data: data, ExpiresAt: expires}, s.now(), notesOf(ctx)...)
}

// DeleteCtx implements scs.CtxStore.
func (s sessionStore) DeleteCtx(ctx context.Context, hash string) error {
	return s.store.DeleteSession(ctx, hash, notesOf(ctx)...)
}

var errNoContext = errors.New("user: a session needs a context")

// Find implements scs.Store, which scs asks for and does not call.
func (s sessionStore) Find(string) ([]byte, bool, error) { return nil, false, errNoContext }

// Commit implements scs.Store.
func (s sessionStore) Commit(string, []byte, time.Time) error { return errNoContext }

// Delete implements scs.Store.
func (s sessionStore) Delete(string) error { return errNoContext }
