package segment

import (
	"context"
	"time"
)

// Cause is why a membership changed.
type Cause string

// Causes. For CauseEvent and CauseTime a transition's At is the instant at
// which it became true; for the others, the instant at which it was applied.
const (
	CauseEvent      Cause = "event"
	CauseTime       Cause = "time"
	CauseLate       Cause = "late"
	CauseImport     Cause = "import"
	CauseDefinition Cause = "definition"
	CauseScore      Cause = "score"
	CauseProduct    Cause = "product"
	CauseMerge      Cause = "merge"
	CauseErase      Cause = "erase"
)

// Causes lists all of them.
var Causes = [...]Cause{
	CauseEvent, CauseTime, CauseLate, CauseImport, CauseDefinition, CauseScore, CauseProduct, CauseMerge, CauseErase,
}

// Transition is a membership that changed. It is never rewritten.
type Transition struct {
	// Number is its place in the record, from 1; transitions that were
	// recorded together as a Sweep share one.
	Number  int64
	Segment string // the segment's id
	Person  int64  // the number of a Person
	// Customer is the person's id when they were last written.
	Customer string
	Entered  bool
	At       time.Time // see Cause
	// NoticedAt is when Kith noticed.
	NoticedAt time.Time
	Cause     Cause
	// Seq is the log entry that brought what is behind it, Pos the place in
	// that entry; for CauseTime, the last entry that had taken effect.
	Seq uint64
	Pos int64
	// Fact names what is behind it, as "order o1" or "product_viewed"; empty
	// for a timer.
	Fact string
}

// Sweep is many transitions that have all but the person in common: a segment
// that was defined, a scoring run, an import.
type Sweep struct {
	Segment   string
	Entered   bool
	At        time.Time
	NoticedAt time.Time
	Cause     Cause
	Seq       uint64
	Persons   []int64 // sorted, each once
}

// Person is somebody whose memberships are recorded. A number is given once
// and stays: Kind and ID are the key that the person is named by at present.
type Person struct {
	Number int64
	Kind   KeyKind
	ID     string
	// MergedInto is the number of the person that this one became part of; 0
	// for nobody.
	MergedInto int64
}

// KeyKind is the kind of a key that names a person, the strongest first.
type KeyKind uint8

// Kinds of keys.
const (
	CustomerKey KeyKind = iota
	EmailKey
	PhoneKey
	AnonymousKey
)

// Standing is how a person stands: the segments that they are recorded to be
// in, and when that may next change by time alone.
type Standing struct {
	Person int64
	// In has a bit for each LiveSegment, by its Number: bit n%8 of byte n/8.
	// Bytes of zero at the end are left out.
	In []byte
	// Next is the earliest instant at which something may change by time
	// alone, in microseconds since 1970; the greatest int64 if never.
	Next int64
	// Asked is the latest instant at which their memberships were asked.
	Asked int64
}

// LiveSegment is a segment whose memberships are kept, as it was defined when
// they were last worked out for everyone.
type LiveSegment struct {
	Number int    // given once, from 0; not given again while Standings may use it
	ID     string // unique among those that are there
	// Definition is all that the answer depends on: the text with the texts of
	// the segments that it refers to.
	Definition string
	Since      uint64 // the log entry from which on transitions are recorded
	Size       int64  // how many are in it
}

// Day is what happened to a segment on one day of the shop's calendar.
type Day struct {
	Segment string
	Date    string // YYYY-MM-DD
	Entered int64
	Left    int64
	Size    int64 // at the end of the day
}

// Progress is how far memberships are kept.
type Progress struct {
	// Applied is the last log entry that took effect.
	Applied uint64
	// Clock is the instant up to which time has passed; zero at first.
	Clock time.Time
	// LastPerson is the greatest Person.Number given.
	LastPerson int64
}

// Batch is what one stretch of the log, and of time, changed. It is committed
// as a whole or not at all.
type Batch struct {
	Progress // afterwards
	// Persons are new ones, and those whose name changed or who were merged.
	Persons []Person
	// Standings replace those of the same persons. A person who is not
	// recorded any more has an empty In and the greatest Next.
	Standings []Standing
	// Everyone says that Standings are those of everyone, sorted by Person,
	// each once: they replace all others as well.
	Everyone    bool
	Transitions []Transition // Number is not set: it is given in this order
	Sweeps      []Sweep      // numbered after Transitions, in this order
	// Days are added to what is known of the day: Entered and Left are summed,
	// Size replaces. The size of the LiveSegment becomes that of its last Day
	// here.
	Days []Day
	// Segments, if not nil, replace all LiveSegments.
	Segments []LiveSegment
}

// TransitionFilter says which transitions are asked for.
type TransitionFilter struct {
	Segment string // "" for all
	// Person, if not 0, is a number; transitions of those who were merged into
	// this person are not among the answer.
	Person int64
	After  int64 // only those with a greater Number
	// UpTo, if not 0, leaves out those with a greater Number and, of those with
	// this Number, the persons up to Past: what comes behind a place where a
	// reader with Latest stopped.
	UpTo, Past int64
	// Latest asks for the newest first; otherwise it is the oldest.
	Latest bool
	Limit  int // 0 for all
}

// Record is where memberships and transitions are kept.
type Record interface {
	// Progress says how far memberships are kept.
	Progress(ctx context.Context) (Progress, error)
	// Commit makes a batch durable before it returns. It refuses one whose
	// Applied or Clock lies before what was committed.
	Commit(ctx context.Context, b Batch) error
	LiveSegments(ctx context.Context) ([]LiveSegment, error) // by number
	Persons(ctx context.Context, yield func(Person) error) error
	// FindPerson returns the number of whom the record names so, or of whom they
	// became part; 0 if there is nobody. Of several it is who was not merged,
	// then the strongest key's.
	FindPerson(ctx context.Context, id string) (int64, error)
	Standings(ctx context.Context, yield func(Standing) error) error
	// Transitions calls yield in order of Number, within a Sweep of Person.
	Transitions(ctx context.Context, f TransitionFilter, yield func(Transition) error) error
	// Days lists a segment's days from a date to another, both included, in
	// order; days on which nothing happened are left out.
	Days(ctx context.Context, segment, from, to string) ([]Day, error)
	// Trends calls yield with the days of all segments from a date to another,
	// both included, and the last one before them, segment by segment in order.
	Trends(ctx context.Context, from, to string, yield func(Day) error) error
	// LastTransition is the greatest Number given.
	LastTransition(ctx context.Context) (int64, error)
}
