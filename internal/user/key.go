package user

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
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
	ID     string
	Hash   string
	Secret bool
	Name   string
	Role   Role // "" for a public one
	// Origins are the sites that a public key may be used from, as browsers write
	// them; none for any. Whoever is no browser writes what they like there: they
	// keep a key that was copied from being used by other pages, and no more.
	Origins []string
	// EventsPerMinute is how many events may be sent with it; 0 for what is
	// allowed to keys that say nothing.
	EventsPerMinute int
	CreatedAt       time.Time
	UsedAt          time.Time // about when it was last used: the first time on that day, in UTC; zero if it never was
	ExpiresAt       time.Time // from when on it is refused; zero for never
}

// MaxKeys is how many there may be: they are listed whole, and kept in memory.
const MaxKeys = 500

// MaxEventsPerMinute is the highest quota of a key.
const MaxEventsPerMinute = 1_000_000

const (
	// Overlap is how long a key works beside the one that takes its place, if
	// nothing else is said.
	Overlap        = 24 * time.Hour
	longestOverlap = 30 * 24 * time.Hour
)

// Ended says whether a key is refused at an instant because its time is over.
func (k Key) Ended(at time.Time) bool { return !k.ExpiresAt.IsZero() && !at.Before(k.ExpiresAt) }

func (k Key) identity() Identity {
	i := Identity{Kind: PublicKey, Key: k.ID, Origins: k.Origins, EventsPerMinute: k.EventsPerMinute}
	if k.Secret {
		i.Kind, i.Role = SecretKey, k.Role
	}
	return i
}

// NewKey says which key is made.
type NewKey struct {
	Secret          bool
	Name            string
	Role            Role // of a secret key; Editor if it is ""
	Origins         []string
	EventsPerMinute int
}

// check says what is wrong with a key, and makes its origins normal.
func (k *Key) check() (err error) {
	if err := checkName(k.Name); err != nil {
		return err
	}
	if k.Secret {
		if err := checkRole(k.Role); err != nil {
			return err
		}
	} else if k.Role != "" {
		return commerce.Errorf(commerce.CodeInvalid, "a public key has no role: it sends events and nothing else")
	}
	if k.Secret && len(k.Origins) > 0 {
		return commerce.Errorf(commerce.CodeInvalid, "a secret key has no origins: it belongs on servers, and not on pages")
	}
	if k.EventsPerMinute < 0 || k.EventsPerMinute > MaxEventsPerMinute {
		return commerce.Errorf(commerce.CodeInvalid, "%d events a minute is not from 0 to %d; 0 is for the limit that all keys have", k.EventsPerMinute, MaxEventsPerMinute)
	}
	k.Origins, err = normalOrigins(k.Origins)
	return err
}

// detail is what the audit log says of a key.
func (k Key) detail() string {
	parts := []string{"public"}
	if k.Secret {
		parts = []string{"secret", string(k.Role)}
	}
	if k.Name != "" {
		parts = append(parts, k.Name)
	}
	return strings.Join(append(parts, k.limits()...), ", ")
}

// limits are what a key is bound to, in words.
func (k Key) limits() (parts []string) {
	if len(k.Origins) > 0 {
		parts = append(parts, "origins "+strings.Join(k.Origins, " "))
	}
	if k.EventsPerMinute > 0 {
		parts = append(parts, fmt.Sprintf("%d events a minute", k.EventsPerMinute))
	}
	return parts
}

// newText makes what a key is sent as. Only its hash is kept.
func (k *Key) newText() (text string) {
	prefix := PublicPrefix
	if k.Secret {
		prefix = SecretPrefix
	}
	text = prefix + strings.ToLower(rand.Text()+rand.Text()[:6]) // 160 bits
	k.Hash = hashOf(text)
	return text
}

// AddKey makes a key: a secret one with a role, or a public one without. The
// text is returned this once.
func (b *Book) AddKey(ctx context.Context, n NewKey) (Key, string, error) {
	if n.Secret && n.Role == "" {
		n.Role = Editor
	}
	k := Key{
		ID: newID("key_"), Secret: n.Secret, Name: n.Name, Role: n.Role, Origins: n.Origins, EventsPerMinute: n.EventsPerMinute, CreatedAt: b.now(),
	}
	if err := k.check(); err != nil {
		return k, "", err
	}
	b.changing.Lock()
	defer b.changing.Unlock()
	if _, err := b.roomForKey(ctx); err != nil {
		return k, "", err
	}
	text := k.newText()
	defer b.keys.forget()
	return k, text, b.config.Store.AddKey(ctx, k, b.log.Note(ctx, "key.add", k.ID, k.detail()))
}

// roomForKey returns all keys if there may be another one.
func (b *Book) roomForKey(ctx context.Context) ([]Key, error) {
	all, err := b.Keys(ctx)
	if err == nil && len(all) >= MaxKeys {
		err = commerce.Errorf(commerce.CodeConflict, "there are %d keys already, which is as many as there may be; revoke those that ended or are not used", len(all))
	}
	return all, err
}

// Keys lists all keys, the oldest first. Those that ended are there until they
// are revoked.
func (b *Book) Keys(ctx context.Context) ([]Key, error) { return b.config.Store.ListKeys(ctx) }

// keyIn returns a key of a list by its id.
func keyIn(all []Key, id string) (Key, error) {
	at := slices.IndexFunc(all, func(k Key) bool { return k.ID == id })
	if at < 0 {
		return Key{}, commerce.Errorf(commerce.CodeNotFound, "there is no key %q", id)
	}
	return all[at], nil
}

// KeyChange says what becomes different about a key; nil for what stays.
type KeyChange struct {
	Origins         *[]string
	EventsPerMinute *int
}

// ChangeKey changes what a key is bound to, from the next request on. Its text
// stays.
func (b *Book) ChangeKey(ctx context.Context, id string, c KeyChange) (Key, error) {
	b.changing.Lock()
	defer b.changing.Unlock()
	all, err := b.Keys(ctx)
	if err != nil {
		return Key{}, err
	}
	k, err := keyIn(all, id)
	if err != nil {
		return k, err
	}
	before := strings.Join(k.limits(), ", ")
	if c.Origins != nil {
		k.Origins = *c.Origins
	}
	if c.EventsPerMinute != nil {
		k.EventsPerMinute = *c.EventsPerMinute
	}
	if err := k.check(); err != nil {
		return k, err
	}
	after := strings.Join(k.limits(), ", ")
	if after == before {
		return k, nil
	}
	if after == "" {
		after = "any origin, the limit that all keys have"
	}
	defer b.keys.forget()
	return k, b.config.Store.PutKey(ctx, k, b.log.Note(ctx, "key.change", k.ID, after))
}

// RotateKey makes a key in place of another one, which works beside it for the
// overlap and then ends. The text of the new one is returned this once.
func (b *Book) RotateKey(ctx context.Context, id string, overlap time.Duration) (successor Key, text string, err error) {
	if overlap < 0 || overlap > longestOverlap {
		return Key{}, "", commerce.Errorf(commerce.CodeInvalid, "an overlap of %v is not from 0 to 30 days", overlap)
	}
	b.changing.Lock()
	defer b.changing.Unlock()
	all, err := b.roomForKey(ctx)
	if err != nil {
		return Key{}, "", err
	}
	old, err := keyIn(all, id)
	if err != nil {
		return Key{}, "", err
	}
	now := b.now()
	if old.Ended(now) {
		return Key{}, "", commerce.Errorf(commerce.CodeConflict, "the key %s has ended; make a new one", id)
	}
	if !old.ExpiresAt.IsZero() {
		return Key{}, "", commerce.Errorf(commerce.CodeConflict, "the key %s was replaced already and ends by itself; rotate the one that replaced it", id)
	}
	successor = old
	successor.ID, successor.CreatedAt, successor.UsedAt = newID("key_"), now, time.Time{}
	text = successor.newText()
	old.ExpiresAt = now.Add(overlap)
	defer b.keys.forget()
	return successor, text, b.config.Store.RotateKey(ctx, old, successor,
		b.log.Note(ctx, "key.rotate", old.ID, fmt.Sprintf("replaced by %s, ends %s", successor.ID, old.ExpiresAt.Format(time.RFC3339))),
		b.log.Note(ctx, "key.add", successor.ID, successor.detail()+", in place of "+old.ID))
}

// used notes that a key is used: once a day, so that no request waits for the
// disk because of it.
func (b *Book) used(ctx context.Context, k Key) error {
	now := b.now()
	today := now.Truncate(24 * time.Hour)
	if !k.UsedAt.Before(today) || !b.keys.noteUse(k.Hash, now, today) {
		return nil
	}
	note := audit.Note{At: now, Actor: k.identity().Actor(), Action: "key.use", Object: k.ID}
	err := b.config.Store.UseKey(ctx, k.ID, now, today, note)
	if err != nil {
		b.keys.forget() // it is to be noted by the next request
	}
	return err
}

// RevokeKey ends a key.
func (b *Book) RevokeKey(ctx context.Context, id string) error {
	b.changing.Lock()
	defer b.changing.Unlock()
	defer b.keys.forget()
	found, err := b.config.Store.DeleteKey(ctx, id, b.log.Note(ctx, "key.revoke", id, ""))
	if err == nil && !found {
		err = commerce.Errorf(commerce.CodeNotFound, "there is no key %q", id)
	}
	return err
}
