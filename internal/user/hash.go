package user

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"kith/internal/commerce"
)

// hashOf is how what is random and shown once is kept: there is nothing to be
// guessed, so that one SHA-256 is enough.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// cost is what a password costs to try: 19 MiB and two passes, as OWASP's
// Password Storage Cheat Sheet has it.
var cost = argonCost{memory: 19 << 10, time: 2, threads: 1}

type argonCost struct {
	memory  uint32 // KiB
	time    uint32
	threads uint8
}

const (
	saltLength = 16
	hashLength = 32
	// atOnce is how many passwords are worked out at a time, and mayWait how
	// many requests wait for that: the others are sent away.
	atOnce  = 2
	mayWait = 50
)

// nobodys is the hash of no password: who is unknown costs the same as who is
// known.
const nobodys = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// hasher works passwords out, few at a time.
type hasher struct{ working, waiting chan struct{} }

func newHasher() *hasher {
	return &hasher{working: make(chan struct{}, atOnce), waiting: make(chan struct{}, mayWait)}
}

// enter waits for its turn. leave must be called if it returns nil.
func (h *hasher) enter(ctx context.Context) error {
	select {
	case h.waiting <- struct{}{}:
	default:
		return commerce.Errorf(commerce.CodeBusy, "too many are logging in right now; try again in a moment")
	}
	defer func() { <-h.waiting }()
	select {
	case h.working <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) leave() { <-h.working }

// hash makes a PHC string of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails
	sum := argon2.IDKey([]byte(password), salt, cost.time, cost.memory, cost.threads, hashLength)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, cost.memory, cost.time, cost.threads,
		b64.EncodeToString(salt), b64.EncodeToString(sum)), nil
}

// matches says whether a password is that of a PHC string. One of nobody's
// ("") is compared as well, and never matches.
func (h *hasher) matches(ctx context.Context, phc, password string) (bool, error) {
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	known := phc != ""
	if !known {
		phc = nobodys
	}
	c, salt, want, err := parseHash(phc)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(password), salt, c.time, c.memory, c.threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func parseHash(phc string) (c argonCost, salt, sum []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, fmt.Errorf("a password is kept in an unknown form")
	}
	if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil {
		return c, nil, nil, fmt.Errorf("reading how a password is kept: %w", err)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err == nil {
		sum, err = base64.RawStdEncoding.DecodeString(parts[5])
	}
	if err != nil || len(sum) == 0 || c.time == 0 || c.threads == 0 {
		return c, nil, nil, fmt.Errorf("a password is kept in a damaged form")
	}
	return c, salt, sum, nil
}
