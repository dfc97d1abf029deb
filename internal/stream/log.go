package stream

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"kith/internal/commerce"
)

const (
	streamName = "log"
	// maxRecord bounds one entry: a batch of events has at most 500 KB.
	maxRecord = 8 << 20
	// maxHeader is room for what the server writes beside a record.
	maxHeader = 4 << 10
	// defaultMaxBytes is what the log may hold when Config does not say.
	defaultMaxBytes = 64 << 30
	startTimeout    = 10 * time.Second
	appendTimeout   = 30 * time.Second
)

// ErrFull says that the log has reached its size, or the disk its end. The log
// is as it was, and takes more when there is room.
var ErrFull = commerce.WithCode(commerce.CodeFull, errors.New("the log is full"))

// ErrBroken says that an earlier write failed in a way that leaves open
// whether it is on the disk: the log must be opened again.
var ErrBroken = errors.New("the log takes no more entries after a failed write; open the folder again")

// Config says where the log is.
type Config struct {
	Dir      string
	MaxBytes int64 // 0: 64 GiB
}

// Log is an open event log. It is safe for concurrent use.
type Log struct {
	server *server.Server
	conn   *nats.Conn
	js     jetstream.JetStream
	stream jetstream.Stream

	appending sync.Mutex // so that numbers are given in order
	broken    bool       // under appending

	mu          sync.Mutex
	first, last uint64 // of the entries; first is last+1 in an empty log
	recent      recent // up to last
}

// Exists says whether a log was ever made in a directory. Open makes a new
// one where there is none, which would hide that one was lost.
func Exists(dir string) (bool, error) {
	_, err := os.Stat(filepath.Join(dir, "jetstream"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Open opens the log in a directory, and makes it if there is none.
func Open(ctx context.Context, config Config) (*Log, error) {
	if config.Dir == "" {
		return nil, errors.New("stream: Config.Dir is required")
	}
	if config.MaxBytes == 0 {
		config.MaxBytes = defaultMaxBytes
	}
	exists, err := Exists(config.Dir)
	if err != nil {
		return nil, fmt.Errorf("opening the log: %w", err)
	}
	if err := os.MkdirAll(config.Dir, 0o700); err != nil {
		return nil, err
	}
	l, err := start(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("opening the log: %w", err)
	}
	if !exists {
		if err := syncTree(config.Dir); err != nil {
			return nil, errors.Join(fmt.Errorf("opening the log: %w", err), l.Close())
		}
	}
	return l, nil
}

func start(ctx context.Context, config Config) (*Log, error) {
	s, err := server.NewServer(&server.Options{
		ServerName:             "kith",
		DontListen:             true,
		NoSigs:                 true,
		NoLog:                  true,
		JetStream:              true,
		StoreDir:               config.Dir,
		SyncAlways:             true,
		JetStreamMaxMemory:     1 << 20,
		JetStreamMaxStore:      config.MaxBytes,
		MaxPayload:             maxRecord + maxHeader,
		DisableJetStreamBanner: true,
	})
	if err != nil {
		return nil, err
	}
	s.Start()
	l := &Log{server: s}
	if err := l.connect(ctx, config); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (l *Log) connect(ctx context.Context, config Config) error {
	if !l.server.ReadyForConnections(startTimeout) {
		return errors.New("the event log did not start; is its directory writable?")
	}
	var err error
	if l.conn, err = nats.Connect("", nats.InProcessServer(l.server)); err != nil {
		return err
	}
	if l.js, err = jetstream.New(l.conn, jetstream.WithDefaultTimeout(appendTimeout)); err != nil {
		return err
	}
	l.stream, err = l.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:      streamName,
		Subjects:  []string{streamName},
		Storage:   jetstream.FileStorage,
		Retention: jetstream.LimitsPolicy,
		// A full log refuses the new and never drops the old.
		Discard:    jetstream.DiscardNew,
		MaxBytes:   config.MaxBytes,
		MaxMsgs:    -1,
		MaxMsgSize: maxRecord + maxHeader,
		// Records are read as they lie, and not as text within JSON.
		AllowDirect: true,
	})
	if err != nil {
		return err
	}
	info, err := l.stream.Info(ctx)
	if err != nil {
		return err
	}
	l.first, l.last = max(info.State.FirstSeq, 1), info.State.LastSeq
	return nil
}

// Close stops the log.
func (l *Log) Close() error {
	l.mu.Lock()
	l.recent = recent{} // a closed log is not read
	l.mu.Unlock()
	if l.conn != nil {
		l.conn.Close()
	}
	l.server.Shutdown()
	l.server.WaitForShutdown()
	return nil
}

// SyncAlways says whether a record is on the disk before it is acknowledged.
func (l *Log) SyncAlways() bool {
	config := l.server.JetStreamConfig()
	return config != nil && config.SyncAlways
}

// LastSeq is the number of the last entry; 0 in an empty log.
func (l *Log) LastSeq() uint64 {
	_, last := l.reach()
	return last
}

// reach is the first and the last entry's number.
func (l *Log) reach() (first, last uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first, l.last
}

// Append writes an entry and returns its number. It is on the disk then. If
// e.Seq is not zero, the entry is refused unless that is its number. The body
// is not looked at; instants are kept in whole microseconds. After an error
// that has a code of commerce, the log is as it was.
func (l *Log) Append(ctx context.Context, e commerce.Entry) (uint64, error) {
	l.appending.Lock()
	defer l.appending.Unlock()
	if l.broken {
		return 0, ErrBroken
	}
	last := l.LastSeq()
	seq := last + 1
	if e.Seq != 0 && e.Seq != seq {
		return 0, fmt.Errorf("appending to the log: the next record is %d, not %d", seq, e.Seq)
	}
	record, err := encode(seq, e)
	if err != nil {
		return 0, fmt.Errorf("appending to the log: %w", err)
	}
	if len(record) > maxRecord {
		return 0, commerce.Errorf(commerce.CodeInvalid, "appending to the log: an entry of %d bytes is over the limit of %d", len(record), maxRecord)
	}
	ack, err := l.js.Publish(ctx, streamName, record, jetstream.WithExpectLastSequence(last))
	if err != nil {
		return 0, l.failed(err)
	}
	if ack.Sequence != seq {
		l.broken = true
		return 0, fmt.Errorf("appending to the log: it gave the number %d and not %d: %w", ack.Sequence, seq, ErrBroken)
	}
	// As decode would give it back: the body is the record's, not the caller's.
	e.Seq, e.At, e.Body = seq, time.UnixMicro(e.At.UnixMicro()).UTC(), record[len(record)-len(e.Body):]
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = seq
	l.recent.add(e)
	return seq, nil
}

// failed sorts a refusal, after which the log is as it was, from a failure
// after which the record may or may not be on the disk.
func (l *Log) failed(err error) error {
	if refusal, ok := errors.AsType[*jetstream.APIError](err); ok {
		switch {
		case refusal.ErrorCode == codeMaxBytes, refusal.ErrorCode == codeNoStorage,
			refusal.ErrorCode == codeStoreFailed && refusal.Description == server.ErrMaxBytes.Error():
			return fmt.Errorf("appending to the log: %w: %s", ErrFull, refusal.Description)
		}
	}
	l.broken = true
	return fmt.Errorf("appending to the log: %w", err)
}

// Error codes of the server for a write that it refused.
const (
	codeNoStorage   jetstream.ErrorCode = 10047
	codeStoreFailed jetstream.ErrorCode = 10077
	codeMaxBytes    jetstream.ErrorCode = 10122
)

// Read yields the entries from a number on, up to the last one at the time
// of the call. Where records cannot be read it yields an Entry with only the
// first number of the range and a *DamageError, and goes on behind them if
// the caller does. Any other error ends it.
func (l *Log) Read(ctx context.Context, from uint64) iter.Seq2[commerce.Entry, error] {
	return func(yield func(commerce.Entry, error) bool) {
		first, last := l.reach() // what lies before first was purged: it is in the archive
		var damage *DamageError
		flush := func() bool {
			d := damage
			damage = nil
			return d == nil || yield(commerce.Entry{Seq: d.From}, d)
		}
		for seq := max(from, first); seq <= last; seq++ {
			e, err := l.read(ctx, seq)
			found, isDamage := errors.AsType[*DamageError](err)
			if isDamage && damage != nil && damage.Reason == found.Reason {
				damage.To = seq
				continue
			}
			if !flush() {
				return
			}
			switch {
			case isDamage:
				damage = found
			case err != nil:
				yield(commerce.Entry{}, fmt.Errorf("reading the log: %w", err))
				return
			case !yield(e, nil):
				return
			}
		}
		flush()
	}
}

// read returns an entry. A record that cannot be read is a *DamageError; any
// other error says nothing of the record.
func (l *Log) read(ctx context.Context, seq uint64) (commerce.Entry, error) {
	l.mu.Lock()
	e, ok := l.recent.entry(l.last, seq)
	l.mu.Unlock()
	if ok {
		return e, nil
	}
	msg, err := l.stream.GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return commerce.Entry{}, &DamageError{From: seq, To: seq, Reason: "cannot be read"}
	}
	if err != nil {
		return commerce.Entry{}, err
	}
	e, err = decode(seq, msg.Data)
	if err != nil {
		return commerce.Entry{}, &DamageError{From: seq, To: seq, Reason: err.Error()}
	}
	return e, nil
}

// PurgeTo drops the entries up to and with a number. Their numbers are not
// given again.
func (l *Log) PurgeTo(ctx context.Context, seq uint64) error {
	if err := l.stream.Purge(ctx, jetstream.WithPurgeSequence(seq+1)); err != nil {
		return fmt.Errorf("purging the log to %d: %w", seq, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.first = min(max(l.first, seq+1), l.last+1)
	return nil
}

// syncTree makes the names of a new log's files and directories durable: the
// file store syncs what it writes into them.
func syncTree(dir string) error {
	dirs := []string{filepath.Dir(dir)}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			dirs = append(dirs, path)
		}
		return err
	})
	for _, name := range dirs {
		if err == nil {
			err = syncDir(name)
		}
	}
	return err
}

func syncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
