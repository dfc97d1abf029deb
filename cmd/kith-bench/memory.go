package main

import (
	"fmt"
	"runtime/metrics"
)

// memory is what this process has (VmRSS) or had at most (VmHWM), in MB.
func memory(name string) float64 {
	var kb float64
	_, _ = fmt.Sscanf(fromProc("/proc/self/status", name), "%f", &kb)
	return kb / 1024
}

// heap is what Go's heap held after its last collection, in MB.
func heap() float64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64()) / (1 << 20)
}

// stolen is the processor time that the machine's host gave to others since
// it started, in seconds ("steal" of proc_stat(5)): figures of a time at which
// there was much of it say little.
func stolen() float64 {
	var times [8]float64
	_, _ = fmt.Sscanf(firstWords("/proc/stat", 9), "cpu %f %f %f %f %f %f %f %f",
		&times[0], &times[1], &times[2], &times[3], &times[4], &times[5], &times[6], &times[7])
	return times[7] / 100
}
