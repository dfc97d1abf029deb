package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/duckdb/duckdb-go/v2"
)

// AddTextFunction makes a Go function usable in SQL under a name. It takes
// that many texts, NULL arriving as empty, and gives a text, empty for NULL.
// DuckDB calls it from several threads, once for each row: it is for what SQL
// cannot say, not for speed.
func AddTextFunction(ctx context.Context, db *DB, name string, arguments int, f func(args []string) string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return Explain(err)
	}
	defer func() { _ = conn.Close() }() // it only goes back to the pool
	if err := addTextFunction(conn, name, arguments, f); err != nil {
		return fmt.Errorf("duck: adding the function %s: %w", name, err)
	}
	return nil
}

func addTextFunction(conn *sql.Conn, name string, arguments int, f func(args []string) string) error {
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return err
	}
	types := make([]duckdb.TypeInfo, arguments)
	for i := range types {
		types[i] = text
	}
	return duckdb.RegisterScalarUDF(conn, name, textFunction{types, text, f})
}

type textFunction struct {
	arguments []duckdb.TypeInfo
	result    duckdb.TypeInfo
	f         func(args []string) string
}

// Config is called by the driver.
func (t textFunction) Config() duckdb.ScalarFuncConfig {
	return duckdb.ScalarFuncConfig{
		InputTypeInfos:      t.arguments,
		ResultTypeInfo:      t.result,
		SpecialNullHandling: true,
	}
}

// Executor is called by the driver.
func (t textFunction) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: func(values []driver.Value) (any, error) {
		args := make([]string, len(values))
		for i, v := range values {
			args[i], _ = v.(string) // NULL stays empty
		}
		if result := t.f(args); result != "" {
			return result, nil
		}
		return nil, nil
	}}
}
