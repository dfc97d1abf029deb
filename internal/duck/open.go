package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// Config says what an instance may use. Only TempDir is required.
type Config struct {
	// Path is the database file; empty for one in memory.
	Path string
	// ReadOnly opens the file without writing to it.
	ReadOnly bool
	// MemoryLimit is in bytes; 0 means 1 GiB.
	MemoryLimit int64
	// Threads is how many run at once; 0 means one for each processor.
	Threads int
	// TempDir is where it spills. It is made when it is missing.
	TempDir string
	// MaxTempSize is in bytes; 0 leaves DuckDB's own limit, nine tenths of
	// what is free.
	MaxTempSize int64
	// AllowedDirs are the only folders whose files SQL may read and write,
	// besides Path and TempDir.
	AllowedDirs []string
	// AllowedFiles are single files outside of them. A link counts as the
	// file that it leads to, here and there.
	AllowedFiles []string
	// AnyOrder lets results and tables come in any order, which takes less
	// memory. Without it, rows keep the order they were read in.
	AnyOrder bool
}

const defaultMemoryLimit = 1 << 30

// DB is one open instance. Connections of its pool see the same data.
type DB struct {
	*sql.DB

	connector *duckdb.Connector
}

// Open opens or makes the database and locks its settings.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	dsn, err := cfg.dsn()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.TempDir, 0o700); err != nil {
		return nil, fmt.Errorf("duck: making the folder to spill into: %w", err)
	}
	connector, err := duckdb.NewConnector(dsn, nil)
	if err != nil {
		return nil, Explain(err)
	}
	db := &DB{DB: OpenPool(connector), connector: connector}
	for _, statement := range cfg.settings() {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return nil, errors.Join(fmt.Errorf("duck: %s: %w", statement, Explain(err)), db.Close())
		}
	}
	return db, nil
}

// Close closes the pool and the instance. What was written is then on disk.
func (db *DB) Close() error {
	return errors.Join(ClosePool(db.DB), db.connector.Close())
}

// dsn is the driver's name of the file. The driver reads it as a URL without
// decoding it, so a path with certain characters cannot be named.
func (cfg Config) dsn() (string, error) {
	if cfg.TempDir == "" {
		return "", errors.New("duck: Config.TempDir is required")
	}
	if cfg.Path == "" {
		return "", nil
	}
	path, err := filepath.Abs(cfg.Path)
	if err != nil {
		return "", fmt.Errorf("duck: %w", err)
	}
	if strings.ContainsAny(path, "?%#") {
		return "", fmt.Errorf("duck: the path %q holds one of ? %% #, which DuckDB's driver cannot open: choose another folder", path)
	}
	if cfg.ReadOnly {
		path += "?access_mode=READ_ONLY"
	}
	return path, nil
}

// settings are set one by one after opening, in this order: a folder must be
// allowed before all others are forbidden, and the lock comes last.
func (cfg Config) settings() []string {
	memory := cfg.MemoryLimit
	if memory == 0 {
		memory = defaultMemoryLimit
	}
	threads := cfg.Threads
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	set := []string{
		fmt.Sprintf("SET GLOBAL memory_limit = '%dB'", memory),
		fmt.Sprintf("SET GLOBAL threads = %d", threads),
		"SET GLOBAL temp_directory = " + Literal(cfg.TempDir),
		"SET GLOBAL autoinstall_known_extensions = false",
		"SET GLOBAL autoload_known_extensions = false",
		"SET GLOBAL allow_community_extensions = false",
		fmt.Sprintf("SET GLOBAL preserve_insertion_order = %t", !cfg.AnyOrder),
		"SET GLOBAL TimeZone = 'UTC'",
	}
	if cfg.MaxTempSize > 0 {
		set = append(set, fmt.Sprintf("SET GLOBAL max_temp_directory_size = '%dB'", cfg.MaxTempSize))
	}
	if len(cfg.AllowedDirs) > 0 {
		set = append(set, "SET GLOBAL allowed_directories = "+Literals(cfg.AllowedDirs))
	}
	if len(cfg.AllowedFiles) > 0 {
		set = append(set, "SET GLOBAL allowed_paths = "+Literals(cfg.AllowedFiles))
	}
	return append(set,
		"SET GLOBAL enable_external_access = false",
		"SET GLOBAL lock_configuration = true",
	)
}
