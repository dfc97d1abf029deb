package opsdb

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DB is an open operations store. It is safe for concurrent use.
type DB struct {
	sql  *sql.DB // one connection, which writes
	read *sql.DB // connections that read beside it, opened as they are needed
	file string

	numbers      segmentNames // of segment_name
	checkpointer *checkpointer
}

// ErrDamaged says that the file is not what was written.
var ErrDamaged = errors.New("the file is damaged")

// explain says of a damaged file what to do about it.
func explain(file string, err error) error {
	e, ok := errors.AsType[sqlite3.Error](err)
	damaged := ok && (e.Code == sqlite3.ErrNotADB || e.Code == sqlite3.ErrCorrupt)
	if damaged || errors.Is(err, errBadPart) || errors.Is(err, errBadBlock) {
		return fmt.Errorf("%w; delete %s while no server runs: it is made anew from the log when the folder is next opened, but for users, keys, webhooks and the audit log, which a backup has (%w)",
			ErrDamaged, file, err)
	}
	return err
}

// Open opens the file, makes it if there is none, and brings its schema up to date.
func Open(ctx context.Context, file string) (*DB, error) {
	// SQLite has one writer.
	db, err := one(file, url.Values{
		"_journal_mode":  {"WAL"},
		"_synchronous":   {"FULL"},
		"_txlock":        {"immediate"},
		"_secure_delete": {"on"},
		"_foreign_keys":  {"on"},
		"_cache_size":    {"-32768"}, // KiB
	})
	if err != nil {
		return nil, fmt.Errorf("opening the operations store: %w", err)
	}
	if err := setUp(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the operations store: %w", explain(file, err)), db.Close())
	}
	// As many readers as it takes, because one may ask for more while it reads.
	read, err := sql.Open("sqlite3", uri(file, url.Values{"mode": {"ro"}}))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the operations store: %w", err), db.Close())
	}
	beside, err := one(file, url.Values{"_synchronous": {"FULL"}})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the operations store: %w", err), read.Close(), db.Close())
	}
	return &DB{sql: db, read: read, file: file, checkpointer: newCheckpointer(db, beside)}, nil
}

// one opens the file with one connection.
func one(file string, options url.Values) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", uri(file, options))
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

func uri(file string, options url.Values) string {
	options.Set("_busy_timeout", "5000")
	options.Set("_stmt_cache_size", "64")
	return (&url.URL{Scheme: "file", Opaque: escape(file), RawQuery: options.Encode()}).String()
}

// escape keeps "?", "#" and "%" of a file name out of the URI's own syntax.
func escape(file string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(file)
}

// Close closes the file: the writer last, because the last one tidies up.
func (d *DB) Close() error {
	return errors.Join(d.checkpointer.close(), d.read.Close(), d.sql.Close())
}

// setUp prepares the writer.
func setUp(ctx context.Context, db *sql.DB) error {
	if _, err := db.ExecContext(ctx, fmt.Sprintf(`PRAGMA wal_autocheckpoint = %d`, mostCheckpoints*checkpointPages)); err != nil {
		return err
	}
	return migrate(ctx, db)
}

// migrate does nothing more than one query when the schema is current.
func migrate(ctx context.Context, db *sql.DB) error {
	want, err := newest()
	if err != nil {
		return err
	}
	have, err := version(ctx, db)
	switch {
	case err != nil:
		return err
	case have == want:
		return nil
	case have > want:
		return fmt.Errorf("a newer Kith made it (schema %d, this one knows %d)", have, want)
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// version is 0 for an empty file.
func version(ctx context.Context, db *sql.DB) (int64, error) {
	var tables int
	err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'`).Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	var v int64
	err = db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&v)
	return v, err
}

// newest is the number of the last migration.
func newest() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("no migrations: %w", err)
	}
	number, _, _ := strings.Cut(path.Base(names[len(names)-1]), "_")
	return strconv.ParseInt(number, 10, 64)
}

// transact runs one transaction.
func (d *DB) transact(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := d.sql.BeginTx(ctx, nil)
	if err != nil {
		return explain(d.file, err)
	}
	defer tx.Rollback() // does nothing after Commit
	if err := do(tx); err != nil {
		return explain(d.file, err)
	}
	err = tx.Commit()
	d.checkpointer.committed()
	return explain(d.file, err)
}
