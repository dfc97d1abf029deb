package duck

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// Errors that Explain names, so that a caller can say what to do.
var (
	ErrMemory  = errors.New("out of memory")
	ErrDisk    = errors.New("no space left on the disk")
	ErrDamaged = errors.New("the file is damaged")
	ErrInUse   = errors.New("another process has the database open")
)

// Explain turns an error of DuckDB into one line that says what happened. An
// error that is not DuckDB's comes back as it is, and so does nil.
func Explain(err error) error {
	var e *duckdb.Error
	if !errors.As(err, &e) {
		return err
	}
	line, _, _ := strings.Cut(strings.TrimSpace(e.Msg), "\n")
	if cause := cause(e); cause != nil {
		return fmt.Errorf("%w (DuckDB: %s)", cause, line)
	}
	return fmt.Errorf("DuckDB: %s", line)
}

// cause tells by type where DuckDB has one; a full disk, a damaged file and a
// held lock are all "IO" to it, and only the text tells them apart.
func cause(e *duckdb.Error) error {
	text := strings.ToLower(e.Msg)
	contains := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(text, part) {
				return true
			}
		}
		return false
	}
	switch {
	case e.Type == duckdb.ErrorTypeInterrupt:
		return context.Canceled
	case contains("no space left on device", "max_temp_directory_size", "disk quota exceeded"):
		return ErrDisk
	case e.Type == duckdb.ErrorTypeOutOfMemory:
		return ErrMemory
	case contains("could not set lock"):
		return ErrInUse
	case contains("not a valid duckdb database file", "corrupt", "checksum", "magic bytes", "footer",
		"serialization error", "failed to deserialize", "tprotocolexception", "thrift", "decompression"):
		return ErrDamaged
	default:
		return nil
	}
}
