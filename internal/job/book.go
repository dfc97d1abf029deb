package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"kith/internal/commerce"
)

// maxWaiting is how many jobs may wait.
const maxWaiting = 50

var (
	errCancelled = errors.New("it was called off")
	errStopping  = errors.New("the server stopped; start the import again")
)

// Config says what a Book works with. All of it is required.
type Config struct {
	Store Store
	// Imports calls yield for each import that the log remembers after an entry,
	// with ID set if it was a job's.
	Imports func(ctx context.Context, after uint64, yield func(Job) error) error
	Now     func() time.Time
	Logger  *slog.Logger
}

// Book runs jobs and keeps their history. It is safe for concurrent use.
type Book struct {
	config Config
	ctx    context.Context //nolint:containedctx // jobs last as long as the Book
	cancel context.CancelCauseFunc
	idle   sync.WaitGroup

	beginning sync.Mutex
	begun     bool // the history is complete

	mu      sync.Mutex
	closed  bool
	open    map[string]*task // jobs that are not over
	waiting []*task
	working bool
}

// task is a job that is not over, or was just now.
type task struct {
	work   Work
	over   func()          // called once, when the job is over
	ctx    context.Context //nolint:containedctx // the job's, which outlives the request
	cancel context.CancelCauseFunc

	// Under Book.mu.
	job      Job
	progress Progress
	changed  chan struct{} // closed at the next change
}

// New makes a Book.
func New(config Config) (*Book, error) {
	for name, missing := range map[string]bool{
		"Store": config.Store == nil, "Imports": config.Imports == nil, "Now": config.Now == nil, "Logger": config.Logger == nil,
	} {
		if missing {
			return nil, fmt.Errorf("job: Config.%s is required", name)
		}
	}
	b := &Book{config: config, open: map[string]*task{}}
	b.ctx, b.cancel = context.WithCancelCause(context.Background())
	return b, nil
}

func (b *Book) now() time.Time { return b.config.Now().UTC().Truncate(time.Microsecond) }

// Begin completes the history: with what the log knows and the store does not,
// and with what a process that ended left open. It does so once.
func (b *Book) Begin(ctx context.Context) error {
	b.beginning.Lock()
	defer b.beginning.Unlock()
	if b.begun {
		return nil
	}
	if err := b.complete(ctx); err != nil {
		return fmt.Errorf("completing the history of imports: %w", err)
	}
	b.begun = true
	return nil
}

func (b *Book) complete(ctx context.Context) error {
	last, err := b.config.Store.LastImport(ctx)
	if err != nil {
		return err
	}
	err = b.config.Imports(ctx, last, func(found Job) error {
		if found.ID != "" {
			j, ok, err := b.config.Store.FindJob(ctx, found.ID)
			if err != nil {
				return err
			}
			if ok { // killed after the entry was written
				j.State, j.Result, j.EndedAt = Done, found.Result, found.EndedAt
				return b.config.Store.PutJob(ctx, j)
			}
		} else {
			found.ID = newID()
		}
		_, err := b.config.Store.AddJob(ctx, found)
		return err
	})
	if err != nil {
		return err
	}
	left, err := b.config.Store.OpenJobs(ctx)
	if err != nil {
		return err
	}
	for _, j := range left {
		j.State, j.EndedAt, j.Problem = Interrupted, b.now(), errStopping.Error()
		if err := b.config.Store.PutJob(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// Start lets a job begin when those before it are over. over is called when
// it is over itself; a job that Start refuses never was.
func (b *Book) Start(ctx context.Context, kind string, files []string, actor string, work Work, over func()) (Job, error) {
	j := Job{ID: newID(), Kind: kind, Files: files, Actor: actor, State: Waiting, CreatedAt: b.now()}
	t := &task{work: work, over: over, job: j, changed: make(chan struct{})}
	t.ctx, t.cancel = context.WithCancelCause(b.ctx)
	if err := b.Begin(ctx); err != nil {
		t.cancel(nil)
		return Job{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.queue(ctx, t); err != nil {
		t.cancel(nil)
		return Job{}, err
	}
	return t.job, nil
}

// queue is called under mu.
func (b *Book) queue(ctx context.Context, t *task) error {
	switch {
	case b.closed:
		return commerce.Errorf(commerce.CodeBusy, "the server is stopping")
	case len(b.waiting) >= maxWaiting:
		return commerce.Errorf(commerce.CodeConflict, "%d imports wait already; start it when some of them are done", maxWaiting)
	}
	var err error
	// Whoever asked may go away; the job is there then, or is not.
	if t.job.Number, err = b.config.Store.AddJob(context.WithoutCancel(ctx), t.job); err != nil {
		return err
	}
	b.open[t.job.ID] = t
	b.waiting = append(b.waiting, t)
	if !b.working {
		b.working = true
		b.idle.Go(b.run)
	}
	return nil
}

// run does the jobs that wait, one after the other, until none does.
func (b *Book) run() {
	for {
		b.mu.Lock()
		if len(b.waiting) == 0 {
			b.working = false
			b.mu.Unlock()
			return
		}
		t := b.waiting[0]
		b.waiting = b.waiting[1:]
		b.mu.Unlock()
		b.do(t)
	}
}

func (b *Book) do(t *task) {
	if t.ctx.Err() != nil {
		b.end(t, Result{}, context.Cause(t.ctx))
		return
	}
	b.change(t, func() { t.job.State, t.job.StartedAt = Running, b.now() })
	b.keep(t.job)
	result, err := b.attempt(t)
	b.end(t, result, err)
}

// attempt keeps one job's panic from ending the server.
func (b *Book) attempt(t *task) (result Result, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("the import panicked: %v", x)
		}
	}()
	return t.work(t.ctx, t.job.ID, func(p Progress) { b.change(t, func() { t.progress = p }) })
}

// end is the only place where a job becomes over.
func (b *Book) end(t *task, result Result, err error) {
	state, cause := Done, context.Cause(t.ctx)
	switch {
	case err == nil, result.Seq > 0: // it happened, whatever failed behind it
	case errors.Is(cause, errCancelled):
		state, err = Cancelled, errCancelled
	case cause != nil:
		state, err = Interrupted, errStopping
	default:
		state = Failed
	}
	j := t.job // nobody else changes it any more
	j.State, j.Result, j.EndedAt = state, result, b.now()
	if err != nil {
		j.Problem, j.Code = b.said(t, err), commerce.CodeOf(err)
	}
	t.over()
	b.keep(j) // before anyone is told
	b.mu.Lock()
	defer b.mu.Unlock()
	t.job = j
	delete(b.open, t.job.ID)
	b.waiting = slices.DeleteFunc(b.waiting, func(other *task) bool { return other == t })
	t.tell()
	t.cancel(nil)
}

// said is what people read of an error. What has no code may speak of paths.
func (b *Book) said(t *task, err error) string {
	if commerce.CodeOf(err) != commerce.CodeNone || errors.Is(err, errCancelled) || errors.Is(err, errStopping) {
		return err.Error()
	}
	b.config.Logger.Error("an import failed", "import", t.job.ID, "error", err)
	return "something went wrong in Kith; its log says what"
}

func (b *Book) keep(j Job) {
	if err := b.config.Store.PutJob(context.Background(), j); err != nil {
		b.config.Logger.Error("keeping how far an import is", "import", j.ID, "error", err)
	}
}

func (b *Book) change(t *task, do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	do()
	t.tell()
}

// tell wakes those who wait for a change. Under mu.
func (t *task) tell() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// Record keeps a command's import that is over. Begin was called before it began:
// what was in the log then is in the history already.
func (b *Book) Record(ctx context.Context, j Job) error {
	j.ID = newID()
	_, err := b.config.Store.AddJob(ctx, j)
	return err
}

// Cancel calls a job off that is not over.
func (b *Book) Cancel(ctx context.Context, id string) error {
	b.mu.Lock()
	t, ok := b.open[id]
	waits := ok && slices.Contains(b.waiting, t)
	if waits {
		b.waiting = slices.DeleteFunc(b.waiting, func(other *task) bool { return other == t })
	}
	b.mu.Unlock()
	if !ok {
		if _, _, err := b.Get(ctx, id); err != nil {
			return err
		}
		return commerce.Errorf(commerce.CodeConflict, "the import is over already")
	}
	t.cancel(errCancelled)
	if waits {
		b.end(t, Result{}, errCancelled)
	}
	return nil
}

// Get returns a job and how far it is.
func (b *Book) Get(ctx context.Context, id string) (Job, Progress, error) {
	j, p, _, err := b.look(ctx, id)
	return j, p, err
}

// look is Get with what is closed when something changes; nil if nothing will.
func (b *Book) look(ctx context.Context, id string) (Job, Progress, <-chan struct{}, error) {
	if err := b.Begin(ctx); err != nil {
		return Job{}, Progress{}, nil, err
	}
	b.mu.Lock()
	if t, ok := b.open[id]; ok {
		defer b.mu.Unlock()
		return t.job, t.progress, t.changed, nil
	}
	b.mu.Unlock()
	j, ok, err := b.config.Store.FindJob(ctx, id)
	if err == nil && !ok {
		err = commerce.Errorf(commerce.CodeNotFound, "there is no import %q", id)
	}
	return j, Progress{}, nil, err
}

// Ahead is how many jobs come before one that waits.
func (b *Book) Ahead(id string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.waiting, func(t *task) bool { return t.job.ID == id })
	if i < 0 {
		return 0
	}
	return len(b.open) - len(b.waiting) + i
}

// Busy says whether some job is not over.
func (b *Book) Busy() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.open) > 0
}

// Watch calls yield with a job as it is, then whenever it changed, until it
// is over. Changes that follow each other closely are told together.
func (b *Book) Watch(ctx context.Context, id string, yield func(Job, Progress) error) error {
	for {
		j, p, changed, err := b.look(ctx, id)
		if err != nil {
			return err
		}
		if err := yield(j, p); err != nil || changed == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// List lists imports before a place, the newest first.
func (b *Book) List(ctx context.Context, before Place, limit int) ([]Job, error) {
	if err := b.Begin(ctx); err != nil {
		return nil, err
	}
	list, err := b.config.Store.ListImports(ctx, before, limit)
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Close ends the job that runs and those that wait, and returns when all of
// that is kept.
func (b *Book) Close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.cancel(errStopping)
	b.idle.Wait()
}
