package user

import (
	"context"
	"time"

	"kith/internal/audit"
)

// Store keeps users, links, sessions and keys. Each method is one transaction,
// with the notes that it is given.
type Store interface {
	// ListUsers lists all, the oldest first.
	ListUsers(ctx context.Context) ([]Account, error)
	FindUser(ctx context.Context, id string) (Account, bool, error)
	FindUserByEmail(ctx context.Context, email string) (Account, bool, error)
	// AddUser adds a user with the link of their invitation.
	AddUser(ctx context.Context, a Account, l Link, n audit.Note) error
	// PutUser replaces a user. endSessions ends all of theirs.
	PutUser(ctx context.Context, a Account, endSessions bool, notes ...audit.Note) error
	// DeleteUser removes a user with their links and sessions.
	DeleteUser(ctx context.Context, id string, n audit.Note) error

	// PutLink keeps a link in place of all others for the same user, or of all
	// others for nobody yet.
	PutLink(ctx context.Context, l Link, notes ...audit.Note) error
	// FindLink returns a link by its hash, expired or not.
	FindLink(ctx context.Context, hash string) (Link, bool, error)
	// Accept uses a link up: it puts the user, and ends all of their links and
	// sessions. It does nothing and says false if the link is not there any more,
	// or if it is for the first user and there is one.
	Accept(ctx context.Context, hash string, a Account, n audit.Note) (bool, error)

	// PutSession adds or replaces a session. It removes those that expired by an
	// instant, and the user's oldest ones beyond MaxSessions.
	PutSession(ctx context.Context, s SessionRecord, now time.Time, notes ...audit.Note) error
	FindSession(ctx context.Context, hash string) (SessionRecord, bool, error)
	// DeleteSession records nothing if there is no such session.
	DeleteSession(ctx context.Context, hash string, notes ...audit.Note) error

	AddKey(ctx context.Context, k Key, n audit.Note) error
	// ListKeys lists all, the oldest first.
	ListKeys(ctx context.Context) ([]Key, error)
	// PutKey replaces what a key is bound to and when it ends. It is an error if
	// it is not there.
	PutKey(ctx context.Context, k Key, n audit.Note) error
	// RotateKey puts a key and adds the one that takes its place.
	RotateKey(ctx context.Context, old, successor Key, notes ...audit.Note) error
	// UseKey notes that a key was used at an instant, and records it, if the
	// last use that is known was before since.
	UseKey(ctx context.Context, id string, at, since time.Time, n audit.Note) error
	// DeleteKey says whether it was there; it records nothing if it was not.
	DeleteKey(ctx context.Context, id string, n audit.Note) (bool, error)

	audit.Store
}

// SessionRecord is a session as it is kept.
type SessionRecord struct {
	Hash      string // of the cookie's token
	User      string
	Data      []byte
	ExpiresAt time.Time
}

// MaxSessions is how many a user may have.
const MaxSessions = 50
