package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"kith/internal/commerce"
)

// Request says what to import and how to read it.
type Request struct {
	Kind  commerce.Kind
	Files []string
	// Names are what the files are called, if that is not their paths: as many
	// as Files, or none.
	Names    []string
	Format   string            // empty: generic
	Map      map[string]string // field to column
	Zone     *time.Location    // of times without an offset; nil: the shop's
	Currency string            // of amounts without one; empty: the shop's
	// Job is the id of the job that this is; its entry remembers it.
	Job string
	// Rejects takes a line for every refused row; nil drops them.
	Rejects io.Writer
	// Progress is told how much of the files is read; nil tells nobody.
	Progress func(Progress)
}

// Progress is how far the reading of files is.
type Progress struct {
	Bytes int64 `json:"bytes"` // read, as the files lie on the disk
	Total int64 `json:"total"`
	Rows  int64 `json:"rows"`
}

// Reading is what came of reading the files.
type Reading struct {
	Rows, Refused int64
	Hash          string   // of the content and of all that its reading depends on
	Records       []string // Parquet files, in the order of the request's; "" where a file brought none
	// Lines returns rows as they stand in the files, to show what the
	// warehouse refuses; "" for what cannot be shown.
	Lines func(refused []Refusal) []string
	// Report says how each file was read, for people; it is passed on as it is.
	Report json.RawMessage
}

// Outcome is what an import came to. A repeated one has the first one's numbers.
type Outcome struct {
	Unchanged bool  `json:"unchanged"`
	Rows      int64 `json:"rows"`
	Accepted  int64 `json:"accepted"`
	Refused   int64 `json:"refused"`
	Customers int64 `json:"customers"`
	Orders    int64 `json:"orders"`
	Items     int64 `json:"items"`
	Refunds   int64 `json:"refunds"`

	// Seq is the number of its entry in the log, 0 without one: nothing could
	// be taken. At is the entry's instant.
	Seq uint64    `json:"-"`
	At  time.Time `json:"-"`
}

// imported is the body of an import's log entry.
type imported struct {
	Kind    commerce.Kind `json:"kind"`
	Hash    string        `json:"hash"`
	Sources []string      `json:"sources"` // names of the shop's files
	Files   []string      `json:"files"`   // names in the archive
	Outcome Outcome       `json:"outcome"`
	Job     string        `json:"job,omitempty"`
	// The shop's when this was taken; entries of older versions have none.
	Currency string `json:"currency,omitempty"`
	Timezone string `json:"timezone,omitempty"`
}

// roomToSpare is what an import leaves free for everything that is written
// besides its records.
const roomToSpare = 64 << 20

// Import brings files into the shop; see the package comment for the steps.
// The report is that of the reading.
func (l *Loader) Import(ctx context.Context, r Request) (outcome Outcome, report json.RawMessage, err error) {
	l.importing.Lock()
	defer l.importing.Unlock()
	if err := l.mayImport(ctx); err != nil {
		return Outcome{}, nil, err
	}
	stage, err := l.config.Archive.Stage()
	if err != nil {
		return Outcome{}, nil, withFull(err)
	}
	defer func() { err = errors.Join(err, l.config.Archive.Discard(stage)) }()
	reading, err := l.read(ctx, r, stage)
	if err != nil {
		return Outcome{}, nil, withFull(err)
	}
	outcome, err = l.take(ctx, r, reading)
	return outcome, reading.Report, withFull(err)
}

// mayImport fails early, before files are read for nothing.
func (l *Loader) mayImport(ctx context.Context) error {
	l.changing.Lock()
	defer l.changing.Unlock()
	return l.ready(ctx)
}

// take loads what was read, if it is new.
func (l *Loader) take(ctx context.Context, r Request, reading Reading) (Outcome, error) {
	l.changing.Lock()
	defer l.changing.Unlock()
	if err := l.ready(ctx); err != nil {
		return Outcome{}, err
	}
	known, err := l.config.Warehouse.Imported(ctx, r.Kind, reading.Hash)
	switch {
	case err != nil:
		return Outcome{}, err
	case known:
		return l.repeated(ctx, r.Kind, reading.Hash)
	}
	return l.load(ctx, r, reading)
}

func (l *Loader) read(ctx context.Context, r Request, stage string) (Reading, error) {
	out, temp := filepath.Join(stage, "records"), filepath.Join(stage, "temp")
	if err := errors.Join(os.Mkdir(out, 0o700), os.Mkdir(temp, 0o700)); err != nil {
		return Reading{}, err
	}
	reading, err := l.config.Read(ctx, r, out, temp)
	if err != nil {
		return Reading{}, err
	}
	// What the reading needed besides its records makes room for the load.
	return reading, os.RemoveAll(temp)
}

// repeated finds the outcome of an import that was made before.
func (l *Loader) repeated(ctx context.Context, kind commerce.Kind, hash string) (Outcome, error) {
	// Without an entry it has left the log for the archive. An import that was
	// refused in part is tried again: the last answer is the one that holds.
	last := Outcome{Unchanged: true}
	for e, err := range l.Read(ctx, 1) {
		if err != nil {
			return Outcome{}, err
		}
		var body imported
		if e.Type != commerce.ImportEntry {
			continue
		}
		if err := json.Unmarshal(e.Body, &body); err != nil {
			return Outcome{}, fmt.Errorf("reading log entry %d: %w", e.Seq, err)
		}
		if body.Kind == kind && body.Hash == hash {
			last = body.Outcome
			last.Unchanged, last.Seq, last.At = true, e.Seq, e.At
		}
	}
	return last, nil
}

// ImportAt says what an import came to, by the number of its entry in the log.
func (l *Loader) ImportAt(ctx context.Context, seq uint64) (kind commerce.Kind, at time.Time, outcome Outcome, err error) {
	for e, err := range l.Read(ctx, seq) {
		var body imported
		if err == nil && e.Type != commerce.ImportEntry {
			err = commerce.Errorf(commerce.CodeNotFound, "entry %d of the log is no import", seq)
		}
		if err == nil {
			err = json.Unmarshal(e.Body, &body)
		}
		if err != nil {
			return "", time.Time{}, Outcome{}, fmt.Errorf("reading log entry %d: %w", seq, err)
		}
		return body.Kind, e.At, body.Outcome, nil
	}
	return "", time.Time{}, Outcome{}, missing(seq)
}

func (l *Loader) load(ctx context.Context, r Request, reading Reading) (Outcome, error) {
	outcome := Outcome{Rows: reading.Rows, Refused: reading.Refused}
	records, err := l.room(reading)
	if err != nil || len(records) == 0 {
		return outcome, err
	}
	release, err := l.holdEnd(ctx)
	defer release()
	if err != nil {
		return Outcome{}, err
	}
	shop := l.shop()
	body := imported{
		Kind: r.Kind, Hash: reading.Hash, Sources: baseNames(r.names()), Job: r.Job, Currency: shop.Currency, Timezone: shop.Timezone,
	}
	e := commerce.Entry{Seq: l.LastSeq() + 1, Type: commerce.ImportEntry, At: l.now()}
	if err := l.before(ctx, e.Seq); err != nil {
		return Outcome{}, err
	}
	appended := false
	result, err := l.config.Warehouse.Load(ctx, Batch{
		Seq: e.Seq, Kind: r.Kind, Hash: reading.Hash, At: e.At, Files: records,
		BeforeCommit: func(ctx context.Context, result Result) error {
			if err := writeRefusals(r, reading, result.Refusals); err != nil {
				return err
			}
			body.Outcome = outcome.with(result)
			if err := l.place(ctx, e, body, records); err != nil {
				return err
			}
			appended = true
			release() // the number is taken; what comes after it may come
			return nil
		},
	})
	if err != nil && appended {
		l.at.known, l.ahead = false, true
		return Outcome{}, fmt.Errorf("the import is in the log and takes effect with the next change, or when the folder is opened again: %w", err)
	}
	if err != nil {
		return Outcome{}, err
	}
	l.at.read, l.at.warehouse, l.at.operations = e.Seq, e.Seq, e.Seq
	l.at.last[e.Type] = e.Seq
	if l.config.Loaded != nil {
		l.config.Loaded(e.Seq, r.Kind, result.Touched)
	}
	outcome = outcome.with(result)
	outcome.Seq, outcome.At = e.Seq, e.At
	return outcome, nil
}

// holdEnd brings the warehouse to the log's end and keeps everybody else from
// appending until release is called.
func (l *Loader) holdEnd(ctx context.Context) (release func(), err error) {
	// Events come in while others are loaded: what is left in the end is little.
	for range 2 {
		if err := l.advance(ctx, l.LastSeq(), true); err != nil {
			return func() {}, err
		}
	}
	l.appending.Lock()
	release = sync.OnceFunc(l.appending.Unlock)
	if err := l.openChecked(ctx); err != nil {
		return release, err
	}
	return release, l.follow(ctx, l.LastSeq(), true)
}

func (o Outcome) with(r Result) Outcome {
	o.Accepted, o.Refused = r.Accepted, o.Refused+int64(len(r.Refusals))
	o.Customers, o.Orders, o.Items, o.Refunds = r.Customers, r.Orders, r.Items, r.Refunds
	return o
}

// place moves the records into the archive and appends the entry. If it
// fails, neither happened. Nobody can call it off half way. Under appending.
func (l *Loader) place(ctx context.Context, e commerce.Entry, body imported, records []string) error {
	ctx = context.WithoutCancel(ctx)
	names, err := l.config.Archive.Place(e.Seq, e.At, records)
	if err != nil {
		return err
	}
	body.Files = names
	if e.Body, err = json.Marshal(body); err != nil {
		return errors.Join(err, l.config.Archive.Remove(names))
	}
	err = l.append(ctx, &e)
	if err != nil && !errors.Is(err, errUnsettled) {
		// They stay only if the entry may be in the log.
		err = errors.Join(err, l.config.Archive.Remove(names))
	}
	return err
}

// room returns the files that hold records, if there is room to load them:
// running out of it later costs more.
func (l *Loader) room(reading Reading) ([]string, error) {
	var records []string
	size := uint64(0)
	for _, name := range reading.Records {
		if name == "" {
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		size += uint64(info.Size())
		records = append(records, name)
	}
	free, err := l.config.Reach.Free()
	if err != nil {
		return nil, err
	}
	// Columns in the warehouse, with what is derived from them, take about six
	// times their Parquet.
	if need := 6*size + roomToSpare; free < need {
		return nil, commerce.Errorf(commerce.CodeFull, "about %d MB of room are needed on the disk, %d MB are free; nothing was changed", need>>20, free>>20)
	}
	return records, nil
}

func writeRefusals(r Request, reading Reading, refusals []Refusal) error {
	if r.Rejects == nil || len(refusals) == 0 {
		return nil
	}
	lines := reading.Lines(refusals)
	for i, x := range refusals {
		column := x.Column
		if column == "" {
			column = "row"
		}
		// The form is that of the rows that intake refuses.
		_, err := fmt.Fprintf(r.Rejects, "%s:%d: %s: %s\t%s\n", r.names()[x.File], x.Line, column, x.Reason, lines[i])
		if err != nil {
			return fmt.Errorf("writing the rejects file: %w", err)
		}
	}
	return nil
}

// names are what the files are called.
func (r Request) names() []string {
	if len(r.Names) > 0 {
		return r.Names
	}
	return r.Files
}

func baseNames(paths []string) []string {
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = filepath.Base(path)
	}
	return names
}
