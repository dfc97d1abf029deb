package warehouse

import "syscall"

// niceness is what lowerPriority asks for: of two threads that want one
// processor, the other one gets about nine tenths of it (sched(7)). Measured: with
// less, events wait for questions; with more, for what these threads hold.
const niceness = 10

// lowerPriority lowers the priority of the calling thread: Linux keeps one
// for each (setpriority(2), "C library/kernel differences").
func lowerPriority() {
	// Without it, questions are only less polite.
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, niceness)
}
