package user

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"kith/internal/audit"
	"kith/internal/commerce"
)

// Prefixes of keys, by which scanners of source code know them.
const (
	SecretPrefix = "kith_sk_"
	PublicPrefix = "kith_pk_"
)

// Key is what a program asks with.
type Key struct {
	ID        string
	Hash      string
	Secret    bool
	Name      string
	Role      Role // "" for a public one
	CreatedAt time.Time
	UsedAt    time.Time // about when it was last used: the first time on that day, in UTC; zero if it never was
}

// MaxKeys is how many there may be: they are listed whole.
const MaxKeys = 500

func (k Key) identity() Identity {
	if k.Secret {
		return Identity{Kind: SecretKey, Role: k.Role, Key: k.ID}
	}
	return Identity{Kind: PublicKey, Key: k.ID}
}

// AddKey makes a key: a secret one with a role, or a public one without. The
// text is returned this once.
func (b *Book) AddKey(ctx context.Context, secret bool, name string, role Role) (Key, string, error) {
	if secret && role == "" {
		role = Editor
	}
	k := Key{ID: newID("key_"), Secret: secret, Name: name, Role: role, CreatedAt: b.now()}
	if err := checkName(name); err != nil {
		return k, "", err
	}
	if secret {
		if err := checkRole(role); err != nil {
			return k, "", err
		}
	} else if role != "" {
		return k, "", commerce.Errorf(commerce.CodeInvalid, "a public key has no role: it sends events and nothing else")
	}
	b.changing.Lock()
	defer b.changing.Unlock()
	all, err := b.Keys(ctx)
	if err != nil {
		return k, "", err
	}
	if len(all) >= MaxKeys {
		return k, "", commerce.Errorf(commerce.CodeConflict, "there are %d keys already, which is as many as there may be", len(all))
	}
	prefix, what := PublicPrefix, "public"
	if secret {
		prefix, what = SecretPrefix, "secret, "+string(role)
	}
	text := prefix + strings.ToLower(rand.Text()+rand.Text()[:6]) // 160 bits
	k.Hash = hashOf(text)
	if name != "" {
		what += ", " + name
	}
	return k, text, b.config.Store.AddKey(ctx, k, b.log.Note(ctx, "key.add", k.ID, what))
}

// Keys lists all keys, the oldest first.
func (b *Book) Keys(ctx context.Context) ([]Key, error) { return b.config.Store.ListKeys(ctx) }

// used notes that a key is used: once a day, so that no request waits for the
// disk because of it.
func (b *Book) used(ctx context.Context, k Key) error {
	now := b.now()
	today := now.Truncate(24 * time.Hour)
	if !k.UsedAt.Before(today) {
		return nil
	}
	note := audit.Note{At: now, Actor: k.identity().Actor(), Action: "key.use", Object: k.ID}
	return b.config.Store.UseKey(ctx, k.ID, now, today, note)
}

// RevokeKey ends a key.
func (b *Book) RevokeKey(ctx context.Context, id string) error {
	found, err := b.config.Store.DeleteKey(ctx, id, b.log.Note(ctx, "key.revoke", id, ""))
	if err == nil && !found {
		err = commerce.Errorf(commerce.CodeNotFound, "there is no key %q", id)
	}
	return err
}
