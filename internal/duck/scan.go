package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"time"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Scan runs a query and reads what it gives by columns: it calls yield with a
// number of rows, again and again, which the columns then hold. It is for
// millions of rows, of which database/sql reads hardly a hundred thousand
// columns in a second. The result is not gathered first: it takes the memory
// of the rows that yield looks at.
//
// Values are bound by name: sql.NamedArg with an int64, a string or a
// time.Time. An error of yield ends the reading and is returned as it is.
func Scan(ctx context.Context, conn *sql.Conn, query string, args []sql.NamedArg, yield func(rows int) error, columns ...Column) error {
	return conn.Raw(func(driverConn any) error {
		native, err := nativeConnection(driverConn)
		if err != nil {
			return err
		}
		return interruptible(ctx, native, func() error { return scan(native, query, args, yield, columns) })
	})
}

// nativeConnection is DuckDB's connection behind the driver's. The driver does
// not hand it out, though it has all that is done with one (package mapping).
// A connection of our own instead, out of the driver's instance cache, can be
// had for files only, and sees no temporary table of conn.
func nativeConnection(driverConn any) (mapping.Connection, error) {
	v := reflect.ValueOf(driverConn)
	if v.Type() != reflect.TypeFor[*duckdb.Conn]() {
		return mapping.Connection{}, fmt.Errorf("duck: %T is no connection of DuckDB", driverConn)
	}
	if v = v.Elem().FieldByName("conn"); !v.IsValid() || v.Type() != reflect.TypeFor[mapping.Connection]() {
		return mapping.Connection{}, errors.New("duck: this version of DuckDB's driver keeps its connection elsewhere")
	}
	return mapping.Connection{Ptr: v.FieldByName("Ptr").UnsafePointer()}, nil
}

// interruptible interrupts what runs on a connection when the context ends.
func interruptible(ctx context.Context, conn mapping.Connection, do func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	done, over := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(over)
		for { // an interruption before a statement has begun is lost
			mapping.Interrupt(conn)
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	err := do()
	close(done)
	if !stop() {
		<-over // it must not interrupt what comes next
	}
	if ctx.Err() != nil && err != nil {
		return ctx.Err()
	}
	return err
}

func scan(conn mapping.Connection, query string, args []sql.NamedArg, yield func(rows int) error, columns []Column) error {
	var statement mapping.PreparedStatement
	state := mapping.Prepare(conn, query, &statement)
	defer mapping.DestroyPrepare(&statement)
	if state == mapping.StateError {
		return &duckdb.Error{Msg: mapping.PrepareError(statement)}
	}
	for _, arg := range args {
		if err := bindValue(statement, arg); err != nil {
			return err
		}
	}
	var pending mapping.PendingResult
	// DuckDB means to replace streaming one day; until then nothing else keeps a
	// result out of memory.
	state = bindings.PendingPreparedStreaming(statement, &pending)
	defer mapping.DestroyPending(&pending)
	if state == mapping.StateError {
		return &duckdb.Error{Msg: mapping.PendingError(pending)}
	}
	var result mapping.Result
	state = mapping.ExecutePending(pending, &result)
	defer mapping.DestroyResult(&result)
	if state == mapping.StateError {
		return resultError(&result)
	}
	err := bindAll(&result, columns)
	if err == nil {
		err = eachChunk(&result, yield, columns)
	}
	if err != nil {
		// What is left of the result would keep the connection's transaction.
		mapping.Interrupt(conn)
		if chunk := mapping.FetchChunk(result); chunk.Ptr != nil {
			mapping.DestroyDataChunk(&chunk)
		}
	}
	return err
}

func eachChunk(result *mapping.Result, yield func(rows int) error, columns []Column) error {
	for {
		chunk := mapping.FetchChunk(*result)
		if chunk.Ptr == nil {
			return resultError(result)
		}
		var err error
		if rows := int(mapping.DataChunkGetSize(chunk)); rows > 0 {
			loadAll(chunk, columns)
			err = yield(rows)
		}
		mapping.DestroyDataChunk(&chunk)
		if err != nil {
			return err
		}
	}
}

// resultError is the error that a result ended with, or nil.
func resultError(result *mapping.Result) error {
	text := mapping.ResultError(result)
	if text == "" {
		return nil
	}
	return &duckdb.Error{Type: duckdb.ErrorType(mapping.ResultErrorType(result)), Msg: text}
}

// bindValue binds a value under its name.
func bindValue(statement mapping.PreparedStatement, arg sql.NamedArg) error {
	var at mapping.IdxT
	if mapping.BindParameterIndex(statement, &at, arg.Name) == mapping.StateError {
		return fmt.Errorf("duck: the query has no $%s", arg.Name)
	}
	var state mapping.State
	switch v := arg.Value.(type) {
	case int64:
		state = mapping.BindInt64(statement, at, v)
	case string:
		state = mapping.BindVarchar(statement, at, v)
	case time.Time:
		state = mapping.BindTimestamp(statement, at, mapping.NewTimestamp(v.UnixMicro()))
	default:
		return fmt.Errorf("duck: $%s is a %T, which cannot be bound", arg.Name, v)
	}
	if state == mapping.StateError {
		return &duckdb.Error{Msg: mapping.PrepareError(statement)}
	}
	return nil
}
