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
