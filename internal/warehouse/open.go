package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"kith/internal/duck"
)

// schemaVersion changes with schema.sql, with the meaning of a column, and
// with a DuckDB release whose hash() differs: a warehouse with another
// version is rebuilt, never migrated.
const schemaVersion = 4

//go:embed schema.sql
var schemaSQL string

// ErrSchema says that a warehouse was made by another version of the program
// and must be rebuilt.
var ErrSchema = errors.New("the warehouse was made by another version: rebuild it")

// Config says where a warehouse is and what it may use.
type Config struct {
	Path        string // file; "" is memory
	MemoryLimit string // as DuckDB reads it, "1GB"; "" is its default
	Threads     int    // 0 is DuckDB's default
	TempDir     string // for what does not fit into memory; "" is beside the file
	ArchiveDir  string // the only folder that files are read from; "" allows none
	Currency    string // of the shop
	Zone        *time.Location
}

// DB is an open warehouse. Load is for one goroutine at a time, which it sees
// to itself; Conn is for any number.
type DB struct {
	sql    *sql.DB
	config Config

	writing sync.Mutex
	writer  *sql.Conn // the only connection that changes anything

	givesWay atomic.Bool // see GiveWay
	sheets   sheets      // that lists are made of
	present  present     // what there are facts of

	sliceRows int64                  // how many rows are taken at once
	observe   func(statement string) // called after each statement of a load
}

// Open opens the warehouse and makes it if it is not there. The settings that
// facts depend on must be those it was made with.
func Open(ctx context.Context, config Config) (*DB, error) {
	if config.Currency == "" {
		return nil, errors.New("warehouse: Config.Currency is required")
	}
	if config.Zone == nil {
		return nil, errors.New("warehouse: Config.Zone is required")
	}
	connector, err := duckdb.NewConnector(config.Path, setUp(config))
	if err != nil {
		return nil, fmt.Errorf("opening warehouse: %w", err)
	}
	db := &DB{sql: duck.OpenPool(connector), config: config, sliceRows: sliceRows}
	if err := db.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening warehouse: %w", err), db.Close())
	}
	return db, nil
}

// Create makes a new warehouse at a path where none may be: the first step of
// a rebuild, which ends with Replace.
func Create(ctx context.Context, config Config) (*DB, error) {
	if _, err := os.Stat(config.Path); err == nil {
		return nil, fmt.Errorf("creating warehouse: %s is there already", config.Path)
	}
	return Open(ctx, config)
}

// setUp returns what runs on every new connection. The instance's limits are
// set once: reading files is closed for good by then and cannot be set again.
func setUp(config Config) func(driver.ExecerContext) error {
	var once sync.Once
	return func(conn driver.ExecerContext) error {
		var err error
		once.Do(func() { err = limit(conn, config) })
		return err
	}
}

func limit(conn driver.ExecerContext, config Config) error {
	var settings []string
	if config.MemoryLimit != "" {
		settings = append(settings, "SET memory_limit = "+literal(config.MemoryLimit))
	}
	if config.Threads > 0 {
		settings = append(settings, fmt.Sprintf("SET threads = %d", config.Threads))
	}
	if config.TempDir != "" {
		settings = append(settings, "SET temp_directory = "+literal(config.TempDir))
	}
	settings = append(settings, "SET autoinstall_known_extensions = false", "SET autoload_known_extensions = false")
	if config.ArchiveDir != "" {
		settings = append(settings, "SET allowed_directories = ["+literal(config.ArchiveDir)+"]")
	}
	settings = append(settings, "SET enable_external_access = false")
	for _, s := range settings {
		if _, err := conn.ExecContext(context.Background(), s, nil); err != nil {
			return err
		}
	}
	return nil
}

// literal quotes a text for the few statements that take no bound values.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func (db *DB) start(ctx context.Context) error {
	var err error
	if db.writer, err = db.sql.Conn(ctx); err != nil {
		return err
	}
	if err := db.makeSchema(ctx); err != nil {
		return err
	}
	return db.makeMacros(ctx)
}

// makeSchema makes the tables on the first opening and otherwise checks that
// they are ours.
func (db *DB) makeSchema(ctx context.Context) error {
	var tables int
	err := db.writer.QueryRowContext(ctx, `SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'main' AND NOT temporary`).Scan(&tables)
	if err != nil {
		return err
	}
	if tables > 0 {
		return db.checkSchema(ctx)
	}
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, schemaSQL); err != nil {
		return fmt.Errorf("making the schema: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO shop VALUES (0, ?, ?, ?, 0)`, schemaVersion, db.config.Currency, db.config.Zone.String())
	if err != nil {
		return err
	}
	return tx.Commit()
}

// makeMacros makes the functions that statements use, on the writer.
func (db *DB) makeMacros(ctx context.Context) error {
	r := runner{ctx: ctx, conn: db.writer}
	for _, name := range macros {
		if _, err := r.exec(name); err != nil {
			return err
		}
	}
	return nil
}

// macros in the order in which they use each other.
var macros = [...]string{
	"macro_number", "macro_money", "macro_own_fields", "macro_counts", "macro_order_end", "macro_kind_name",
	"macro_kind_of", "macro_amount_text", "macro_revenue", "macro_scalar", "macro_instant", "macro_truth", "macro_given",
	"macro_first_given", "macro_no_number", "macro_negative", "macro_no_currency", "macro_no_id",
}

func (db *DB) checkSchema(ctx context.Context) error {
	var version int
	var currency, zone string
	err := db.writer.QueryRowContext(ctx, `SELECT schema, currency, timezone FROM shop`).Scan(&version, &currency, &zone)
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrSchema, err)
	}
	if version != schemaVersion {
		return ErrSchema
	}
	if currency != db.config.Currency || zone != db.config.Zone.String() {
		return &OtherSettingsError{currency, zone, db.config.Currency, db.config.Zone.String()}
	}
	return nil
}

// OtherSettingsError says that a warehouse was made for another currency or
// time zone than it is opened with.
type OtherSettingsError struct{ Currency, Timezone, WantedCurrency, WantedTimezone string }

func (e *OtherSettingsError) Error() string {
	return fmt.Sprintf("it was made for %s and %s, not for %s and %s", e.Currency, e.Timezone, e.WantedCurrency, e.WantedTimezone)
}

// begin begins a transaction of the writer. A context that ends interrupts the
// statements, and whoever began it rolls back; if the transaction itself had
// that context, its end would close the one connection that writes.
func (db *DB) begin(ctx context.Context) (*sql.Tx, error) {
	return db.writer.BeginTx(context.WithoutCancel(ctx), nil)
}

// Conn returns a connection for reading. The caller closes it.
func (db *DB) Conn(ctx context.Context) (*sql.Conn, error) { return db.sql.Conn(ctx) }

// AppliedSeq is the sequence number of the last record that was applied.
func (db *DB) AppliedSeq(ctx context.Context) (int64, error) {
	var seq int64
	if err := db.sql.QueryRowContext(ctx, `SELECT applied_seq FROM shop`).Scan(&seq); err != nil {
		return 0, fmt.Errorf("reading the applied sequence number: %w", err)
	}
	return seq, nil
}

// Imported says whether an import with this kind and hash was applied.
func (db *DB) Imported(ctx context.Context, kind, hash string) (bool, error) {
	var n int
	err := db.sql.QueryRowContext(ctx, `SELECT count(*) FROM import WHERE kind = ? AND hash = ?`, kind, hash).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("looking for import %s: %w", hash, err)
	}
	return n > 0, nil
}

// Close closes the warehouse.
func (db *DB) Close() error {
	var err error
	if db.writer != nil {
		err = db.writer.Close()
	}
	return errors.Join(err, duck.ClosePool(db.sql))
}
