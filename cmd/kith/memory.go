package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// leastMemory is what the warehouse needs to work at all.
const leastMemory = 256 << 20

// limitHeap lets garbage be collected sooner where memory is short: Go's own
// memory stays below three eighths of what this process may use, if that is
// enough for what lives. GOMEMLIMIT says otherwise.
func limitHeap() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(max(availableMemory()*3/8, leastMemory/2))
	}
}

// memoryLimit is half of what this process may use, in DuckDB's writing: the
// rest is for everything else, and for what DuckDB does not count.
func memoryLimit() string {
	half := max(availableMemory()/2, leastMemory)
	return fmt.Sprintf("%dMiB", half>>20)
}

// availableMemory is the control group's limit or, without one, the machine's
// memory; 2 GiB where neither can be read.
func availableMemory() int64 {
	for _, name := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		content, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		// "no limit" is a word, or a number beyond any machine.
		if n, err := strconv.ParseInt(strings.TrimSpace(string(content)), 10, 64); err == nil && n < 1<<50 {
			return n
		}
	}
	content, err := os.ReadFile("/proc/meminfo")
	if err == nil {
		var kib int64
		if _, err := fmt.Sscanf(string(content), "MemTotal: %d kB", &kib); err == nil {
			return kib << 10
		}
	}
	return 2 << 30
}
