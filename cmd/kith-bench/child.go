package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"kith/internal/commerce"
	"kith/internal/duck"
)

// childArg makes this program do one job in a process of its own, so that its
// memory can be told.
const childArg = "child"

// job is what a child does: it is told as JSON, and writes JSON, a document a
// line.
type job interface {
	run(ctx context.Context, out io.Writer) error
}

func jobs() map[string]job {
	return map[string]job{"import": &importJob{}, "shop": &shopJob{}, "stream": &streamJob{}}
}

// child does the job that args name and tell.
func child(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 2 || jobs()[args[0]] == nil {
		return errors.New("a child needs a job")
	}
	j := jobs()[args[0]]
	if err := json.Unmarshal([]byte(args[1]), j); err != nil {
		return err
	}
	return j.run(ctx, out)
}

// spawn lets a child do a job, and hands on each line that it writes.
func (b *bench) spawn(ctx context.Context, name string, j job, each func(line []byte) error) error {
	told, err := json.Marshal(j)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, b.self, childArg, name, string(told))
	var failure bytes.Buffer
	cmd.Stderr = &failure
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	var failed error
	for lines := bufio.NewScanner(out); lines.Scan(); {
		failed = errors.Join(failed, each(lines.Bytes()))
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, failure.String())
	}
	return failed
}

// importMemory is the limit of each DuckDB instance of an import. Kith has
// two, one after the other: one reads, one holds the warehouse.
const importMemory = "1GiB"

// imported is what a child tells about an import.
type imported struct {
	Seconds float64
	Work    float64 // seconds of processors
	Reading float64 // of that, until the records are written
	Loading float64 // of that, in the warehouse
	RSS     float64 // greatest resident memory, MB
	Orders  int64
	Rows    int64
}

// importJob imports one file into a new folder and tells what it took.
type importJob struct {
	Dir, File, Format string
	Threads           int
	Duck              bool // DuckDB's own loading
}

func (j *importJob) run(ctx context.Context, out io.Writer) error {
	if err := os.MkdirAll(j.Dir, 0o700); err != nil {
		return err
	}
	if err := touch(j.File); err != nil {
		return err
	}
	side := j.intoKith
	if j.Duck {
		side = j.intoDuckDB
	}
	start, work := time.Now(), processor()
	r, err := side(ctx)
	if err != nil {
		return err
	}
	r.Seconds, r.Work, r.RSS = time.Since(start).Seconds(), (processor() - work).Seconds(), memory("VmHWM")
	return json.NewEncoder(out).Encode(r)
}

// touch reads a file to its end, so that no side reads it from the disk.
func touch(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, f)
	return errors.Join(err, f.Close())
}

// intoDuckDB is the rival.
func (j *importJob) intoDuckDB(ctx context.Context) (r imported, err error) {
	db, err := duck.Open(ctx, duck.Config{
		Path: filepath.Join(j.Dir, "rival.db"), TempDir: filepath.Join(j.Dir, "tmp"), Threads: j.Threads, AllowedFiles: []string{j.File},
	})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	read := "read_parquet"
	if j.Format != "" {
		read = "read_csv"
	}
	_, err = db.ExecContext(ctx, "CREATE TABLE lines AS SELECT * FROM "+read+"("+duck.Literal(j.File)+")")
	if err != nil {
		return r, err
	}
	return r, db.QueryRowContext(ctx, `SELECT count(*) FROM lines`).Scan(&r.Rows)
}

// intoKith imports as "kith import" does.
func (j *importJob) intoKith(ctx context.Context) (imported, error) {
	s, err := openStores(ctx, storesConfig{dir: j.Dir, memory: importMemory, threads: j.Threads, now: time.Now})
	if err != nil {
		return imported{}, err
	}
	err = s.importFile(ctx, commerce.Orders, j.Format, j.File)
	return s.took, errors.Join(err, s.close())
}
