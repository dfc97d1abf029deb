package intake

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"kith/internal/commerce"
	"kith/internal/duck"
)

// reader is one reading of one or more files.
type reader struct {
	ctx  context.Context //nolint:containedctx // it lives as long as the call that made it
	cfg  Config
	temp string
	db   *duck.DB
	conn *sql.Conn

	bytes  atomic.Int64 // read from the disk, by the goroutine that reads ahead
	total  int64
	before int64 // rows of the files before this one
	cut    bool  // of some file only the beginning was read

	firstRefused *[]RefusedRow // takes the first refused rows of a preview; else nil
}

// Read turns files into records. When it gives an error, nothing was taken
// and no file is left in Config.Out.
func Read(ctx context.Context, cfg Config) (Report, error) {
	r, err := newReader(ctx, cfg, true)
	if err != nil {
		return Report{}, err
	}
	report, err := r.run(r.write, func(*table) error { return nil })
	if err = errors.Join(err, r.close()); err != nil {
		for _, f := range report.Files {
			_ = os.Remove(f.Records) // it may not have been made
		}
		return Report{}, err
	}
	return report, nil
}

// Previewed is what a reading would make.
type Previewed struct {
	Report

	// Columns and Records are the first records as a person reads them: the
	// line, instants in RFC 3339, numbers without needless zeros, nil for NULL.
	Columns     []string     `json:"columns"`
	Records     [][]*string  `json:"records"`
	RefusedRows []RefusedRow `json:"refused_rows,omitempty"` // the first
	// Sketches are the files as they stand, whatever they are taken for.
	Sketches []Sketch `json:"-"`
	// Cut says that of some file only the beginning was looked at: the Hash is
	// none then.
	Cut bool `json:"-"`
	// Problem says which columns must be named before the files can be read;
	// then nothing else but Sketches is known.
	Problem string `json:"-"`
}

// maxPreviewedRefusals is how many refused rows a preview shows.
const maxPreviewedRefusals = 10

// Preview reads the files as Read does, to their ends or as many rows as Config
// says, and gives the first n
// records and the first refused rows instead of writing them.
func Preview(ctx context.Context, cfg Config, n int) (Previewed, error) {
	r, err := newReader(ctx, cfg, false)
	if err != nil {
		return Previewed{}, err
	}
	var p Previewed
	for _, c := range r.previewed() {
		p.Columns = append(p.Columns, c.name)
	}
	r.firstRefused = &p.RefusedRows
	p.Report, err = r.run(r.count, func(t *table) error { return r.preview(t, n, &p) })
	p.Cut = r.cut
	if errors.As(err, new(*ColumnsError)) {
		p.Problem, err = err.Error(), nil
	}
	if err == nil {
		p.Sketches, err = r.sketches()
	}
	if err = errors.Join(err, r.close()); err != nil {
		return Previewed{}, err
	}
	return p, nil
}

func newReader(ctx context.Context, cfg Config, writes bool) (*reader, error) {
	if err := cfg.check(writes); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Temp, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder for temporary files: %w", err)
	}
	base, err := realPath(cfg.Temp)
	if err != nil {
		return nil, fmt.Errorf("the folder for temporary files: %w", err)
	}
	if strings.ContainsAny(base, "*?[") {
		return nil, fmt.Errorf("intake: the folder %q holds one of * ? [, which DuckDB takes for a pattern: choose another", base)
	}
	temp, err := os.MkdirTemp(base, "intake-")
	if err != nil {
		return nil, fmt.Errorf("making the folder for temporary files: %w", err)
	}
	r := &reader{ctx: ctx, cfg: cfg, temp: temp}
	if err := r.open(); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// open starts the DuckDB that reads the files. It sees them, the temporary
// folder and that of the records, and nothing else.
func (r *reader) open() error {
	dirs := []string{r.temp}
	if r.cfg.Out != "" {
		out, err := realPath(r.cfg.Out)
		if err != nil {
			return fmt.Errorf("the folder for the records: %w", err)
		}
		if err := os.Symlink(out, filepath.Join(r.temp, "out")); err != nil {
			return fmt.Errorf("making a temporary file: %w", err)
		}
		dirs = append(dirs, out)
	}
	var files []string
	for _, name := range r.cfg.Files {
		if path, err := realPath(name); err == nil { // a missing file is missed when it is opened
			files = append(files, path)
		}
	}
	var err error
	r.db, err = duck.Open(r.ctx, duck.Config{
		MemoryLimit:  r.cfg.MemoryLimit,
		Threads:      r.cfg.Threads,
		TempDir:      filepath.Join(r.temp, "spill"),
		AllowedDirs:  dirs,
		AllowedFiles: files,
	})
	if err != nil {
		return err
	}
	if err := duck.AddTextFunction(r.ctx, r.db, phoneFunction, 2, new(phoneBook).normalise); err != nil {
		return err
	}
	if err := duck.AddTextFunction(r.ctx, r.db, countryFunction, 1, func(args []string) string { return countryCode(args[0]) }); err != nil {
		return err
	}
	if err := duck.AddTextFunction(r.ctx, r.db, roundFunction, 1, func(args []string) string { return roundedNumbers(args[0]) }); err != nil {
		return err
	}
	r.conn, err = r.db.Conn(r.ctx)
	return duck.Explain(err)
}

// realPath is a path from the root without links.
func realPath(name string) (string, error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

func (r *reader) close() error {
	var errs []error
	if r.conn != nil {
		errs = append(errs, r.conn.Close())
	}
	if r.db != nil {
		errs = append(errs, r.db.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(r.temp))...)
}

// making makes a file's records, or counts them. It may be called again when
// fewer rows than it took can be used.
type making func(*table, *shape, *FileReport) error

// run reads all files before it makes anything of the first. done is called
// with each file whose records were made.
func (r *reader) run(records making, done func(*table) error) (Report, error) {
	report := Report{Kind: r.cfg.Kind, Ordered: true}
	tables, err := r.tables()
	if err != nil {
		return report, err
	}
	r.cut = slices.ContainsFunc(tables, func(t *table) bool { return t.cut })
	if !r.cut {
		report.Hash = r.hash(tables)
	}
	for i, t := range tables {
		file := FileReport{File: t.name, Form: t.form, Rows: t.rows, Ordered: true}
		t.describe(&r.cfg, &file)
		s := newShape(&r.cfg, t, i, report.Rows)
		report.Files = append(report.Files, file)
		last := &report.Files[i]
		if t.rows > t.broken {
			err := r.finish(t, s, last, records)
			if err == nil {
				err = done(t)
			}
			if err != nil {
				return report, fmt.Errorf("reading %s: %w", t.name, duck.Explain(err))
			}
		}
		last.Refused = last.Rows - last.Accepted
		if last.Refused > 0 {
			if err := r.reject(t); err != nil {
				return report, fmt.Errorf("writing the rejects of %s: %w", t.name, duck.Explain(err))
			}
		}
		report.add(last)
	}
	return report, nil
}

func (r *reader) finish(t *table, s *shape, file *FileReport, records making) error {
	query := s.query()
	if s.heads {
		var err error
		if query, err = r.followHeads(query); err != nil {
			return err
		}
	}
	t.from = query // from here on: the records and bad
	if err := records(t, s, file); err != nil {
		return err
	}
	if file.Accepted < t.rows-t.broken {
		tied, err := r.refuse(t, s, file)
		if err == nil && tied {
			err = records(t, s, file)
		}
		if err != nil {
			return err
		}
	}
	return r.warn(t, s, file)
}

// tables reads all files; the first that cannot be read ends it.
func (r *reader) tables() ([]*table, error) {
	for _, name := range r.cfg.Files {
		if info, err := os.Stat(name); err == nil {
			r.total += info.Size()
		}
	}
	tables := make([]*table, 0, len(r.cfg.Files))
	for i := range r.cfg.Files {
		t, err := r.table(i)
		if err != nil {
			return nil, r.blame(err)
		}
		tables = append(tables, t)
		r.before += t.rows
	}
	return tables, nil
}

// blame says of an error of reading a file that the file is at fault, unless
// something else is: the request, the disk, memory, or whoever went away.
func (r *reader) blame(err error) error {
	if r.ctx.Err() != nil || errors.As(err, new(*UsageError)) || errors.As(err, new(*fs.PathError)) || errors.Is(err, syscall.ENOSPC) ||
		errors.Is(err, duck.ErrDisk) || errors.Is(err, duck.ErrMemory) {
		return err
	}
	return &FileError{err, strings.ReplaceAll(err.Error(), r.temp+string(filepath.Separator), "")}
}

func (r *reader) table(number int) (*table, error) {
	path, err := r.keep(r.cfg.Files[number], number)
	if err != nil {
		return nil, err
	}
	src, err := openSource(r.ctx, r.cfg.name(number), path, r.countBytes)
	if err != nil {
		return nil, err
	}
	read := r.text
	if src.isParquet() {
		read = r.parquet
	}
	t, err := read(src, number)
	return t, errors.Join(err, src.Close())
}

// keep gives a path that can be read more than once: a pipe is copied first.
func (r *reader) keep(name string, number int) (string, error) {
	info, err := os.Stat(name)
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeCharDevice|os.ModeSocket) == 0 {
		return name, nil // opening it says what is wrong
	}
	path := filepath.Join(r.temp, fmt.Sprintf("pipe-%d", number))
	in, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", name, plain(err))
	}
	out, err := os.Create(path)
	if err != nil {
		return "", errors.Join(fmt.Errorf("making a temporary file: %w", err), in.Close())
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, in.Close(), out.Close()); err != nil {
		return "", fmt.Errorf("reading %s: %w", name, plain(err))
	}
	return path, nil
}

func (r *reader) countBytes(n int64) { r.bytes.Add(n) }

func (r *reader) progressed(rows int64) {
	if r.cfg.Progress != nil {
		r.cfg.Progress(Progress{Bytes: r.bytes.Load(), Total: r.total, Rows: r.before + rows})
	}
}

// hashVersion changes whenever the same file would give other records.
func hashVersion(kind commerce.Kind) string {
	switch kind {
	case commerce.Orders:
		return "kith intake 3"
	case commerce.Rates:
		return "kith intake 2"
	default:
		// Another version would take events without a message id twice.
		return "kith intake 1"
	}
}

// hash is over everything the records depend on.
func (r *reader) hash(tables []*table) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n%s\n%s\n%s\n", hashVersion(r.cfg.Kind), r.cfg.Kind, r.cfg.Format, r.cfg.Zone, r.cfg.Currency, r.cfg.Country)
	if r.cfg.Kind == commerce.Rates {
		fmt.Fprintf(h, "%s\n", r.cfg.ShopCurrency)
	}
	for _, field := range slices.Sorted(maps.Keys(r.cfg.Map)) {
		fmt.Fprintf(h, "%q=%q\n", field, r.cfg.Map[field])
	}
	for _, t := range tables {
		fmt.Fprintf(h, "%x\n", t.content)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// add adds a file's figures to the whole.
func (r *Report) add(f *FileReport) {
	if f.Accepted > 0 && !f.From.IsZero() {
		if !r.To.IsZero() && f.From.Before(r.To) {
			r.Ordered = false
		}
		if r.From.IsZero() || f.From.Before(r.From) {
			r.From = f.From
		}
		if f.To.After(r.To) {
			r.To = f.To
		}
	}
	r.Ordered = r.Ordered && f.Ordered
	r.Rows += f.Rows
	r.Accepted += f.Accepted
	r.Refused += f.Refused
}

func (r *reader) exec(query string) error {
	_, err := r.conn.ExecContext(r.ctx, query)
	return err
}

// each calls f with each row of a result as texts, empty for NULL.
func (r *reader) each(query string, columns int, f func(row []string) error) error {
	rows, err := r.conn.QueryContext(r.ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	values := make([]sql.NullString, columns)
	targets := make([]any, columns)
	for i := range values {
		targets[i] = &values[i]
	}
	row := make([]string, columns)
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		for i, v := range values {
			row[i] = v.String
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// instantsOf fills in what span of time a file's records have.
func (f *FileReport) instantsOf(least, greatest sql.NullTime, ordered bool) {
	f.From, f.To, f.Ordered = time.Time{}, time.Time{}, ordered
	if least.Valid {
		f.From, f.To = least.Time.UTC(), greatest.Time.UTC()
	}
}
