package duck

import (
	"time"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Waits between two looks for something to do.
const (
	leastWait = 10 * time.Microsecond
	mostWait  = 200 * time.Microsecond
)

// The thread that runs a statement does its work together with DuckDB's own
// threads. When they have the last of it, duckdb_execute_pending asks again and
// again whether there is more, without a pause: loads of events spent 30 to 45 %
// more processor time for it, which others want. Here it sleeps meanwhile
// (https://duckdb.org/docs/stable/clients/c/query, "Pending Result Interface").
func init() {
	execute := mapping.ExecutePending
	mapping.ExecutePending = func(pending mapping.PendingResult, result *mapping.Result) mapping.State {
		work(func() mapping.PendingState { return mapping.PendingExecuteTask(pending) }, time.Sleep)
		return execute(pending, result)
	}
}

// work does tasks until there is a result, or an error.
func work(task func() mapping.PendingState, sleep func(time.Duration)) {
	wait := leastWait
	for {
		switch task() {
		case mapping.PendingStateNoTasksAvailable:
			sleep(wait)
			wait = min(2*wait, mostWait)
		case mapping.PendingStateResultNotReady:
			wait = leastWait
		default:
			return
		}
	}
}
