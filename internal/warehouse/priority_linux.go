package warehouse

import "syscall"

// niceness is what lowerPriority asks for: of two threads that want one
// processor, the other one gets about two thirds of it (sched(7)). More would
// do harm: a thread that runs Go holds one of the runtime's processors
// (GOMAXPROCS) also while the kernel lets it wait, and with 10 all else stood
// still for up to a fifth of a second.
const niceness = 3

// lowerPriority lowers the priority of the calling thread: Linux keeps one
// for each (setpriority(2), "C library/kernel differences").
func lowerPriority() {
	// Without it, questions are only less polite.
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, niceness)
}
