package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"math"
)

// OpenPool makes a pool of a connector's connections. None is closed before
// ClosePool does it.
func OpenPool(connector driver.Connector) *sql.DB {
	pool := sql.OpenDB(connector)
	pool.SetMaxIdleConns(math.MaxInt32)
	return pool
}

// ClosePool closes a pool that OpenPool made, whose connections nobody uses any
// more.
//
// DuckDB 1.5 keeps what an interrupted statement leaves behind until the next
// one on its connection. A connection that is closed before that never lets go
// of its instance: its threads stay, and opening the file again in this process
// waits for ever for the instance to end
// (https://github.com/duckdb/duckdb/issues/25965 has the same end by another
// cause). So each has one more statement first.
func ClosePool(pool *sql.DB) error {
	ctx := context.Background() // also when all else has been called off
	var idle []*sql.Conn
	for pool.Stats().Idle > 0 {
		conn, err := pool.Conn(ctx)
		if err != nil {
			break // the pool is closed already
		}
		idle = append(idle, conn)
	}
	for _, conn := range idle {
		// It may fail, where a transaction had failed; what was left is gone.
		_, _ = conn.ExecContext(ctx, "SELECT 1")
		_ = conn.Close() // it goes back to the pool
	}
	return pool.Close()
}
