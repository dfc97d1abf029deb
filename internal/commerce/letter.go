package commerce

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Letter is a dead letter: an event that came in and has no effect as it is. It
// is kept so that somebody can mend it and send it again.
type Letter struct {
	// Seq is its entry of the log. Pos is its place there: among the events, or,
	// of one that was refused when it came in, after all of them.
	Seq uint64
	Pos int64
	At  time.Time // of the entry
	// Source is the id of the key that it came with; empty if it came with none.
	Source string
	Kind   LetterKind
	// Column is the field that is wrong, or "row"; Reason is why.
	Column, Reason string
	// Event and MessageID are what it says of itself, as far as that is known.
	Event, MessageID string
	// Body is the event as JSON, as RefusedEvent has it.
	Body    json.RawMessage
	State   LetterState
	StateAt time.Time // zero as long as it is open
	By      string    // who replayed or dismissed it
	Replay  uint64    // the entry of the log in which it was sent again
}

// LetterKind is why an event is a dead letter.
type LetterKind string

// Kinds of letters.
const (
	// RefusedLetter could not be read when it came in.
	RefusedLetter LetterKind = "refused"
	// LateLetter does not go with what was known when its turn came.
	LateLetter LetterKind = "late"
	// ConflictLetter has the message id of another event that says something else.
	ConflictLetter LetterKind = "conflict"
)

// LetterState is what became of a letter.
type LetterState string

// States of letters. All begin open.
const (
	OpenLetter      LetterState = "open"
	ReplayedLetter  LetterState = "replayed"
	DismissedLetter LetterState = "dismissed"
)

// LetterPlace names a letter.
type LetterPlace struct {
	Seq uint64
	Pos int64
}

// Place names the letter.
func (l *Letter) Place() LetterPlace { return LetterPlace{l.Seq, l.Pos} }

// String is the place as people write it: 17.3.
func (p LetterPlace) String() string { return fmt.Sprintf("%d.%d", p.Seq, p.Pos) }

// ParseLetterPlace reads what String writes.
func ParseLetterPlace(text string) (p LetterPlace, ok bool) {
	seq, pos, found := strings.Cut(text, ".")
	n, err := strconv.ParseUint(seq, 10, 63)
	if err != nil || !found {
		return p, false
	}
	m, err := strconv.ParseInt(pos, 10, 64)
	p = LetterPlace{n, m}
	return p, err == nil && p.String() == text
}

// LetterFilter says which letters are asked for; what is empty does not matter.
type LetterFilter struct {
	State  LetterState
	Kind   LetterKind
	Source string
	From   LetterPlace // only those that come after this one in the list
	Limit  int         // 0 for all
	// OldestFirst turns the list round.
	OldestFirst bool
}

// LetterTotals is how many letters there are.
type LetterTotals struct {
	Open    int64 // that wait for somebody
	LeftOut int64 // that had no room, since there are letters
}
