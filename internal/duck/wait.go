package duck

import (
	"strings"
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
	text := mapping.ResultError
	mapping.ResultError = func(result *mapping.Result) string {
		return strings.TrimPrefix(text(result), ofTask)
	}
}

// ofTask is what DuckDB says before the error of a task, which it has told once
// already, when it is then asked for the result.
const ofTask = "Invalid Input Error: Attempting to execute an unsuccessful or closed pending query result\nError: "

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
