package job

import (
	"context"
	"crypto/rand"
	"time"

	"kith/internal/commerce"
)

// State is how far a job is.
type State string

// States.
const (
	Waiting     State = "waiting"
	Running     State = "running"
	Done        State = "done"
	Failed      State = "failed"
	Cancelled   State = "cancelled"
	Interrupted State = "interrupted"
)

// Over says that nothing more will happen.
func (s State) Over() bool { return s != Waiting && s != Running }

// Demo is the kind of a job that makes and imports the demo shop.
const Demo = "demo"

// Job is an import, or the demo shop.
type Job struct {
	Number int64  // given by the store; later ones are greater
	ID     string // given by Start and Record
	Kind   string // of commerce, or Demo
	Files  []string
	Actor  string // who asked for it; "" if that is not known
	State  State

	CreatedAt, StartedAt, EndedAt time.Time // zero where it did not happen, or is not known

	Result

	// Code and Problem say why it failed.
	Code    commerce.Code
	Problem string
}

// Result is what came of a job.
type Result struct {
	// Seq is the number of its entry in the log; 0 if it has none.
	Seq uint64
	// Counts are nil as long as nothing is known.
	Counts *Counts
	// Seconds is how long the import took; 0 if that is not known.
	Seconds float64
	// Rejects is how many bytes of refused rows are kept, and RejectsCut that
	// there were more.
	Rejects    int64
	RejectsCut bool
}

// Counts are what the files held and what was taken.
type Counts struct {
	Unchanged bool  `json:"unchanged"`
	Rows      int64 `json:"rows"`
	Accepted  int64 `json:"accepted"`
	Refused   int64 `json:"refused"`
	Customers int64 `json:"customers"`
	Orders    int64 `json:"orders"`
	Items     int64 `json:"items"`
	Refunds   int64 `json:"refunds"`
}

// Progress is how far a running job is.
type Progress struct {
	Stage string // what is being done: making, or the kind of what is imported
	Step  int    // from 1
	Steps int
	Bytes int64 // read, as the files lie on the disk
	Total int64
	Rows  int64
}

// Work does what a job is for. What it returns counts with an error too: an
// import may have happened, and what follows it failed.
type Work func(ctx context.Context, id string, tell func(Progress)) (Result, error)

// Place is a place in the history.
type Place struct {
	At     time.Time
	Number int64
}

// Store keeps jobs. It is safe for concurrent use.
type Store interface {
	// AddJob keeps a new job and returns its number.
	AddJob(ctx context.Context, j Job) (number int64, err error)
	// PutJob keeps a job as it is now, by its id.
	PutJob(ctx context.Context, j Job) error
	FindJob(ctx context.Context, id string) (j Job, ok bool, err error)
	// ListImports lists jobs that are no demo before a place, the newest first;
	// the zero Place is behind all.
	ListImports(ctx context.Context, before Place, limit int) ([]Job, error)
	// OpenJobs are those that are not over, the oldest first.
	OpenJobs(ctx context.Context) ([]Job, error)
	// LastImport is the greatest Seq of all jobs.
	LastImport(ctx context.Context) (uint64, error)
}

// newID makes an id that cannot be guessed.
func newID() string { return "im_" + rand.Text() }
