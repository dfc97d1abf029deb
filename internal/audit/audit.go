package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Note is what is to be recorded.
type Note struct {
	At     time.Time
	Actor  string // an e-mail, "key:ID", or "command" for whoever owns the folder
	Action string // like user.change
	Object string // what it was done to
	Detail string
}

// Entry is what was recorded.
type Entry struct {
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor" doc:"an e-mail, key:ID, or command for whoever owns the folder"`
	Action string    `json:"action"`
	Object string    `json:"object,omitempty" doc:"what it was done to"`
	Detail string    `json:"detail,omitempty"`
	Hash   string    `json:"hash" doc:"SHA-256 of the entry and the hash before it, in hexadecimal"`
}

// Head is the end of the chain. Its zero value is that of an empty one.
type Head struct {
	Number int64  `json:"number" doc:"of the last entry"`
	Hash   string `json:"hash"`
}

// Filter says which entries are asked for.
type Filter struct {
	Before int64  // only numbers below it; 0 for all
	Actor  string // "" for all
	Action string // this one, or all that begin with it and a dot; "" for all
	Limit  int
}

// Store keeps entries.
type Store interface {
	// AppendAudit adds an entry to the end of the chain.
	AppendAudit(ctx context.Context, n Note) error
	// ListAudit returns entries, the newest first.
	ListAudit(ctx context.Context, f Filter) ([]Entry, error)
	// WalkAudit calls yield with all entries, the oldest first, and returns the
	// head that was noted when the last of them was appended.
	WalkAudit(ctx context.Context, yield func(Entry) error) (Head, error)
}

// longest is how many bytes each text of an entry has at most.
const longest = 1000

// Line writes a text on one line: control characters, and what changes the
// order in which letters are shown, as Go escapes them. What is too long is cut.
func Line(text string) string {
	var b strings.Builder
	for _, r := range text {
		if b.Len() >= longest {
			b.WriteString("…")
			break
		}
		if r == '\\' || r == utf8.RuneError || unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Next makes a note the entry behind a head.
func Next(head Head, n Note) Entry {
	e := Entry{
		Number: head.Number + 1, At: n.At.UTC().Truncate(time.Microsecond),
		Actor: Line(n.Actor), Action: Line(n.Action), Object: Line(n.Object), Detail: Line(n.Detail),
	}
	e.Hash = e.hash(head.Hash)
	return e
}

// Head is the end of a chain whose last entry it is.
func (e Entry) Head() Head { return Head{e.Number, e.Hash} }

// hash takes in the length of each text, so that no two entries are written
// alike.
func (e Entry) hash(before string) string {
	h := sha256.New()
	var number [8]byte
	write := func(n int64) {
		binary.BigEndian.PutUint64(number[:], uint64(n))
		h.Write(number[:])
	}
	write(e.Number)
	write(e.At.UnixMicro())
	for _, text := range []string{before, e.Actor, e.Action, e.Object, e.Detail} {
		write(int64(len(text)))
		h.Write([]byte(text))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// BrokenError says where a chain is broken.
type BrokenError struct {
	Number int64
	Reason string
}

func (e *BrokenError) Error() string {
	return fmt.Sprintf("the audit log is broken at entry %d: %s", e.Number, e.Reason)
}

// Verify walks the chain. Its error is a *BrokenError if the chain is not what
// was recorded.
func Verify(ctx context.Context, store Store) (Head, error) {
	var last Head
	noted, err := store.WalkAudit(ctx, func(e Entry) error {
		switch {
		case e.Number > last.Number+1:
			return &BrokenError{last.Number + 1, "it was removed"}
		case e.Number != last.Number+1:
			return &BrokenError{e.Number, "it was put in"}
		case e.Hash != e.hash(last.Hash):
			return &BrokenError{e.Number, "its hash does not fit: it, or what stands before it, was altered or put in"}
		}
		last = e.Head()
		return nil
	})
	switch {
	case err != nil:
		return last, err
	case noted.Number > last.Number:
		return last, &BrokenError{last.Number + 1, fmt.Sprintf("it was removed, with all up to %d", noted.Number)}
	case noted != last:
		return last, &BrokenError{last.Number, "it is not the last one that was recorded: it was altered or put in"}
	}
	return last, nil
}

// Log records what is not part of a transaction of its own.
type Log struct {
	store Store
	now   func() time.Time
}

// NewLog makes a Log.
func NewLog(store Store, now func() time.Time) (*Log, error) {
	if store == nil || now == nil {
		return nil, errors.New("audit: store and now are required")
	}
	return &Log{store, now}, nil
}

// Note makes a note by whoever the context says.
func (l *Log) Note(ctx context.Context, action, object, detail string) Note {
	return Note{At: l.now(), Actor: ActorOf(ctx), Action: action, Object: object, Detail: detail}
}

// Record records what was done. It does so even if whoever did it went away.
func (l *Log) Record(ctx context.Context, action, object, detail string) error {
	if err := l.store.AppendAudit(context.WithoutCancel(ctx), l.Note(ctx, action, object, detail)); err != nil {
		return fmt.Errorf("recording %s in the audit log: %w", action, err)
	}
	return nil
}

type actorKey struct{}

// Command is the actor of what the folder's owner does from a command line.
const Command = "command"

// WithActor returns a context in which somebody acts.
func WithActor(ctx context.Context, actor string) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// ActorOf returns who acts in a context.
func ActorOf(ctx context.Context) string {
	if actor, ok := ctx.Value(actorKey{}).(string); ok {
		return actor
	}
	return Command
}
